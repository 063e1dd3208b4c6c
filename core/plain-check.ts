// Whether a value may pass a zod schema exactly as it stands: nothing filled in, nothing changed, the fields in
// the order of the schema. Said at a fraction of what zod needs, for rows that come by the hundred thousand
// and are nearly all sound. Only a yes means anything: after a no the schema itself is asked, and gives the
// value or the words. What is not understood here is a no.

import type { z } from 'zod';

type Schema = z.core.$ZodType;
type Check = (value: unknown) => boolean;

/** Made once for a schema, from the schema itself, so that the two cannot say different things. */
export function createPlainCheck(schema: Schema): Check {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      // Formats and coercions are schemas of their own kind.
      return 'format' in def || def.coerce ? never : both(isString, checksOf(def.checks));
    case 'number':
      return 'format' in def || def.coerce ? never : both(isNumber, checksOf(def.checks));
    case 'boolean':
      return def.coerce ? never : both((value) => typeof value === 'boolean', checksOf(def.checks));
    case 'literal':
    case 'enum': {
      const values: ReadonlySet<unknown> = schema._zod.values ?? new Set();
      return both((value) => values.has(value), checksOf(def.checks));
    }
    case 'optional':
    case 'default':
      // Only asked about a field that is there; what is missing is the object's to know.
      return both(createPlainCheck(def.innerType), checksOf(def.checks));
    case 'array': {
      const element = createPlainCheck(def.element);
      return both((value) => Array.isArray(value) && value.every(element), checksOf(def.checks));
    }
    case 'object':
      return both(objectCheck(def), checksOf(def.checks));
    case 'record':
      return both(recordCheck(def), checksOf(def.checks));
    default:
      return never;
  }
}

const never: Check = () => false;
const isString: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => Number.isFinite(value);

const both = (first: Check, second: Check | undefined): Check =>
  second ? (value) => first(value) && second(value) : first;

/** Strict objects alone: others drop or keep what they do not know. */
function objectCheck({ shape, catchall }: z.core.$ZodObjectDef): Check {
  if (catchall?._zod.def.type !== 'never') return never;
  const fields = Object.entries(shape).map(([name, schema]) => ({
    name,
    mayBeMissing: schema._zod.def.type === 'optional',
    check: createPlainCheck(schema),
  }));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const given = value as Readonly<Record<string, unknown>>;
    let at = 0;
    for (const name in given) {
      while (at < fields.length && fields[at]?.name !== name) {
        if (!fields[at++]?.mayBeMissing) return false;
      }
      if (!fields[at++]?.check(given[name])) return false;
    }
    for (; at < fields.length; at++) if (!fields[at]?.mayBeMissing) return false;
    return true;
  };
}

/** Records that ask for no key of a list: those that do give them in the order of the list. */
function recordCheck({ keyType, valueType, partial }: z.core.$ZodRecordDef): Check {
  const names = keyType._zod.values as ReadonlySet<unknown> | undefined;
  if (!partial || names === undefined || keyType._zod.def.checks?.length) return never;
  const check = createPlainCheck(valueType);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const given = value as Readonly<Record<string, unknown>>;
    for (const name in given) if (!names.has(name) || !check(given[name])) return false;
    return true;
  };
}

function checksOf(checks: z.core.$ZodType['_zod']['def']['checks']): Check | undefined {
  if (!checks || checks.length === 0) return undefined;
  const all = checks.map(checkOf);
  return all.length === 1 ? all[0] : (value) => all.every((check) => check(value));
}

/** The frequent ones in a line of their own; the others as zod runs them. */
function checkOf(check: z.core.$ZodCheck<never>): Check {
  const { def } = (check as unknown as z.core.$ZodChecks)._zod;
  if (def.check === 'min_length') return (value) => (value as string).length >= def.minimum;
  if (def.check === 'max_length') return (value) => (value as string).length <= def.maximum;
  if (def.check === 'string_format' && def.format === 'regex' && def.pattern?.flags === '') {
    const { pattern } = def;
    return (value) => pattern.test(value as string);
  }
  return (value) => {
    const payload = { value: value as never, issues: [] };
    const answer = check._zod.check(payload);
    return answer === undefined && payload.issues.length === 0 && payload.value === value;
  };
}
