// ② last step: what a terminal said, in the words of the house. Pure; sources and subjects are still
// those of the outside, ingest resolves the alias and asks for the legal basis.

import { gcj02ToWgs84 } from '../../core/datum.ts';
import { isOnEarth, roundDegrees, type LngLat } from '../../core/geo.ts';
import type { ArrivalOf } from '../../core/observation.ts';
import type { PositionArrival } from '../../core/position-builder.ts';
import { LABEL } from '../../core/position-codes.ts';
import { hasPlace, type Location } from './body-location.ts';
import { batteryPercentOf, type DeviceEvent, type DeviceModel } from './device-model.ts';
import { STATUS } from './location-flags.ts';

/** Above what a position may say; devices send 0xFFFF when they do not know. */
const SPEED_KMH_MAX = 2_000;

/** The devices of this connector are bracelets; an installation may name its feed otherwise. */
export const JT808_SOURCE = 'bracelet/jt808';

const NUMBER_DIGITS = 12;

/**
 * The same digits for one terminal whatever edition it speaks: 12, or more when it has more. The 2019
 * header pads the number to 20.
 */
export const terminalNumber = (phone: string): string =>
  phone.length === NUMBER_DIGITS ? phone : phone.replace(/^0+/, '').padStart(NUMBER_DIGITS, '0');

/** `terminal:013800000001`: how arrivals name a terminal's wearer until ingest identifies them. */
export const terminalAlias = (number: string): string => `terminal:${number}`;

/** What a location needs from the message it came in. */
export type Origin = {
  readonly subject: string;
  readonly source: string;
  readonly model: DeviceModel;
  readonly serial: number;
  /** Place in the batch, 0 for a location of its own. */
  readonly index: number;
  readonly blindZone: boolean;
};

/** Serial in the low 16 bits, place in the batch in the high 16: no two of one message are equal. */
export const sequenceOf = ({ serial, index }: { serial: number; index: number }): number =>
  index * 65_536 + serial;

/**
 * A location as a position in WGS-84, speed in km/h. Without a fix, or with coordinates only the state
 * can read, the row is labelled as having none. The protocol carries no error radius.
 */
export function toPosition(location: Location, origin: Origin): PositionArrival {
  const { status, speedKmh } = location;
  const placed = hasPlace(status);
  const readable = (status & STATUS.encrypted) === 0 && isOnEarth(location.lng, location.lat);
  const shifted = readable && origin.model.datum === 'gcj02';
  const [lng, lat] = shifted ? toWgs84(location) : NOWHERE;
  return {
    subject: origin.subject,
    source: origin.source,
    sequence: sequenceOf(origin),
    atMs: location.atMs,
    lng: readable && !shifted ? location.lng : lng,
    lat: readable && !shifted ? location.lat : lat,
    fix: 'gnss',
    speedKmh: placed && speedKmh <= SPEED_KMH_MAX ? speedKmh : undefined,
    batteryPercent: batteryPercentOf(location.extra, origin.model),
    labels:
      (placed ? 0 : LABEL.noFix) |
      (shifted ? LABEL.datumConverted : 0) |
      (origin.blindZone ? LABEL.blindZone : 0),
  };
}

/** The place of a row that has none; its label says so. */
const NOWHERE: LngLat = [0, 0];

function toWgs84({ lng, lat }: Location): LngLat {
  const [wgsLng, wgsLat] = gcj02ToWgs84(lng, lat);
  return [roundDegrees(wgsLng), roundDegrees(wgsLat)];
}

export type DeviceArrival = ArrivalOf<'device'>;

/**
 * A device event at the instant of the location that told of it. It carries no sequence: a terminal may
 * send the location again under another serial, and that must stay the same fact.
 */
export const toDeviceFact = (
  event: DeviceEvent,
  origin: Pick<Origin, 'subject' | 'source'> & Pick<Location, 'atMs'>,
): DeviceArrival => ({
  kind: 'device',
  subject: origin.subject,
  source: origin.source,
  sequence: 0,
  atMs: origin.atMs,
  event,
});
