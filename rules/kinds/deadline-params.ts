// Parameters of the kind `deadline`: a statutory clock over the milestones of a case.

import { z } from 'zod';
import { levelSchema } from '../../core/finding.ts';
import { celSchema } from '../fact-pattern.ts';
import { windowSchema } from '../window.ts';

const milestoneSchema = z.string().min(1).max(64);

/** Natural days, workdays, months by the calendar, or hours. */
const spanSchema = z.strictObject({
  amount: z.number().int().min(0).max(1_000),
  unit: z.enum(['hour', 'day', 'workday', 'month']),
});

export type Span = z.infer<typeof spanSchema>;

export const deadlineParamsSchema = z
  .strictObject({
    /** Any of these starts the clock, unless it runs already. */
    start: z.array(milestoneSchema).min(1),
    /** CEL over `fact` and `order`: the start (or restart) counts only when true. */
    startWhen: celSchema.optional(),
    /** Any of these stops it for good. */
    end: z.array(milestoneSchema).min(1),
    period: spanSchema,
    /** Counted from the day of the milestone, or from the day it speaks of (`targetAtMs`). */
    from: z.enum(['milestone', 'target']).default('milestone'),
    /** `before` counts back: the end must come so long before. */
    direction: z.enum(['after', 'before']).default('after'),
    /** The first day (or hour) does not count (Criminal Procedure Law art. 105). */
    excludeFirstDay: z.boolean().default(true),
    /** Where a last day that is no workday moves to. */
    rollOver: z.enum(['none', 'next-workday', 'next-workday-unless-in-custody']),
    /** Milestones that add to the period while it runs, each at most `max` times. */
    extensions: z
      .array(
        z.strictObject({
          milestone: milestoneSchema,
          add: spanSchema,
          max: z.number().int().min(1).max(10).default(1),
        }),
      )
      .default([]),
    /** Milestones that start the clock anew, whether it runs, has run or never ran. */
    restarts: z.array(milestoneSchema).default([]),
    /** Pairs of milestones between which the clock stands still. */
    suspensions: z
      .array(z.strictObject({ from: milestoneSchema, to: milestoneSchema }))
      .default([]),
    /** Alerts when no more than this is left; the alert at the end of the period needs no entry. */
    warnings: z.array(z.strictObject({ left: windowSchema, level: levelSchema })).default([]),
    /** Alerts when it is overdue by this. */
    escalations: z.array(z.strictObject({ after: windowSchema, level: levelSchema })).default([]),
  })
  .superRefine((params, context) => {
    const roles: [path: string, milestones: string[]][] = [
      ['start', params.start],
      ['end', params.end],
      ['extensions', params.extensions.map(({ milestone }) => milestone)],
      ['restarts', params.restarts],
      ['suspensions', params.suspensions.flatMap(({ from, to }) => [from, to])],
    ];
    const complain = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const isHours = params.period.unit === 'hour';
    if (params.extensions.some(({ add }) => (add.unit === 'hour') !== isHours)) {
      complain('extensions', 'hours and days do not mix; give period and extensions alike');
    }
    if (params.direction === 'before' && params.rollOver !== 'none') {
      complain('rollOver', 'a period counted back does not roll; write none');
    }
    if (isHours && params.rollOver !== 'none') {
      complain('rollOver', 'a period of hours has no last day to roll; write none');
    }
    const roleOf = new Map<string, string>();
    for (const [path, milestones] of roles) {
      for (const milestone of milestones) {
        const other = roleOf.get(milestone);
        if (other !== undefined) {
          complain(path, `"${milestone}" also stands under ${other}; one milestone does one thing`);
        }
        roleOf.set(milestone, path);
      }
    }
    for (const [path, spans] of [
      ['warnings', params.warnings.map(({ left }) => left)],
      ['escalations', params.escalations.map(({ after }) => after)],
    ] as const) {
      if (new Set(spans).size < spans.length) {
        complain(path, 'names one moment twice; remove one');
      }
    }
  });

export type DeadlineParams = z.infer<typeof deadlineParamsSchema>;
