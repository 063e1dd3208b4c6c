// What names a schema knows at a place, so that a misspelt one can be answered with the one that was meant.

import { z } from 'zod';

/** The keys the schema knows at a path, over all alternatives. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const spread = (node: JsonSchema) => [node, ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  let nodes: JsonSchema[] = [json];
  for (const part of path) {
    nodes = nodes
      .flatMap(spread)
      .map((node) => (typeof part === 'number' ? node.items : node.properties?.[String(part)]))
      .filter((node) => node !== undefined);
  }
  const keys = nodes.flatMap(spread).flatMap((node) => Object.keys(node.properties ?? {}));
  return [...new Set(keys)];
}

type JsonSchema = {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
};
