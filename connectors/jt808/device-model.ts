// What a device model does in its own way: the meaning of alarm bits, the datum of its coordinates, its
// battery item, and what its frames get wrong. Data, so that a new model is a table and not a release.

import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import type { ObservationOf } from '../../core/observation.ts';
import { text, textSchema } from '../../core/text.ts';
import { findItem } from './location-items.ts';

export type DeviceEvent = ObservationOf<'device'>['event'];

/** Conditions an alarm bit can stand for, each with the event that ends it. An SOS only begins. */
export const CONDITIONS = {
  'battery-low': 'battery-restored',
  'power-off': 'power-on',
  removed: 'restored',
  sos: undefined,
  tamper: 'tamper-cleared',
} as const satisfies Partial<Record<DeviceEvent, DeviceEvent | undefined>>;

export type Condition = keyof typeof CONDITIONS;

const conditionSchema = z.enum(Object.keys(CONDITIONS) as [Condition, ...Condition[]]);

export const deviceModelSchema = z.strictObject({
  /** What the register of terminals calls the model. */
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a model id has lower-case letters, digits, dashes'),
  name: textSchema,
  /** Which bits of the alarm word mean which condition; bits not listed mean nothing to us. */
  alarms: z
    .array(
      z.strictObject({
        bits: z.array(z.number().int().min(0).max(31)).min(1),
        means: conditionSchema,
      }),
    )
    .refine(
      (rows) => new Set(rows.map((row) => row.means)).size === rows.length,
      'each condition has one row that lists all its bits',
    ),
  /** GCJ-02 coordinates are converted on arrival. */
  datum: z.enum(['wgs84', 'gcj02']).default('wgs84'),
  /** The additional item with the battery level, the byte in it, and per cent for each unit. */
  battery: z
    .strictObject({
      item: z.number().int().min(0).max(255),
      byteAt: z.number().int().min(0).max(254).default(0),
      percentPerUnit: z.number().positive().max(100).default(1),
    })
    .optional(),
  /** The edition of its headers, when attribute bit 14 says the wrong one. */
  forcedVersion: z.union([z.literal(2013), z.literal(2019)]).optional(),
  /** Frame defects to live with; each is a hole in the defence against garbled data. */
  tolerates: z.array(z.enum(['bad-checksum', 'length-mismatch'])).default([]),
});

export type DeviceModel = z.infer<typeof deviceModelSchema>;

/** The model of a terminal whose register names none. */
export const STANDARD_MODEL = deviceModelSchema.parse({
  id: 'standard',
  name: text('部标终端', 'terminal to the letter of the standard'),
  alarms: [
    { bits: [0], means: 'sos' },
    { bits: [7], means: 'battery-low' },
    { bits: [8], means: 'power-off' },
  ],
});

/** Bits as bracelets re-use them (traccar, Jt808ProtocolDecoder.decodeAlarm); battery as in its item 56. */
const braceletAlarms = [
  { bits: [0], means: 'sos' },
  { bits: [7, 18], means: 'battery-low' },
  { bits: [8], means: 'power-off' },
  { bits: [16, 17], means: 'tamper' },
];

export const BRACELET_MODEL = deviceModelSchema.parse({
  id: 'bracelet',
  name: text('电子腕带', 'wrist bracelet'),
  alarms: braceletAlarms,
  battery: { item: 0x56, percentPerUnit: 10 },
});

/** The same device with firmware for Chinese maps; battery as in traccar's item D4. */
export const BRACELET_GCJ02_MODEL = deviceModelSchema.parse({
  id: 'bracelet-gcj02',
  name: text('电子腕带(火星坐标)', 'wrist bracelet reporting GCJ-02'),
  alarms: braceletAlarms,
  datum: 'gcj02',
  battery: { item: 0xd4 },
});

export const DEVICE_MODELS: readonly DeviceModel[] = [
  STANDARD_MODEL,
  BRACELET_MODEL,
  BRACELET_GCJ02_MODEL,
];

/** Models from a configuration file. Throws UserError `bad-configuration` naming what is wrong. */
export function parseDeviceModels(models: unknown): DeviceModel[] {
  const parsed = z.array(deviceModelSchema).safeParse(models);
  if (parsed.success) return parsed.data;
  throw new UserError(
    'bad-configuration',
    text('终端型号表有误', 'the table of device models is not valid'),
    { detail: z.prettifyError(parsed.error) },
  );
}

/** The battery level the additional items of a location report; undefined when there is none. */
export function batteryPercentOf(extra: Uint8Array, model: DeviceModel): number | undefined {
  if (!model.battery) return undefined;
  const { item, byteAt, percentPerUnit } = model.battery;
  const at = findItem(extra, item, byteAt + 1);
  if (at === -1) return undefined;
  const percent = Math.round((extra[at + byteAt] as number) * percentPerUnit);
  return percent <= 100 ? percent : undefined;
}
