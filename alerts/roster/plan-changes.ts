// What people change in the roster while it runs: somebody else takes a stretch (调班), two exchange their
// turns (换班), an officer is on leave (请假). A change counts from the instant it was made or agreed to until
// it is withdrawn, and never before: who was on duty yesterday is not changed today.

import { z } from 'zod';
import { assert } from '../../core/errors.ts';
import { regionCodeSchema, type RegionCode } from '../../core/region.ts';
import { jsonColumn } from '../../warehouse/json-column.ts';
import type { RosterActKind } from '../../warehouse/records-schema.ts';
import { LINES, type LineName } from './roster-plan.ts';

const stretch = { fromMs: z.number().int(), untilMs: z.number().int() };
const officer = z.string().min(1).max(64);

export const changeBodySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('override'),
    bureau: regionCodeSchema,
    line: z.enum(LINES),
    ...stretch,
    officer,
    /** Undefined: instead of everyone of the line. */
    insteadOf: officer.optional(),
  }),
  z.strictObject({
    kind: z.literal('swap'),
    bureau: regionCodeSchema,
    line: z.enum(LINES),
    /** The turn of who asks, and the one taken for it. */
    given: z.strictObject({ officer, ...stretch }),
    taken: z.strictObject({ officer, ...stretch }),
    /** Whether the bureau's leader has to confirm it, as it was when the swap was asked for. */
    needsLeader: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('leave'),
    bureau: regionCodeSchema,
    officer,
    ...stretch,
    /** Who takes the turns that fall into it. */
    standIn: officer.optional(),
  }),
]);

export type ChangeBody = z.infer<typeof changeBodySchema>;

export const changeBodyColumn = jsonColumn(changeBodySchema);

export type RosterAct = {
  readonly seq: number;
  readonly act: RosterActKind;
  readonly actedBy: string;
  readonly reason: string;
  readonly atMs: number;
};

/** A change with everything that happened to it, in order; the first act is that it was made. */
export type RosterChange = {
  readonly id: string;
  readonly body: ChangeBody;
  readonly acts: readonly RosterAct[];
};

/** `asked`: the other officer has to agree. `agreed`: the leader has to confirm. */
export type ChangeState = 'asked' | 'agreed' | 'in-force' | 'declined' | 'withdrawn';

export function stateOf(change: RosterChange): ChangeState {
  if (hasAct(change, 'withdrawn')) return 'withdrawn';
  if (hasAct(change, 'declined')) return 'declined';
  if (bringingIntoForce(change)) return 'in-force';
  return hasAct(change, 'agreed') ? 'agreed' : 'asked';
}

const actOf = ({ acts }: RosterChange, kind: RosterActKind) => acts.find(({ act }) => act === kind);
const hasAct = (change: RosterChange, kind: RosterActKind) => actOf(change, kind) !== undefined;

/** The act that brought the change into force; undefined while one is missing. */
function bringingIntoForce(change: RosterChange): RosterAct | undefined {
  const { body } = change;
  if (body.kind !== 'swap') return actOf(change, 'made');
  return actOf(change, body.needsLeader ? 'confirmed' : 'agreed');
}

/** A change as it acts on a plan, from ≤ t < until, where it counts at all. */
export type PlanChange = {
  /** The change it comes from. */
  readonly id: string;
  readonly fromMs: number;
  readonly untilMs: number;
} & (
  | {
      readonly kind: 'override';
      readonly bureau: RegionCode;
      readonly line: LineName;
      readonly officer: string;
      readonly insteadOf: string | undefined;
    }
  | { readonly kind: 'leave'; readonly officer: string; readonly standIn: string | undefined }
);

/** The changes as they act on the plan, in the order in which they came into force: each over those before. */
export function planChangesOf(changes: readonly RosterChange[]): PlanChange[] {
  return changes
    .flatMap((change) => {
      const since = bringingIntoForce(change);
      if (!since) return [];
      const untilMs = actOf(change, 'withdrawn')?.atMs ?? Infinity;
      return [{ change, since, counts: { fromMs: since.atMs, untilMs } }];
    })
    .toSorted((a, b) => a.since.seq - b.since.seq)
    .flatMap(({ change, counts }) =>
      effectsOf(change).flatMap((effect) => {
        const fromMs = Math.max(effect.fromMs, counts.fromMs);
        const untilMs = Math.min(effect.untilMs, counts.untilMs);
        return fromMs < untilMs ? [{ ...effect, fromMs, untilMs }] : [];
      }),
    );
}

function effectsOf({ id, body }: RosterChange): PlanChange[] {
  switch (body.kind) {
    case 'override':
      return [{ ...body, id, insteadOf: body.insteadOf }];
    case 'leave': {
      const { kind, officer: who, fromMs, untilMs, standIn } = body;
      return [{ id, kind, officer: who, fromMs, untilMs, standIn }];
    }
    case 'swap': {
      const { bureau, line, given, taken } = body;
      const place = { id, kind: 'override' as const, bureau, line };
      return [
        { ...place, ...given, officer: taken.officer, insteadOf: given.officer },
        { ...place, ...taken, officer: given.officer, insteadOf: taken.officer },
      ];
    }
  }
}

/** The end of what a change is about. */
export const endOf = (body: ChangeBody): number =>
  body.kind === 'swap' ? Math.max(body.given.untilMs, body.taken.untilMs) : body.untilMs;

/** The begin of what a change is about. */
export const beginOf = (body: ChangeBody): number =>
  body.kind === 'swap' ? Math.min(body.given.fromMs, body.taken.fromMs) : body.fromMs;

/** Everybody a change names. */
export function officersIn(body: ChangeBody): string[] {
  switch (body.kind) {
    case 'override':
      return body.insteadOf === undefined ? [body.officer] : [body.officer, body.insteadOf];
    case 'swap':
      return [body.given.officer, body.taken.officer];
    case 'leave':
      return body.standIn === undefined ? [body.officer] : [body.officer, body.standIn];
  }
}

/** The act that made the change. */
export function makingOf(change: RosterChange): RosterAct {
  const [made] = change.acts;
  assert(made, 'a change begins with the act that made it');
  return made;
}
