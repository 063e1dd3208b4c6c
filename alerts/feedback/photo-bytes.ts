// What the readers of the photo formats share.

/** What a format's reader gives: the parts that draw the picture, or why there are none. */
export type Cleaned =
  | { readonly body: Uint8Array; readonly width: number; readonly height: number }
  | 'broken'
  | 'animated';

/** Four characters of a file, as its format's names are written. */
export const ascii = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + 4));

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
