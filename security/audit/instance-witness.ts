// A witness that is another installation of this product: it is asked how far it knows us, and shown the new
// checkpoint with the proof that it continues that.

import { z } from 'zod';
import { OperatingError } from '../../core/errors.ts';
import { keyIdOf } from './signer.ts';
import type { Witness } from './witness.ts';

export const WITNESS_PATH = '/api/witness';

const knownSchema = z.object({ size: z.int().min(0) });
const answerSchema = z.object({ outcome: z.enum(['accepted', 'refused']) });

const WAIT_MS_MAX = 10_000;

export function createInstanceWitness(given: {
  readonly name: string;
  readonly url: string;
  readonly token: string;
}): Witness {
  const { name, url, token } = given;
  const ask = async (path: string, body?: unknown): Promise<unknown> => {
    try {
      const answer = await fetch(new URL(path, url), {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A token goes where it was configured to, and nowhere else.
        redirect: 'error',
        signal: AbortSignal.timeout(WAIT_MS_MAX),
      });
      // A refusal is an answer: it comes as a conflict.
      if (answer.ok || answer.status === 409) return await answer.json();
      throw new Error(`status ${answer.status}`);
    } catch (cause) {
      throw new OperatingError('source-unavailable', `the witness "${name}" does not answer`, {
        retry: 'backoff',
        cause,
      });
    }
  };
  return {
    name,
    async show({ key, size, signed, proofFrom }) {
      const { signing, publicKey } = key;
      const known = knownSchema.parse(await ask(`${WITNESS_PATH}/${keyIdOf(key)}`));
      const path = known.size > 0 && known.size < size ? await proofFrom(known.size) : [];
      const shown = { key: { signing, publicKey }, checkpoint: signed, path };
      return answerSchema.parse(await ask(WITNESS_PATH, shown)).outcome;
    },
  };
}
