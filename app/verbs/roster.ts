// plumbline roster check, roster show: whether somebody can always be reached, and who is on duty when.

import {
  findDoubleDuty,
  findGaps,
  findStrangers,
  type Gap,
  type KnownOfficer,
  type Unreachable,
} from '../../alerts/roster/coverage.ts';
import { dutySpans } from '../../alerts/roster/duty-spans.ts';
import { loadRoster } from '../../alerts/roster/load-roster.ts';
import type { LineName, RosterPlan } from '../../alerts/roster/roster-plan.ts';
import { dayOf } from '../../core/calendar.ts';
import { UserError } from '../../core/errors.ts';
import { DAY_MS, localDate, localDateTime, startOfLocalDay } from '../../core/local-time.ts';
import { createLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { regionName } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import { systemClock, type Clock } from '../../core/time.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import { openRecords } from '../../warehouse/records.ts';
import type { Config } from '../config.ts';
import { recordsOptions } from '../foundation.ts';
import type { Print } from '../print.ts';

type RosterOptions = {
  /** File of the roster; the one of the configuration when left out. */
  readonly file?: string | undefined;
  /** How many days from today. */
  readonly days: number;
};

const LINE_NAMES: Readonly<Record<LineName, string>> = {
  duty: '值班员 duty',
  deputy: '副班 deputy',
  leader: '带班领导 leader',
};

const REASONS: Readonly<Record<Unreachable, string>> = {
  unknown: '系统中没有此人 not in the records',
  inactive: '已停用 inactive',
  'no-phone': '没有电话 no number',
  'not-verified': '号码未验证 number not tried yet',
  'other-bureau': '不属于本局 of another bureau',
};

/** Prints every gap, stranger and double duty; gives true when there is none. Throws UserError. */
export async function checkRoster(
  config: Config,
  options: RosterOptions,
  print: Print,
  clock: Clock = systemClock,
): Promise<boolean> {
  const plan = planOf(config, options);
  const calendar = createChinaCalendar();
  const period = periodOf(options, clock);
  const officers = await knownOfficers(config);
  const gaps = findGaps({ plan, calendar, officers, ...period });
  const strangers = findStrangers({ plan, officers });
  const doubles = findDoubleDuty({ plan, calendar, ...period });
  for (const id of strangers) print(`✗ ${id}: ${REASONS.unknown}`);
  for (const gap of gaps) print(`✗ ${describeGap(gap)}`);
  for (const { officer, places, ...when } of doubles) {
    print(`! ${officer}: 同时在两处值班 on duty twice: ${places.join(' · ')}, ${stretch(when)}`);
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
export function showRoster(
  config: Config,
  options: RosterOptions,
  print: Print,
  clock: Clock = systemClock,
): void {
  const plan = planOf(config, options);
  const calendar = createChinaCalendar();
  const period = periodOf(options, clock);
  for (const { bureau, lines } of plan.bureaus) {
    for (const { name } of lines) {
      print(`${regionName(bureau).zh} ${regionName(bureau).en} · ${LINE_NAMES[name]}`);
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
        '写明文件,或在配置中设置 alerts.roster',
        'Name a file, or set alerts.roster in the configuration.',
      ),
    },
  );
}

const periodOf = ({ days }: RosterOptions, clock: Clock) => {
  const fromMs = startOfLocalDay(clock.now());
  return { fromMs, untilMs: fromMs + days * DAY_MS };
};

async function knownOfficers(config: Config): Promise<KnownOfficer[]> {
  const deps = { logger: createLogger(config.logLevel), random: createUnseededRandom() };
  const records = await openRecords(deps, recordsOptions(config));
  try {
    const rows = await records.db.selectFrom('officer').selectAll().execute();
    return rows.map(({ id, region, phone, phoneVerifiedAtMs, active }) => ({
      id,
      bureau: region,
      hasPhone: !!phone,
      isVerified: phoneVerifiedAtMs !== null,
      isActive: active === 1,
    }));
  } finally {
    await records.close();
  }
}

function describeGap({ bureau, level, unreachable, ...when }: Gap): string {
  const { zh, en } = regionName(bureau);
  const why =
    unreachable.length === 0
      ? '无人值班 nobody on duty'
      : unreachable.map(({ officer, because }) => `${officer} ${REASONS[because]}`).join('; ');
  return `${zh} ${en} · ${['一', '二', '三'][level - 1]}级 level ${level} · ${stretch(when)}: ${why}`;
}

const stretch = ({ fromMs, untilMs }: { fromMs: number; untilMs: number }): string =>
  `${localDateTime(fromMs).slice(0, 16)} – ${localDateTime(untilMs).slice(0, 16)}`;
