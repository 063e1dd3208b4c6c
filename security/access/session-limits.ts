// How long a session lasts by role, unused and in all. Duty officers keep a console open through a shift of
// twelve hours; administrators come, do one thing and go. A parameter: no standard fixes the figures.

import { durationSchema } from '../../core/duration.ts';
import { z } from 'zod';
import type { PolicyRole } from './roles.ts';

export type SessionLimit = { readonly idleMs: number; readonly absoluteMs: number };

const limit = (idle: string, absolute: string) =>
  z
    .strictObject({
      idle: durationSchema.prefault(idle),
      absolute: durationSchema.prefault(absolute),
    })
    .prefault({});

export const sessionLimitsSchema = z.strictObject({
  officers: limit('2h', '12h'),
  analysts: limit('1h', '10h'),
  administrators: limit('15m', '4h'),
});

export type SessionLimits = z.infer<typeof sessionLimitsSchema>;

export function limitOf(limits: SessionLimits, role: PolicyRole): SessionLimit {
  const { idle, absolute } =
    role === 'analyst'
      ? limits.analysts
      : role.endsWith('-administrator')
        ? limits.administrators
        : limits.officers;
  return { idleMs: idle, absoluteMs: absolute };
}

/** True while the session may be used. */
export const isAlive = (
  { createdAtMs, lastSeenAtMs }: { readonly createdAtMs: number; readonly lastSeenAtMs: number },
  { idleMs, absoluteMs }: SessionLimit,
  nowMs: number,
): boolean => nowMs - createdAtMs < absoluteMs && nowMs - lastSeenAtMs < idleMs;
