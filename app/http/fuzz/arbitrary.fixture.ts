// Requests made from the API description: as described, nearly as described, and hostile.

import fc from 'fast-check';
import { CANARIES } from './site.fixture.ts';

/** The part of OpenAPI 3.0 the description uses. */
export type JsonSchema = {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number | boolean;
  readonly maximum?: number;
  readonly pattern?: string;
};

export type Operation = {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required?: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly body: JsonSchema | undefined;
};

/** A string that stands for "one the site answered with under this name"; replaced when it is sent. */
export const seenMark = (name: string, pick: number): string => `seen:${name}:${pick}`;
const MARK = /^seen:([^:]*):(\d+)$/;

export function unmark(
  value: unknown,
  find: (name: string, pick: number) => string | undefined,
): unknown {
  if (typeof value === 'string') {
    const [, name, pick] = MARK.exec(value) ?? [];
    return name === undefined ? value : (find(name, Number(pick)) ?? 'unknown');
  }
  if (Array.isArray(value)) return value.map((one) => unmark(one, find));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unmark(one, find)]));
}

/** What programs have stumbled over. */
const HOSTILE_STRINGS: readonly string[] = [
  ...Object.values(CANARIES),
  "' OR '1'='1' --",
  '"; DROP TABLE alert; --',
  '{{7*7}}${7*7}<%= 7*7 %>',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '..%2f..%2f%00.html',
  '\u0000',
  'a\u0000b',
  '\uD800',
  '\u202Etxt.exe',
  '\r\nSet-Cookie: a=b',
  '=HYPERLINK("http://x")',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  '9'.repeat(400),
  '字'.repeat(3_000),
  '-1',
  '1e309',
  'NaN',
  '2026-02-30',
  '%',
  '$(id)',
  '(((((((((((((((((((((((((((a+)+)+$',
];

const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 63),
  1e308,
  8_640_000_000_000_001,
  [],
  {},
  [[[]]],
  ...HOSTILE_STRINGS,
];

/** By the words of a pattern or a length, strings that fit. */
function fitting({ pattern, minLength = 0, maxLength = 60 }: JsonSchema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const max = Math.min(maxLength, minLength + 40);
  return fc.oneof(
    fc.string({ minLength, maxLength: max }),
    fc.string({ unit: 'binary', minLength, maxLength: max }),
    fc.constant('核实情况属实。'.padEnd(minLength, '好').slice(0, Math.max(max, 1))),
  );
}

/** Values the schema allows; those of `name` that the site has shown come often. */
export function asDescribed(schema: JsonSchema, name = ''): fc.Arbitrary<unknown> {
  const value = plain(schema, name);
  return schema.nullable ? fc.option(value, { freq: 5 }) : value;
}

function plain(schema: JsonSchema, name: string): fc.Arbitrary<unknown> {
  const variants = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (variants) return fc.oneof(...variants.map((one) => asDescribed(one, name)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'string': {
      const seen = fc.nat(40).map((pick) => seenMark(name, pick));
      return fc.oneof({ weight: 3, arbitrary: seen }, { weight: 2, arbitrary: fitting(schema) });
    }
    case 'integer':
    case 'number':
      return numbers(schema);
    case 'boolean':
      return fc.boolean();
    case 'array': {
      const { items = {}, minItems = 0, maxItems = 4 } = schema;
      const maxLength = Math.max(minItems, Math.min(maxItems, 4));
      return fc.array(asDescribed(items, name), { minLength: minItems, maxLength });
    }
    case 'object':
      return objects(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function numbers({ type, minimum, maximum }: JsonSchema): fc.Arbitrary<number> {
  const min = typeof minimum === 'number' ? minimum : -1_000;
  const max = Math.max(min, maximum ?? 2_000_000_000_000);
  return type === 'integer'
    ? fc.oneof(
        fc.integer({ min: Math.ceil(min), max: Math.floor(max) }),
        fc.integer({ min: Math.ceil(min), max: Math.floor(Math.min(max, min + 100)) }),
      )
    : fc.double({ min, max, noNaN: true });
}

function objects({ properties = {}, required = [], additionalProperties }: JsonSchema) {
  const known = Object.entries(properties).map(([key, one]) => [key, asDescribed(one, key)]);
  const requiredKeys = required.filter((key) => key in properties);
  const record = fc.record(Object.fromEntries(known) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys,
  });
  if (typeof additionalProperties !== 'object') return record;
  const more = fc.dictionary(fc.string({ maxLength: 12 }), asDescribed(additionalProperties), {
    maxKeys: 3,
  });
  return fc.tuple(more, record).map(([extra, own]) => ({ ...extra, ...own }));
}

const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE_VALUES),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.double(),
  fc.bigInt({ min: 10n ** 18n, max: 10n ** 24n }).map(Number),
);

/** One place somewhere in the value is another: a hostile value, nothing, or a key nobody knows. */
const nearly = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(value, hostile, fc.nat(), fc.constantFrom('replace', 'remove', 'add'))
    .map(([given, other, place, how]) => spoil(given, { other, place, how }));

function spoil(value: unknown, change: { other: unknown; place: number; how: string }): unknown {
  const { other, place, how } = change;
  if (Array.isArray(value) && value.length > 0 && place % 3 !== 0) {
    const at = place % value.length;
    return value.map((one, index) => (index === at ? spoil(one, change) : one));
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    const keys = Object.keys(value);
    const key = keys[place % Math.max(1, keys.length)];
    if (how === 'add' || key === undefined) {
      const name = HOSTILE_STRINGS[place % HOSTILE_STRINGS.length] as string;
      return Object.defineProperty({ ...value }, name, { value: other, enumerable: true });
    }
    const rest = Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    if (how === 'remove') return rest;
    return { ...rest, [key]: spoil((value as Record<string, unknown>)[key], change) };
  }
  return other;
}

const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Bodies that are no JSON of the described kind, with the type they are sent under. */
const RAW_BODIES: readonly (readonly [type: string, body: string | Buffer])[] = [
  ['application/json', '{"a":'],
  ['application/json', ''],
  ['application/json', 'null'],
  ['application/json', deep(20_000)],
  ['application/json', '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"a":1}}}'],
  ['application/json', `{"a":${'9'.repeat(5_000)}}`],
  ['application/json', `"${'x'.repeat(1_100_000)}"`],
  ['application/json', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
  ['application/json; charset=utf-16le', Buffer.from('{"a":1}', 'utf16le')],
  ['text/plain', CANARIES.name],
  ['application/xml', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
  ['application/x-www-form-urlencoded', 'login=a&password=b'],
  ['multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1'],
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0])],
  ['image/png', Buffer.from('89504e470d0a1a0a0000000d49484452ffffffffffffffff', 'hex')],
  [`application/${CANARIES.phone}`, 'a'],
  ['application/x-ndjson', `{"kind":"custody","subject":"${CANARIES.idNumber}"}\n{]\n`],
  ['application/vnd.apache.arrow.stream', Buffer.alloc(64, 0xff)],
];

export type FuzzRequest = {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly raw: readonly [type: string, body: string | Buffer] | undefined;
};

const HEADERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'x-purpose': '__proto__' },
  { 'x-purpose': "' OR 1=1" },
  { 'accept-language': `${'en,'.repeat(500)}` },
  { range: 'bytes=-1' },
  { 'content-encoding': 'gzip' },
  { 'if-none-match': '*' },
  { 'x-forwarded-for': "1.1.1.1', 'x" },
  { 'x-http-method-override': 'DELETE' },
  { 'user-agent': CANARIES.idNumber },
  { 'last-event-id': '1e400' },
];

/** Every request of an operation that is worth sending. */
export function requestsOf({ parameters, body }: Operation): fc.Arbitrary<FuzzRequest> {
  const place = (where: 'path' | 'query') =>
    fc.record(
      Object.fromEntries(
        parameters
          .filter((one) => one.in === where)
          .map(({ name, schema }) => {
            const good = asDescribed(schema, name);
            return [
              name,
              fc.oneof(
                { weight: 6, arbitrary: good },
                { weight: 1, arbitrary: fc.constantFrom<unknown>(...HOSTILE_STRINGS) },
              ),
            ];
          }),
      ),
      {
        requiredKeys: parameters
          .filter((one) => one.in === where && (one.required ?? where === 'path'))
          .map(({ name }) => name),
      },
    );
  const good = body === undefined ? fc.constant(undefined) : asDescribed(body);
  const purpose = fc.constantFrom(
    'alert-handling',
    'daily-supervision',
    'legal-basis',
    'audit-review',
  );
  return fc.record({
    path: place('path'),
    query: place('query'),
    headers: fc
      .tuple(
        purpose,
        fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, fc.constantFrom(...HEADERS)),
      )
      .map(([given, more]) => ({ 'x-purpose': given, ...more })),
    body: fc.oneof({ weight: 3, arbitrary: good }, { weight: 2, arbitrary: nearly(good) }),
    raw: fc.option(fc.constantFrom(...RAW_BODIES), {
      freq: body === undefined ? 2 : 8,
      nil: undefined,
    }),
  });
}
