// A condition that did not hold: on which fact it came nearest, which part of it failed first, and what stood
// in the fact.

import { localDateTime } from '../../core/local-time.ts';
import type { Fact, ObservationKind } from '../../core/observation.ts';
import { regionName } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import { compileCondition, conjunctsOf, type ConditionContext } from '../condition.ts';
import { RuleMistake } from '../rule-mistake.ts';
import type { Gate } from './gate.ts';
import { contextOf, type HeardFact, type Person } from './person.ts';
import type { Question } from './question.ts';
import { instantText, KIND_NAMES, listText } from './say.ts';

/** A condition the rule puts to facts of a kind. */
export type Asked = {
  readonly fact: ObservationKind;
  readonly when: string;
  /** Which of several conditions of the rule it is. */
  readonly name?: Text;
  /** The question with another condition in its place. */
  readonly relaxed: (question: Question, when: string) => Question;
};

type Tried = {
  readonly heard: HeardFact;
  readonly context: ConditionContext;
  readonly asked: Asked;
  readonly parts: readonly string[];
  readonly held: readonly boolean[];
};

/** Undefined when one of the facts meets one of the conditions, or when there is no fact to put them to. */
export function conditionGate(
  question: Question,
  person: Person,
  { facts, asked }: { facts: readonly HeardFact[]; asked: readonly Asked[] },
): Gate | undefined {
  const tried = facts.flatMap((heard) => {
    const context = contextOf(person, heard);
    if (!context) return [];
    return asked
      .filter(({ fact }) => fact === heard.fact.kind)
      .map((one) => tryParts(one, heard, context));
  });
  if (tried.length === 0 || tried.some(({ held }) => !held.includes(false))) return undefined;
  const failing = ({ held }: Tried) => held.filter((one) => !one).length;
  const away = ({ heard }: Tried) => Math.abs(heard.atMs - question.atMs);
  const [best] = tried.toSorted((a, b) => failing(a) - failing(b) || away(a) - away(b));
  return gateOf(best as Tried, tried.length);
}

/** True when the whole condition holds. */
export const holds = (asked: Pick<Asked, 'fact' | 'when'>, context: ConditionContext): boolean =>
  asked.fact === context.fact.kind && evaluate(asked.when, asked.fact, context);

function tryParts(asked: Asked, heard: HeardFact, context: ConditionContext): Tried {
  let parts = conjunctsOf(asked.when, asked.fact);
  if (parts.some((part) => !isCondition(part, asked.fact))) parts = [asked.when];
  const held = parts.map((part) => evaluate(part, asked.fact, context));
  return { heard, context, asked, parts, held };
}

const wanted = (kind: ObservationKind) => ({ path: [], kind, result: 'bool' }) as const;

/** A part may make sense only within the whole. */
function isCondition(part: string, kind: ObservationKind): boolean {
  try {
    compileCondition<boolean>(part, wanted(kind));
    return true;
  } catch (error) {
    if (error instanceof RuleMistake) return false;
    throw error;
  }
}

function evaluate(part: string, kind: ObservationKind, context: ConditionContext): boolean {
  const condition = compileCondition<boolean>(part, wanted(kind));
  try {
    return condition(context);
  } catch {
    // A field the fact does not have; in the whole condition an earlier part keeps this one from being asked.
    return false;
  }
}

function gateOf({ heard, asked, parts, held, context }: Tried, tried: number): Gate {
  const failed = parts[held.indexOf(false)] as string;
  const kept = parts.filter((_, index) => held[index]);
  const values = valuesIn(failed, context);
  const at = instantText(heard.atMs);
  const name = KIND_NAMES[asked.fact];
  const step = asked.name ? text(`${asked.name.zh}的`, `of ${asked.name.en} `) : text('', '');
  const passed = held.indexOf(false);
  const before =
    passed > 0 ? text(`前面 ${passed} 项成立，`, `${passed} before it hold; `) : text('', '');
  return {
    code: 'condition-false',
    says: text(
      `${step.zh}条件 ${failed} 不成立`,
      `the condition ${step.en}${failed} does not hold`,
    ),
    nearest: text(
      `${at} 的${name.zh}${tried > 1 ? `（${tried} 条中最接近的一条）` : ''}：${before.zh}${values.zh}`,
      `the ${name.en} of ${at}${tried > 1 ? `, the closest of ${tried}` : ''}: ${before.en}${values.en}`,
    ),
    atMs: heard.atMs,
    values: { condition: failed, parts: parts.length, held: kept.length, factId: heard.fact.id },
    relax: {
      says: text(`把 ${at} 的${name.zh}视为符合条件`, `the ${name.en} of ${at} met it`),
      apply: (question) =>
        asked.relaxed(question, `(${asked.when}) || fact.id == ${JSON.stringify(heard.fact.id)}`),
    },
  };
}

/** What the fields named in an expression held; never what was said or done beyond them. */
function valuesIn(expression: string, { fact, order }: ConditionContext): Text {
  const named = [...expression.matchAll(/\b(fact|order)\.([A-Za-z]\w*)/g)];
  const fields = [...new Set(named.map(([path]) => path))].map((path) => {
    const [whose, field] = path.split('.') as [string, string];
    const value = (whose === 'fact' ? fact : order)[field as keyof Fact] as unknown;
    return valueText(path, field, value);
  });
  return fields.length === 0 ? text('没有引用字段', 'it names no field') : listText(fields);
}

function valueText(path: string, field: string, value: unknown): Text {
  if (typeof value === 'string' && /^\d{6}$/.test(value)) {
    const { zh, en } = regionName(value);
    return text(`${path} = ${value}（${zh}）`, `${path} = ${value} (${en})`);
  }
  if (typeof value === 'number' && field.endsWith('AtMs')) {
    return text(`${path} = ${localDateTime(value)}`, `${path} = ${localDateTime(value)}`);
  }
  if (typeof value === 'object' && value !== null) {
    return text(
      `${path} 有 ${Object.keys(value).length} 项`,
      `${path} has ${Object.keys(value).length} items`,
    );
  }
  const shown = value === undefined ? '—' : JSON.stringify(value);
  return text(`${path} = ${shown}`, `${path} = ${shown}`);
}
