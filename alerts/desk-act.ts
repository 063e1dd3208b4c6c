// What every act of an officer on an alert has in common: one transaction, the alert as it is in it, whether
// the officer may, and whether somebody else has acted since the officer looked.

import { UserError } from '../core/errors.ts';
import { localClock } from '../core/local-time.ts';
import type { Reaching } from '../core/reach.ts';
import { text, type Text } from '../core/text.ts';
import type { Clock } from '../core/time.ts';
import type { Records, RecordsTransaction } from '../warehouse/records.ts';
import type { AccountRole, AlertTable } from '../warehouse/records-schema.ts';
import { findAlert, type DeskScope } from './desk-rows.ts';
import { EVENT_TURN, PIPELINE_ACTOR } from './events.ts';
import { findPerson, loadNames, type Person } from './names.ts';
import { referenceOf } from './texts.ts';

/** Who acts, as the session knows them. */
export type DeskOfficer = Reaching & {
  readonly accountId: string;
  readonly role: AccountRole;
  /** What was granted instead of the scope of the role. */
  readonly scope?: DeskScope | undefined;
};

/** How many acts the officer had before them; left out, it is not checked. */
export type Seen = { readonly acts?: number | undefined };

export type ActDeps = {
  readonly records: Records;
  readonly clock: Clock;
  /** Told of the alerts that changed. */
  readonly onChanged: (alertIds: readonly string[]) => void;
};

/** Runs an act on an alert the officer may handle; gives what `read` makes of the alert as it is then. */
export async function runAct<Result>(
  deps: ActDeps,
  { id, by, seen = {} }: { id: string; by: DeskOfficer; seen?: Seen | undefined },
  run: (trx: RecordsTransaction, alert: AlertTable) => Promise<void>,
  read: (trx: RecordsTransaction, alert: AlertTable) => Promise<Result>,
): Promise<Result> {
  const scope = handlingScope(by);
  const after = await deps.records.transaction(async (trx) => {
    await deps.records.takeTurn(trx, EVENT_TURN);
    const alert = await existing(trx, id, scope);
    if (seen.acts !== undefined && seen.acts !== alert.acts) throw await overtaken(trx, alert);
    await run(trx, alert);
    return read(trx, await existing(trx, id, scope));
  });
  deps.onChanged([id]);
  return after;
}

/**
 * Runs an act on several alerts in one transaction: on all of them, or on none when one of them refuses. What
 * refused is said of each, by its reference. Throws UserError: the refusal itself when there is one alert.
 */
export async function runActs<Given extends { readonly id: string } & Seen>(
  deps: ActDeps,
  { each, by }: { each: readonly Given[]; by: DeskOfficer },
  run: (trx: RecordsTransaction, alert: AlertTable, given: Given) => Promise<void>,
): Promise<void> {
  const scope = handlingScope(by);
  await deps.records.transaction(async (trx) => {
    await deps.records.takeTurn(trx, EVENT_TURN);
    const refusals: { readonly reference: string; readonly error: UserError }[] = [];
    for (const given of each) {
      try {
        const alert = await existing(trx, given.id, scope);
        if (given.acts !== undefined && given.acts !== alert.acts)
          throw await overtaken(trx, alert);
        await run(trx, alert, given);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        refusals.push({ reference: referenceOf(given.id), error });
      }
    }
    const [first] = refusals;
    // What the others did in this transaction goes with it.
    if (first) throw each.length === 1 ? first.error : noneDone(refusals, each.length);
  });
  deps.onChanged(each.map(({ id }) => id));
}

const REFUSALS_SHOWN_MAX = 5;

function noneDone(
  refusals: readonly { readonly reference: string; readonly error: UserError }[],
  count: number,
): UserError {
  const shown = refusals.slice(0, REFUSALS_SHOWN_MAX);
  const more = refusals.length - shown.length;
  const zh = shown.map(({ reference, error }) => `${reference}：${error.says.zh}`).join('；');
  const en = shown.map(({ reference, error }) => `${reference}: ${error.says.en}`).join('; ');
  // One that may not is refused as such, even when others are only late.
  const gravest = refusals.find(({ error }) => error.code === 'forbidden') ?? refusals[0];
  return new UserError(
    gravest?.error.code ?? 'conflict',
    text(
      `所选 ${count} 项中有 ${refusals.length} 项不能办理，全部未作变动`,
      `${refusals.length} of the ${count} chosen cannot be done: nothing was changed`,
    ),
    {
      hint: text(
        `${zh}${more > 0 ? `；另有 ${more} 项` : ''}。请取消勾选后重试。`,
        `${en}${more > 0 ? `; and ${more} more` : ''}. Leave them out and send again.`,
      ),
    },
  );
}

/** Counts an act. The turn for events is taken. */
export async function countAct(trx: RecordsTransaction, id: string): Promise<void> {
  await trx
    .updateTable('alert')
    .set((eb) => ({ acts: eb('acts', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

/** Throws UserError `not-found`, also for an alert the scope does not see. */
export async function existing(
  trx: RecordsTransaction,
  id: string,
  scope: DeskScope,
): Promise<AlertTable> {
  const alert = await findAlert(trx, id, scope);
  if (alert) return alert;
  throw new UserError('not-found', text('没有这条预警', 'there is no such alert'), {
    detail: `"${id}"`,
  });
}

/** Officers handle the alerts of their city or county; nobody else handles any. */
export function handlingScope({
  role,
  region,
  scope,
}: Pick<DeskOfficer, 'role' | 'region' | 'scope'>): DeskScope {
  if (role === 'city-officer' || role === 'county-officer')
    return scope ?? { kind: 'within', region };
  throw new UserError(
    'forbidden',
    text('只有市、县值班人员可以处置预警', 'only city and county officers handle alerts'),
  );
}

/** The person behind the session; one without a row of their own acts for their bureau all the same. */
export async function personOf(
  trx: RecordsTransaction,
  { accountId, region }: Pick<DeskOfficer, 'accountId' | 'region'>,
): Promise<Person> {
  const person = await findPerson(trx, accountId);
  return person ?? { id: accountId, ids: [accountId], bureau: region, leads: false };
}

export const conflict = (says: Text, hint?: Text): UserError =>
  new UserError('conflict', says, hint ? { hint } : {});

/** Somebody was faster: says who and when, so that nothing is done twice and nothing typed is lost. */
async function overtaken(trx: RecordsTransaction, alert: AlertTable): Promise<UserError> {
  const last = await trx
    .selectFrom('alertEvent')
    .select(['actor', 'atMs'])
    .where('alertId', '=', alert.id)
    .where('actor', '!=', PIPELINE_ACTOR)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const says = text(
    '这起预警刚有新的处置，请查看后再提交',
    'somebody else has acted on this alert meanwhile: look at it, then send again',
  );
  if (!last) return conflict(says);
  const name = (await loadNames(trx, [last.actor])).get(last.actor);
  const { zh, en } = name ?? text(last.actor, last.actor);
  return conflict(
    says,
    text(
      `${zh}于 ${localClock(last.atMs)} 作了处置。您填写的内容仍在，核对后可再次提交。`,
      `${en} acted at ${localClock(last.atMs)}. What you wrote is still here.`,
    ),
  );
}
