// Terms of named lists in what was said in a call. One alert per call, whose values name each term hit,
// its category and its place, and never a word of what was said; that stands in the evidence only.
// Nothing ends such an alert by itself: what was said stays said, and an officer closes it.

import { UserError } from '../../core/errors.ts';
import type { ObservationOf } from '../../core/observation.ts';
import { text } from '../../core/text.ts';
import { contextOf } from '../context.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import type { RuleOf } from '../rule.ts';
import type { TermHit, TermMatcher } from './term-matcher.ts';

type CallFact = ObservationOf<'call'>;
type SegmentHit = TermHit & { readonly segment: number };
type Alerted = { readonly callId: string; readonly alertId: string };

/** So many calls of a person are remembered, to know one that is delivered again. */
const CALLS_MAX = 64;
/** So many hits are spelled out; the others are counted. */
const HITS_MAX = 20;

export function createKeywordMachine(deps: KindDeps<RuleOf<'keyword'>>): RuleMachine {
  const { id, params } = deps.compiled.rule;
  const matcher = matcherFor(deps, id);
  let alerted = new Map<number, Alerted[]>();

  const take = (call: CallFact, slot: number) => {
    const hits = call.segments.flatMap(({ text: said }, segment) =>
      matcher
        .scan(said)
        .filter(({ level }) => level <= params.levelMin)
        .map((hit) => ({ ...hit, segment })),
    );
    if (hits.length === 0) return;
    const values = valuesOf(call, hits, matcher.version);
    const noticed = { slot, atMs: call.atMs, key: call.callId, evidence: [call], values };
    const known = alerted.get(slot) ?? [];
    const before = known.find(({ callId }) => callId === call.callId);
    if (before) {
      deps.emitter.suppress(noticed, 'episode-open', before.alertId);
      return;
    }
    const alertId = deps.emitter.raise(noticed);
    if (alertId) {
      alerted.set(slot, [...known, { callId: call.callId, alertId }].slice(-CALLS_MAX));
    }
  };

  return {
    fact(fact, slot) {
      if (fact.kind === 'call' && contextOf(deps, fact)) take(fact, slot);
    },
    orderChanged(slot, atMs) {
      if (!deps.orders.orderAt(deps.subjects.keyOf(slot), atMs)) alerted.delete(slot);
    },
    snapshot: () => alerted,
    restore(state) {
      alerted = state as Map<number, Alerted[]>;
    },
  };
}

function matcherFor(
  { compiled, surroundings }: KindDeps<RuleOf<'keyword'>>,
  ruleId: string,
): TermMatcher {
  if (surroundings.matcherOf) return surroundings.matcherOf(compiled.rule.params.lists);
  throw new UserError(
    'rule-invalid',
    text('关键词规则需要词表', 'a keyword rule needs term lists, and none are given'),
    { detail: `${ruleId}: ${compiled.rule.params.lists.join(', ')}` },
  );
}

function valuesOf(
  { callId, channel }: CallFact,
  hits: readonly SegmentHit[],
  terms: string,
): Record<string, string | number> {
  const listed = hits.slice(0, HITS_MAX).map((hit, index) => {
    const { termId, category, level, segment, start, end } = hit;
    const name = `hit${String(index + 1).padStart(2, '0')}`;
    return [name, `${termId} ${category} level ${level} segment ${segment} at ${start}-${end}`];
  });
  return {
    callId,
    channel,
    hits: hits.length,
    gravest: Math.min(...hits.map(({ level }) => level)),
    terms,
    ...Object.fromEntries(listed),
  };
}
