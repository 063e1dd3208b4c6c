import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  anOfficer,
  DAZHOU_CITY,
  OFFICERS,
  saveOfficers,
  XUANHAN,
} from '../../alerts/findings.fixture.ts';
import { createSilenceDesk } from '../../alerts/silences/silence-desk.ts';
import { parseInstant } from '../../core/local-time.ts';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { createManualClock } from '../../core/time.ts';
import { openRecords } from '../../warehouse/records.ts';
import { configSchema, type Config } from '../config.ts';
import { explainRoute, type ExplainedRoute } from './routes-explain.ts';

const at = (time: string) => parseInstant(time) as number;
const clock = createManualClock(at('2026-11-27 22:00'));
let folder: string;
let config: Config;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-routes-'));
  config = configSchema.parse({
    dataFolder: folder,
    alerts: { routing: 'sim/demo-routing.yaml' },
  });
  const records = await openRecords(
    { logger: silentLogger, random: createRandom('routes') },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  const leader = anOfficer('leader', XUANHAN, { role: 'leader' });
  await saveOfficers(records.db, [...OFFICERS, leader]);
  await createSilenceDesk({ records, clock, logger: silentLogger }).propose(
    {
      matcher: { levels: [3], rules: ['terminal-silent'] },
      coversOpen: false,
      reason: '基站检修',
      untilMs: at('2026-11-28 08:00'),
    },
    { accountId: 'ac_city', role: 'city-officer', region: DAZHOU_CITY },
  );
  await records.close();
});

afterAll(() => rm(folder, { recursive: true }));

const explained = async (change: Partial<ExplainedRoute>) => {
  const printed: string[] = [];
  await explainRoute(
    { clock },
    config,
    { rule: 'area-exit', level: '2', county: '511722', language: 'zh', ...change },
    (line) => printed.push(line),
  );
  return printed;
};

test('level 2 by the table: the county by SMS, then the city, then its leader', async () => {
  expect(await explained({ at: '2026-11-27 15:00' })).toEqual([
    '2026-11-27 15:00:00  二级  area-exit  宣汉县  核查处置',
    '决定节点：分级预警表（没有匹配的节点）',
    '可能被抑制：羁押期间（取决于该人其他未结预警）',
    '立即以短信通知：xuanhan',
    '须确认：一人',
    '30m 后县局仍未确认：以短信通知 city',
    '1h 后县局仍未确认：以短信通知 leader',
  ]);
});

test('level 3 at night: by which node, until when, and what hides it', async () => {
  const lines = await explained({ rule: 'terminal-silent', level: '3', at: '2026-11-27 23:00' });
  expect(lines).toContain('决定节点：三级夜间不打扰');
  expect(lines).toContain('免打扰时段，推送延至 2026-11-28 07:00');
  expect(lines).toContain('被静默隐藏至 2026-11-28 08:00：基站检修');
});

test('in English, and by now when no time is named', async () => {
  const lines = await explained({ language: 'en', level: '1' });
  expect(lines[0]).toBe('2026-11-27 22:00:00  level 1  area-exit  Xuanhan  act at once');
  expect(lines).toContain('to acknowledge: somebody of the city and the county');
});

test.each([
  ['a level there is not', { level: '4' }, '等级须为 1、2 或 3'],
  ['a county there is not', { county: '999999' }, '没有这个行政区划代码'],
  ['a class there is not', { class: 'x' }, '没有这个人员类别'],
  ['a time that is none', { at: 'noon' }, '时间格式不对'],
])('%s is refused in words', async (_what, change, zh) => {
  await expect(explained(change)).rejects.toMatchObject({ says: { zh } });
});
