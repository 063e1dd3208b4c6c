// The rungs of the legal frame: is the person known, is there an order, a level and a legal basis for what the
// rule looks at, and was any of it heard at all?

import { basesUnder, recordedTerms } from '../../core/bases-in-force.ts';
import type { OrderFact } from '../../core/observation.ts';
import { classOf, type SubjectClass } from '../../core/order.ts';
import { text } from '../../core/text.ts';
import type { Gate } from './gate.ts';
import { isImpersonal, needsOf, type Needs } from './needs.ts';
import type { Heard, Person } from './person.ts';
import { nearest, withFacts, withFrameFirst, withRule, type Question } from './question.ts';
import { CLASS_NAMES, instantText, KIND_NAMES, listText, sourcesText } from './say.ts';

/** The person, the order, the class, the legal basis and the facts. */
export function frameGate(question: Question, person: Person): Gate | undefined {
  const needs = needsOf(question.compiled.rule);
  return (
    personGate(question, person) ??
    historyGate(question, person) ??
    orderGate(question, person) ??
    classGate(question, person) ??
    levelGate(question, person) ??
    sourceGate(question, person, needs) ??
    factsGate(question, person, needs)
  );
}

function personGate({ subject }: Question, { orders, heard }: Person): Gate | undefined {
  if (orders.knows(subject) || heard.length > 0) return undefined;
  const says = text(
    `记录中没有 ${subject} 的监管令，也没有任何数据`,
    `the records hold neither an order nor any fact about ${subject}`,
  );
  return { code: 'person-unknown', says };
}

function historyGate({ fromMs }: Question, { reachedMs }: Person): Gate | undefined {
  if (reachedMs >= fromMs) return undefined;
  const until = instantText(reachedMs);
  return {
    code: 'history-ends',
    says: text(
      `记录只到 ${until}，还没有到该时段`,
      `the records end at ${until}, before that time`,
    ),
    atMs: reachedMs,
  };
}

function orderGate(question: Question, person: Person): Gate | undefined {
  if (person.ordersInWindow.length > 0) return undefined;
  const { subject, fromMs } = question;
  const last = person.orders.lastOrder(subject);
  const says = text('该时段没有有效的监管令', 'no order was in force in that time');
  if (!last) return { code: 'no-order', says };
  const endMs = last.action === 'end' ? Math.min(last.atMs, last.untilMs) : last.untilMs;
  const closest =
    last.fromMs > fromMs
      ? text(
          `最近的监管令自 ${instantText(last.fromMs)} 起`,
          `the nearest begins at ${instantText(last.fromMs)}`,
        )
      : text(
          `最近的监管令至 ${instantText(endMs)} 止`,
          `the nearest ended at ${instantText(endMs)}`,
        );
  return {
    code: 'no-order',
    says,
    nearest: closest,
    relax: {
      says: text('监管令当时有效', 'the order been in force then'),
      apply: (asked) => withOrder(asked, last),
    },
  };
}

/** Asked as if one order had been in force all the time, with everything else as it was. */
function withOrder(question: Question, last: OrderFact): Question {
  const inputs = question.inputs;
  const [fromMs, untilMs] = [0, question.untilMs + YEAR_MS];
  const bases = last.bases.map((basis) => ({ ...basis, fromMs, untilMs }));
  const order = { ...last, action: 'start', atMs: fromMs, receivedAtMs: fromMs, fromMs, untilMs };
  const others = withFacts({ ...question, inputs }, (fact) =>
    fact.kind === 'order' ? undefined : fact,
  );
  return withFrameFirst(others, [{ ...order, bases } as OrderFact]);
}

const YEAR_MS = 365 * 86_400_000;

const classesOf = ({ ordersInWindow }: Person): SubjectClass[] => [
  ...new Set(ordersInWindow.map(classOf)),
];

function classGate({ compiled }: Question, person: Person): Gate | undefined {
  const { who, level } = compiled.rule;
  const classes = classesOf(person);
  if (classes.some((one) => who.includes(one))) return undefined;
  const mine = listText(classes.map((one) => CLASS_NAMES[one]));
  const wanted = listText(who.map((one) => CLASS_NAMES[one]));
  return {
    code: 'class-not-watched',
    says: text(
      `此人当时是${mine.zh}，规则只适用于${wanted.zh}`,
      `the person was ${mine.en}; the rule is for ${wanted.en}`,
    ),
    values: { classes: classes.join(' '), who: who.join(' ') },
    relax: {
      says: text('规则也适用于该类人员', 'the rule been for this class as well'),
      apply: (question) =>
        withRule(question, { who: [...who, ...classes], level: { ...graded(classes), ...level } }),
    },
  };
}

function levelGate({ compiled }: Question, person: Person): Gate | undefined {
  const { level, who } = compiled.rule;
  const classes = classesOf(person).filter((one) => who.includes(one));
  if (classes.some((one) => level[one] !== undefined)) return undefined;
  return ungradedGate(classes);
}

/** The condition may be met, and no level says how grave that is for this class. */
export function ungradedGate(classes: readonly SubjectClass[]): Gate {
  const mine = listText(classes.map((one) => CLASS_NAMES[one]));
  return {
    code: 'ungraded',
    says: text(
      `分级表没有给${mine.zh}的这种情形定级，只记录，不报警`,
      `the grading table has no level for ${mine.en} here: it is logged and raises nothing`,
    ),
    values: { classes: classes.join(' ') },
    relax: {
      says: text('该类人员定为三级', 'the class been given level 3'),
      apply: (question) => {
        const { level } = question.compiled.rule;
        return withRule(question, { level: { ...level, ...graded(classes) } });
      },
    },
  };
}

const graded = (classes: readonly SubjectClass[]) =>
  Object.fromEntries(classes.map((one) => [one, 3]));

function sourceGate(question: Question, person: Person, needs: Needs): Gate | undefined {
  const { subject, atMs, fromMs, untilMs } = question;
  const { sources } = needs;
  if (sources.length === 0 || isImpersonal(needs)) return undefined;
  if (person.heard.some((heard) => needs.means(heard) && isHeeded(question, needs, heard))) {
    return undefined;
  }
  const { orders } = person;
  for (let at = fromMs; at <= untilMs; at = orders.orderSpan(subject, at).untilMs) {
    if (sources.some((source) => orders.basisAt(subject, source, at))) return undefined;
  }
  const opened = orders.basesAt(subject, atMs).flatMap((basis) => basis.sources);
  const recorded = recordedTerms(orders.recordedOf(subject));
  const ends = person.ordersInWindow
    .flatMap((order) => basesUnder(order, recorded))
    .filter((basis) => basis.sources.some((source) => sources.includes(source)))
    .map((basis) => basis.untilMs)
    .filter((endMs) => endMs <= fromMs);
  const nearestEndMs = Math.max(...ends);
  const wanted = sourcesText(sources);
  return {
    code: 'source-closed',
    says: text(
      `当时没有采集${wanted.zh}的法律依据，相关数据不进入系统`,
      `there was no legal basis for ${wanted.en} then, so nothing of it was taken in`,
    ),
    nearest:
      nearestEndMs > 0
        ? text(
            `最近的依据至 ${instantText(nearestEndMs)} 止`,
            `the last basis ended at ${instantText(nearestEndMs)}`,
          )
        : text(
            opened.length === 0
              ? '监管令没有开放任何来源'
              : `监管令开放的来源是${sourcesText([...new Set(opened)]).zh}`,
            opened.length === 0
              ? 'the order opens no source'
              : `the order opens ${sourcesText([...new Set(opened)]).en}`,
          ),
  };
}

/** True when the fact can count within the window. */
const isHeeded = ({ fromMs, untilMs }: Question, { reachBackMs }: Needs, { atMs }: Heard) =>
  atMs >= fromMs - reachBackMs && atMs <= untilMs;

function factsGate(question: Question, person: Person, needs: Needs): Gate | undefined {
  if (needs.mayBeAbsent) return undefined;
  const { reachBackMs } = needs;
  const all = person.heard.filter(needs.means);
  const heard = all.filter((one) => isHeeded(question, needs, one));
  const names = listText(needs.kinds.map((kind) => KIND_NAMES[kind]));
  if (heard.length === 0) {
    const closest = nearest(question, all);
    return {
      code: 'no-facts',
      says: text(`该时段没有收到${names.zh}`, `no ${names.en} came in that time`),
      ...(closest
        ? {
            atMs: closest.atMs,
            nearest: text(
              `最近一条在 ${instantText(closest.atMs)}`,
              `the nearest is of ${instantText(closest.atMs)}`,
            ),
          }
        : {}),
      values: { kinds: needs.kinds.join(' '), ...(reachBackMs > 0 ? { reachBackMs } : {}) },
    };
  }
  if (heard.some(({ watched }) => watched)) return undefined;
  const first = nearest(question, heard) as Heard;
  return lateOrderGate(question, person, first);
}

/** What was heard, was heard before the order that would make it count was recorded, or outside of it. */
function lateOrderGate(question: Question, { orders }: Person, { atMs, order }: Heard): Gate {
  const { compiled, subject } = question;
  const now = orders.orderAt(subject, atMs);
  const at = instantText(atMs);
  if (now && now !== order && compiled.rule.who.includes(classOf(now))) {
    const known = instantText(now.receivedAtMs);
    return {
      code: 'order-known-later',
      says: text(
        `${at} 的数据到达时监管令还没有录入（${known} 录入）`,
        `when the facts of ${at} came the order was not yet on record (recorded ${known})`,
      ),
      atMs,
      relax: {
        says: text('监管令及时录入', 'the order been recorded in time'),
        apply: (asked) => withFrameFirst(asked),
      },
    };
  }
  return {
    code: 'not-under-order',
    says: text(`${at} 没有规则适用的监管令`, `no order the rule looks at was in force at ${at}`),
    atMs,
  };
}
