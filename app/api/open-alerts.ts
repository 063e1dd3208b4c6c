// My tasks, and everything that is open by age, as the console shows them: lists of alerts with who has them.

import { z } from 'zod';
import { levelSchema } from '../../core/finding.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { alertSummarySchema } from './alerts.ts';
import { namedSchema } from './answers.ts';

/** GET /api/tasks */
export const myTasksSchema = z.strictObject({
  nowAtMs: z.number(),
  /** What is offered first, then by due time. */
  tasks: z.array(
    z.strictObject({
      alert: alertSummarySchema,
      kind: z.enum(['mine', 'offered']),
      /** Acts on the alert so far: sent along when several are handed over. */
      acts: z.number(),
      dueAtMs: z.number(),
      isOverdue: z.boolean(),
      isOffered: z.boolean(),
      offeredBy: namedSchema.nullable(),
      offerNote: z.string().nullable(),
    }),
  ),
  /** Given near the end of a shift and after it, while tasks are open. */
  shift: z.strictObject({ endsAtMs: z.number(), next: z.array(namedSchema) }).nullable(),
});

/** GET /api/open */
export const openViewSchema = z.strictObject({
  /** The instant ages are counted to. */
  atMs: z.number(),
  /** Open alerts that stand, over all the account sees, whatever the filter; zeros are left out. */
  counts: z.array(
    z.strictObject({
      region: regionCodeSchema,
      band: z.number(),
      level: levelSchema,
      alerts: z.number(),
      overdue: z.number(),
    }),
  ),
  /** Withdrawn and not closed yet. */
  withdrawn: z.number(),
  /** The oldest band first, in it the gravest, then the oldest. */
  rows: z.array(
    z.strictObject({
      alert: alertSummarySchema,
      band: z.number(),
      holder: namedSchema.extend({ bureau: regionCodeSchema.nullable() }).nullable(),
      sinceMs: z.number().nullable(),
      dueAtMs: z.number().nullable(),
      isOverdue: z.boolean(),
      isOffered: z.boolean(),
    }),
  ),
  before: z.string().nullable(),
  /** Undecided objections, the first due first, also to closed alerts. */
  objections: z.array(
    z.strictObject({
      id: z.string(),
      alert: alertSummarySchema,
      what: z.string(),
      raisedAtMs: z.number(),
      dueAtMs: z.number(),
      isOverdue: z.boolean(),
    }),
  ),
});

export type MyTasks = z.infer<typeof myTasksSchema>;
export type MyTask = MyTasks['tasks'][number];
export type OpenView = z.infer<typeof openViewSchema>;
export type OpenRow = OpenView['rows'][number];
export type OpenCount = OpenView['counts'][number];
