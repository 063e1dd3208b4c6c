// The duty roster (值班表) as its author writes it: who takes turns in which line of which bureau, at what
// hours, and what differs on single days. Persons stand in it by officer id; numbers stay in the records.

import { z } from 'zod';
import { dateOfDay, dayOfDate } from '../../core/calendar.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { parseInstant } from '../../core/local-time.ts';

/** Lines of a bureau in the order in which they are tried: duty officers, deputies, leaders. */
export const LINES = ['duty', 'deputy', 'leader'] as const;

export type LineName = (typeof LINES)[number];

const officerId = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,63}$/,
    '人员编号写作 officer-li-ming an officer id reads officer-li-ming',
  );

const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, '日期写作 2026-11-26 a date reads 2026-11-26')
  .refine((written) => dateOfDay(dayOfDate(written)) === written, '没有这一天 no such day')
  .transform(dayOfDate);

const instant = z.string().transform((written, context) => {
  const atMs = parseInstant(written);
  if (atMs !== undefined) return atMs as number;
  context.addIssue({
    code: 'custom',
    message: `时间写作 2026-11-26 08:30 "${written}" is not a time such as 2026-11-26 08:30`,
  });
  return z.NEVER;
});

const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, '时刻写作 08:30 a time of day reads 08:30');

const period = { from: instant, until: instant };

const isForward = ({ from, until }: { from: number; until: number }) => from < until;
const FORWARD = { message: '结束时间早于开始时间 it ends before it begins', path: ['until'] };

/** Turns taken by teams, in their order, over the days it covers. */
export const rotationSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  /** Each team is on duty together; an id alone is a team of one. */
  teams: z
    .array(z.union([officerId.transform((id) => [id]), z.array(officerId).min(1).max(5)]))
    .min(1)
    .max(366),
  /** First day of the first team's first turn. */
  startsOn: date,
  /** Last day covered; open when left out. */
  endsOn: date.optional(),
  /** The hours of a covered day; until may be at or before from: the next day. */
  hours: z.strictObject({ from: clock, until: clock }),
  /** Which days it covers, by the calendar of workdays with its make-up days (调休). */
  days: z.enum(['all', 'workdays', 'rest-days']).default('all'),
  /** Covered days of one turn. Days that are not covered count for nobody. */
  turnDays: z.number().int().min(1).max(366).default(1),
});

export const lineSchema = z.strictObject({
  name: z.enum(LINES),
  rotations: z.array(rotationSchema).min(1).max(20),
});

export const bureauRosterSchema = z.strictObject({
  bureau: regionCodeSchema,
  lines: z
    .array(lineSchema)
    .min(1)
    .refine(
      (lines) => new Set(lines.map(({ name }) => name)).size === lines.length,
      '同一岗位出现两次 a line stands there twice',
    ),
});

/** Somebody takes a stretch of a line: instead of one person (a swap has two of these), or of all. */
export const overrideSchema = z
  .strictObject({
    bureau: regionCodeSchema,
    line: z.enum(LINES).default('duty'),
    ...period,
    officer: officerId,
    insteadOf: officerId.optional(),
    note: z.string().max(200).default(''),
  })
  .refine(isForward, FORWARD);

/** Somebody is not there: takes no turn, in no line. */
export const absenceSchema = z
  .strictObject({ officer: officerId, ...period, note: z.string().max(200).default('') })
  .refine(isForward, FORWARD);

export const rosterPlanSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/),
  bureaus: z
    .array(bureauRosterSchema)
    .min(1)
    .refine(
      (bureaus) => new Set(bureaus.map(({ bureau }) => bureau)).size === bureaus.length,
      '同一单位出现两次 a bureau stands there twice',
    ),
  overrides: z.array(overrideSchema).default([]),
  absences: z.array(absenceSchema).default([]),
});

export type RosterPlan = z.infer<typeof rosterPlanSchema>;
export type Rotation = z.infer<typeof rotationSchema>;
export type RosterOverride = z.infer<typeof overrideSchema>;
export type RosterAbsence = z.infer<typeof absenceSchema>;
