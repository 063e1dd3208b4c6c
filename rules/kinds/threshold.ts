// A measured value beyond a limit for so many periods in a row.
//
// One series per measure and length of period (years, months or days). Of each only the newest
// `forPeriods` periods are kept, each with its newest value, so a value that is computed again replaces
// what it corrects. A period without a value breaks the row: no data is not zero. Ends when the newest
// period has a value that is back at `clearAt` or better.

import { addMonths, dateOfDay, dayOfDate } from '../../core/calendar.ts';
import type { ObservationOf } from '../../core/observation.ts';
import { contextOf } from '../context.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import type { RuleOf } from '../rule.ts';
import { SlotKeys } from '../slot-keys.ts';

type IndexFact = ObservationOf<'index'>;

type Series = {
  /** By period, one each. */
  readonly facts: readonly IndexFact[];
  readonly episode: { readonly alertId: string; readonly openedAtMs: number } | undefined;
};

export function createThresholdMachine(deps: KindDeps<RuleOf<'threshold'>>): RuleMachine {
  const { params } = deps.compiled.rule;
  const { forPeriods } = params;
  const limit = (params.above ?? params.below) as number;
  const clearAt = params.clearAt ?? limit;
  const sign = params.above === undefined ? -1 : 1;
  const series = new SlotKeys<Series>();

  const isBeyond = ({ value }: IndexFact) => sign * value > sign * limit;
  const isBack = ({ value }: IndexFact) => sign * value <= sign * clearAt;

  const holds = (facts: readonly IndexFact[]): boolean =>
    facts.length === forPeriods &&
    facts.every(isBeyond) &&
    facts.every(
      (fact, at) => at === 0 || nextPeriod((facts[at - 1] as IndexFact).period) === fact.period,
    );

  const take = (slot: number, fact: IndexFact) => {
    const key = `${fact.indexId} ${fact.period.length}`;
    const before = series.get(slot, key) ?? { facts: [], episode: undefined };
    const same = before.facts.find(({ period }) => period === fact.period);
    if (same && (same.atMs > fact.atMs || same.id === fact.id)) return;
    const facts = [...before.facts.filter((one) => one !== same), fact]
      .sort((a, b) => (a.period < b.period ? -1 : 1))
      .slice(-forPeriods);
    const episode = facts.at(-1) === fact ? ended(slot, fact, before) : before.episode;
    series.set(slot, key, { facts, episode });
    if (!facts.includes(fact) || !holds(facts)) return;
    const atMs = Math.max(...facts.map((one) => one.atMs));
    const last = facts.at(-1) as IndexFact;
    const { indexId, period, value, version } = last;
    const values = { indexId, period, value, limit, periods: forPeriods, version };
    const noticed = { slot, atMs, key: `${indexId} ${period}`, evidence: facts, values };
    if (episode) {
      deps.emitter.suppress(noticed, 'episode-open', episode.alertId);
      return;
    }
    const alertId = deps.emitter.raise({ ...noticed, late: fact !== last });
    if (alertId) series.set(slot, key, { facts, episode: { alertId, openedAtMs: atMs } });
  };

  /** The episode as it stands after the newest value, which may end it. */
  const ended = (slot: number, fact: IndexFact, { episode }: Series): Series['episode'] => {
    if (!episode || !isBack(fact)) return episode;
    const { indexId, period, value } = fact;
    const values = { indexId, period, value, clearAt };
    emitCleared(slot, episode, { atMs: fact.atMs, evidence: [fact], values });
    return undefined;
  };

  const emitCleared = (
    slot: number,
    { alertId, openedAtMs }: NonNullable<Series['episode']>,
    seen: { atMs: number; evidence: IndexFact[]; values: Record<string, string | number> },
  ) => {
    const atMs = Math.max(seen.atMs, openedAtMs);
    deps.emitter.clear({ slot, alertId, key: alertId, ...seen, atMs });
  };

  const endWithOrder = (slot: number, atMs: number) => {
    for (const [key, { episode }] of series.of(slot)) {
      series.delete(slot, key);
      if (episode) emitCleared(slot, episode, { atMs, evidence: [], values: {} });
    }
  };

  return {
    fact(fact, slot) {
      if (fact.kind !== 'index' || !params.index.includes(fact.indexId)) return;
      if (contextOf(deps, fact)) take(slot, fact);
    },
    orderChanged(slot, atMs) {
      if (!deps.orders.orderAt(deps.subjects.keyOf(slot), atMs)) endWithOrder(slot, atMs);
    },
    orderRanOut: endWithOrder,
    abandon(atMs) {
      for (const [slot, , { episode }] of series.all()) {
        if (episode) deps.emitter.abandon(slot, episode, atMs);
      }
    },
    snapshot: () => series.snapshot(),
    restore: (state) => series.restore(state),
  };
}

/** The period after 2026, 2026-11 or 2026-11-22, in the same form. */
export function nextPeriod(period: string): string {
  if (period.length === 4) return String(Number(period) + 1);
  if (period.length === 7) return dateOfDay(addMonths(dayOfDate(`${period}-01`), 1)).slice(0, 7);
  return dateOfDay(dayOfDate(period) + 1);
}
