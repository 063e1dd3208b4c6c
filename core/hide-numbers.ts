// Numbers that name a person have no place in the streams: where a source writes one into its free text, it
// is hidden before anything is kept. Fields that identify things (bookings, cases, devices) are left alone.

/** What stands where a number stood. */
export const HIDDEN_NUMBER = '〔号码已隐去〕';

/** A resident identity number, or what has the form of a mobile number (invented ones begin with 12), not inside a longer number. */
const NUMBERS = /(?<![\dA-Za-z])(?:\d{17}[\dXx]|1\d{10})(?![\dA-Za-z])/g;

/** Fields in which sources write as they please. */
const FREE_TEXT = new Set(['approvedBy', 'authority', 'place', 'reason', 'service', 'text']);

export const hideNumbers = (content: string): string => content.replaceAll(NUMBERS, HIDDEN_NUMBER);

/** The same with the numbers in its free text hidden, at any depth; the very same when there are none. */
export function hideNumbersIn<Value>(value: Value, field = ''): Value {
  if (typeof value === 'string') {
    return FREE_TEXT.has(field) ? (hideNumbers(value) as Value & string) : value;
  }
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => hideNumbersIn(item, field));
    return items.every((item, at) => item === value[at]) ? value : (items as Value & unknown[]);
  }
  const entries = Object.entries(value).map(([key, inner]) => [key, hideNumbersIn(inner, key)]);
  const same = entries.every(([key, inner]) => inner === value[key as keyof Value]);
  return same ? value : (Object.fromEntries(entries) as Value);
}
