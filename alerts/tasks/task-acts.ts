// What may be done with a task, decided without looking anywhere: who may assign, hand over, accept, decline,
// take back, reopen. The desk reads, asks here, and writes what comes out.

import type { RegionCode } from '../../core/region.ts';
import type { AlertStatus } from '../../warehouse/records-schema.ts';
import type { Person } from '../names.ts';
import { parentsOf } from '../route.ts';
import type { AnswerOptions, Reopener } from './task-options.ts';

export type Offer = {
  readonly bureau: RegionCode;
  /** Null: whoever of the bureau takes it. */
  readonly officer: string | null;
  /** Who offered it, by an id of theirs. */
  readonly by: string;
};

export type HeldTask = {
  readonly bureau: RegionCode;
  readonly officer: string | null;
  readonly offer: Offer | undefined;
};

/** As much of an alert and its task as decides. */
export type TaskState = {
  readonly status: AlertStatus;
  readonly isWithdrawn: boolean;
  /** The county that answers for the person. */
  readonly region: RegionCode;
  readonly closedAtMs: number | null;
  readonly closedBy: string | null;
  readonly task: HeldTask | undefined;
};

/** An officer a task may go to. */
export type Candidate = { readonly id: string; readonly bureau: RegionCode };

export type TaskRefusal =
  | 'alert-closed'
  | 'alert-open'
  | 'alert-withdrawn'
  | 'no-task'
  | 'other-bureau'
  | 'not-yours'
  | 'has-it'
  | 'offered-already'
  | 'nothing-offered'
  | 'not-offered-to-you'
  | 'cannot-see'
  | 'reopen-too-late'
  | 'reopen-not-you';

type Decided<Done> = Done | { readonly kind: 'refused'; readonly because: TaskRefusal };

const refused = (because: TaskRefusal) => ({ kind: 'refused', because }) as const;

export type TaskMove = {
  readonly kind: 'moved';
  readonly bureau: RegionCode;
  readonly officer: string | null;
};
export type TaskOffer = { readonly kind: 'offered'; readonly offer: Offer };
export type OfferEnd = { readonly kind: 'offer-ended' };

/**
 * Within the bureau, at once. Whoever has the task gives it on, a leader of the bureau gives it to anyone, and
 * an officer may take over what a colleague has. An alert nobody has acknowledged can be assigned too.
 */
export function decideAssign(
  { status, isWithdrawn, task }: TaskState,
  by: Person,
  to: Candidate,
): Decided<TaskMove> {
  if (status === 'closed') return refused('alert-closed');
  if (isWithdrawn) return refused('alert-withdrawn');
  if (task && task.bureau !== by.bureau) return refused('not-yours');
  if (to.bureau !== by.bureau) return refused('other-bureau');
  if (task?.offer) return refused('offered-already');
  if (task?.officer === to.id) return refused('has-it');
  const mayGive = by.leads || !task?.officer || holds(by, task) || to.id === by.id;
  return mayGive ? { kind: 'moved', bureau: to.bureau, officer: to.id } : refused('not-yours');
}

/** To another officer or bureau, who must accept; until then it stays where it is. */
export function decideHandOver(
  { status, isWithdrawn, region, task }: TaskState,
  by: Person,
  to: { readonly bureau: RegionCode; readonly officer: string | null },
): Decided<TaskOffer> {
  if (status === 'closed') return refused('alert-closed');
  if (isWithdrawn) return refused('alert-withdrawn');
  if (!task) return refused('no-task');
  if (task.bureau !== by.bureau || !(holds(by, task) || by.leads || task.officer === null)) {
    return refused('not-yours');
  }
  if (task.offer) return refused('offered-already');
  if (!maySee(to.bureau, region)) return refused('cannot-see');
  if (to.officer === null ? to.bureau === task.bureau : to.officer === task.officer) {
    return refused('has-it');
  }
  return { kind: 'offered', offer: { ...to, by: by.id } };
}

/** The officer it was offered to, or any of the bureau when it was offered to none. */
export function decideAccept({ status, task }: TaskState, by: Person): Decided<TaskMove> {
  if (status === 'closed') return refused('alert-closed');
  if (!task?.offer) return refused('nothing-offered');
  if (!isOfferedTo(task.offer, by)) return refused('not-offered-to-you');
  return { kind: 'moved', bureau: by.bureau, officer: by.id };
}

export function decideDecline({ status, task }: TaskState, by: Person): Decided<OfferEnd> {
  if (status === 'closed') return refused('alert-closed');
  if (!task?.offer) return refused('nothing-offered');
  return isOfferedTo(task.offer, by) ? { kind: 'offer-ended' } : refused('not-offered-to-you');
}

/** Whoever offered it thinks again; so may who has it, and a leader of the bureau. */
export function decideTakeBack({ status, task }: TaskState, by: Person): Decided<OfferEnd> {
  if (status === 'closed') return refused('alert-closed');
  if (!task?.offer) return refused('nothing-offered');
  const may =
    by.ids.includes(task.offer.by) || holds(by, task) || (by.leads && by.bureau === task.bureau);
  return may ? { kind: 'offer-ended' } : refused('not-yours');
}

export function decideReopen(
  { status, isWithdrawn, region, closedAtMs, closedBy }: TaskState,
  by: Person,
  {
    nowAtMs,
    reopenWithinMs,
    reopenBy,
  }: Pick<AnswerOptions, 'reopenWithinMs' | 'reopenBy'> & { readonly nowAtMs: number },
): Decided<{ readonly kind: 'reopened' }> {
  if (status !== 'closed') return refused('alert-open');
  if (isWithdrawn) return refused('alert-withdrawn');
  if (closedAtMs === null || nowAtMs - closedAtMs > reopenWithinMs) {
    return refused('reopen-too-late');
  }
  const is: Readonly<Record<Reopener, boolean>> = {
    closer: closedBy !== null && by.ids.includes(closedBy),
    leader: by.leads,
    city: by.bureau !== region,
  };
  return reopenBy.some((role) => is[role]) ? { kind: 'reopened' } : refused('reopen-not-you');
}

/** A bureau sees the alerts of its county, or of all counties of its city. */
export const maySee = (bureau: RegionCode, region: RegionCode): boolean =>
  bureau === region || parentsOf(region).includes(bureau);

const holds = (by: Person, task: HeldTask): boolean =>
  task.officer !== null && by.ids.includes(task.officer);

const isOfferedTo = ({ bureau, officer }: Offer, by: Person): boolean =>
  by.bureau === bureau && (officer === null || by.ids.includes(officer));
