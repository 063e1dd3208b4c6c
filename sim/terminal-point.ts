// What a simulated terminal measures, and how its model puts it into a JT/T 808 location.

import { alarmsFor } from '../connectors/jt808/alarm-levels.ts';
import { LOCATION_FIXED_BYTES, type Location } from '../connectors/jt808/body-location.ts';
import type { Condition, DeviceModel } from '../connectors/jt808/device-model.ts';
import { BODY_BYTES_MAX } from '../connectors/jt808/frame.ts';
import { STATUS } from '../connectors/jt808/location-flags.ts';
import { writeItems, type LocationItem } from '../connectors/jt808/location-items.ts';
import { wgs84ToGcj02 } from '../core/datum.ts';
import { epochMs } from '../core/time.ts';

export type TerminalPoint = {
  readonly atMs: number;
  /** WGS-84; the model shifts it when its firmware does. */
  readonly lng: number;
  readonly lat: number;
  /** False in tunnels and cellars: the place is then the last one known. */
  readonly hasFix?: boolean;
  readonly speedKmh?: number;
  readonly directionDegrees?: number;
  readonly altitudeM?: number;
  readonly batteryPercent?: number;
  /** What is wrong with the device at this instant. */
  readonly conditions?: readonly Condition[];
};

/** The location a device of this model sends for a point; time to the second, degrees to 1e-6. */
export function toLocation(point: TerminalPoint, model: DeviceModel): Location {
  const { hasFix = true, conditions = [] } = point;
  const [lng, lat] =
    model.datum === 'gcj02' ? wgs84ToGcj02(point.lng, point.lat) : [point.lng, point.lat];
  return {
    alarms: alarmsFor(new Set(conditions), model),
    status: hasFix ? STATUS.fixed : 0,
    lng,
    lat,
    altitudeM: Math.round(point.altitudeM ?? 0),
    speedKmh: hasFix ? (point.speedKmh ?? 0) : 0,
    directionDegrees: Math.round(point.directionDegrees ?? 0) % 360,
    atMs: epochMs(point.atMs),
    extra: writeItems({ items: itemsOf(point, model, hasFix), restHex: '' }),
  };
}

function itemsOf(point: TerminalPoint, model: DeviceModel, hasFix: boolean): LocationItem[] {
  const items: LocationItem[] = [
    { kind: 'signal-strength', value: 25 },
    { kind: 'satellites', value: hasFix ? 11 : 0 },
  ];
  if (model.battery && point.batteryPercent !== undefined) {
    const { item, byteAt, percentPerUnit } = model.battery;
    const value = new Uint8Array(byteAt + 1);
    value[byteAt] = Math.round(point.batteryPercent / percentPerUnit);
    items.push({ kind: 'other', id: item, hex: Buffer.from(value).toString('hex') });
  }
  return items;
}

const BATCH_HEADER_BYTES = 3;
const ITEM_LENGTH_BYTES = 2;

/** How many points of this model one message holds, whatever they say. */
export function pointsPerMessage(model: DeviceModel): number {
  const fullest: TerminalPoint = { atMs: 0, lng: 0, lat: 0, batteryPercent: 100 };
  const { extra } = toLocation(fullest, model);
  const bytes = LOCATION_FIXED_BYTES + extra.length;
  return Math.floor((BODY_BYTES_MAX - BATCH_HEADER_BYTES) / (ITEM_LENGTH_BYTES + bytes));
}
