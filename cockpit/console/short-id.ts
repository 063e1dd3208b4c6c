// Long names providers give to messages: shown short, whole to whoever hovers over them or copies the line.

/** More than anybody reads; up to here it is shown whole. */
const SHOWN_MAX = 12;
const HEAD = 8;

export const shortId = (id: string): string =>
  id.length <= SHOWN_MAX ? id : `${id.slice(0, HEAD)}…`;

export type SplitAround = { readonly before: string; readonly id: string; readonly after: string };

/** A sentence around the id it names; undefined when it does not name it. */
export function splitAround(sentence: string, id: string | undefined): SplitAround | undefined {
  // The last one: a name that also stands for something else stands at the end.
  const at = id === undefined ? -1 : sentence.lastIndexOf(id);
  if (id === undefined || id === '' || at < 0) return undefined;
  return { before: sentence.slice(0, at), id, after: sentence.slice(at + id.length) };
}

/** What is copied of a line: with the whole id where the short one was selected. */
export const copiedText = (selected: string, id: string): string =>
  selected.replace(shortId(id), () => id);
