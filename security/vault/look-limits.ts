// How many persons one account may look at: counted in the records, so that a restart forgives nothing.

import { UserError } from '../../core/errors.ts';
import type { ChanceIds } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';

export type LookLimits = {
  /** Persons one account may reveal or look up within an hour. */
  readonly personsPerHourMax: number;
  /** More than this at once needs a second person. */
  readonly personsAtOnceMax: number;
  /** Most persons of one request, allowed or not. */
  readonly personsPerRequestMax: number;
  /** How long a screen shows what was revealed. */
  readonly shownMs: number;
  /** How long a request may wait and, once allowed, be opened. */
  readonly requestMs: number;
};

const HOUR_MS = 3_600_000;
const KEPT_MS = 24 * HOUR_MS;

export type LookDeps = { readonly clock: Clock; readonly ids: ChanceIds };

/** Counts the look; gives the refusal instead when it would be one too many. */
export async function takeLook(
  { clock, ids }: LookDeps,
  trx: RecordsTransaction,
  look: { accountId: string; persons: number; personsPerHourMax: number },
): Promise<UserError | undefined> {
  const { accountId, persons, personsPerHourMax } = look;
  const nowMs = clock.now();
  const { looked } = await trx
    .selectFrom('vaultLook')
    .select(({ fn }) => fn.sum<number | null>('persons').as('looked'))
    .where('accountId', '=', accountId)
    .where('atMs', '>', epochMs(nowMs - HOUR_MS))
    .executeTakeFirstOrThrow();
  if (Number(looked ?? 0) + persons > personsPerHourMax) return tooMany(personsPerHourMax);
  await trx
    .deleteFrom('vaultLook')
    .where('atMs', '<', epochMs(nowMs - KEPT_MS))
    .execute();
  await trx
    .insertInto('vaultLook')
    .values({ id: ids.next('look'), accountId, persons, atMs: nowMs })
    .execute();
  return undefined;
}

const tooMany = (personsPerHourMax: number) =>
  new UserError(
    'too-many',
    text(
      `一小时内查看的人数已达上限（${personsPerHourMax} 人）`,
      `the limit of ${personsPerHourMax} persons within an hour is reached`,
    ),
    {
      hint: text(
        '请稍后再查；确需一次查看多人的，提交批量查看申请，由另一名人员批准',
        'Try again later, or ask for many at once, which a second person allows.',
      ),
    },
  );
