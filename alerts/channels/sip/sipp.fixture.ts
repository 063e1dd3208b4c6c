// A real SIP peer: sipp of Debian's sip-tester plays a scenario of the folder sipp/ and says whether every
// message came as the scenario wants it.

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint } from './address.ts';

export type SippScenario =
  | 'busy'
  | 'declined'
  | 'hung-up'
  | 'key-1'
  | 'key-2-then-3'
  | 'key-by-info'
  | 'moved'
  | 'no-answer'
  | 'password-401'
  | 'password-407'
  | 'password-without-qop'
  | 'silent'
  | 'switched-off';

export type SippPeer = {
  readonly endpoint: Endpoint;
  /** What it holds against us, empty when all went as the scenario wants it. */
  readonly verdict: Promise<string>;
  stop(): void;
};

const PROGRAM = 'sipp';

/** Why sipp cannot play; undefined when it can. Keys as sound are played through a raw socket. */
export function whyNoSipp(): string | undefined {
  const found = (process.env['PATH'] ?? '')
    .split(':')
    .some((folder) => isRunnable(join(folder, PROGRAM)));
  if (!found) return 'sipp is not installed (apt-get install sip-tester)';
  if (!existsSync('/usr/share/sip-tester/dtmf_2833_1.pcap'))
    return 'the recordings of sipp are missing';
  return maySendRaw() ? undefined : 'sipp plays keys through a raw socket, which wants root';
}

/** CAP_NET_RAW of capabilities(7): containers take it away even from root. */
function maySendRaw(): boolean {
  const status = readFileSync('/proc/self/status', 'utf8');
  const held = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return ((held >> 13n) & 1n) === 1n;
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Plays a scenario so many times, at once if need be. It need not have begun to listen: a call is repeated until it is heard. */
export async function playSipp(scenario: SippScenario, calls = 1): Promise<SippPeer> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-sipp-'));
  const errors = join(folder, 'errors.log');
  const [port, soundPort] = [await freePort(), await freePort()];
  const options = {
    '-sf': join(import.meta.dirname, 'sipp', `${scenario}.xml`),
    '-i': '127.0.0.1',
    '-p': port,
    '-mi': '127.0.0.1',
    '-mp': soundPort,
    '-m': calls,
    '-timeout': '60s',
    '-error_file': errors,
  };
  const words = Object.entries(options).flatMap(([name, value]) => [name, String(value)]);
  const child = spawn(PROGRAM, [...words, '-timeout_error', '-trace_err', '-nostdin'], {
    stdio: 'ignore',
    env: { ...process.env, TERM: 'dumb' },
  });
  const verdict = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      const said = existsSync(errors) ? readFileSync(errors, 'utf8') : '';
      rmSync(folder, { recursive: true });
      resolve(code === 0 ? '' : `sipp ended with ${code ?? signal}: ${said}`);
    });
  });
  return { endpoint: { host: '127.0.0.1', port }, verdict, stop: () => child.kill('SIGKILL') };
}

/** An even port nobody listens on right now. */
async function freePort(): Promise<number> {
  for (;;) {
    const socket = createSocket('udp4');
    const port = await new Promise<number>((resolve) => {
      socket.bind(0, '127.0.0.1', () => resolve(socket.address().port));
    });
    socket.close();
    if (port % 2 === 0) return port;
  }
}
