// Pushes as the console and its service worker speak of them.

import { z } from 'zod';

/** POST /api/alerts/seen: these alerts stand on a screen somebody can see. */
export const seenSchema = z.strictObject({
  ids: z.array(z.string().min(1).max(80)).min(1).max(200),
});

/** GET /api/push */
export const pushStateSchema = z.strictObject({
  /** The server's public key, base64url; null while Web Push is off. */
  key: z.string().nullable(),
  /** False for an account no officer signs in with: nobody is told anything by it. */
  isOfficer: z.boolean(),
});

/** POST /api/push/devices: what a browser's subscription says, and what to call the device. */
export const pushDeviceSchema = z.strictObject({
  endpoint: z.url().max(1_000),
  p256dh: z.string().regex(/^[\w-]{80,100}={0,2}$/),
  auth: z.string().regex(/^[\w-]{20,30}={0,2}$/),
  device: z.string().max(80),
  language: z.enum(['zh', 'en']),
});

/** POST /api/push/devices/remove */
export const pushRemovalSchema = z.strictObject({ endpoint: z.string().min(1).max(1_000) });

/** POST /api/push/shown: the device showed the notification of a notice. */
export const pushShownSchema = z.strictObject({ noticeId: z.string().min(1).max(80) });

export type PushState = z.infer<typeof pushStateSchema>;
export type PushDeviceForm = z.infer<typeof pushDeviceSchema>;
