// "Why not?" over HTTP: officers ask about their own persons, and nobody learns of others.

import type { FastifyInstance } from 'fastify';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { createCountingIds } from '../../core/ids.ts';
import { HOUR_MS } from '../../core/local-time.ts';
import { silentLogger } from '../../core/logger.ts';
import { createOrderBook } from '../../core/order-book.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { regionCode } from '../../core/region.ts';
import { createManualClock, epochMs, systemClock } from '../../core/time.ts';
import { createAreas } from '../../datasets/areas.ts';
import { createLocator } from '../../datasets/locator.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import { openEmbeddedLog } from '../../ingest/log-embedded.ts';
import { encodeLines, type Log } from '../../ingest/log.ts';
import { encodeTick } from '../../ingest/watermark.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import type { Records } from '../../warehouse/records.ts';
import type { WhyNotAnswer } from '../api/rules.ts';
import type { Problem } from '../api/session.ts';
import { DEFAULT_PACK } from '../config.ts';
import { registerRules } from '../http/rule-routes.ts';
import { createServer } from '../http/server.ts';
import { registerSessions } from '../http/sessions.ts';
import { logAudit } from '../http/access/trail.ts';
import { createRuleDesk } from '../rule-desk.ts';
import { createWhyNotDesk } from './desk.ts';

const START_MS = Date.UTC(2026, 2, 10, 2);
const PASSWORD = 'a password for tests';
const ids = createCountingIds();
const LOGINS = [
  ['city', 'city-officer', '511700'],
  ['xuanhan', 'county-officer', '511722'],
  ['dazhu', 'county-officer', '511724'],
  ['analyst', 'analyst', '511700'],
] as const;

let folder = '';
let records: Records;
let log: Log;
let app: FastifyInstance;
const cookies = new Map<string, string>();

const notAsked = () => Promise.reject(new Error('nobody asks here'));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-why-not-routes-'));
  records = await openMemoryRecords();
  for (const [login, role, region] of LOGINS) {
    await createAccount({ ids }, records.db, {
      login,
      role,
      password: PASSWORD,
      displayZh: login,
      displayEn: login,
      region: regionCode(region),
      language: 'zh',
    });
  }
  log = openEmbeddedLog(
    { clock: systemClock },
    { path: join(folder, 'log.sqlite'), partitions: 1 },
  );
  const order = orderFact('P1', { atMs: START_MS, sources: ['bracelet'] });
  const watermarkMs = epochMs(START_MS);
  const lines = { kind: 'lines', watermarkMs, payload: encodeLines([order]) } as const;
  const entries = [lines, encodeTick(epochMs(START_MS + 48 * HOUR_MS))];
  await log.append('observations', [{ partition: 0, entries }]);
  const rulebook = loadRulebook(DEFAULT_PACK);
  const clock = createManualClock(START_MS);
  const surroundings = { areas: createAreas(), calendar: createChinaCalendar() };
  app = await createServer({ logger: silentLogger });
  const guard = registerSessions(app, {
    db: records.db,
    clock,
    ids,
    secure: false,
    audit: logAudit(silentLogger),
  });
  registerRules(app, {
    guard,
    list: {
      db: records.db,
      clock,
      rules: { current: () => rulebook, files: () => rulebook },
    },
    desk: createRuleDesk({
      records,
      clock,
      surroundings,
      locate: createLocator(),
      files: () => rulebook,
      inForce: () => rulebook,
      limits: { reportAgeMax: 1, reportSpanMin: 1 },
      onChanged: () => Promise.resolve(),
    }),
    grading: () => undefined,
    bench: { run: notAsked },
    backtests: { ground: notAsked },
    whyNot: createWhyNotDesk({
      log,
      db: records.db,
      orders: createOrderBook([order]),
      rulebook: () => rulebook,
      surroundings,
    }),
  });
  for (const [login] of LOGINS) {
    const payload = { login, password: PASSWORD };
    const answer = await app.inject({ method: 'POST', url: '/api/session', payload });
    cookies.set(login, String(answer.headers['set-cookie']).split(';')[0] as string);
  }
}, 60_000);
afterAll(async () => {
  await app.close();
  await log.close();
  await records.close();
  await rm(folder, { recursive: true });
});

async function ask<Answer>(login: string, path: string, about: Record<string, string> = {}) {
  const query = new URLSearchParams({
    subject: 'P1',
    at: String(START_MS + 10 * HOUR_MS),
    ...about,
  });
  const answer = await app.inject({
    method: 'GET',
    url: `/api/rules/${path}/why-not?${query}`,
    headers: { cookie: cookies.get(login) ?? '', 'x-purpose': 'alert-handling' },
  });
  return { status: answer.statusCode, body: answer.json<Answer>() };
}

test('the officer of the county and of the city are answered', async () => {
  for (const login of ['city', 'xuanhan']) {
    const { status, body } = await ask<WhyNotAnswer>(login, 'area-exit');
    expect(status).toBe(200);
    expect(body.gates[0]).toMatchObject({ code: 'no-facts' });
    const silent = await ask<WhyNotAnswer>(login, 'terminal-silent');
    expect(silent.body.raised).toMatchObject({ level: 3, withdrawn: false });
    const short = await ask<WhyNotAnswer>(login, 'terminal-silent', { hours: '0.5' });
    expect(short.body.gates[0]).toMatchObject({ code: 'episode-open' });
  }
});

test('an officer of another county learns no more than of somebody who is not there', async () => {
  const other = await ask<Problem>('dazhu', 'area-exit');
  const nobody = await ask<Problem>('dazhu', 'area-exit', { subject: 'P2' });
  expect([other.status, nobody.status]).toEqual([404, 404]);
  expect({ ...other.body, detail: '' }).toEqual({ ...nobody.body, detail: '' });
});

test('who may see no persons may not ask, and what is asked wrongly is refused', async () => {
  expect((await ask('analyst', 'area-exit')).status).toBe(403);
  expect((await ask('nobody', 'area-exit')).status).toBe(401);
  expect((await ask('city', 'no-such-rule')).status).toBe(404);
  expect((await ask('city', 'area-exit', { at: 'now' })).status).toBe(400);
  expect((await ask('city', 'area-exit', { hours: '0' })).status).toBe(400);
});
