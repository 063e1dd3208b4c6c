// Values kept as JSON in a text column. The column's type remembers what was put in, the codec checks it
// again when it comes out: what a database holds may be older than the program that reads it.

import type { z } from 'zod';

declare const jsonBrand: unique symbol;

/** JSON text of a `Value`. */
export type JsonText<Value> = string & { readonly [jsonBrand]?: Value };

export type JsonColumn<Value> = {
  encode<Given extends Value>(value: Given): JsonText<Given>;
  /** Throws ZodError when the text is not what the schema asks for. */
  decode(text: JsonText<Value>): Value;
};

export const jsonColumn = <Schema extends z.ZodType>(
  schema: Schema,
): JsonColumn<z.output<Schema>> => ({
  encode: <Given extends z.output<Schema>>(value: Given) =>
    JSON.stringify(value) as JsonText<Given>,
  decode: (text) => schema.parse(JSON.parse(text)),
});
