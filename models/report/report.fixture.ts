// A month and a week of invented alerts, officers and shifts for tests and screenshots of reports.

import { FEEDBACK_RESULTS } from '../../core/alert-event.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/local-time.ts';
import { createRandom } from '../../core/random.ts';
import { DAZHOU, regionsWithin } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import type { ReportAlert, ReportInput } from './build-report.ts';
import { FORECAST_WEEKS, type ReportNotice, type ReportShift } from './load.ts';
import type { ReportObjection } from './objections.ts';
import type { Period } from './period.ts';

const RULES = [
  ['area-exit', text('擅自离开执行地', 'Left the area without leave'), 2, 0.7],
  ['device-apart', text('人机分离', 'Device apart from the person'), 2, 0.5],
  ['lost-contact', text('失去联系', 'Contact lost'), 1, 0.8],
  ['no-go-area', text('进入禁止区域', 'Entered a forbidden area'), 2, 0.9],
  ['terminal-silent', text('终端长时间无定位', 'Terminal silent'), 3, 0.3],
  ['=HYPERLINK("x")', text('=试验规则“引号”&<标签>', '=a rule on <trial> & "quoted"'), 3, 0],
] as const;

/** Everything a report of the region needs, made of the period alone; recorded for ten weeks before it. */
export function inventedInput(
  period: Period,
  { asOfMs = period.untilMs + 9 * HOUR_MS, weeks = 10, region = DAZHOU } = {},
): ReportInput {
  const random = createRandom(`report ${period.fromMs}`);
  const counties = regionsWithin(DAZHOU).map(({ code }) => code);
  const knownSinceMs = period.untilMs - weeks * 7 * DAY_MS;
  const alerts: ReportAlert[] = [];
  const notices: ReportNotice[] = [];
  for (let atMs = knownSinceMs; atMs < Math.min(asOfMs, period.untilMs);) {
    const [ruleId, title, level, truth] = random.pick(RULES);
    const county = random.pick(counties);
    const acknowledgedAtMs = atMs + Math.floor((0.5 + random.next() * 40) * MINUTE_MS);
    const closedAtMs = acknowledgedAtMs + Math.floor(random.next() * 60 * HOUR_MS);
    const isJudged = truth > 0 && random.next() < 0.8;
    alerts.push({
      ruleId,
      title,
      level,
      region: county,
      recordedAtMs: atMs,
      acknowledgedAtMs: random.next() < 0.95 && acknowledgedAtMs < asOfMs ? acknowledgedAtMs : null,
      closedAtMs: isJudged && closedAtMs < asOfMs ? closedAtMs : null,
      result: isJudged
        ? random.next() < truth
          ? 'true'
          : random.pick(FEEDBACK_RESULTS.filter((result) => result !== 'true'))
        : null,
      withdrawnAtMs: !isJudged && random.next() < 0.1 ? acknowledgedAtMs : null,
      isUpheld: false,
    });
    const alertId = `al_${alerts.length}`;
    for (const officer of [`officer-${county}`, 'officer-511700'])
      notices.push({ alertId, officer, atMs: atMs + 5_000 });
    atMs += Math.floor(random.next() * 110 * MINUTE_MS);
  }
  const objections = objectionsTo(alerts, asOfMs);
  const shifts: ReportShift[] = [DAZHOU, ...counties].flatMap((bureau) =>
    Array.from({ length: FORECAST_WEEKS * 7 + 40 }, (_, index) => {
      const untilMs = period.untilMs + DAY_MS - index * DAY_MS;
      return { bureau, officer: `officer-${bureau}`, fromMs: untilMs - DAY_MS, untilMs };
    }),
  );
  return {
    period,
    region,
    asOfMs,
    knownSinceMs,
    alerts: alerts.map((alert, index) =>
      objections[index]?.state === 'upheld'
        ? { ...alert, withdrawnAtMs: objections[index].decidedAtMs, isUpheld: true }
        : alert,
    ),
    objections: objections.filter((objection) => objection !== undefined),
    budget: 30,
    shiftsBy: 'day',
    shifts,
    notices,
  };
}

/** The person objects to every ninth alert, a day later; each third is upheld, some are decided late, some not. */
const objectionsTo = (
  alerts: readonly ReportAlert[],
  asOfMs: number,
): (ReportObjection | undefined)[] =>
  alerts.map(({ region, recordedAtMs: alertAtMs }, index) => {
    const recordedAtMs = alertAtMs + DAY_MS;
    if (index % 9 !== 0 || recordedAtMs >= asOfMs) return undefined;
    const dueAtMs = recordedAtMs + 7 * DAY_MS;
    const decidedAtMs = recordedAtMs + (index % 12) * DAY_MS + HOUR_MS;
    if (decidedAtMs >= asOfMs || index % 5 === 0)
      return { region, recordedAtMs, dueAtMs, decidedAtMs: null, state: 'open' };
    return {
      region,
      recordedAtMs,
      dueAtMs,
      decidedAtMs,
      state: index % 27 === 0 ? 'upheld' : 'rejected',
    };
  });
