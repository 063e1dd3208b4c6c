// How alerts are routed, as configuration: a tree of matchers over the level table. What a node does not say
// it inherits, the root inherits the level table; so an empty plan routes as the city's requirement says.

import { z } from 'zod';
import { durationSchema } from '../../core/duration.ts';
import { levelSchema } from '../../core/finding.ts';
import { SUBJECT_CLASSES } from '../../core/order.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { ALERTS_OF_ONE_NOTICE_MAX, GROUPS_BY, type GroupOptions } from '../grouping/group-terms.ts';
import { ESCALATES_TO, SIDES } from '../level-table.ts';
import { RUNGS_MAX } from '../notify.ts';
import { silenceMatcherSchema } from '../silences/silence.ts';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day reads 22:00');
const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1);

/** Of what it matches; everything that is named must hold, of each list one item. */
export const matcherSchema = z.strictObject({
  levels: some(levelSchema).optional(),
  rules: some(z.string().min(1)).optional(),
  counties: some(regionCodeSchema).optional(),
  classes: some(z.enum(SUBJECT_CLASSES)).optional(),
  /** Local time at which the alert is recorded; until at or before from: over midnight. */
  hours: z.strictObject({ from: clock, until: clock }).optional(),
  days: z.enum(['workdays', 'rest-days']).optional(),
});

export type Matcher = z.infer<typeof matcherSchema>;

const rungSchema = z.strictObject({
  after: durationSchema,
  to: z.enum(ESCALATES_TO),
  /** Of the last rung: climbed again every so long. */
  every: durationSchema.optional(),
});

const tooManyRungs = `a ladder has ${RUNGS_MAX} rungs at most; the last may come again with every`;

const optionsShape = {
  channel: z.enum(['phone', 'sms', 'push']).optional(),
  to: some(z.enum(SIDES)).optional(),
  acknowledge: z.enum(['every-side', 'anyone']).optional(),
  ladder: z.array(rungSchema).max(RUNGS_MAX, tooManyRungs).optional(),
  /** The push of a level-3 alert waits until these hours are over. */
  quietHours: z.strictObject({ from: clock, until: clock }).optional(),
  /** Alerts about several persons go to one person as one notice; `none` ends what a parent says. */
  group: z
    .union([
      z.literal('none'),
      z.strictObject({
        by: z.array(z.enum(GROUPS_BY)),
        wait: durationSchema,
        interval: durationSchema,
        max: z.int().min(2).max(ALERTS_OF_ONE_NOTICE_MAX).default(20),
      }),
    ])
    .optional(),
};

export type RouteNode = {
  readonly name: string;
  readonly match: Matcher;
  readonly channel?: 'phone' | 'sms' | 'push' | undefined;
  readonly to?: readonly (typeof SIDES)[number][] | undefined;
  readonly acknowledge?: 'every-side' | 'anyone' | undefined;
  readonly ladder?: readonly z.infer<typeof rungSchema>[] | undefined;
  readonly quietHours?: { readonly from: string; readonly until: string } | undefined;
  readonly group?: 'none' | GroupOptions | undefined;
  readonly routes: readonly RouteNode[];
};

export const routeNodeSchema: z.ZodType<RouteNode> = z.strictObject({
  name: z.string().min(1).max(60),
  match: matcherSchema,
  ...optionsShape,
  get routes() {
    return z.array(routeNodeSchema).default([]);
  },
});

/** While an alert of the source is open about a person, one of the target about them tells nobody. */
export const inhibitionSchema = z.strictObject({
  name: z.string().min(1).max(60),
  source: matcherSchema,
  target: matcherSchema,
});

export type Inhibition = z.infer<typeof inhibitionSchema>;

/** A story of alerts and what must be sent; see test-routes.ts. */
export const routeTestSchema = z.strictObject({
  name: z.string().min(1),
  /** Local time of the first alert. */
  at: z.string(),
  alerts: some(
    z.strictObject({
      rule: z.string().min(1),
      level: levelSchema,
      class: z.enum(SUBJECT_CLASSES).default('cc'),
      county: regionCodeSchema,
      person: z.string().default('A'),
      after: durationSchema.prefault('0s'),
      late: z.boolean().default(false),
    }),
  ),
  /** Approved where that is needed; `from` and `until` count from the first alert. */
  silences: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        match: silenceMatcherSchema,
        from: durationSchema.prefault('0s'),
        until: durationSchema,
        coversOpen: z.boolean().default(false),
      }),
    )
    .default([]),
  /** How long nobody answers; rungs of the ladder and ends of silences until then are expected too. */
  watch: durationSchema.prefault('0s'),
  expect: z.array(z.string()),
});

export const routingPlanSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/),
  routes: z.array(routeNodeSchema).default([]),
  inhibitions: z.array(inhibitionSchema).default([]),
  tests: z.array(routeTestSchema).default([]),
});

export type RoutingPlan = z.infer<typeof routingPlanSchema>;
export type RouteTest = z.infer<typeof routeTestSchema>;

/** The level table and nothing else. */
export const PLAIN_ROUTING: RoutingPlan = routingPlanSchema.parse({ id: 'level-table' });
