// A frame in words, for golden texts and for whoever has to find out what a device sent. It shows what
// can be read even where the frame would be refused.

import { localDateTime } from '../../core/local-time.ts';
import type { Location } from './body-location.ts';
import { FLAG } from './escape.ts';
import { readFrame, type Frame, type FrameRules, type TolerableDefect } from './frame.ts';
import { ALARM_BITS, bitNames, STATUS_BITS } from './location-flags.ts';
import { NUMBER_ITEMS, readItems, type LocationItem } from './location-items.ts';
import { decodeBody, MESSAGES, type Body, type Unsupported } from './message.ts';

const LENIENT: readonly TolerableDefect[] = ['bad-checksum', 'length-mismatch'];

/** Lines about one frame, flags included or not, ending in a line feed. */
export function explainFrame(bytes: Uint8Array, rules: FrameRules = { tolerates: [] }): string {
  const start = bytes[0] === FLAG ? 1 : 0;
  const end = bytes.at(-1) === FLAG ? bytes.length - 1 : bytes.length;
  const inner = bytes.subarray(start, end);
  const strict = readFrame(inner, rules);
  const frame = strict.kind === 'ok' ? strict : readFrame(inner, { ...rules, tolerates: LENIENT });
  const lines = [
    line('frame', Buffer.from(bytes).toString('hex')),
    line('taken', strict.kind === 'ok' ? 'yes' : `no: ${strict.defects.join(', ')}`),
    ...(frame.kind === 'ok' ? explainSound(frame.value) : []),
  ];
  return `${lines.join('\n')}\n`;
}

function explainSound(frame: Frame): string[] {
  const { messageId, version, phone, serial, split, body } = frame;
  const decoded = decodeBody(frame, body);
  const title = Object.values(MESSAGES).find((message) => message.messageId === messageId)?.title;
  return [
    line('message', `0x${hex(messageId, 4)} ${title ? `${title.zh} ${title.en}` : 'unknown'}`),
    line('edition', version),
    line('terminal', phone),
    line('serial', serial),
    ...(split ? [line('packet', `${split.index} of ${split.total}`)] : []),
    line('body', `${body.length} bytes`),
    ...(decoded.kind === 'ok' ? explainBody(decoded.value) : [line('  unread', decoded.reason)]),
  ];
}

function explainBody(body: Body | Unsupported): string[] {
  switch (body.kind) {
    case 'location':
      return explainLocation(body.location, '  ');
    case 'location-batch':
      return [
        line('  blind zone', body.blindZone ? 'yes' : 'no'),
        ...body.items.flatMap((item, index) => [
          line('  item', item.kind === 'ok' ? index : `${index} unread: ${item.reason}`),
          ...(item.kind === 'ok' ? explainLocation(item.value, '    ') : []),
        ]),
      ];
    default:
      return Object.entries(body)
        .filter(([name]) => name !== 'kind')
        .map(([name, value]) => line(`  ${name}`, plain(name, value)));
  }
}

function explainLocation(location: Location, indent: string): string[] {
  const { items, restHex } = readItems(location.extra);
  const names = (word: number, table: Readonly<Record<number, string>>) =>
    `0x${hex(word, 8)} ${bitNames(word, table).join(' ')}`.trimEnd();
  return [
    line(`${indent}at`, `${localDateTime(location.atMs)} +08:00`),
    line(`${indent}lng lat`, `${location.lng.toFixed(6)} ${location.lat.toFixed(6)}`),
    line(`${indent}altitude`, `${location.altitudeM} m`),
    line(`${indent}speed`, `${location.speedKmh.toFixed(1)} km/h`),
    line(`${indent}direction`, `${location.directionDegrees}°`),
    line(`${indent}alarms`, names(location.alarms, ALARM_BITS)),
    line(`${indent}status`, names(location.status, STATUS_BITS)),
    ...items.map((item) => line(`${indent}+`, explainItem(item))),
    ...(restHex === '' ? [] : [line(`${indent}rest`, restHex)]),
  ];
}

function explainItem(item: LocationItem): string {
  switch (item.kind) {
    case 'other':
      return `item ${hex(item.id, 2)} ${item.hex}`.trimEnd();
    case 'area-passage':
      return `area ${item.areaId}, shape ${item.shape}, ${item.direction}`;
    default:
      return `${item.kind} ${item.value} ${NUMBER_ITEMS[item.kind].unit}`.trimEnd();
  }
}

const line = (name: string, value: string | number): string => `${name.padEnd(14)}${value}`;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

function plain(name: string, value: unknown): string {
  if (name === 'atMs') return `${localDateTime(value as number)} +08:00`;
  if (name === 'toMessageId') return `0x${hex(value as number, 4)}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
