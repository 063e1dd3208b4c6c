// Parameters of the kind `deadline`, which has two forms: a statutory clock over the milestones of a case,
// and the term of a leave or of a basis.

import { z } from 'zod';
import { durationSchema } from '../../core/duration.ts';
import { levelSchema } from '../../core/finding.ts';
import { sourceKindSchema } from '../../core/source.ts';
import { celSchema } from '../fact-pattern.ts';
import { twoForms } from '../two-forms.ts';
import { windowSchema } from '../window.ts';

const milestoneSchema = z.string().min(1).max(64);

/** Natural days, workdays, months by the calendar, or hours. */
const spanSchema = z.strictObject({
  amount: z.number().int().min(0).max(1_000),
  unit: z.enum(['hour', 'day', 'workday', 'month']),
});

export type Span = z.infer<typeof spanSchema>;

/** Alerts when no more than this is left, and when it is overdue by this; the end itself needs no entry. */
const moments = {
  warnings: z.array(z.strictObject({ left: windowSchema, level: levelSchema })).default([]),
  escalations: z.array(z.strictObject({ after: windowSchema, level: levelSchema })).default([]),
};

const caseSchema = z
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
    ...moments,
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
    refuseMomentsTwice(params, complain);
  });

const termSchema = z
  .strictObject({
    /**
     * Whose term: each approved leave, each recorded basis, or whatever basis opens a source, such as a
     * bracelet, be it listed by the order or recorded beside it.
     */
    term: z.union([z.enum(['leave', 'basis']), z.strictObject({ source: sourceKindSchema })]),
    /** CEL over `fact` (the leave, the recorded basis, or the order) and `order`: only these have a clock. */
    when: celSchema.optional(),
    /** A paper that grants more than this runs out after this all the same, at the end of the day. */
    termMax: z
      .strictObject({
        amount: z.number().int().min(1).max(1_000),
        unit: z.enum(['day', 'month']),
      })
      .optional(),
    /** What the end itself is: `overdue`, or with `nothing` only the warnings are given. */
    atEnd: z.enum(['overdue', 'nothing']).default('overdue'),
    /** Not yet overdue for so long after the end. */
    grace: durationSchema.default(0),
    ...moments,
  })
  .superRefine((params, context) => {
    const complain = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (params.term === 'leave' && params.termMax) {
      complain('termMax', 'how long a leave may be is for whoever approves it; remove it');
    }
    if (params.term === 'basis' && params.termMax) {
      complain('termMax', 'how long a basis may be is checked when it is recorded; remove it');
    }
    if (params.atEnd === 'nothing') {
      if (params.warnings.length === 0) {
        complain(
          'warnings',
          'with atEnd nothing and no warning the rule would never speak; add one',
        );
      }
      if (params.escalations.length > 0) {
        complain('escalations', 'nothing is overdue with atEnd nothing; remove one of the two');
      }
      if (params.grace > 0) complain('grace', 'only of meaning with atEnd overdue; remove it');
    }
    refuseMomentsTwice(params, complain);
  });

function refuseMomentsTwice(
  { warnings, escalations }: Pick<CaseParams, keyof typeof moments>,
  complain: (path: string, message: string) => void,
): void {
  for (const [path, spans] of [
    ['warnings', warnings.map(({ left }) => left)],
    ['escalations', escalations.map(({ after }) => after)],
  ] as const) {
    if (new Set(spans).size < spans.length) {
      complain(path, 'names one moment twice; remove one');
    }
  }
}

export type CaseParams = z.infer<typeof caseSchema>;
export type TermParams = z.infer<typeof termSchema>;

/** Either form, for whoever has to show what can be written. */
export const deadlineFormsSchema = z.union([caseSchema, termSchema]);

/** Which form is meant shows by `term`; mistakes are told in terms of that form. */
export const deadlineParamsSchema = twoForms<typeof caseSchema, typeof termSchema>((params) =>
  'term' in params ? termSchema : caseSchema,
);
