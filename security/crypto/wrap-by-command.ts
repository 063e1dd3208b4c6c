// Keys wrapped by a program of the operator's: the client of a key management service or of a hardware
// module. It is run as `<command …> wrap|unwrap <key id>`, reads base64 from standard input and answers in
// base64 on standard output; exit code 0 is an answer, 3 a refusal, anything else means "not now".

import { spawn } from 'node:child_process';
import { OperatingError } from '../../core/errors.ts';
import { notOurKey, type KeyWrapper } from './key-wrapper.ts';
import { KEY_BYTES } from './suite.ts';

export type CommandOptions = {
  /** The program and its first arguments. No shell reads them. */
  readonly command: readonly [string, ...string[]];
  readonly timeLimitMs: number;
};

const REFUSED = 3;
const ANSWER_CHARS_MAX = 64 * 1024;

export function createCommandWrapper(options: CommandOptions): KeyWrapper {
  return {
    name: 'command',
    async wrap(keyId, key) {
      const answer = await run(options, ['wrap', keyId], key);
      if (answer === 'refused' || answer.byteLength === 0) {
        throw unavailable('the key command would not wrap a key', 'never');
      }
      return answer;
    },
    async unwrap(keyId, wrapped) {
      const answer = await run(options, ['unwrap', keyId], wrapped);
      if (answer === 'refused' || answer.byteLength !== KEY_BYTES) throw notOurKey(keyId);
      return answer;
    },
  };
}

const unavailable = (message: string, retry: 'backoff' | 'never', cause?: unknown) =>
  new OperatingError('keys-unavailable', message, { retry, cause });

function run(
  { command: [program, ...first], timeLimitMs }: CommandOptions,
  rest: readonly string[],
  input: Uint8Array,
): Promise<Uint8Array | 'refused'> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...rest], {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: timeLimitMs,
      killSignal: 'SIGKILL',
    });
    let answer = '';
    child.stdout.setEncoding('latin1').on('data', (piece: string) => {
      answer = (answer + piece).slice(0, ANSWER_CHARS_MAX);
    });
    // A program that ends without reading is judged by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(Buffer.from(input).toString('base64'));
    child.on('error', (cause) =>
      reject(unavailable('the key command cannot be run', 'never', cause)),
    );
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.from(answer, 'base64'));
      else if (code === REFUSED) resolve('refused');
      else {
        const how = code === null ? 'took too long or was killed' : `ended with code ${code}`;
        reject(unavailable(`the key command ${how}`, 'backoff'));
      }
    });
  });
}
