// A YAML file held against a schema, with line and column of whatever is wrong in it.

import { isMap, isScalar, LineCounter, parseDocument, Scalar } from 'yaml';
import type { z } from 'zod';

export type YamlFile<Value> = {
  readonly value: Value;
  /** The document as it stands, without what a schema adds. */
  readonly written: unknown;
  /** `file:line:column` of what stands at the path, some characters into it. */
  placeOf(path: readonly PropertyKey[], offset?: number): string;
};

/** Parses YAML and checks its form, adding each mistake with its place. */
export function parseYaml<Schema extends z.ZodType>(
  file: string,
  content: string,
  schema: Schema,
  mistakes: string[],
): YamlFile<z.infer<Schema>> | undefined {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines });
  for (const error of document.errors) {
    const [start] = error.linePos ?? [{ line: 1, col: 1 }];
    mistakes.push(`${file}:${start.line}:${start.col}: ${error.message.split('\n')[0]}`);
  }
  if (document.errors.length > 0) return undefined;
  const written: unknown = document.toJS();
  const result = schema.safeParse(written);
  if (result.success) return { value: result.data, written, placeOf };
  for (const issue of result.error.issues) {
    const stray = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const place = stray === undefined ? placeOf(issue.path) : placeOfKey(issue.path, stray);
    mistakes.push(`${place}: ${issue.path.join('.') || 'the file'}: ${issue.message}`);
  }
  return undefined;

  function placeOf(path: readonly PropertyKey[], offset?: number): string {
    for (let depth = path.length; depth > 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true) as
        | { range?: [number, number, number] }
        | undefined;
      if (!node?.range) continue;
      const inside = offset !== undefined && depth === path.length && isScalar(node);
      return at(inside ? offsetInFile(node, offset) : node.range[0]);
    }
    return `${file}:1:1`;
  }

  function placeOfKey(path: readonly PropertyKey[], key: string): string {
    const map = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    const range = isScalar(pair?.key) ? pair.key.range : undefined;
    return range ? at(range[0]) : placeOf(path);
  }

  function at(position: number): string {
    const { line, col } = lines.linePos(position);
    return `${file}:${line}:${col}`;
  }

  /** Where the character of a text stands in the file. In folded texts, where the text begins. */
  function offsetInFile(node: Scalar, offset: number): number {
    const [start, end] = node.range as [number, number, number];
    if (node.type === Scalar.BLOCK_LITERAL) {
      const before = String(node.value).slice(0, offset).split('\n');
      const body = content.slice(start, end).split('\n');
      const line = before.length;
      const indent =
        /^ */.exec(body.slice(1).find((one) => one.trim() !== '') ?? '')?.[0].length ?? 0;
      const lineStart = start + body.slice(0, line).join('\n').length + 1;
      return lineStart + indent + (before.at(-1) ?? '').length;
    }
    if (content.slice(start, end).includes('\n')) return start;
    return start + offset + (node.type === Scalar.PLAIN ? 0 : 1);
  }
}
