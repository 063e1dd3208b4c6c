// How long data stays and where backups go, as the configuration says it. Every length is a parameter:
// docs/retention.md says which article asks for it and which is our proposal.

import { z } from 'zod';
import { durationSchema } from '../../core/duration.ts';

const DAY_MS = 86_400_000;

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day reads 02:30')
  .transform((time) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    return hour * 60 + minute;
  });

const atLeast = (days: number, fallback: string) =>
  durationSchema
    .prefault(fallback)
    .refine((ms) => ms >= days * DAY_MS, { message: `at least ${days}d` });

export const retentionConfigSchema = z.strictObject({
  /** From when on in the night, local time. */
  at: timeOfDay.prefault('02:30'),
  /** After the end of a person's last order. */
  person: atLeast(1, '180d'),
  /** After an alert was closed. */
  alerts: atLeast(1, '1095d'),
  /** After a position or fact; whole months go. */
  tracks: atLeast(31, '180d'),
  /** After a record was appended to the log. */
  log: atLeast(1, '90d'),
  /** After a message to an officer. */
  messages: atLeast(1, '180d'),
  /** After an entry of the duty roster or a drill. */
  duty: atLeast(1, '1095d'),
  /** After a session ended. */
  sessions: atLeast(1, '30d'),
  /** After a backtest ended. */
  backtests: atLeast(1, '30d'),
  /** After an entry of the audit trail; PIPL 56 asks for three years of such records. */
  audit: atLeast(183, '1095d'),
  /** A hold nobody has confirmed lapses after this. */
  unconfirmedHold: atLeast(1, '3d'),
});

export type RetentionConfig = z.infer<typeof retentionConfigSchema>;

export const backupConfigSchema = z.strictObject({
  /** A folder on another disk or machine. */
  folder: z.string().min(1),
  /** A file with the passphrase or with 64 hexadecimal digits; its content never is in the configuration. */
  keyFile: z.string().min(1),
  /** From when on in the night, local time. */
  at: timeOfDay.prefault('03:30'),
  /** A full one so often; in between only what changed. */
  fullEvery: atLeast(1, '7d'),
  /** Older ones are deleted, once nothing that stays builds on them. */
  keep: atLeast(1, '30d'),
});

export type BackupConfig = z.infer<typeof backupConfigSchema>;
