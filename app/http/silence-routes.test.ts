// Silences over HTTP: who may see and do what, in the forms the console reads.

import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDesk } from '../../alerts/desk.ts';
import { raised, ruleTexts, START_MS, XUANHAN } from '../../alerts/findings.fixture.ts';
import {
  openStage,
  startProgram,
  type Program,
  type Stage,
} from '../../alerts/scenario.fixture.ts';
import { createSilenceDesk } from '../../alerts/silences/silence-desk.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { regionCode } from '../../core/region.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import {
  decisionsSchema,
  silenceListSchema,
  silencePreviewSchema,
  silenceSchema,
} from '../api/silences.ts';
import { createServer } from './server.ts';
import { registerSessions } from './sessions.ts';
import { logAudit } from './access/trail.ts';
import { registerSilences } from './silence-routes.ts';

const PASSWORD = 'a password for tests';
const ids = createCountingIds();
let stage: Stage;
let program: Program;
let app: FastifyInstance;
const cookies = new Map<string, string>();

beforeAll(async () => {
  stage = await openStage();
  program = await startProgram(stage);
  const { db } = stage.records;
  const { clock } = stage;
  for (const [login, role, region] of [
    ['city', 'city-officer', '511700'],
    ['xuanhan', 'county-officer', '511722'],
    ['analyst', 'analyst', '511700'],
  ] as const) {
    await createAccount({ ids }, db, {
      login,
      role,
      password: PASSWORD,
      displayZh: `${login} 值班员`,
      displayEn: `${login} officer`,
      region: regionCode(region),
      language: 'zh',
    });
  }
  app = await createServer({ logger: silentLogger });
  const guard = registerSessions(app, {
    db,
    clock,
    ids,
    secure: false,
    audit: logAudit(silentLogger),
  });
  const limits = { msMax: 7 * 86_400_000, level1MsMax: 86_400_000 };
  const { records } = stage;
  registerSilences(app, {
    guard,
    db,
    clock,
    limits,
    ruleTexts,
    ruleIds: () => ['area-exit'],
    desk: createDesk({ records, clock, ruleTexts, onChanged: () => {} }),
    silences: createSilenceDesk({ records, clock, logger: silentLogger, limits }),
  });
  for (const login of ['city', 'xuanhan', 'analyst']) {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/session',
      payload: { login, password: PASSWORD },
    });
    cookies.set(login, String(answer.headers['set-cookie']).split(';')[0] as string);
  }
}, 60_000);

afterAll(async () => {
  await app.close();
  await stage.remove();
});

const ask = (login: string, method: 'GET' | 'POST', url: string, payload?: object) =>
  app.inject({
    method,
    url,
    headers: { cookie: cookies.get(login) ?? '', 'x-purpose': 'alert-handling' },
    ...(payload ? { payload } : {}),
  });

test('proposed by one, approved by another, seen by both, hidden, ended', async () => {
  const matcher = { levels: [2], rules: ['area-exit'], counties: [XUANHAN] };
  const preview = await ask('xuanhan', 'POST', '/api/silences/preview', { matcher });
  expect(silencePreviewSchema.parse(preview.json()).open).toEqual({ 1: 0, 2: 0, 3: 0 });
  const body = { matcher, reason: '宣汉基站检修', untilMs: START_MS + 3_600_000 };
  const made = silenceSchema.parse((await ask('xuanhan', 'POST', '/api/silences', body)).json());
  expect(made).toMatchObject({ state: 'pending', may: { approve: false, end: true } });
  const path = `/api/silences/${made.id}`;
  const own = await ask('xuanhan', 'POST', `${path}/approve`, {});
  expect([own.statusCode, own.json().says.zh]).toEqual([403, '申请人不能批准自己的静默']);
  const seen = silenceListSchema.parse((await ask('city', 'GET', '/api/silences')).json());
  expect(seen.silences).toMatchObject([{ id: made.id, may: { approve: true, end: true } }]);
  const approved = await ask('city', 'POST', `${path}/approve`, { reason: '同意' });
  expect(silenceSchema.parse(approved.json())).toMatchObject({
    state: 'active',
    approved: { name: { zh: 'city 值班员' }, reason: '同意' },
  });
  const exit = raised('cc-000002');
  await program.find(exit);
  const list = silenceListSchema.parse((await ask('city', 'GET', '/api/silences')).json());
  expect([list.silenced, list.silences[0]?.hidesNow]).toEqual([1, 1]);
  const { decisions } = decisionsSchema.parse(
    (await ask('city', 'GET', `/api/alerts/${exit.alertId}/decisions`)).json(),
  );
  expect(decisions.map(({ says }) => says.zh).join()).toContain('处于静默（xuanhan 值班员设置）');
  const ended = await ask('city', 'POST', `${path}/end`, { reason: '提前恢复' });
  expect(silenceSchema.parse(ended.json()).state).toBe('ended');
  await program.settle();
  expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
});

test('what is wrong is answered in words, and nobody but officers may look', async () => {
  const body = { matcher: { levels: [3] }, reason: '检修检修', untilMs: START_MS + 7_200_000 };
  const broad = await ask('city', 'POST', '/api/silences', body);
  expect([broad.statusCode, broad.json().says.zh]).toEqual([400, '静默范围过大']);
  const nonsense = await ask('city', 'POST', '/api/silences', { matcher: { levels: [9] } });
  expect(nonsense.statusCode).toBe(400);
  expect((await ask('analyst', 'GET', '/api/silences')).statusCode).toBe(403);
  expect((await ask('', 'GET', '/api/silences')).statusCode).toBe(401);
  expect((await ask('city', 'POST', '/api/silences/si_none/end', {})).statusCode).toBe(404);
  expect((await ask('city', 'GET', '/api/alerts/al_none/decisions')).statusCode).toBe(404);
});
