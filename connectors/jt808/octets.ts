// Big-endian words of message bodies.

export const readWord = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) << 8) | (bytes[at + 1] as number);

export const readDoubleWord = (bytes: Uint8Array, at: number): number =>
  readWord(bytes, at) * 65_536 + readWord(bytes, at + 2);

export function writeWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = (value >> 8) & 255;
  bytes[at + 1] = value & 255;
}

export function writeDoubleWord(bytes: Uint8Array, at: number, value: number): void {
  writeWord(bytes, at, value >>> 16);
  writeWord(bytes, at + 2, value);
}
