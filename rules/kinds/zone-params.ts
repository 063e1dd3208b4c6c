// The parameters of a zone rule; docs/rule-kinds.md explains them to those who write rules.

import { z } from 'zod';
import { WEEKDAYS } from '../../core/calendar.ts';
import { durationSchema } from '../../core/duration.ts';
import { clockTimeSchema } from '../../core/order.ts';
import { FIX_KINDS } from '../../core/position-codes.ts';

const metres = z.number().min(0).max(100_000);
const id = z.string().min(1).max(64);
const count = z.number().int().min(1).max(20);

/** When the rule counts, in local time. Everything given must hold. */
const scheduleSchema = z
  .strictObject({
    /** From this time of day until that one; the window may span midnight and belongs to its first day. */
    daily: z
      .strictObject({ from: clockTimeSchema, until: clockTimeSchema })
      .refine(
        ({ from, until }) => from !== until,
        'the window is empty; leave `daily` out for all day',
      )
      .optional(),
    /** On which days, by the calendar of the pack. */
    days: z
      .union([z.enum(['workdays', 'rest-days', 'holidays']), z.array(z.enum(WEEKDAYS)).min(1)])
      .optional(),
    /** In which key periods of the pack. */
    keyPeriods: z.union([z.literal('all'), z.array(id).min(1)]).optional(),
  })
  .refine((schedule) => Object.keys(schedule).length > 0, 'an empty schedule; leave it out');

export type ScheduleParams = z.infer<typeof scheduleSchema>;

export const zoneParamsSchema = z
  .strictObject({
    /** The area of the order, the home of its curfew, the zones it closes, or zones of the pack. */
    zone: z.union([
      z.enum(['order-area', 'home', 'prohibited']),
      z.strictObject({ ids: z.array(id).min(1) }),
      z.strictObject({ kind: id }),
    ]),
    /** Being there, or having crossed the border in that direction. */
    relation: z.enum(['outside', 'inside', 'enter', 'exit']),
    /** Raised by so many fixes surely there with none on the other side between … */
    fixesMin: count,
    /** … or by two such fixes this far apart, whichever comes first. */
    outsideFor: durationSchema.optional(),
    insideFor: durationSchema.optional(),
    /** A fix is surely there when its whole error circle lies this far beyond the border. */
    marginM: metres,
    /** Cleared only by fixes at least this far on the other side. */
    rearmM: metres,
    /** So many such fixes in a row clear it. */
    clearFixesMin: count,
    /** Fixes of other kinds prove nothing to this rule. */
    fixKinds: z.array(z.enum(FIX_KINDS)).min(1),
    /** Coming back this much after a leave ended is not yet a breach. */
    leaveGrace: durationSchema.default(0),
    schedule: scheduleSchema.optional(),
    /** Fixes so long before a window opens still count when it opens. */
    freshFor: durationSchema.optional(),
    /** Also raised when the straight way between two sure fixes passes through the zone. */
    crossing: z.literal(true).optional(),
    /** Two fixes farther apart in time say nothing about the way between them. */
    crossingWithin: durationSchema.default(10 * 60_000),
    /** Ways that need a higher speed are errors of the receiver. */
    crossingKmhMax: z.number().min(1).max(400).default(150),
  })
  .superRefine((params, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const there = params.relation === 'outside' || params.relation === 'exit';
    const [wanted, other] = there
      ? (['outsideFor', 'insideFor'] as const)
      : (['insideFor', 'outsideFor'] as const);
    if (params[wanted] === undefined) refuse(wanted, `relation ${params.relation} needs ${wanted}`);
    if (params[other] !== undefined) {
      refuse(other, `relation ${params.relation} looks at ${wanted}; remove ${other}`);
    }
    if (params.zone === 'home' && params.schedule) {
      refuse('schedule', "the schedule of home is the person's own curfew; remove it");
    }
    const hasWindows = params.zone === 'home' || params.schedule !== undefined;
    if (hasWindows && params.freshFor === undefined) {
      refuse('freshFor', 'say how old a fix may be when a window opens, for example 30m');
    }
    if (!hasWindows && params.freshFor !== undefined) {
      refuse('freshFor', 'only of meaning with a schedule; remove it');
    }
    if (params.crossing && params.relation !== 'enter') {
      refuse('crossing', 'only of meaning with relation enter; remove it');
    }
  });

export type ZoneParams = z.infer<typeof zoneParamsSchema>;
