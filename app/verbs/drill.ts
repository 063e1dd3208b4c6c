// plumbline drill start, list, show, end: drills in the records of the configured product, as the page has them.

import { createDrillDesk, type Drill, type DrillDesk } from '../../alerts/drills/drill-desk.ts';
import type { DrillMiss, ReachState } from '../../alerts/drills/drill-result.ts';
import type { DeskOfficer } from '../../alerts/desk-act.ts';
import { formatDuration } from '../../core/duration.ts';
import { UserError } from '../../core/errors.ts';
import type { Level } from '../../core/finding.ts';
import { secureIds } from '../../core/ids.ts';
import { localDateTime } from '../../core/local-time.ts';
import { createLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { regionName } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import { systemClock, type Clock } from '../../core/time.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import { findAccountByLogin } from '../../warehouse/accounts.ts';
import { openRecords } from '../../warehouse/records.ts';
import type { Config } from '../config.ts';
import { drillRules } from '../drill-rules.ts';
import { recordsOptions } from '../foundation.ts';
import type { Print } from '../print.ts';

const STATES: Readonly<Record<Drill['state'], string>> = {
  starting: '发出中 starting',
  running: '进行中 running',
  acknowledged: '已确认 acknowledged',
  ended: '已结束 ended',
};

const REACHED: Readonly<Record<ReachState, string>> = {
  answered: '已应答 answered',
  delivered: '已送达 delivered',
  sent: '已发出 sent',
  waiting: '待发 waiting',
  failed: '失败 failed',
  'not-needed': '无需通知 not needed',
};

/** Throws UserError when the account may not, or not now. */
export async function startDrill(
  config: Config,
  asked: { by: string; level: number; rule: string; county: string; purpose: string },
  print: Print,
  clock: Clock = systemClock,
): Promise<void> {
  const { by, level, rule: ruleId, county: region, purpose } = asked;
  await withDesk(config, { by, clock }, async (desk, officer) => {
    const drill = await desk.start({ level: level as Level, ruleId, region, purpose }, officer);
    print(lineOf(drill));
  });
}

export const printDrills = (
  config: Config,
  by: string,
  print: Print,
  clock: Clock = systemClock,
): Promise<void> =>
  withDesk(config, { by, clock }, async (desk, officer) => {
    const drills = await desk.list(officer);
    if (drills.length === 0) print('没有演练 no drills');
    for (const drill of drills) print(lineOf(drill));
  });

export const endDrill = (
  config: Config,
  { id, by }: { id: string; by: string },
  print: Print,
  clock: Clock = systemClock,
): Promise<void> =>
  withDesk(config, { by, clock }, async (desk, officer) =>
    print(lineOf(await desk.end(id, officer))),
  );

export const printDrill = (
  config: Config,
  { id, by }: { id: string; by: string },
  print: Print,
  clock: Clock = systemClock,
): Promise<void> =>
  withDesk(config, { by, clock }, async (desk, officer) => {
    const { drill, result, names } = await desk.get(id, officer);
    const nameOf = (person: string) => names[person]?.zh ?? person;
    print(lineOf(drill));
    print(`预警生成 opened: ${after(result.openedAfterMs)}`);
    for (const { officer: person, rung, reaches } of result.persons) {
      const ways = reaches.map(
        ({ channel, state, reachedAfterMs, sentAfterMs, code }) =>
          `${channel} ${REACHED[state]} ${after(reachedAfterMs ?? sentAfterMs)}${code === null ? '' : ` (${code})`}`,
      );
      print(
        `${rung === 0 ? '首轮 first' : `第${rung}级 rung ${rung}`}  ${nameOf(person)}: ${ways.join(' · ')}`,
      );
    }
    for (const { side, acknowledgedAfterMs, by: who } of result.sides) {
      const name = side === 'city' ? '市级 city' : '县级 county';
      print(
        `${name}确认 acknowledged: ${after(acknowledgedAfterMs)}${who === null ? '' : ` ${nameOf(who)}`}`,
      );
    }
    if (result.missed.length === 0) print('✓ 没有遗漏 nothing was missed');
    for (const miss of result.missed) print(`✗ ${missWords(miss, nameOf)}`);
  });

function missWords(miss: DrillMiss, nameOf: (id: string) => string): string {
  switch (miss.kind) {
    case 'not-opened':
      return '预警未生成 the alert has not opened';
    case 'nobody-told':
      return '未通知任何人 nobody was told';
    case 'not-reached':
      return `未通知到 not reached: ${nameOf(miss.officer)}`;
    case 'not-acknowledged':
      return miss.side === 'city'
        ? '市级未确认 city has not acknowledged'
        : '县级未确认 county has not acknowledged';
  }
}

const after = (ms: number | null): string => (ms === null ? '—' : formatDuration(ms));

function lineOf(drill: Drill): string {
  const { id, reference, level, ruleId, region, purpose, state, startedAtMs } = drill;
  const county: Text = regionName(region);
  return [
    id,
    reference,
    `${level}级 level ${level}`,
    ruleId,
    `${county.zh} ${county.en}`,
    localDateTime(startedAtMs),
    STATES[state],
    purpose,
  ].join('  ');
}

async function withDesk(
  config: Config,
  { by, clock }: { by: string; clock: Clock },
  run: (desk: DrillDesk, officer: DeskOfficer) => Promise<void>,
): Promise<void> {
  const deps = { logger: createLogger(config.logLevel), random: createUnseededRandom() };
  const records = await openRecords(deps, recordsOptions(config));
  try {
    const account = await findAccountByLogin(records.db, by);
    if (!account) {
      throw new UserError('not-found', text('没有这个账号', 'there is no such account'), {
        detail: `"${by}"`,
      });
    }
    const rulebook = loadRulebook(config.rules.pack);
    const desk = createDrillDesk({
      records,
      clock,
      ids: secureIds,
      ruleIds: () => drillRules(rulebook).map(({ id }) => id),
      onChanged: () => {},
    });
    const { id: accountId, role, region } = account;
    await run(desk, { accountId, role, region });
  } finally {
    await records.close();
  }
}
