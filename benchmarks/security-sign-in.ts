// How long signing in takes when three hundred people do it, over HTTP on the loopback, each from an address of
// their own, with the trail and the counts of failures on a disk as in the product: once at the change of
// shift, while those who are in go on asking; and once all in the same moment, which no core is free from.

import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from '../app/http/server.ts';
import { registerSessions } from '../app/http/sessions.ts';
import { requestLimitsSchema } from '../app/http/access/limit-settings.ts';
import { secureIds } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { DAZHOU } from '../core/region.ts';
import { elapsedMs, sleep, systemClock } from '../core/time.ts';
import { createAuditTrail } from '../security/audit/trail.ts';
import { hashPassword, matchesPassword } from '../warehouse/password.ts';
import { openRecords, type Records } from '../warehouse/records.ts';
import { median, round, spreadAround, type CaseResult } from './bench.ts';

const PEOPLE = 300;
/** In which all of them sign in at the change of shift. */
const SHIFT_CHANGE_MS = 60_000;
/** Whoever is in asks for something so often. */
const ASK_EVERY_MS = 5_000;
const BAR_MS = 1_000;
const PASSWORD = 'correct horse battery staple 7';
const HASHES = 20;

type Measured = { readonly p95Ms: number; readonly isRight: boolean };

export async function benchSignIn(
  runs: number,
  say: (line: string) => void,
): Promise<CaseResult[]> {
  const passwordHash = await hashPassword({ ids: secureIds }, PASSWORD);
  const hashes: Measured[] = [];
  const spread: Measured[] = [];
  const atOnce: Measured[] = [];
  // Signing in has been warmed up by the hashes and the first of the three hundred.
  for (let run = 0; run < runs; run++) {
    say(`sign-in: run ${run + 1} of ${runs}`);
    hashes.push(await measureHash(passwordHash));
    spread.push(await measure(passwordHash, SHIFT_CHANGE_MS));
    atOnce.push(await measure(passwordHash, 0));
  }
  const caseOf = (name: string, measured: readonly Measured[], bar?: number): CaseResult => ({
    name: `sign-in: ${name}`,
    metric: 'latency',
    unit: 'ms',
    value: round(median(measured.map(({ p95Ms }) => p95Ms))),
    runs,
    spread: spreadAround(measured.map(({ p95Ms }) => p95Ms)),
    answerOk: measured.every(({ isRight }) => isRight),
    ...(bar === undefined ? {} : { bar: { atMost: bar } }),
    vs: {},
  });
  return [
    caseOf('core time of one Argon2id', hashes),
    caseOf(`p95, ${PEOPLE} people in ${SHIFT_CHANGE_MS / 1_000} s`, spread, BAR_MS),
    caseOf(`p95, ${PEOPLE} people in one moment`, atOnce, BAR_MS),
  ];
}

/** What a password costs a core; so many of them as cores allow in a second is the limit of everything here. */
async function measureHash(passwordHash: string): Promise<Measured> {
  await matchesPassword(PASSWORD, passwordHash);
  const before = process.cpuUsage();
  let right = 0;
  for (let at = 0; at < HASHES; at++) {
    if (await matchesPassword(PASSWORD, passwordHash)) right++;
  }
  const { user, system } = process.cpuUsage(before);
  return { p95Ms: (user + system) / 1_000 / HASHES, isRight: right === HASHES };
}

async function measure(passwordHash: string, withinMs: number): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  const random = createRandom('sign-in');
  const records = await openRecords(
    { logger: silentLogger, random },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  const app = await createServer({
    logger: silentLogger,
    limits: requestLimitsSchema.parse({}),
  });
  const agents: Agent[] = [];
  try {
    await addAccounts(records, passwordHash);
    registerSessions(app, {
      db: records.db,
      records,
      audit: createAuditTrail({ records }),
      clock: systemClock,
      ids: secureIds,
      secure: false,
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const leaving = new AbortController();
    const tookMs: number[] = [];
    let right = 0;
    let wrong = 0;
    const asking: Promise<void>[] = [];
    const person = async (number: number) => {
      const agent = new Agent({ keepAlive: true, localAddress: addressOf(number) });
      agents.push(agent);
      await sleep(systemClock, withinMs * random.next());
      const startedMs = elapsedMs();
      const { status, headers } = await send(
        { agent, port, method: 'POST', path: '/api/session' },
        { login: loginOf(number), password: PASSWORD },
      );
      tookMs.push(elapsedMs() - startedMs);
      const cookie = String(headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
      if (status === 200 && cookie.startsWith('plumbline_session=')) right++;
      if (withinMs > 0)
        asking.push(goOnAsking({ agent, port, cookie }, leaving.signal, () => wrong++));
    };
    await Promise.all(Array.from({ length: PEOPLE }, (_, number) => person(number)));
    leaving.abort();
    await Promise.all(asking);
    const sessions = await records.db.selectFrom('session').select('accountId').execute();
    const p95Ms = tookMs.toSorted((a, b) => a - b)[Math.ceil(0.95 * PEOPLE) - 1] as number;
    const owners = new Set(sessions.map(({ accountId }) => accountId));
    return { p95Ms, isRight: right === PEOPLE && owners.size === PEOPLE && wrong === 0 };
  } finally {
    for (const agent of agents) agent.destroy();
    await app.close();
    await records.close();
    await rm(folder, { recursive: true });
  }
}

async function goOnAsking(
  who: { readonly agent: Agent; readonly port: number; readonly cookie: string },
  leaving: AbortSignal,
  onWrong: () => void,
): Promise<void> {
  while (!leaving.aborted) {
    const { status } = await send({ ...who, method: 'GET', path: '/api/me' });
    if (status !== 200) onWrong();
    await sleep(systemClock, ASK_EVERY_MS, leaving).catch(() => {});
  }
}

const loginOf = (number: number) => `bench-${number}`;

/** All of 127/8 is this machine. */
const addressOf = (number: number) => `127.0.${1 + Math.floor(number / 200)}.${1 + (number % 200)}`;

async function addAccounts({ db }: Records, passwordHash: string): Promise<void> {
  const rows = Array.from({ length: PEOPLE }, (_, number) => ({
    id: `ac_${loginOf(number)}`,
    login: loginOf(number),
    passwordHash,
    displayZh: `测量员${number}`,
    displayEn: `Bench ${number}`,
    role: 'county-officer' as const,
    region: DAZHOU,
    language: 'zh' as const,
    officerId: null,
    active: 1 as const,
  }));
  await db.insertInto('account').values(rows).execute();
}

function send(
  to: {
    readonly agent: Agent;
    readonly port: number;
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly cookie?: string;
  },
  body?: object,
): Promise<{ readonly status: number | undefined; readonly headers: IncomingHttpHeaders }> {
  const { agent, port, method, path, cookie } = to;
  const headers = {
    ...(body ? { 'content-type': 'application/json' } : {}),
    ...(cookie === undefined ? {} : { cookie }),
  };
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', port, method, path, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers }));
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}
