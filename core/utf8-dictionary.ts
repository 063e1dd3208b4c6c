// The distinct texts of a column, kept as the bytes Arrow carries. Texts are made only when asked for:
// turning ten thousand keys into strings costs more than evaluating the rules on their positions.

import * as arrow from 'apache-arrow';

const decoder = new TextDecoder();

export class Utf8Dictionary {
  readonly length: number;
  /** All texts end to end, UTF-8. */
  readonly bytes: Uint8Array;
  /** `length + 1` byte offsets into `bytes`. */
  readonly offsets: Int32Array;
  /** The texts made so far; few of many are asked for. */
  #texts: Map<number, string> | undefined;
  #all: readonly string[] | undefined;

  private constructor(bytes: Uint8Array, offsets: Int32Array, all?: readonly string[]) {
    this.length = offsets.length - 1;
    this.bytes = bytes;
    this.offsets = offsets;
    this.#all = all;
  }

  static of(texts: string[]): Utf8Dictionary {
    const bytes = Buffer.from(texts.join(''), 'utf8');
    const offsets = new Int32Array(texts.length + 1);
    const ascii = bytes.length === texts.reduce((sum, text) => sum + text.length, 0);
    for (let i = 0, end = 0; i < texts.length; i++) {
      const text = texts[i] as string;
      end += ascii ? text.length : Buffer.byteLength(text, 'utf8');
      offsets[i + 1] = end;
    }
    return new Utf8Dictionary(bytes, offsets, texts);
  }

  /** The texts between `offsets`, one more of them than texts. Both arrays are kept, not copied. */
  static fromBytes(bytes: Uint8Array, offsets: Int32Array): Utf8Dictionary {
    return new Utf8Dictionary(bytes, offsets);
  }

  static fromVector(vector: arrow.Vector | undefined): Utf8Dictionary {
    const data = vector?.data[0];
    if (!data) return Utf8Dictionary.of([]);
    const offsets = (data.valueOffsets as Int32Array).subarray(0, data.length + 1);
    return new Utf8Dictionary(data.values as Uint8Array, offsets);
  }

  /** The text at `index`; made once and remembered. */
  at(index: number): string {
    if (this.#all) return this.#all[index] as string;
    const texts = (this.#texts ??= new Map());
    const known = texts.get(index);
    if (known !== undefined) return known;
    const text = this.#decode(index);
    texts.set(index, text);
    return text;
  }

  /** The dictionary of the texts `codes` points at; rewrites `codes` to point into it. */
  retain(codes: Int32Array | Uint8Array): Utf8Dictionary {
    const renumbered = new Int32Array(this.length).fill(-1);
    const kept: number[] = [];
    for (let row = 0; row < codes.length; row++) {
      const code = codes[row] as number;
      if (renumbered[code] === -1) renumbered[code] = kept.push(code) - 1;
      codes[row] = renumbered[code] as number;
    }
    if (kept.length === this.length && kept.every((code, index) => code === index)) return this;
    return this.#pick(kept);
  }

  #pick(indices: readonly number[]): Utf8Dictionary {
    const offsets = new Int32Array(indices.length + 1);
    for (const [at, index] of indices.entries()) {
      const length = (this.offsets[index + 1] as number) - (this.offsets[index] as number);
      offsets[at + 1] = (offsets[at] as number) + length;
    }
    const bytes = new Uint8Array(offsets[indices.length] as number);
    for (const [at, index] of indices.entries()) {
      bytes.set(this.bytes.subarray(this.offsets[index], this.offsets[index + 1]), offsets[at]);
    }
    return new Utf8Dictionary(bytes, offsets);
  }

  /** All texts; made once and remembered. */
  toArray(): readonly string[] {
    this.#all ??= Array.from({ length: this.length }, (_, index) => this.#decode(index));
    return this.#all;
  }

  #decode(index: number): string {
    return decoder.decode(this.bytes.subarray(this.offsets[index], this.offsets[index + 1]));
  }

  toVector(): arrow.Vector<arrow.Utf8> {
    return new arrow.Vector([
      arrow.makeData({
        type: new arrow.Utf8(),
        length: this.length,
        nullCount: 0,
        valueOffsets: this.offsets,
        data: this.bytes,
      }),
    ]);
  }
}
