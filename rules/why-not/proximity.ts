// Why a rule about two persons did not raise: nobody is forbidden, the two were not heard of together, not
// near enough, or not for long enough.

import type { ContactPosition } from '../../core/observation.ts';
import { FIX_KINDS, UNPLACED } from '../../core/position-codes.ts';
import { text } from '../../core/text.ts';
import {
  byInstant,
  emptyRun,
  endRun,
  lastedMs,
  takeFix,
  type ContactFix,
} from '../kinds/contact-run.ts';
import type { ProximityParams } from '../kinds/proximity-params.ts';
import type { RuleOf } from '../rule.ts';
import type { Gate } from './gate.ts';
import { factsOf, fixesOf, type HeardFact, type Person } from './person.ts';
import { isWithin, withParams, type Question } from './question.ts';
import { distanceText, instantText, spanText } from './say.ts';

/** How near the two came to what the rule wants. */
type Nearness = {
  readonly other: string;
  readonly own: number;
  readonly others: number;
  /** The least time between a fix of each; Infinity without both. */
  apartMs: number;
  /** What the distance and both error circles took at least, with the distance itself. */
  reachM: number;
  distanceM: number;
  nearestAtMs: number;
  /** The longest they were surely near, ending in the window; -1 when they never were. */
  togetherMs: number;
  togetherAtMs: number;
};

export function proximityGate(
  question: Question,
  person: Person,
  { params }: RuleOf<'proximity'>,
): Gate | undefined {
  const forbidden = person.ordersInWindow.flatMap(
    ({ conditions }) => conditions.noContactWith ?? [],
  );
  if (forbidden.length === 0) {
    const says = text('监管令没有禁止接触的对象', 'the order forbids contact with nobody');
    return { code: 'nothing-to-watch', says };
  }
  const all = [...new Set<string>(forbidden)].map((other) =>
    nearnessTo(question, person, { other, params }),
  );
  const [best] = all.toSorted(
    (a, b) => b.togetherMs - a.togetherMs || a.reachM - b.reachM || a.apartMs - b.apartMs,
  );
  return gateOf(best as Nearness, params);
}

function nearnessTo(
  question: Question,
  person: Person,
  { other, params }: { other: string; params: ProximityParams },
): Nearness {
  const fixes = contactFixes(person, other, params);
  const own = fixes.filter((fix) => fix.own && isWithin(question, fix.atMs));
  const others = fixes.filter((fix) => !fix.own && isWithin(question, fix.atMs));
  const found: Nearness = {
    other,
    own: own.length,
    others: others.length,
    apartMs: Math.min(
      ...own.flatMap((a) => others.map((b) => Math.abs(a.atMs - b.atMs))),
      Infinity,
    ),
    reachM: Infinity,
    distanceM: Infinity,
    nearestAtMs: 0,
    togetherMs: -1,
    togetherAtMs: 0,
  };
  const run = emptyRun<ContactFix>();
  for (const fix of fixes) {
    if (!fix.forbidden) {
      endRun(run, fix.atMs, params);
      continue;
    }
    const seen = takeFix(run, fix, params);
    if (!seen || !isWithin(question, fix.atMs)) continue;
    const { distanceM, fixes: both } = seen.moment;
    const reachM = distanceM + (both[0].accuracyM + both[1].accuracyM);
    if (reachM < found.reachM) {
      Object.assign(found, { reachM, distanceM, nearestAtMs: fix.atMs });
    }
    if (seen.side === 'near' && lastedMs(run) > found.togetherMs) {
      Object.assign(found, { togetherMs: lastedMs(run), togetherAtMs: fix.atMs });
    }
  }
  return found;
}

type HeardContact = ContactFix & { readonly forbidden: boolean };

/** The fixes of both the rule looks at, by time. */
function contactFixes(person: Person, other: string, params: ProximityParams): HeardContact[] {
  const heeds = (fix: number) => params.fixKinds.includes(FIX_KINDS[fix] ?? 'gnss');
  const isForbidden = ({ order, watched }: Pick<HeardFact, 'order' | 'watched'>) =>
    watched && (order?.conditions.noContactWith?.some((key) => key === other) ?? false);
  const own = fixesOf(person)
    .filter(({ fix }) => heeds(fix.fix) && (fix.labels & UNPLACED) === 0)
    .map((heard): HeardContact => {
      const { atMs, lng, lat, fix, source, sequence, accuracyM } = heard.fix;
      const id = `${source} ${sequence} ${lng} ${lat}`;
      // As evidence states it, and so as the rule reckons with it.
      const place = { lng, lat, fix, accuracyM: Math.round(accuracyM * 10) / 10 };
      return { own: true, atMs, id, ...place, forbidden: isForbidden(heard) };
    });
  const others = factsOf(person, 'contact-position')
    .filter(({ fact }) => fact.of === other && params.fixKinds.includes(fact.fix))
    .map((heard): HeardContact => {
      const { atMs, lng, lat, accuracyM, id, fix } = heard.fact as ContactPosition;
      const place = { lng, lat, accuracyM, fix: FIX_KINDS.indexOf(fix) };
      return { own: false, atMs, id, ...place, forbidden: isForbidden(heard) };
    });
  return [...own, ...others].filter(({ atMs }) => atMs <= person.reachedMs).toSorted(byInstant);
}

function gateOf(found: Nearness, params: ProximityParams): Gate | undefined {
  const { other, own, others, apartMs, reachM, togetherMs } = found;
  if (own === 0 || others === 0) {
    const says = text(
      `该时段没有收到${own === 0 ? '本人' : `禁止接触对象 ${other}`}的有效定位`,
      `no fix of ${own === 0 ? 'the person' : other} came in that time`,
    );
    return { code: 'no-facts', says, values: { own, others } };
  }
  if (reachM === Infinity) return neverPaired(apartMs, other, params);
  if (togetherMs < 0) return notNear(found, params);
  if (togetherMs >= params.lasts) return undefined;
  return notLong(found, params);
}

function neverPaired(apartMs: number, other: string, { pairWithin }: ProximityParams): Gate {
  const [apart, within] = [spanText(apartMs), spanText(pairWithin)];
  return {
    code: 'never-paired',
    says: text(
      `与 ${other} 的定位须相隔不超过${within.zh}才能比较，最近也相隔${apart.zh}`,
      `fixes of both are compared when at most ${within.en} apart; they were ${apart.en} apart at least`,
    ),
    values: { apartMs, pairWithinMs: pairWithin },
    relax: {
      says: text(`相隔${apart.zh}也可比较`, `${apart.en} been near enough in time`),
      apply: (question) => withParams(question, { pairWithin: apartMs }),
    },
  };
}

function notNear(found: Nearness, { radiusM }: ProximityParams): Gate {
  const { other, reachM, distanceM, nearestAtMs } = found;
  const [distance, reach, radius] = [distanceM, reachM, radiusM].map(distanceText) as [
    ReturnType<typeof distanceText>,
    ReturnType<typeof distanceText>,
    ReturnType<typeof distanceText>,
  ];
  return {
    code: 'not-near',
    says: text(
      `与 ${other} 的距离连同误差须在${radius.zh}以内`,
      `the distance to ${other} and both error circles have to lie within ${radius.en}`,
    ),
    nearest: text(
      `最近在 ${instantText(nearestAtMs)}：相距${distance.zh}，连同误差 ${reach.zh}`,
      `nearest at ${instantText(nearestAtMs)}: ${distance.en} apart, ${reach.en} with the error circles`,
    ),
    atMs: nearestAtMs,
    values: { other, reachM, distanceM, radiusM },
    relax: {
      says: text(`范围放宽到${reach.zh}`, `${reach.en} been near enough`),
      apply: (question) => withParams(question, { radiusM: reachM }),
    },
  };
}

function notLong({ other, togetherMs, togetherAtMs }: Nearness, { lasts }: ProximityParams): Gate {
  const [together, wanted] = [spanText(togetherMs), spanText(lasts)];
  return {
    code: 'not-long',
    says: text(
      `与 ${other} 须确认同处${wanted.zh}，${togetherMs > 0 ? `最长只有${together.zh}` : '实际只确认了一个时刻'}`,
      `they have to be surely together for ${wanted.en}; ${togetherMs > 0 ? `the longest was ${together.en}` : 'they were at single moments only'}`,
    ),
    nearest: text(
      `最长一段到 ${instantText(togetherAtMs)} 为止`,
      `the longest stretch ended at ${instantText(togetherAtMs)}`,
    ),
    atMs: togetherAtMs,
    values: { other, togetherMs, lastsMs: lasts },
    relax: {
      says:
        togetherMs > 0
          ? text(`只需同处${together.zh}`, `${together.en} been enough`)
          : text('一个时刻就够', 'a single moment been enough'),
      apply: (question) => withParams(question, { lasts: togetherMs }),
    },
  };
}
