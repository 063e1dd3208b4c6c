// How a value of an answer is written: as it came, in one line; nothing is rounded.

const NUMERIC = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DOUBLE|FLOAT|DECIMAL\([\d,]+\))$/;

export const isNumeric = (type: string): boolean => NUMERIC.test(type);

/** Undefined for what is empty. */
export function cellText(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value.replaceAll(/\s+/g, ' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value as number | boolean);
}
