// The JSON a telephone or SMS provider and we exchange. Written down once, for the adapters here and for the
// gateway the demonstration runs against.

import { z } from 'zod';
import { RECEIPT_STATES, type Receipt } from './channel.ts';

/** POST /calls and POST /messages. */
export const orderSchema = z.object({
  /** Idempotency key: an order with a key known to the provider is answered as the first was. */
  key: z.string().min(1).max(100),
  to: z.string().min(1).max(40),
  text: z.string().min(1).max(1_000),
  language: z.enum(['zh', 'en']),
  callbackUrl: z.url({ protocol: /^https?$/ }),
  /** Which hand-over of the notice this is: from 2 on another provider may have had it before. */
  attempt: z.number().int().min(1).default(1),
});

export type ProviderOrder = z.infer<typeof orderSchema>;

/** The answer to an order that was taken. */
export const orderAnswerSchema = z.object({ messageId: z.string().min(1).max(100) });

/** A call-back, and the answer to GET /calls/:key and GET /messages/:key. */
export const reportSchema = z.object({
  key: z.string().min(1).max(100),
  messageId: z.string().min(1).max(100),
  sequence: z.number().int().min(0),
  state: z.enum(RECEIPT_STATES),
  /** Keys pressed in the call, or the text sent back. */
  answer: z.string().max(160).optional(),
  /** The number the answer came from. */
  from: z.string().max(40).optional(),
  reason: z.string().max(40).optional(),
});

/** A call-back about something a person wrote to our number, of providers that do not say what it answers. */
export const providerReplySchema = z.object({
  /** The provider's name for it, the same when it is reported again. */
  replyId: z.string().min(1).max(100),
  from: z.string().min(1).max(40),
  text: z.string().max(1_000),
});

export type ProviderReport = z.infer<typeof reportSchema>;

/** A report as a receipt, its answer read by `readAnswer`. */
export const receiptOf = (
  { key, answer, from, reason, ...report }: ProviderReport,
  readAnswer: (answer: string) => string,
): Receipt => ({
  ...report,
  noticeId: key,
  ...(answer === undefined ? {} : { answer: readAnswer(answer) }),
  ...(from === undefined ? {} : { from }),
  ...(reason === undefined ? {} : { reason }),
});
