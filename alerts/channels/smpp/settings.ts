// ⑦ What an installation says about its SMS centre: where it is, who we are there, and in which of SMPP's
// many ways it speaks.

import { z } from 'zod';
import { durationSchema } from '../../../core/duration.ts';

/** Lengths are those of SMPP 3.4, section 4.1 and 4.4, without the closing zero octet. */
export const smppSettingsSchema = z.strictObject({
  kind: z.literal('smpp'),
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).default(2775),
  tls: z.boolean().default(false),
  systemId: z.string().min(1).max(15),
  password: z.string().min(1).max(8),
  systemType: z.string().max(12).default(''),
  /** One connection both ways, or one each way where the centre wants it so. */
  bind: z.enum(['transceiver', 'transmitter-receiver']).default('transceiver'),
  /** The number officers see and reply to. */
  sender: z.string().min(1).max(20),
  senderTon: z.number().int().min(0).max(6).default(0),
  senderNpi: z.number().int().min(0).max(18).default(0),
  /** How the centre wants officers' numbers: 8613800000001, or 13800000001. */
  numbers: z.enum(['international', 'national']).default('international'),
  language: z.enum(['zh', 'en']).default('zh'),
  /** A text longer than one message: as parts a handset puts together, or whole in message_payload. */
  longMessages: z.enum(['parts', 'payload']).default('parts'),
  /** Submits under way at once. */
  window: z.number().int().min(1).max(200).default(10),
  answerWithin: durationSchema.prefault('10s'),
  enquireEvery: durationSchema.prefault('30s'),
  /** Pauses between attempts to connect double up to this. */
  reconnectWithin: durationSchema.prefault('1m'),
  /** How long a reply in parts waits for the last of them. */
  joinWithin: durationSchema.prefault('2m'),
  /** The centre answers query_sm. */
  query: z.boolean().default(false),
  /** `decimal`: it names a message in hexadecimal when it takes it, in decimal in the receipt. */
  receiptIds: z.enum(['same', 'decimal']).default('same'),
});

export type SmppSettings = z.infer<typeof smppSettingsSchema>;
