// A YAML file held against a schema, with line and column of whatever is wrong in it.

import {
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  Scalar,
  visit,
  type Document,
  type YAMLParseError,
} from 'yaml';
import type { z } from 'zod';

export type YamlFile<Value> = {
  readonly value: Value;
  /** The document as it stands, without what a schema adds. */
  readonly written: unknown;
  /** `file:line:column` of what stands at the path, some characters into it. */
  placeOf(path: readonly PropertyKey[], offset?: number): string;
};

/**
 * Parses YAML and checks its form, adding each mistake with its place; `say` puts what is wrong into words
 * other than the schema's.
 */
export function parseYaml<Schema extends z.ZodType>(
  file: string,
  content: string,
  schema: Schema,
  mistakes: string[],
  say: (issue: z.core.$ZodIssue) => string = ({ message }) => message,
): YamlFile<z.infer<Schema>> | undefined {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines });
  const places = new Set<string>();
  for (const { position, says } of syntaxMistakes(document)) {
    const place = at(position);
    // One slip often makes several errors at one place; the first says what it is.
    if (!places.has(place)) mistakes.push(`${place}: ${says}`);
    places.add(place);
  }
  if (places.size > 0) return undefined;
  const written: unknown = document.toJS();
  const result = schema.safeParse(written);
  if (result.success) return { value: result.data, written, placeOf };
  for (const issue of result.error.issues) {
    const stray = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const place = stray === undefined ? placeOf(issue.path) : placeOfKey(issue.path, stray);
    mistakes.push(`${place}: ${issue.path.join('.') || 'the file'}: ${say(issue)}`);
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

/** What keeps the text from being YAML, where, and what to do about it. */
function syntaxMistakes(document: Document): { position: number; says: string }[] {
  const mistakes = document.errors.map((error) => {
    const quote = error.code === 'MISSING_CHAR' ? openQuote(document, error) : undefined;
    return quote === undefined
      ? { position: error.pos[0], says: adviceOn(error) }
      : { position: quote, says: 'a quote opens here and is never closed; close it' };
  });
  const anchors = new Set<string>();
  visit(document, {
    Node(_key, node) {
      if ('anchor' in node && node.anchor !== undefined) anchors.add(node.anchor);
    },
    Alias(_key, { source, range }) {
      if (anchors.has(source)) return;
      const says = `"*${source}" refers to nothing above; write it out, or put it into quotes`;
      mistakes.push({ position: range?.[0] ?? 0, says });
    },
  });
  return mistakes;
}

/** Where the quote begins that the error finds no end of. */
function openQuote(document: Document, { message, pos }: YAMLParseError): number | undefined {
  if (!/quote/.test(message)) return undefined;
  let position: number | undefined;
  visit(document, {
    Scalar(_key, { type, range }) {
      const isQuoted = type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE;
      if (isQuoted && range && range[0] < pos[0]) position = range[0];
    },
  });
  return position;
}

function adviceOn({ code, message }: YAMLParseError): string {
  const bracket = /^Flow .* end with a ([}\]])/.exec(message)?.[1];
  if (bracket)
    return `a bracket opened above is not closed before this line; close it with ${bracket}`;
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'a tab indents this line; write spaces instead';
    case 'DUPLICATE_KEY':
      return 'this name stands here twice; remove one of the two';
    case 'MULTIPLE_DOCS':
      return 'a second document begins here; one file holds one, so remove the line ---';
    case 'BAD_INDENT':
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return 'the indentation or a colon is wrong here; indent like the lines above, and put a text that has ": " in it into quotes';
    default: {
      const [line = ''] = message.split('\n');
      return `this is not YAML: ${line.replace(/ at line \d+, column \d+:?$/, '')}; correct it here or just before`;
    }
  }
}
