// What officers do with the duty roster: change it, agree to a swap, take a change back. Every act is one
// transaction that reads the roster as it stands, refuses what would leave a gap, and adds a row.

import type { Calendar } from '../../core/calendar.ts';
import { UserError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { DAY_MS } from '../../core/local-time.ts';
import type { RegionCode } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import type { Records, RecordsTransaction } from '../../warehouse/records.ts';
import type { RosterActKind } from '../../warehouse/records-schema.ts';
import { refuseChange, refuseGap, type RosterWorld } from './change-rules.ts';
import { loadChanges, ROSTER_TURN, writeAct, writeChange } from './change-store.ts';
import { loadKnownOfficers } from './known-officers.ts';
import {
  beginOf,
  endOf,
  stateOf,
  type ChangeBody,
  type ChangeState,
  type RosterAct,
  type RosterChange,
} from './plan-changes.ts';
import type { LineName, RosterPlan } from './roster-plan.ts';
import { isLeaderOf, mayHandle, mustHandle, type RosterOfficer } from './roster-scope.ts';

export type RosterSettings = {
  /** Undefined where no roster is configured: then there is nothing to change. */
  readonly file: RosterPlan | undefined;
  readonly calendar: Calendar;
  /** A change that leaves nobody reachable within this time is refused. */
  readonly coverageMs: number;
  readonly leaderConfirmsSwaps: boolean;
};

export type RosterDeskDeps = RosterSettings & {
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
};

type Stretch = { readonly fromMs: number; readonly untilMs: number };

/** A change as an officer asks for it. */
export type AskedChange = { readonly reason: string } & (
  | (Stretch & {
      readonly kind: 'override';
      readonly bureau: RegionCode;
      readonly line: LineName;
      readonly officer: string;
      readonly insteadOf?: string | undefined;
    })
  | {
      readonly kind: 'swap';
      readonly bureau: RegionCode;
      readonly line: LineName;
      /** The asker's own turn. */
      readonly given: Stretch;
      readonly taken: Stretch & { readonly officer: string };
    }
  | (Stretch & {
      readonly kind: 'leave';
      readonly bureau: RegionCode;
      readonly officer: string;
      readonly standIn?: string | undefined;
    })
);

export type AskedAct = {
  readonly act: Exclude<RosterActKind, 'made'>;
  readonly reason: string;
};

export type RosterDesk = {
  /** Makes a change, or asks for a swap; gives its id. Throws UserError. */
  change(asked: AskedChange, by: RosterOfficer): Promise<string>;
  /** Agrees to a swap, confirms, declines or withdraws. Throws UserError. */
  act(changeId: string, asked: AskedAct, by: RosterOfficer): Promise<void>;
};

export function createRosterDesk(deps: RosterDeskDeps): RosterDesk {
  const { records, clock, logger } = deps;
  return {
    async change({ reason: given, ...asked }, by) {
      const reason = readReason(given);
      mustHandle(by, asked.bureau);
      const body = bodyOf(asked, by, deps);
      const id = await records.transaction(async (trx) => {
        await records.takeTurn(trx, ROSTER_TURN);
        const world = await worldOf(deps, trx);
        const made = { actedBy: by.accountId, reason, atMs: world.nowMs };
        const refusal =
          refuseChange(body, world) ??
          refuseGap(world, [...world.changes, inForce({ id: '', body, acts: [] }, world.nowMs)]);
        if (refusal) throw refusal;
        return writeChange(trx, body, made);
      });
      const { kind, bureau } = body;
      logger.info('roster.changed', { change: id, kind, bureau, act: 'made', by: by.accountId });
      return id;
    },

    async act(changeId, { act, reason }, by) {
      const body = await records.transaction(async (trx) => {
        await records.takeTurn(trx, ROSTER_TURN);
        const world = await worldOf(deps, trx);
        const change = world.changes.find(({ id }) => id === changeId);
        if (!change || !mayHandle(by, change.body.bureau)) throw noChange(changeId);
        await mayAct(trx, change, act, by);
        const refusal = refuseAct(change, act, world);
        if (refusal) throw refusal;
        const done = { act, actedBy: by.accountId, reason: reason.trim(), atMs: clock.now() };
        await writeAct(trx, change, done);
        return change.body;
      });
      const { kind, bureau } = body;
      logger.info('roster.changed', { change: changeId, kind, bureau, act, by: by.accountId });
    },
  };
}

/** What is long past is not read: it can neither collide nor be withdrawn. */
const LOOK_BACK_MS = DAY_MS;

async function worldOf(
  { file, calendar, coverageMs, clock }: RosterDeskDeps,
  trx: RecordsTransaction,
): Promise<RosterWorld> {
  if (!file) throw NO_ROSTER;
  const nowMs = clock.now();
  const changes = await loadChanges(trx, { sinceMs: nowMs - LOOK_BACK_MS });
  return { file, calendar, officers: await loadKnownOfficers(trx), changes, nowMs, coverageMs };
}

function bodyOf(
  asked: DistributiveOmit<AskedChange, 'reason'>,
  by: RosterOfficer,
  { leaderConfirmsSwaps: needsLeader }: RosterSettings,
): ChangeBody {
  switch (asked.kind) {
    case 'override': {
      const { insteadOf, ...body } = asked;
      return insteadOf === undefined ? body : { ...body, insteadOf };
    }
    case 'leave': {
      const { standIn, ...body } = asked;
      return standIn === undefined ? body : { ...body, standIn };
    }
    case 'swap': {
      if (by.officerId === null) throw NO_OFFICER;
      return { ...asked, given: { officer: by.officerId, ...asked.given }, needsLeader };
    }
  }
}

type DistributiveOmit<Type, Key extends PropertyKey> = Type extends unknown
  ? Omit<Type, Key>
  : never;

/** The change as it is once everybody it needs has said yes. */
function inForce(change: RosterChange, atMs: number): RosterChange {
  const missing = (['made', 'agreed', 'confirmed'] as const)
    .filter((act) => !change.acts.some((one) => one.act === act))
    .map((act): RosterAct => ({ act, seq: Infinity, atMs, actedBy: '', reason: '' }));
  return { ...change, acts: [...change.acts, ...missing] };
}

/** Which states an act is possible in. */
const POSSIBLE: Readonly<Record<AskedAct['act'], readonly ChangeState[]>> = {
  agreed: ['asked'],
  confirmed: ['agreed'],
  declined: ['asked', 'agreed'],
  withdrawn: ['asked', 'agreed', 'in-force'],
};

function refuseAct(
  change: RosterChange,
  act: AskedAct['act'],
  world: RosterWorld,
): UserError | undefined {
  const state = stateOf(change);
  if (!POSSIBLE[act].includes(state)) return new UserError('conflict', STATE_SAYS[state]);
  if (endOf(change.body) <= world.nowMs) return new UserError('conflict', OVER);
  const others = world.changes.filter(({ id }) => id !== change.id);
  if (act === 'withdrawn') return refuseGap(world, others);
  if (act === 'declined') return undefined;
  if (beginOf(change.body) <= world.nowMs) return new UserError('conflict', BEGUN);
  // Meanwhile the roster may have become another.
  return (
    refuseChange(change.body, { ...world, changes: others }) ??
    refuseGap(world, [...others, inForce(change, world.nowMs)])
  );
}

/** Whether it is this officer who has to say it. Throws UserError `forbidden`. */
async function mayAct(
  trx: RecordsTransaction,
  { body, acts }: RosterChange,
  act: AskedAct['act'],
  by: RosterOfficer,
): Promise<void> {
  if (body.kind !== 'swap') return;
  const isOther = by.officerId === body.taken.officer;
  if (act === 'agreed' && !isOther) throw new UserError('forbidden', OTHER_AGREES);
  if (act === 'confirmed' && !(await isLeaderOf(trx, by, body.bureau))) {
    throw new UserError('forbidden', LEADER_CONFIRMS);
  }
  if (act === 'declined' && !isOther && !(await isLeaderOf(trx, by, body.bureau))) {
    throw new UserError('forbidden', OTHER_AGREES);
  }
  if (act !== 'withdrawn') return;
  const isAsker = acts[0]?.actedBy === by.accountId || by.officerId === body.given.officer;
  const isAbove = by.role === 'city-officer' || (await isLeaderOf(trx, by, body.bureau));
  if (!isAsker && !isOther && !isAbove) throw new UserError('forbidden', SWAPPERS_WITHDRAW);
}

const REASON_MAX = 200;

function readReason(given: string): string {
  const reason = given.replace(/\s+/g, ' ').trim();
  if (reason.length >= 2 && reason.length <= REASON_MAX) return reason;
  throw new UserError('bad-input', text('请写明事由', 'the reason is missing, or too long'), {
    hint: text(
      `事由 2 至 ${REASON_MAX} 个字，如“外出开会”。`,
      `2 to ${REASON_MAX} characters, such as "away at a meeting".`,
    ),
  });
}

/** Said alike of a change that is not there and of one of a bureau that is not theirs. */
export const noChange = (id: string) =>
  new UserError('not-found', text('没有这项变动，或已过期', 'there is no such change any more'), {
    detail: `"${id}"`,
  });

const NO_ROSTER = new UserError(
  'conflict',
  text('没有配置值班表', 'there is no duty roster in the configuration'),
  {
    hint: text(
      '请由管理员在配置中设置 alerts.roster。',
      'Let an administrator set alerts.roster in the configuration.',
    ),
  },
);

const NO_OFFICER = new UserError(
  'forbidden',
  text('您的账号不是值班人员，不能换班', 'your account is no officer on the roster'),
  {
    hint: text('可改用调班，指定由谁顶班。', 'Let somebody take over the turn instead.'),
  },
);

const STATE_SAYS: Readonly<Record<ChangeState, UserError['says']>> = {
  asked: text('对方尚未同意', 'the other officer has not agreed yet'),
  agreed: text('已经同意，等待带班领导确认', 'it is agreed, and waits for the leader'),
  'in-force': text('已经生效', 'it is in force already'),
  declined: text('已被谢绝', 'it was declined'),
  withdrawn: text('已经撤销', 'it was withdrawn'),
};

const OVER = text('时段已经过去', 'this time is over');
const BEGUN = text('班次已经开始，不能再换班', 'one of the turns has begun');
const OTHER_AGREES = text('须由对方本人答复', 'the other officer has to answer');
const LEADER_CONFIRMS = text('须由本单位带班领导确认', 'a leader of the bureau has to confirm');
const SWAPPERS_WITHDRAW = text(
  '须由换班双方、带班领导或市局撤销',
  'the two officers, their leader or the city withdraw it',
);
