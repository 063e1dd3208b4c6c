// Bodies by which a terminal makes itself known: 0x0100 with its answer 0x8100, and 0x0102.
// Field widths differ between the editions of 2011, 2013 and 2019.

import { drop, ok, type Outcome } from '../../core/outcome.ts';
import type { ProtocolVersion } from './frame.ts';
import { encodeText, readText, writeText } from './gbk.ts';
import { readWord, writeWord } from './octets.ts';
import type { BodyDefect } from './reasons.ts';

export type Register = {
  readonly kind: 'register';
  readonly edition: keyof typeof REGISTER_WIDTHS;
  /** The first two and the last four digits of a GB/T 2260 code. */
  readonly province: number;
  readonly city: number;
  readonly maker: string;
  readonly model: string;
  readonly terminalId: string;
  readonly plateColour: number;
  /** Number plate, or the vehicle's identification number when it has none. */
  readonly plate: string;
};

/** Bytes of maker, model and terminal id in each edition. */
const REGISTER_WIDTHS = {
  2011: { maker: 5, model: 8, terminalId: 7 },
  2013: { maker: 5, model: 20, terminalId: 7 },
  2019: { maker: 11, model: 30, terminalId: 30 },
} as const;

const AREA_BYTES = 4;
const COLOUR_BYTES = 1;

const fixedBytes = (edition: Register['edition']): number => {
  const { maker, model, terminalId } = REGISTER_WIDTHS[edition];
  return AREA_BYTES + maker + model + terminalId + COLOUR_BYTES;
};

/**
 * The header does not tell 2011 from 2013, so a body too short for the fields of 2013 is of 2011. With a
 * number plate (8 bytes) that is exact; a 2011 body with a 17-digit vehicle number is read as 2013.
 */
export function decodeRegister(
  bytes: Uint8Array,
  version: ProtocolVersion,
): Outcome<Register, BodyDefect> {
  const edition = version === 2019 ? 2019 : bytes.length < fixedBytes(2013) ? 2011 : 2013;
  if (bytes.length < fixedBytes(edition)) return drop('body-too-short');
  const widths = REGISTER_WIDTHS[edition];
  const modelAt = AREA_BYTES + widths.maker;
  const idAt = modelAt + widths.model;
  const colourAt = idAt + widths.terminalId;
  return ok({
    kind: 'register',
    edition,
    province: readWord(bytes, 0),
    city: readWord(bytes, 2),
    maker: readText(bytes, AREA_BYTES, modelAt),
    model: readText(bytes, modelAt, idAt),
    terminalId: readText(bytes, idAt, colourAt),
    plateColour: bytes[colourAt] as number,
    plate: readText(bytes, colourAt + COLOUR_BYTES, bytes.length),
  });
}

export function encodeRegister(register: Register): Uint8Array {
  const widths = REGISTER_WIDTHS[register.edition];
  const plate = encodeText(register.plate);
  const bytes = new Uint8Array(fixedBytes(register.edition) + plate.length);
  writeWord(bytes, 0, register.province);
  writeWord(bytes, 2, register.city);
  let at = AREA_BYTES;
  for (const field of ['maker', 'model', 'terminalId'] as const) {
    writeText(bytes, { at, width: widths[field] }, register[field]);
    at += widths[field];
  }
  bytes[at] = register.plateColour;
  bytes.set(plate, at + COLOUR_BYTES);
  return bytes;
}

/** Results of 0x8100. */
export const REGISTER_RESULT = {
  ok: 0,
  vehicleRegistered: 1,
  noVehicle: 2,
  terminalRegistered: 3,
  noTerminal: 4,
} as const;

export type RegisterAnswer = {
  readonly kind: 'register-answer';
  readonly toSerial: number;
  /** One of REGISTER_RESULT. */
  readonly result: number;
  /** Present when the result is ok. */
  readonly authCode?: string;
};

const REGISTER_ANSWER_BYTES = 3;

export function decodeRegisterAnswer(bytes: Uint8Array): Outcome<RegisterAnswer, BodyDefect> {
  if (bytes.length < REGISTER_ANSWER_BYTES) return drop('body-too-short');
  const result = bytes[2] as number;
  return ok({
    kind: 'register-answer',
    toSerial: readWord(bytes, 0),
    result,
    ...(result === REGISTER_RESULT.ok && {
      authCode: readText(bytes, REGISTER_ANSWER_BYTES, bytes.length),
    }),
  });
}

export function encodeRegisterAnswer(answer: RegisterAnswer): Uint8Array {
  const code = encodeText(answer.authCode ?? '');
  const bytes = new Uint8Array(REGISTER_ANSWER_BYTES + code.length);
  writeWord(bytes, 0, answer.toSerial);
  bytes[2] = answer.result;
  bytes.set(code, REGISTER_ANSWER_BYTES);
  return bytes;
}

export type Authenticate = {
  readonly kind: 'authenticate';
  readonly authCode: string;
  /** Only the 2019 edition says what the device is. */
  readonly device?: { readonly imei: string; readonly software: string };
};

const IMEI_BYTES = 15;
const SOFTWARE_BYTES = 20;

/** 2013: the body is the code. 2019: its length, the code, IMEI and software version. */
export function decodeAuthenticate(
  bytes: Uint8Array,
  version: ProtocolVersion,
): Outcome<Authenticate, BodyDefect> {
  if (version === 2013) {
    return ok({ kind: 'authenticate', authCode: readText(bytes, 0, bytes.length) });
  }
  const codeEnd = 1 + (bytes[0] ?? 0);
  const softwareAt = codeEnd + IMEI_BYTES;
  const end = softwareAt + SOFTWARE_BYTES;
  if (bytes.length < end) return drop('body-too-short');
  return ok({
    kind: 'authenticate',
    authCode: readText(bytes, 1, codeEnd),
    device: {
      imei: readText(bytes, codeEnd, softwareAt),
      software: readText(bytes, softwareAt, end),
    },
  });
}

export function encodeAuthenticate(body: Authenticate, version: ProtocolVersion): Uint8Array {
  const code = encodeText(body.authCode);
  if (version === 2013) return code;
  const bytes = new Uint8Array(1 + code.length + IMEI_BYTES + SOFTWARE_BYTES);
  bytes[0] = code.length;
  bytes.set(code, 1);
  const imeiAt = 1 + code.length;
  writeText(bytes, { at: imeiAt, width: IMEI_BYTES }, body.device?.imei ?? '');
  const softwareAt = imeiAt + IMEI_BYTES;
  writeText(bytes, { at: softwareAt, width: SOFTWARE_BYTES }, body.device?.software ?? '');
  return bytes;
}
