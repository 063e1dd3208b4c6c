// What a form for a rule has to ask, derived from the schemas rule files are read with, so that a parameter
// added there is in the form without another word. Rules a schema cannot show to a form (one field that
// needs another) are told when the text is checked.

import { z } from 'zod';
import { absenceFormsSchema, absenceParamsSchema } from './kinds/absence-params.ts';
import { countFormsSchema, countParamsSchema } from './kinds/count-params.ts';
import { deadlineFormsSchema, deadlineParamsSchema } from './kinds/deadline-params.ts';
import { ruleSchema, type Rule } from './rule.ts';

export type FormField =
  | { readonly type: 'text' | 'cel'; readonly charsMax?: number; readonly pattern?: string }
  /** As people write them: 90s, 5m, 2h, 7d. */
  | { readonly type: 'duration' }
  | {
      readonly type: 'number';
      readonly isWhole: boolean;
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly type: 'choice'; readonly options: readonly (string | number)[] }
  /** `onlyTrue`: absent instead of false. */
  | { readonly type: 'flag'; readonly onlyTrue: boolean }
  | {
      readonly type: 'list';
      readonly of: FormField;
      readonly itemsMin: number;
      readonly itemsMax?: number;
    }
  | { readonly type: 'group'; readonly fields: readonly NamedField[] }
  /** A value for each of the names, or for some of them. */
  | { readonly type: 'by-name'; readonly names: readonly string[]; readonly of: FormField }
  /** One of several forms. */
  | { readonly type: 'forms'; readonly forms: readonly FormField[] };

export type NamedField = {
  readonly name: string;
  readonly isRequired: boolean;
  /** What holds when it is left out, where the schema says it. */
  readonly default?: unknown;
  readonly field: FormField;
};

export type RuleForm = {
  /** The fields of every rule, in the order of the schema; `kind`, `params` and `tests` stand apart. */
  readonly common: readonly NamedField[];
  /** The parameters of each kind. */
  readonly kinds: Readonly<Record<Rule['kind'], FormField>>;
};

/** The form of every kind of rule. */
export function describeRuleForm(): RuleForm {
  const kinds = ruleSchema.options.map((option) => {
    const params = fieldOf(schemaOf(option).properties?.['params'] as JsonSchema);
    return [option.shape.kind.value, params] as const;
  });
  const { properties, ...rest } = schemaOf(ruleSchema.options[0]);
  const { kind: _kind, params: _params, tests: _tests, ...common } = properties ?? {};
  return {
    common: Object.values(fieldsOf({ ...rest, properties: common })),
    kinds: Object.fromEntries(kinds) as RuleForm['kinds'],
  };
}

/** The part of JSON Schema that zod writes for these schemas. */
type JsonSchema = {
  type?: string;
  format?: string;
  enum?: (string | number)[];
  const?: string | number | boolean;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  pattern?: string;
  properties?: Record<string, JsonSchema>;
  propertyNames?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  required?: string[];
  default?: unknown;
  charsMax?: Record<string, number>;
};

/** Parameters that are read in one of two forms, and those forms. */
const FORMS = new Map<unknown, z.ZodType>([
  [absenceParamsSchema, absenceFormsSchema],
  [countParamsSchema, countFormsSchema],
  [deadlineParamsSchema, deadlineFormsSchema],
]);

const schemaOf = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
    override({ zodSchema, jsonSchema }) {
      const either = FORMS.get(zodSchema);
      if (!either) return;
      const { $schema: _of, ...forms } = schemaOf(either) as Record<string, unknown>;
      delete jsonSchema.type;
      delete jsonSchema.properties;
      delete jsonSchema.additionalProperties;
      Object.assign(jsonSchema, forms);
    },
  }) as JsonSchema;

function fieldsOf({
  properties = {},
  required = [],
  charsMax = {},
}: JsonSchema): Record<string, NamedField> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const limit = charsMax[name];
      const field = fieldOf(limit === undefined ? schema : { ...schema, maxLength: limit });
      const isRequired = required.includes(name);
      const rest = schema.default === undefined ? {} : { default: schema.default };
      return [name, { name, isRequired, field, ...rest }];
    }),
  );
}

function fieldOf(schema: JsonSchema): FormField {
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms) return { type: 'forms', forms: forms.map(fieldOf) };
  if (schema.enum) return { type: 'choice', options: schema.enum };
  if (schema.type === 'boolean') return { type: 'flag', onlyTrue: schema.const === true };
  if (schema.const !== undefined) return { type: 'choice', options: [schema.const as string] };
  switch (schema.type) {
    case 'string':
      return textField(schema);
    case 'integer':
    case 'number':
      return {
        type: 'number',
        isWhole: schema.type === 'integer',
        ...limit('min', schema.minimum),
        ...limit('max', schema.maximum),
      };
    case 'array':
      return {
        type: 'list',
        of: fieldOf(schema.items ?? {}),
        itemsMin: schema.minItems ?? 0,
        ...limit('itemsMax', schema.maxItems),
      };
    case 'object':
      if (schema.properties) return { type: 'group', fields: Object.values(fieldsOf(schema)) };
      return {
        type: 'by-name',
        names: (schema.propertyNames?.enum ?? []) as string[],
        of: fieldOf(schema.additionalProperties as JsonSchema),
      };
    default:
      throw new TypeError(`a form cannot ask for ${JSON.stringify(schema)}`);
  }
}

function textField({ format, maxLength, pattern }: JsonSchema): FormField {
  if (format === 'duration') return { type: 'duration' };
  return {
    type: format === 'cel' ? 'cel' : 'text',
    ...limit('charsMax', maxLength),
    ...(pattern === undefined ? {} : { pattern }),
  };
}

const limit = <Name extends string>(name: Name, value: number | undefined) =>
  (value === undefined || Math.abs(value) === Number.MAX_SAFE_INTEGER ? {} : { [name]: value }) as {
    [Key in Name]?: number;
  };
