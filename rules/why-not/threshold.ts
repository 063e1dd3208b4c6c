// Why a threshold rule did not raise: how far the value stayed from its limit, or how many periods in a row
// were missing.

import type { ObservationOf } from '../../core/observation.ts';
import { text } from '../../core/text.ts';
import { nextPeriod } from '../kinds/threshold.ts';
import type { RuleOf } from '../rule.ts';
import type { Gate } from './gate.ts';
import type { Person } from './person.ts';
import { isWithin, withFacts, withParams, type Question } from './question.ts';
import { instantText } from './say.ts';

type IndexFact = ObservationOf<'index'>;
type Limit = { readonly limit: number; readonly sign: number };

/** A value as it was judged when it came. */
type Judged = {
  readonly fact: IndexFact;
  /** The values of the periods after it, as far as known then; they have to be beyond as well. */
  readonly newer: readonly IndexFact[];
  readonly isNewest: boolean;
  /** The row of periods that are beyond, up to the newest; empty when the value itself is not. */
  readonly row: readonly IndexFact[];
};

export function thresholdGate(
  question: Question,
  person: Person,
  { params }: RuleOf<'threshold'>,
): Gate | undefined {
  const { index, forPeriods } = params;
  const limit = (params.above ?? params.below) as number;
  const sign = params.above === undefined ? -1 : 1;
  const judged = judge(person, index, { limit, sign }).filter(({ fact }) =>
    isWithin(question, fact.atMs),
  );
  if (judged.length === 0) return undefined;
  const counting = judged.filter(({ isNewest }) => isNewest);
  if (counting.length === 0) return passedGate(judged.at(-1) as Judged);
  const beyond = counting.filter(({ row }) => row.length > 0);
  if (beyond.length === 0) {
    const [closest] = counting.toSorted((a, b) => sign * (b.fact.value - a.fact.value));
    return notBeyond((closest as Judged).fact, { limit, sign });
  }
  const [longest] = beyond.toSorted((a, b) => b.row.length - a.row.length);
  const { row } = longest as Judged;
  return row.length < forPeriods ? tooFewGate(row, forPeriods) : undefined;
}

function judge(person: Person, index: readonly string[], limit: Limit): Judged[] {
  let known: IndexFact[] = [];
  return person.heard.flatMap((heard) => {
    // What was known is forgotten with the order.
    if (heard.kind === 'order' && !heard.order) known = [];
    if (heard.kind !== 'fact' || heard.fact.kind !== 'index' || !heard.watched) return [];
    const { fact } = heard;
    if (!index.includes(fact.indexId)) return [];
    const same = known.find((one) => isSameSeries(one, fact) && one.period === fact.period);
    if (same && (same.atMs > fact.atMs || same.id === fact.id)) return [];
    known = [...known.filter((one) => one !== same), fact];
    return [judgeOne(fact, known, limit)];
  });
}

const isSameSeries = (a: IndexFact, b: IndexFact): boolean =>
  a.indexId === b.indexId && a.period.length === b.period.length;

function judgeOne(fact: IndexFact, known: readonly IndexFact[], { limit, sign }: Limit): Judged {
  const series = known
    .filter((one) => isSameSeries(one, fact))
    .toSorted((a, b) => (a.period < b.period ? -1 : 1));
  const isBeyond = ({ value }: IndexFact) => sign * value > sign * limit;
  const newer = series.filter(({ period }) => period > fact.period);
  const upwards = [fact, ...newer];
  const isRow = (row: readonly IndexFact[]) =>
    row.every((one, at) => at === 0 || nextPeriod(row[at - 1]!.period) === one.period);
  const isNewest = newer.every(isBeyond) && isRow(upwards);
  if (!isNewest || !isBeyond(fact)) return { fact, newer, isNewest, row: [] };
  let row = upwards;
  for (const one of series.slice(0, series.indexOf(fact)).toReversed()) {
    if (!isBeyond(one) || !isRow([one, ...row])) break;
    row = [one, ...row];
  }
  return { fact, newer, isNewest, row };
}

function passedGate({ fact, newer }: Judged): Gate {
  const { indexId, period, atMs } = fact;
  const last = newer.at(-1) as IndexFact;
  return {
    code: 'period-passed',
    says: text(
      `${indexId} 的 ${period} 期到达时已有更新的 ${last.period} 期，不再单独评估`,
      `when ${indexId} of ${period} came, ${last.period} was known already, and the rule looks at the newest periods`,
    ),
    nearest: text(
      `${period} 期为 ${fact.value}，${last.period} 期为 ${last.value}`,
      `${fact.value} in ${period}, ${last.value} in ${last.period}`,
    ),
    atMs,
    values: { indexId, period, newest: last.period },
    relax: {
      says: text('还没有更新的各期', 'no newer period been known'),
      apply: (question) =>
        withFacts(question, (one) =>
          one.kind === 'index' && isSameSeries(one, fact) && one.period > period ? undefined : one,
        ),
    },
  };
}

function tooFewGate(row: readonly IndexFact[], forPeriods: number): Gate {
  const last = row.at(-1) as IndexFact;
  const { length } = row;
  return {
    code: 'too-few-periods',
    says: text(
      `需连续 ${forPeriods} 期越过界限，最多时只有 ${length} 期`,
      `${forPeriods} periods in a row are wanted, there were ${length} at most`,
    ),
    nearest: text(
      `${last.indexId}：${row.map(({ period, value }) => `${period} 为 ${value}`).join('，')}`,
      `${last.indexId}: ${row.map(({ period, value }) => `${value} in ${period}`).join(', ')}`,
    ),
    atMs: last.atMs,
    values: { periods: length, forPeriods },
    relax: {
      says: text(`只需 ${length} 期`, `${length} been enough`),
      apply: (question) => withParams(question, { forPeriods: length }),
    },
  };
}

function notBeyond({ indexId, period, value, atMs }: IndexFact, { limit, sign }: Limit): Gate {
  const than = sign > 0 ? text('高于', 'above') : text('低于', 'below');
  const short = Math.round(Math.abs(limit - value) * 1e9) / 1e9;
  return {
    code: 'not-beyond',
    says: text(`数值须${than.zh} ${limit}`, `the value has to be ${than.en} ${limit}`),
    nearest: text(
      `${indexId} 的 ${period} 期为 ${value}（${instantText(atMs)}），还差 ${short}`,
      `${indexId} of ${period} is ${value} (${instantText(atMs)}), ${short} short of it`,
    ),
    atMs,
    values: { indexId, period, value, limit },
    relax: {
      says: text(`界限刚好放到 ${value}`, `the limit been just short of ${value}`),
      apply: (question) => {
        const name = sign > 0 ? 'above' : 'below';
        const step = Math.max(Math.abs(value) * 1e-12, 1e-12);
        return withParams(question, { [name]: value - sign * step, clearAt: undefined });
      },
    },
  };
}
