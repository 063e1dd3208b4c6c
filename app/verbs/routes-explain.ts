// plumbline routes explain: who would be told of such an alert, by which channel, and which node decided; by
// the routing and the duty roster of the configuration, at a time of day of one's choice.

import { officerTable, type Roster } from '../../alerts/duty-officers.ts';
import { ladderOf } from '../../alerts/escalation.ts';
import { termsFor, termsOf } from '../../alerts/grouping/group-terms.ts';
import { grade } from '../../alerts/grade.ts';
import { LEVEL_TABLE } from '../../alerts/level-table.ts';
import { CHANNEL_NAMES, SIDE_NAMES } from '../../alerts/recorder/words.ts';
import { route } from '../../alerts/route.ts';
import { loadRoster } from '../../alerts/roster/load-roster.ts';
import { createRosterOnDuty } from '../../alerts/roster/on-duty.ts';
import { chooseRow } from '../../alerts/routing/choose-row.ts';
import { loadRouting } from '../../alerts/routing/load-routing.ts';
import { PLAIN_ROUTING } from '../../alerts/routing/routing-plan.ts';
import { covers, stateOf } from '../../alerts/silences/silence.ts';
import { loadLiveSilences } from '../../alerts/silences/silence-store.ts';
import { formatDuration } from '../../core/duration.ts';
import { UserError } from '../../core/errors.ts';
import type { Level } from '../../core/finding.ts';
import { localDateTime, parseInstant } from '../../core/local-time.ts';
import { silentLogger } from '../../core/logger.ts';
import { SUBJECT_CLASSES, type SubjectClass } from '../../core/order.ts';
import { createRandom } from '../../core/random.ts';
import { regionName, regionOf, type RegionCode } from '../../core/region.ts';
import { subjectKey } from '../../core/subject.ts';
import { text, type Language } from '../../core/text.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import { recordsToLookIn } from '../alert-claims.ts';
import type { Config } from '../config.ts';
import type { Print } from '../print.ts';

export type ExplainedRoute = {
  readonly rule: string;
  readonly level: string;
  readonly county: string;
  readonly class?: string | undefined;
  readonly subject?: string | undefined;
  /** Local date and time; now when left out. */
  readonly at?: string | undefined;
  readonly late?: boolean;
  readonly file?: string | undefined;
  readonly language: Language;
};

/** Prints the route. Throws UserError `bad-input` for what is no alert. */
export async function explainRoute(
  { clock }: { clock: Clock },
  config: Config,
  asked: ExplainedRoute,
  print: Print,
): Promise<void> {
  const { language } = asked;
  const alert = alertOf(asked, clock);
  const calendar = createChinaCalendar();
  const path = asked.file ?? config.alerts.routing;
  const plan = path === undefined ? PLAIN_ROUTING : loadRouting(path);
  const chosen = chooseRow({ plan, calendar }, alert);
  const records = await openExisting(config);
  try {
    const roster = await rosterOf(config, records, alert.atMs);
    const graded = grade({ level: alert.level, late: asked.late ?? false });
    const routed = route(graded, alert.region, roster, chosen.row);
    const say = (zh: string, en: string) => print(language === 'zh' ? zh : en);
    const named = (ids: readonly string[]) => ids.join(language === 'zh' ? '、' : ', ') || '-';
    const way = CHANNEL_NAMES[routed.channel]?.[language] ?? routed.channel;
    const county = regionName(alert.region)[language];
    const { name, duty } = LEVEL_TABLE[alert.level];
    print(
      `${localDateTime(alert.atMs)}  ${name[language]}  ${alert.ruleId}  ${county}  ${duty[language]}`,
    );
    const by = chosen.by.length === 0 ? undefined : chosen.by.join(' / ');
    say(
      `决定节点：${by ?? '分级预警表（没有匹配的节点）'}`,
      `decided by: ${by ?? 'the level table (no node matches)'}`,
    );
    const muting = plan.inhibitions.filter(
      ({ target }) => target.rules?.includes(alert.ruleId) ?? true,
    );
    if (alert.level !== 1 && muting.length > 0) {
      const names = named(muting.map((inhibition) => inhibition.name));
      say(
        `可能被抑制：${names}（取决于该人其他未结预警）`,
        `may be muted by: ${names} (it depends on the person's other open alerts)`,
      );
    }
    const silences = records ? await loadLiveSilences(records.db, alert.atMs) : [];
    for (const silence of silences) {
      if (stateOf(silence, alert.atMs) !== 'active' || !covers(silence, alert)) continue;
      const until = localDateTime(silence.untilMs).slice(0, 16);
      say(`被静默隐藏至 ${until}：${silence.reason}`, `silenced until ${until}: ${silence.reason}`);
    }
    if (chosen.quietUntilMs !== undefined) {
      const until = localDateTime(chosen.quietUntilMs).slice(0, 16);
      say(`免打扰时段，推送延至 ${until}`, `quiet hours, the push waits until ${until}`);
    }
    const terms = termsOf(termsFor(alert, chosen.group), alert.level);
    if (terms) {
      const [wait, interval] = [formatDuration(terms.waitMs), formatDuration(terms.intervalMs)];
      say(
        `同类预警合并通知：等 ${wait}，同一人两条之间至少 ${interval}，每条至多 ${terms.max} 起`,
        `grouped with alerts of the kind: waits ${wait}, at least ${interval} between two to one person, at most ${terms.max} alerts each`,
      );
    }
    const soon = terms ? text('合并后', 'in a group') : text('立即', 'at once');
    say(
      `${soon.zh}以${way}通知：${named(routed.told.map(({ id }) => id))}`,
      `told ${soon.en} by ${way}: ${named(routed.told.map(({ id }) => id))}`,
    );
    if (routed.pushedOnly.length > 0) {
      const pushed = named(routed.pushedOnly.map(({ id }) => id));
      say(
        `只作平台推送（未登记电话）：${pushed}`,
        `pushed only, for want of a telephone: ${pushed}`,
      );
    }
    for (const { of, by: standsIn } of routed.standIns) {
      const [gone, next] = [regionName(of)[language], standsIn && regionName(standsIn)[language]];
      say(
        `${gone}无人可以联系，由${next ?? '系统运维人员'}接替`,
        `nobody to reach at ${gone}: ${next ?? 'the operators'} instead`,
      );
    }
    const sides = routed.awaits.map((side) => SIDE_NAMES[side][language]);
    const every = routed.row.acknowledge === 'every-side' && sides.length > 1;
    say(
      every ? `须确认：${sides.join('和')}各一人` : '须确认：一人',
      every ? `to acknowledge: somebody of ${sides.join(' and ')}` : 'to acknowledge: one person',
    );
    for (const rung of ladderOf(
      { id: 'asked', region: alert.region },
      { route: routed, roster, from: { step: 0, atMs: alert.atMs } },
    )) {
      const after = formatDuration(rung.dueAtMs - alert.atMs);
      const side = SIDE_NAMES[rung.side][language];
      say(
        `${after} 后${side}仍未确认：以${CHANNEL_NAMES[rung.channel]?.zh}通知 ${named(rung.recipients)}`,
        `after ${after} without ${side}: ${named(rung.recipients)} by ${CHANNEL_NAMES[rung.channel]?.en}`,
      );
    }
  } finally {
    await records?.close();
  }
}

function alertOf(asked: ExplainedRoute, clock: Clock) {
  const level = Number(asked.level);
  if (level !== 1 && level !== 2 && level !== 3) {
    throw wrong(text('等级须为 1、2 或 3', 'a level is 1, 2 or 3'), asked.level);
  }
  const county = regionOf(asked.county);
  if (!county) throw wrong(text('没有这个行政区划代码', 'there is no such region'), asked.county);
  const subjectClass = asked.class ?? 'cc';
  if (!isClass(subjectClass)) {
    throw wrong(
      text('没有这个人员类别', 'there is no such class'),
      `${subjectClass}; ${SUBJECT_CLASSES.join(', ')}`,
    );
  }
  const atMs = asked.at === undefined ? clock.now() : parseInstant(asked.at);
  if (atMs === undefined) {
    throw wrong(text('时间格式不对', 'this is not a time'), `"${asked.at}"; 2026-11-26 22:30`);
  }
  return {
    ruleId: asked.rule,
    level: level as Level,
    region: county.code as RegionCode,
    subjectClass,
    subject: subjectKey(asked.subject ?? 'nobody'),
    atMs: epochMs(atMs),
  };
}

const isClass = (given: string): given is SubjectClass =>
  (SUBJECT_CLASSES as readonly string[]).includes(given);

const wrong = (says: ReturnType<typeof text>, detail: string) =>
  new UserError('bad-input', says, { detail });

/** The records where there are any: without them nobody but the roster's people is known. */
async function openExisting(config: Config): Promise<Records | undefined> {
  const [place] = recordsToLookIn(config);
  return place && openRecords({ logger: silentLogger, random: createRandom('routes') }, place);
}

async function rosterOf(
  config: Config,
  records: Records | undefined,
  atMs: number,
): Promise<Roster> {
  if (!records) return { linesOf: () => [], leadersOf: () => [] };
  const officers =
    config.alerts.roster === undefined
      ? officerTable
      : createRosterOnDuty(loadRoster(config.alerts.roster), createChinaCalendar());
  return officers.read(records.db, atMs);
}
