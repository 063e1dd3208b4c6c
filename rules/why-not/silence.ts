// Why a rule about silence did not raise: the longest silence was broken in time, or is not over yet.

import { basesUnder } from '../../core/bases-in-force.ts';
import { UNPLACED } from '../../core/position-codes.ts';
import { sourceKindOf } from '../../core/source.ts';
import { text } from '../../core/text.ts';
import type { SilenceParams } from '../kinds/absence-params.ts';
import type { Gate } from './gate.ts';
import type { Heard, HeardOrder, Person } from './person.ts';
import { withParams, type Question } from './question.ts';
import { instantText, sourcesText, spanText } from './say.ts';

type Silence = {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Without the time the platform did not listen. */
  readonly lastedMs: number;
  readonly broken: boolean;
};

export function silenceGate(
  question: Question,
  person: Person,
  params: SilenceParams,
): Gate | undefined {
  const silences = silencesOf(question, person, params).toSorted(
    (a, b) => b.lastedMs - a.lastedMs || a.fromMs - b.fromMs,
  );
  const unsaid = silences.find(
    (silence) => silence.lastedMs > params.silentFor && !isTold(person, silence, params),
  );
  if (unsaid) return wordGate(unsaid);
  // Longer ones were raised before the window began.
  const longest = silences.find(({ lastedMs }) => lastedMs <= params.silentFor);
  return longest && brokenGate(longest, params);
}

const listens = ({ sources }: SilenceParams, source: string): boolean =>
  sources.includes(sourceKindOf(source));

/** Heard for the rule at all. */
const speaks = (heard: Heard, params: SilenceParams): boolean =>
  (heard.kind === 'fact' && listens(params, heard.fact.source)) ||
  (heard.kind === 'fix' && heard.watched && listens(params, heard.fix.source));

const breaks = (heard: Heard, params: SilenceParams): boolean =>
  speaks(heard, params) &&
  (params.heed !== 'placed' || (heard.kind === 'fix' && (heard.fix.labels & UNPLACED) === 0));

type Mark = { readonly atMs: number; readonly gapsMs: number };

/** The silences that end in the window, or last at its end, as far as somebody was expected to speak. */
function silencesOf(question: Question, person: Person, params: SilenceParams): Silence[] {
  const silences: Silence[] = [];
  let last: Mark | undefined;
  const end = (to: Mark, broken: boolean) => {
    if (!last || to.atMs < question.fromMs || to.atMs < last.atMs) return;
    const untilMs = expectedUntil(question, person, params, {
      fromMs: last.atMs,
      untilMs: to.atMs,
    });
    const lastedMs = untilMs - last.atMs - (to.gapsMs - last.gapsMs);
    silences.push({ fromMs: last.atMs, untilMs, lastedMs, broken: broken && untilMs === to.atMs });
  };
  for (const heard of person.heard) {
    if (heard.kind === 'order') {
      const fromMs = listeningFrom(question, heard, params);
      if (fromMs === undefined) end(heard, false);
      if (fromMs === undefined || !last) {
        last = fromMs === undefined ? undefined : { atMs: fromMs, gapsMs: heard.gapsMs };
      }
    } else if (breaks(heard, params)) {
      end(heard, true);
      if (!last || heard.atMs > last.atMs) last = heard;
    }
  }
  end({ atMs: Math.min(question.untilMs, person.reachedMs), gapsMs: person.gapsMs }, false);
  return silences;
}

/** From when on an order has the person expected to speak; undefined when it does not. */
function listeningFrom(
  { subject }: Question,
  { fact, order, atMs, recorded }: HeardOrder,
  { sources }: SilenceParams,
): number | undefined {
  const isToCome = fact.kind === 'order' && fact.action !== 'end' && fact.fromMs > atMs;
  const inForce = order ?? (isToCome ? fact : undefined);
  const froms = (inForce ? basesUnder(inForce, recorded) : [])
    .filter((basis) => basis.untilMs > atMs && basis.sources.some((one) => sources.includes(one)))
    .map((basis) => basis.fromMs);
  if (inForce?.subject !== subject || froms.length === 0) return undefined;
  return Math.max(Math.min(...froms), fact.receivedAtMs);
}

/** Where in a stretch the last basis that opens one of the sources ends. */
function expectedUntil(
  { subject }: Question,
  { orders }: Person,
  { sources }: SilenceParams,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): number {
  for (let at = fromMs; at < untilMs; at = orders.orderSpan(subject, at).untilMs) {
    if (!sources.some((source) => orders.basisAt(subject, source, at))) return at;
  }
  return untilMs;
}

function brokenGate({ fromMs, untilMs, lastedMs, broken }: Silence, params: SilenceParams): Gate {
  const { silentFor, sources, heed } = params;
  const [lasted, wanted, left] = [lastedMs, silentFor, silentFor - lastedMs].map(spanText) as [
    ReturnType<typeof spanText>,
    ReturnType<typeof spanText>,
    ReturnType<typeof spanText>,
  ];
  const source = sourcesText(sources);
  const word = heed === 'placed' ? text('有效定位', 'fix with a place') : text('消息', 'word');
  const until = instantText(untilMs);
  return {
    code: 'not-silent',
    says: text(
      `${source.zh}须连续${wanted.zh}没有${word.zh}，最长只有${lasted.zh}`,
      `${source.en} has to be without a ${word.en} for ${wanted.en}; the longest was ${lasted.en}`,
    ),
    nearest: broken
      ? text(
          `${instantText(fromMs)} 起静默，${until} 又有${word.zh}，比时限早${left.zh}`,
          `silent from ${instantText(fromMs)}, the next ${word.en} came at ${until}, ${left.en} in time`,
        )
      : text(
          `${instantText(fromMs)} 起静默，到 ${until} 仍未满时限，还差${left.zh}`,
          `silent from ${instantText(fromMs)}; at ${until} ${left.en} were left`,
        ),
    atMs: untilMs,
    values: { silentMs: lastedMs, wantedMs: silentFor, broken },
    ...(lastedMs > 1
      ? {
          relax: {
            says: text(`时限缩短到不足${lasted.zh}`, `a little less than ${lasted.en} been enough`),
            apply: (question: Question) => withParams(question, { silentFor: lastedMs - 1 }),
          },
        }
      : {}),
  };
}

/** A place is lost only for a device that speaks; contact is lost whatever it does. */
const isTold = (person: Person, { fromMs, untilMs }: Silence, params: SilenceParams): boolean =>
  params.heed !== 'placed' ||
  person.heard.some(
    (heard) =>
      speaks(heard, params) &&
      !breaks(heard, params) &&
      heard.atMs > fromMs &&
      heard.atMs <= untilMs,
  );

function wordGate({ fromMs, lastedMs }: Silence): Gate {
  return {
    code: 'no-word',
    says: text(
      `${instantText(fromMs)} 之后设备没有任何消息，属于失去联系，不算失去定位`,
      `after ${instantText(fromMs)} the device said nothing at all: contact is lost, not the place`,
    ),
    atMs: fromMs,
    values: { silentMs: lastedMs },
    relax: {
      says: text('规则看的是失去联系', 'the rule been about lost contact'),
      apply: (question) => withParams(question, { heed: 'any' }),
    },
  };
}
