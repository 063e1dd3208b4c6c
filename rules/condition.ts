// Conditions in CEL (Common Expression Language), checked against the schema of the fact they look at
// when the rule is loaded, compiled once, evaluated only for candidates.

import { Environment, serialize } from '@marcbachmann/cel-js';
import { z } from 'zod';
import { nearestWord } from '../core/nearest-word.ts';
import {
  observationSchema,
  type Fact,
  type ObservationKind,
  type OrderFact,
} from '../core/observation.ts';
import { RuleMistake } from './rule-mistake.ts';

export type ConditionContext = {
  readonly fact: Fact;
  readonly order: OrderFact;
  /** True when a region lies in the area the person may be in. */
  readonly covers: (region: string) => boolean;
};

export type Condition<Value> = (context: ConditionContext) => Value;

export type CelType = 'bool' | 'string' | 'double';

/**
 * Compiles an expression over `fact` (of the given kind), `order` and the function `inArea(region)`.
 * Throws RuleMistake with the place of the mistake; `path` says where in the rule the expression stands.
 */
export function compileCondition<Value>(
  expression: string,
  wanted: { path: readonly (string | number)[]; kind: ObservationKind; result: CelType },
): Condition<Value> {
  const environment = environmentFor(wanted.kind);
  const checked = environment.check(expression);
  if (!checked.valid) {
    const { summary = 'not an expression', range } = (checked.error ?? {}) as CelMistake;
    throw new RuleMistake(wanted.path, explain(summary, wanted.kind), range?.start);
  }
  if (checked.type !== wanted.result) {
    const message = `the condition gives ${checked.type}, but ${wanted.result} is wanted`;
    throw new RuleMistake(wanted.path, message);
  }
  const evaluate = environment.parse(expression);
  return (context) => {
    inQuestion = context;
    return evaluate({ fact: context.fact, order: context.order }) as Value;
  };
}

/** The parts joined by `&&` at the root of an expression that compiles, in order. */
export function conjunctsOf(expression: string, kind: ObservationKind): string[] {
  const parts: string[] = [];
  const split = (node: CelNode): void => {
    if (node.op === '&&' && Array.isArray(node.args)) for (const part of node.args) split(part);
    else parts.push(serialize(node as Parameters<typeof serialize>[0]));
  };
  split(environmentFor(kind).parse(expression).ast as CelNode);
  return parts;
}

type CelNode = { readonly op: string; readonly args: unknown };

type CelMistake = { summary?: string; range?: { start: number } };

/** What cel-js says, with what to do about it. */
function explain(summary: string, kind: ObservationKind): string {
  const unknown = /^No such key: (\w+)$/.exec(summary)?.[1];
  if (unknown !== undefined) {
    const fields = Object.keys(factSchemas[kind].shape);
    const nearest = nearestWord(unknown, fields);
    const advice = nearest ? `did you mean "${nearest}"?` : `it has ${fields.join(', ')}`;
    return `a ${kind} has no field "${unknown}"; ${advice}`;
  }
  if (summary.startsWith('Unknown variable')) return `${summary}; there are fact and order`;
  if (/double.*\bint\b|\bint\b.*double/.test(summary)) {
    return `${summary}; write numbers with a point, as in 3.0`;
  }
  return summary;
}

/** The context of the evaluation under way; functions of the environment read it. */
let inQuestion: ConditionContext;

const environments = new Map<ObservationKind, Environment>();

function environmentFor(kind: ObservationKind): Environment {
  let environment = environments.get(kind);
  if (!environment) {
    environment = new Environment()
      .registerVariable({ name: 'fact', schema: celSchema(factSchemas[kind]) })
      .registerVariable({ name: 'order', schema: celSchema(factSchemas.order) })
      .registerFunction('inArea(string): bool', (region: string) => inQuestion.covers(region));
    environments.set(kind, environment);
  }
  return environment;
}

const factSchemas = Object.fromEntries(
  observationSchema.options.map((option) => [option.shape.kind.value, option]),
) as unknown as Record<ObservationKind, z.ZodObject>;

type CelSchema = { [field: string]: string | CelSchema };

/** The CEL view of a zod object: texts, numbers as double, booleans, nested objects, lists. */
function celSchema(schema: z.ZodObject): CelSchema {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return fieldsOf(json as JsonSchema);
}

type JsonSchema = {
  type?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
};

function fieldsOf(json: JsonSchema): CelSchema {
  return Object.fromEntries(
    Object.entries(json.properties ?? {}).map(([name, field]) => [name, typeOf(field)]),
  );
}

function typeOf(field: JsonSchema): string | CelSchema {
  switch (field.type) {
    case 'string':
      return 'string';
    case 'number':
    case 'integer':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'array': {
      const item = field.items ? typeOf(field.items) : 'dyn';
      return typeof item === 'string' ? `list<${item}>` : 'list<dyn>';
    }
    case 'object':
      return field.properties ? fieldsOf(field) : 'map';
    default:
      return 'dyn';
  }
}
