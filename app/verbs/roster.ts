// plumbline roster check, roster show: whether somebody can always be reached, and who is on duty when.

import { loadPlanChanges } from '../../alerts/roster/change-store.ts';
import {
  findDoubleDuty,
  findGaps,
  findStaleNumbers,
  findStrangers,
  type Gap,
  type KnownOfficer,
} from '../../alerts/roster/coverage.ts';
import { dutySpans, type DutyPlan } from '../../alerts/roster/duty-spans.ts';
import { loadKnownOfficers } from '../../alerts/roster/known-officers.ts';
import { loadRoster } from '../../alerts/roster/load-roster.ts';
import { idleDays, loadWorkdays } from '../../alerts/roster/load-workdays.ts';
import type { RosterPlan } from '../../alerts/roster/roster-plan.ts';
import { LINE_NAMES, UNREACHABLE_REASONS } from '../../alerts/roster/words.ts';
import { dayOf } from '../../core/calendar.ts';
import { UserError } from '../../core/errors.ts';
import { DAY_MS, localDate, localDateTime, startOfLocalDay } from '../../core/local-time.ts';
import { createLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { regionName } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import { systemClock, type Clock } from '../../core/time.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import { openRecords } from '../../warehouse/records.ts';
import type { Config } from '../config.ts';
import { dutyCalendarOf } from '../duty-calendar.ts';
import { recordsOptions } from '../foundation.ts';
import type { Print } from '../print.ts';

type RosterOptions = {
  /** File of the roster; the one of the configuration when left out. */
  readonly file?: string | undefined;
  /** How many days from today. */
  readonly days: number;
};

const both = ({ zh, en }: Text): string => `${zh} ${en}`;

/** Prints every gap, stranger, double duty and old number; gives true when there is none. Throws UserError. */
export async function checkRoster(
  config: Config,
  options: RosterOptions,
  print: Print,
  clock: Clock = systemClock,
): Promise<boolean> {
  const file = planOf(config, options);
  const national = createChinaCalendar();
  const calendar = dutyCalendarOf(config, national);
  const period = periodOf(options, clock);
  const { officers, plan } = await withRecords(config, file, period);
  const gaps = findGaps({ plan, calendar, officers, ...period });
  const strangers = findStrangers({ plan, officers });
  const doubles = findDoubleDuty({ plan, calendar, ...period });
  for (const id of strangers) print(`✗ ${id}: ${both(UNREACHABLE_REASONS.unknown)}`);
  for (const gap of gaps) print(`✗ ${describeGap(gap)}`);
  for (const { officer, places, ...when } of doubles) {
    print(`! ${officer}: 同时在两处值班 on duty twice: ${places.join(' · ')}, ${stretch(when)}`);
  }
  const validMs = config.alerts.duty.numberTrustedFor;
  for (const { officer, verifiedAtMs } of findStaleNumbers(
    { plan, calendar, officers, ...period },
    validMs,
  )) {
    print(
      `! ${officer}: 号码上次验证于 number last tried on ${localDate(verifiedAtMs)}，请重新验证 try it again`,
    );
  }
  if (config.alerts.workdays !== undefined) {
    for (const { date, name } of idleDays(national, loadWorkdays(config.alerts.workdays))) {
      print(`! ${date} ${name}: 与国家日历一致，可删去 the national calendar says so already`);
    }
  }
  if (!calendar.knows(dayOf(period.untilMs - 1))) {
    print('! 节假日表未覆盖全部日期 the table of holidays ends before the last day');
  }
  const whole = `${plan.id}: ${plan.bureaus.length} bureaus, ${localDate(period.fromMs)} +${options.days} days`;
  const isProven = gaps.length === 0 && strangers.length === 0;
  print(
    isProven
      ? `✓ ${whole}: 每一分钟都有人可以联系 somebody can be reached at every minute`
      : `\n${whole}: ${gaps.length} gaps, ${strangers.length} unknown officers`,
  );
  return isProven;
}

/** Prints the turns of every line, a line of text each. Throws UserError. */
export async function showRoster(
  config: Config,
  options: RosterOptions,
  print: Print,
  clock: Clock = systemClock,
): Promise<void> {
  const file = planOf(config, options);
  const calendar = dutyCalendarOf(config, createChinaCalendar());
  const period = periodOf(options, clock);
  const { plan } = await withRecords(config, file, period);
  for (const { bureau, lines } of plan.bureaus) {
    for (const { name } of lines) {
      print(`${regionName(bureau).zh} ${regionName(bureau).en} · ${both(LINE_NAMES[name])}`);
      const spans = dutySpans(plan, calendar, { bureau, line: name, ...period });
      for (const span of spans) print(`  ${stretch(span)}  ${span.officer}  ${span.by}`);
      if (spans.length === 0) print('  无人值班 nobody');
    }
  }
}

function planOf(config: Config, { file }: RosterOptions): RosterPlan {
  const path = file ?? config.alerts.roster;
  if (path !== undefined) return loadRoster(path);
  throw new UserError(
    'bad-configuration',
    text('没有配置值班表', 'there is no duty roster in the configuration'),
    {
      hint: text(
        '写明文件，或在配置中设置 alerts.roster',
        'Name a file, or set alerts.roster in the configuration.',
      ),
    },
  );
}

const periodOf = ({ days }: RosterOptions, clock: Clock) => {
  const fromMs = startOfLocalDay(clock.now());
  return { fromMs, untilMs: fromMs + days * DAY_MS };
};

/** The officers, and the plan with what people changed since it was written. */
async function withRecords(
  config: Config,
  file: RosterPlan,
  { fromMs }: { fromMs: number },
): Promise<{ officers: readonly KnownOfficer[]; plan: DutyPlan }> {
  const deps = { logger: createLogger(config.logLevel), random: createUnseededRandom() };
  const records = await openRecords(deps, recordsOptions(config));
  try {
    const changes = await loadPlanChanges(records.db, { sinceMs: fromMs });
    return { officers: await loadKnownOfficers(records.db), plan: { ...file, changes } };
  } finally {
    await records.close();
  }
}

function describeGap({ bureau, level, unreachable, ...when }: Gap): string {
  const { zh, en } = regionName(bureau);
  const why =
    unreachable.length === 0
      ? '无人值班 nobody on duty'
      : unreachable
          .map(({ officer, because }) => `${officer} ${both(UNREACHABLE_REASONS[because])}`)
          .join('; ');
  return `${zh} ${en} · ${['一', '二', '三'][level - 1]}级 level ${level} · ${stretch(when)}: ${why}`;
}

const stretch = ({ fromMs, untilMs }: { fromMs: number; untilMs: number }): string =>
  `${localDateTime(fromMs).slice(0, 16)} – ${localDateTime(untilMs).slice(0, 16)}`;
