// The state of an engine as bytes, made part by part. Other work gets its turn between the parts: a state
// of a hundred thousand persons takes longer to write down than an alert may wait. The engine itself does
// not step meanwhile; whoever saves waits for the bytes.

import { deserialize, serialize } from 'node:v8';
import { UserError } from '../core/errors.ts';
import { text } from '../core/text.ts';
import { elapsedMs } from '../core/time.ts';
import type { EngineSnapshot } from './engine.ts';
import type { SavedSettling } from './settle.ts';

/** What is saved: the engine's state, what waits in front of it, and the rules it was made with. */
export type SavedState = EngineSnapshot & {
  readonly rulebook?: Uint8Array;
  readonly settling?: SavedSettling;
};

/** The first bytes of this form. A state of before it begins with 0xff, the mark of V8's own form. */
const MAGIC = Buffer.from('PLSTATE2', 'latin1');
const ORDERS_PER_PART = 500;
/** Work goes on in one piece for about so long. */
const PIECE_MS = 5;

type Part =
  | { readonly of: 'orders'; readonly value: EngineSnapshot['orders'] }
  | { readonly of: 'rule'; readonly place: string; readonly value: unknown }
  | { readonly of: 'field'; readonly name: string; readonly value: unknown };

/** The bytes of a state nobody changes until they are there. */
export async function encodeState(state: SavedState): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [MAGIC];
  let startedMs = elapsedMs();
  for (const part of partsOf(state)) {
    const bytes = serialize(part);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.byteLength);
    chunks.push(length, bytes);
    if (elapsedMs() - startedMs < PIECE_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    startedMs = elapsedMs();
  }
  return Buffer.concat(chunks);
}

function* partsOf({ orders, rules, ...fields }: SavedState): Generator<Part> {
  for (const [name, value] of Object.entries(fields)) yield { of: 'field', name, value };
  for (let at = 0; at < orders.length; at += ORDERS_PER_PART) {
    yield { of: 'orders', value: orders.slice(at, at + ORDERS_PER_PART) };
  }
  for (const [place, value] of Object.entries(rules)) yield { of: 'rule', place, value };
}

/** The state behind the bytes, also those of before this form. Throws UserError `conflict` for half a state. */
export function decodeState(body: Uint8Array): SavedState {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return deserialize(bytes) as SavedState;
  const fields: Record<string, unknown> = {};
  const orders: EngineSnapshot['orders'][number][] = [];
  const rules: Record<string, unknown> = {};
  for (let at = MAGIC.length; at < bytes.length;) {
    const endAt = at + 4 <= bytes.length ? at + 4 + bytes.readUInt32LE(at) : Infinity;
    if (endAt > bytes.length) {
      const says = text('规则状态不完整', 'the saved state of the rules is cut off');
      throw new UserError('conflict', says, { detail: `${bytes.length} bytes, cut off at ${at}` });
    }
    const part = deserialize(bytes.subarray(at + 4, endAt)) as Part;
    if (part.of === 'orders') orders.push(...part.value);
    else if (part.of === 'rule') rules[part.place] = part.value;
    else fields[part.name] = part.value;
    at = endAt;
  }
  return { ...fields, orders, rules } as unknown as SavedState;
}
