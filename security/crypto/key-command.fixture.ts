// A small key management client for tests: wraps by exclusive or with a stream of SHA-256 under the secret in
// its first argument, with a check. Run: node key-command.fixture.ts <secret> [slow|broken] wrap|unwrap <key id>

import { createHmac, hash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [secret = '', ...rest] = process.argv.slice(2);
const [act, keyId = ''] = rest.slice(-2);
if (rest[0] === 'broken') process.exit(1);
if (rest[0] === 'slow') process.stdin.resume();
else {
  const input = Buffer.from(readFileSync(0, 'latin1'), 'base64');
  const stream = hash('sha256', `${secret} ${keyId}`, 'buffer');
  const mix = (bytes: Uint8Array) => bytes.map((byte, at) => byte ^ (stream[at % 32] as number));
  const checkOf = (key: Uint8Array) =>
    createHmac('sha256', secret).update(keyId).update(key).digest();
  if (act === 'wrap') {
    process.stdout.write(Buffer.concat([mix(input), checkOf(input)]).toString('base64'));
  } else {
    const key = mix(input.subarray(0, 32));
    if (!checkOf(key).equals(input.subarray(32))) process.exitCode = 3;
    else process.stdout.write(Buffer.from(key).toString('base64'));
  }
}
