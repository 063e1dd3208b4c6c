// Changes a YAML text so that it says something else, and touches nothing but what it has to: comments,
// order, spacing and quotes of everything else stay byte for byte. The text says where each value stands;
// what changes is cut out there and written anew.

import { isMap, isScalar, isSeq, parseDocument, stringify, type Document, type Node } from 'yaml';
import { isEqual } from './is-equal.ts';
import {
  blockText,
  entriesOf,
  flowText,
  isPlainObject,
  pairText,
  scalarText,
  staysInLine,
} from './yaml-text.ts';

/** The text that says `wanted`, as near to `base` as can be. `base` must be YAML without mistakes. */
export function rewriteYaml(base: string, wanted: unknown): string {
  const document = parseDocument(base);
  const splices: Splice[] = [];
  changeNode({ source: base, document, splices }, document.contents as Node | null, {
    wanted,
    indent: 0,
    inFlow: false,
  });
  const text = applySplices(base, splices);
  const read = parseDocument(text);
  if (read.errors.length === 0 && isEqual(read.toJS(), wanted)) return text;
  // Written in a way not foreseen here: better without its comments than wrong.
  return stringify(wanted, { singleQuote: true, lineWidth: 100 });
}

type Splice = { readonly start: number; readonly end: number; readonly text: string };

type Work = { readonly source: string; readonly document: Document; readonly splices: Splice[] };

type Change = {
  readonly wanted: unknown;
  /** Of the collection the value stands in. */
  readonly indent: number;
  readonly inFlow: boolean;
  /** Behind the colon of the value's name, in a map. */
  readonly afterColon?: number;
};

/** Insertions come before what is cut out at the same place. */
function applySplices(source: string, splices: readonly Splice[]): string {
  let text = '';
  let at = 0;
  for (const splice of splices.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    text += source.slice(at, splice.start) + splice.text;
    at = splice.end;
  }
  return text + source.slice(at);
}

function changeNode(work: Work, node: Node | null, change: Change): void {
  const { wanted } = change;
  const now: unknown = node?.toJS(work.document);
  if (isEqual(now, wanted)) return;
  if (isMap(node) && isPlainObject(wanted)) {
    if (changeMap(work, node as unknown as MapNode, change)) return;
  } else if (isSeq(node) && Array.isArray(wanted) && wanted.length > 0) {
    if (changeSeq(work, node as unknown as SeqNode, change)) return;
  }
  replaceNode(work, node, change);
}

function replaceNode(
  { source, splices }: Work,
  node: Node | null,
  { wanted, indent, inFlow, afterColon }: Change,
): void {
  const start = node?.range?.[0] ?? 0;
  const end = Math.max(start, endOf(source, node));
  const isBlockScalar = isScalar(node) && /^[|>]/.test(source.slice(start, start + 1));
  const like = isScalar(node) && !isBlockScalar ? node.type : undefined;
  if (afterColon === undefined) {
    const text = inFlow ? flowText(wanted) : blockText(wanted, indent + 2);
    splices.push({ start, end, text });
    return;
  }
  const isInLine = inFlow || staysInLine(wanted, indent + 16);
  const text = !isInLine
    ? `\n${' '.repeat(indent + 2)}${blockText(wanted, indent + 2)}`
    : typeof wanted === 'object' && wanted !== null
      ? flowText(wanted)
      : scalarText(wanted, inFlow, like);
  const between = source.slice(afterColon, start);
  const staysThere = isInLine && /^ +$/.test(between) && start < end;
  splices.push(
    staysThere
      ? { start, end, text }
      : { start: afterColon, end: Math.max(end, afterColon), text: isInLine ? ` ${text}` : text },
  );
}

type MapNode = {
  readonly flow?: boolean;
  readonly range: readonly [number, number, number];
  readonly items: readonly { readonly key: Node; readonly value: Node | null }[];
};

/** False when the map cannot be changed in part. */
function changeMap(work: Work, node: MapNode, { wanted }: Change): boolean {
  const { source, splices } = work;
  const target = new Map(entriesOf(wanted as Record<string, unknown>));
  const pairs = node.items.map(({ key, value }) => {
    const afterColon = source.indexOf(':', key.range?.[1]) + 1;
    return {
      name: String((key as { value?: unknown }).value),
      value,
      afterColon,
      start: key.range?.[0] ?? 0,
      end: Math.max(afterColon, endOf(source, value)),
    };
  });
  const kept = pairs.filter(({ name }) => target.has(name));
  if (kept.length === 0) return false;
  const inFlow = node.flow === true;
  const indent = columnOf(source, (pairs[0] as { start: number }).start);
  for (const { name, value, afterColon } of kept) {
    const change = { wanted: target.get(name), indent, inFlow, afterColon };
    changeNode(work, value, change);
  }
  const isKept = pairs.map(({ name }) => target.has(name));
  cutOut(work, { spans: pairs, isKept, inFlow });
  // What is new follows what stands before it in the wanted order.
  const names = new Set(pairs.map(({ name }) => name));
  let before = undefined as (typeof pairs)[number] | undefined;
  for (const [name, value] of target) {
    if (names.has(name)) {
      before = pairs.find((pair) => pair.name === name);
      continue;
    }
    const text = inFlow
      ? `${scalarText(name, true)}: ${flowText(value)}`
      : pairText(name, value, indent);
    splices.push(insertion(source, { text, before, first: kept[0] as Span, indent, inFlow }));
  }
  return true;
}

type SeqNode = {
  readonly flow?: boolean;
  readonly range: readonly [number, number, number];
  readonly items: readonly Node[];
};

/** False when the list cannot be changed in part. */
function changeSeq(work: Work, node: SeqNode, { wanted }: Change): boolean {
  const { source, document, splices } = work;
  const { items } = node;
  const target = wanted as readonly unknown[];
  const inFlow = node.flow === true;
  const indent = columnOf(source, node.range[0]);
  const isOnOwnLine = source.slice(lineStart(source, node.range[0]), node.range[0]).trim() === '';
  if (items.length === 0 || (!inFlow && !isOnOwnLine)) return false;
  const now = items.map((item) => item.toJS(document) as unknown);
  const head = now.findIndex((one, i) => i >= target.length || !isEqual(one, target[i]));
  const same = head === -1 ? now.length : head;
  let tail = 0;
  while (
    tail < Math.min(now.length, target.length) - same &&
    isEqual(now.at(-1 - tail), target.at(-1 - tail))
  ) {
    tail++;
  }
  const paired = Math.min(now.length, target.length) - same - tail;
  for (let i = same; i < same + paired; i++) {
    changeNode(work, items[i] as Node, { wanted: target[i], indent, inFlow });
  }
  const spans = items.map((item) => {
    const start = item.range?.[0] ?? 0;
    return { start: inFlow ? start : dashBefore(source, start, indent), end: endOf(source, item) };
  });
  const isKept = now.map((_, i) => i < same + paired || i >= now.length - tail);
  cutOut(work, { spans, isKept, inFlow });
  const before = spans[same + paired - 1];
  for (const value of target.slice(same + paired, target.length - tail)) {
    const text = inFlow ? flowText(value) : `- ${blockText(value, indent + 2)}`;
    splices.push(insertion(source, { text, before, first: spans[0] as Span, indent, inFlow }));
  }
  return true;
}

type Span = { readonly start: number; readonly end: number };

/** Cuts entries out with their comma or their lines. At least one is kept. */
function cutOut(
  { source, splices }: Work,
  {
    spans,
    isKept,
    inFlow,
  }: { spans: readonly Span[]; isKept: readonly boolean[]; inFlow: boolean },
): void {
  const firstKept = isKept.indexOf(true);
  spans.forEach((span, i) => {
    if (isKept[i]) return;
    const next = spans[i + 1];
    // Up to the next one where nothing stays before it: in braces, or behind the dash of a list.
    const isFirst = i < firstKept && next !== undefined;
    const ownLine = source.slice(lineStart(source, (spans[0] as Span).start), spans[0]?.start);
    if (isFirst && (inFlow || ownLine.trim() !== '')) {
      splices.push({ start: span.start, end: next.start, text: '' });
    } else if (inFlow) {
      splices.push({ start: (spans[i - 1] as Span).end, end: span.end, text: '' });
    } else {
      const end = lineEnd(source, span.end);
      splices.push({ start: lineStart(source, span.start), end: end + 1, text: '' });
    }
  });
}

function insertion(
  source: string,
  given: { text: string; before: Span | undefined; first: Span; indent: number; inFlow: boolean },
): Splice {
  const { text, before, first, indent, inFlow } = given;
  const margin = `\n${' '.repeat(indent)}`;
  if (!before) {
    const at = first.start;
    return { start: at, end: at, text: text + (inFlow ? ', ' : margin) };
  }
  const at = inFlow ? before.end : lineEnd(source, before.end);
  return { start: at, end: at, text: inFlow ? `, ${text}` : margin + text };
}

/** Where the value ends, without the blank behind it. */
function endOf(source: string, node: Node | null): number {
  const [start, end] = node?.range ?? [0, 0];
  return start + source.slice(start, end).trimEnd().length;
}

const lineStart = (source: string, at: number): number => source.lastIndexOf('\n', at - 1) + 1;

function lineEnd(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end === -1 ? source.length : end;
}

const columnOf = (source: string, at: number): number => at - lineStart(source, at);

/** The dash of the list at `indent` whose entry begins at `at`. */
function dashBefore(source: string, at: number, indent: number): number {
  let start = lineStart(source, at);
  while (start > 0 && source.slice(start, start + indent + 1) !== `${' '.repeat(indent)}-`) {
    start = lineStart(source, start - 1);
  }
  return start + indent;
}
