// Additional items behind the fixed part of 0x0200: id, length, value. The table names the standard ones;
// whatever it does not name, or finds at another length, stays as hex, since vendors use ids as they like.

import { readDoubleWord, readWord, writeDoubleWord, writeWord } from './octets.ts';

/** Standard items whose value is one number; `factor` turns the raw number into the unit. */
export const NUMBER_ITEMS = {
  mileage: { id: 0x01, bytes: 4, factor: 0.1, unit: 'km' },
  fuel: { id: 0x02, bytes: 2, factor: 0.1, unit: 'L' },
  'recorder-speed': { id: 0x03, bytes: 2, factor: 0.1, unit: 'km/h' },
  'alarm-to-confirm': { id: 0x04, bytes: 2, factor: 1, unit: '' },
  'cabin-temperature': { id: 0x06, bytes: 2, factor: 1, unit: '°C' },
  'extended-signals': { id: 0x25, bytes: 4, factor: 1, unit: '' },
  'io-status': { id: 0x2a, bytes: 2, factor: 1, unit: '' },
  analog: { id: 0x2b, bytes: 4, factor: 1, unit: '' },
  'signal-strength': { id: 0x30, bytes: 1, factor: 1, unit: '' },
  satellites: { id: 0x31, bytes: 1, factor: 1, unit: '' },
} as const;

export type NumberItemKind = keyof typeof NUMBER_ITEMS;

export type LocationItem =
  | { readonly kind: NumberItemKind; readonly value: number }
  | {
      readonly kind: 'area-passage';
      /** 1 circle, 2 rectangle, 3 polygon, 4 route. */
      readonly shape: number;
      readonly areaId: number;
      readonly direction: 'in' | 'out';
    }
  | { readonly kind: 'other'; readonly id: number; readonly hex: string };

/** The items in order, and what was left when the next item did not fit. */
export type LocationItems = { readonly items: readonly LocationItem[]; readonly restHex: string };

const ITEM_HEADER_BYTES = 2;
const AREA_PASSAGE_ID = 0x12;
const AREA_PASSAGE_BYTES = 6;

const KIND_BY_ID = new Map(
  (Object.keys(NUMBER_ITEMS) as NumberItemKind[]).map((kind) => [NUMBER_ITEMS[kind].id, kind]),
) as ReadonlyMap<number, NumberItemKind>;

/** Reads the items behind the fixed part; ends at the first that is longer than what is left. */
export function readItems(extra: Uint8Array): LocationItems {
  const items: LocationItem[] = [];
  let at = 0;
  while (at + ITEM_HEADER_BYTES <= extra.length) {
    const end = at + ITEM_HEADER_BYTES + (extra[at + 1] as number);
    if (end > extra.length) break;
    items.push(readItem(extra[at] as number, extra.subarray(at + ITEM_HEADER_BYTES, end)));
    at = end;
  }
  return { items, restHex: Buffer.from(extra.subarray(at)).toString('hex') };
}

function readItem(id: number, value: Uint8Array): LocationItem {
  const kind = KIND_BY_ID.get(id);
  if (kind !== undefined && value.length === NUMBER_ITEMS[kind].bytes) {
    const divisor = Math.round(1 / NUMBER_ITEMS[kind].factor);
    return { kind, value: readUnsigned(value) / divisor };
  }
  if (id === AREA_PASSAGE_ID && value.length === AREA_PASSAGE_BYTES && (value[5] as number) < 2) {
    const direction = value[5] === 0 ? 'in' : 'out';
    return {
      kind: 'area-passage',
      shape: value[0] as number,
      areaId: readDoubleWord(value, 1),
      direction,
    };
  }
  return { kind: 'other', id, hex: Buffer.from(value).toString('hex') };
}

/**
 * Where the value of item `id` begins in `extra`, without making anything of the others; -1 when it is
 * not there or shorter than `bytesMin`.
 */
export function findItem(extra: Uint8Array, id: number, bytesMin: number): number {
  let at = 0;
  while (at + ITEM_HEADER_BYTES <= extra.length) {
    const length = extra[at + 1] as number;
    const end = at + ITEM_HEADER_BYTES + length;
    if (end > extra.length) return -1;
    if (extra[at] === id && length >= bytesMin) return at + ITEM_HEADER_BYTES;
    at = end;
  }
  return -1;
}

export const writeItems = ({ items, restHex }: LocationItems): Uint8Array =>
  Buffer.concat([...items.map(writeItem), Buffer.from(restHex, 'hex')]);

function writeItem(item: LocationItem): Uint8Array {
  if (item.kind === 'other') {
    const value = Buffer.from(item.hex, 'hex');
    return Buffer.concat([Uint8Array.of(item.id, value.length), value]);
  }
  if (item.kind === 'area-passage') {
    const value = new Uint8Array(AREA_PASSAGE_BYTES);
    value[0] = item.shape;
    writeDoubleWord(value, 1, item.areaId);
    value[5] = item.direction === 'in' ? 0 : 1;
    return Uint8Array.of(AREA_PASSAGE_ID, AREA_PASSAGE_BYTES, ...value);
  }
  const { id, bytes, factor } = NUMBER_ITEMS[item.kind];
  const value = new Uint8Array(bytes);
  writeUnsigned(value, Math.round(item.value / factor));
  return Uint8Array.of(id, bytes, ...value);
}

function readUnsigned(value: Uint8Array): number {
  if (value.length === 1) return value[0] as number;
  return value.length === 2 ? readWord(value, 0) : readDoubleWord(value, 0);
}

function writeUnsigned(value: Uint8Array, number: number): void {
  if (value.length === 1) value[0] = number;
  else if (value.length === 2) writeWord(value, 0, number);
  else writeDoubleWord(value, 0, number);
}
