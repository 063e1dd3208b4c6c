// Replies that come in parts: kept in the records until the last one is there, in whatever order and however
// often each comes. What waits too long is judged as it is. Text is kept no longer than that; that a part was
// there is remembered a little longer, because a centre that did not hear our answer hands it over again.

import { assert } from '../../../core/errors.ts';
import { contentHash, contentId } from '../../../core/ids.ts';
import { MINUTE_MS } from '../../../core/local-time.ts';
import { epochMs, type Clock, type EpochMs } from '../../../core/time.ts';
import type { SmsReplyPartTable } from '../../../warehouse/records-messages.ts';
import type { Records, RecordsTransaction } from '../../../warehouse/records.ts';
import { readText, type PartOf, type ReceivedText } from './body.ts';

export type ReplyPart = PartOf & ReceivedText & { readonly from: string };

/** A long reply as a whole; `id` stays the same however often it is judged. */
export type LongReply = Pick<ReplyPart, 'from' | 'reference' | 'parts'> & {
  readonly id: string;
  readonly startedAtMs: EpochMs;
};

export type PartTaken =
  | { readonly kind: 'waiting' }
  /** It was there before, or its reply has been judged. */
  | { readonly kind: 'known' }
  /** The last one; `text` is undefined when it cannot be read. To be judged, then `judged`. */
  | { readonly kind: 'whole'; readonly reply: LongReply; readonly text: string | undefined }
  /** Another reply began under the same reference: the one before stays without an end. */
  | { readonly kind: 'replaced'; readonly reply: LongReply };

export type LongReplies = {
  /** Keeps a part. After `replaced` the reply before is to be judged, and the part taken again. */
  take(part: ReplyPart): Promise<PartTaken>;
  /** Those that wait for a part for too long. To be judged, then `judged`. */
  overdue(): Promise<readonly LongReply[]>;
  /** Deletes what was written; `isGone` also that there was something. */
  judged(reply: LongReply, isGone?: boolean): Promise<void>;
};

/** Writers of parts follow each other, so that one of them sees the last part. */
const PARTS_TURN = 'sms-reply-parts';

/** Longer than a centre keeps trying, shorter than a handset needs to come round to the same reference. */
const KEPT_MS = 30 * MINUTE_MS;

/** What officers may write at length is cut at this: about two thousand characters. */
export const REPLY_PARTS_MAX = 30;

export function createLongReplies(
  { records, clock }: { readonly records: Records; readonly clock: Clock },
  { provider, joinWithinMs }: { readonly provider: string; readonly joinWithinMs: number },
): LongReplies {
  return {
    take: (part) =>
      records.transaction(async (trx) => {
        await records.takeTurn(trx, PARTS_TURN);
        const nowAtMs = clock.now();
        return take(trx, part, { provider, nowAtMs });
      }),
    async overdue() {
      const nowAtMs = clock.now();
      await forgetOld(records, provider, nowAtMs);
      const waiting = await records.db
        .selectFrom('smsReplyPart')
        .selectAll()
        .where('provider', '=', provider)
        .where('doneAtMs', 'is', null)
        .execute();
      const groups = Map.groupBy(waiting, ({ sender, reference, parts }) =>
        [sender, reference, parts].join(' '),
      );
      return [...groups.values()]
        .map((rows) => replyOf(provider, rows))
        .filter(({ startedAtMs }) => startedAtMs <= nowAtMs - joinWithinMs);
    },
    async judged({ from: sender, reference, parts }, isGone = false) {
      await records.transaction(async (trx) => {
        await records.takeTurn(trx, PARTS_TURN);
        const group = { provider, sender, reference, parts };
        await (
          isGone
            ? trx.deleteFrom('smsReplyPart').where((eb) => eb.and(group))
            : trx
                .updateTable('smsReplyPart')
                .set({ octets: NOTHING, doneAtMs: clock.now() })
                .where((eb) => eb.and(group))
        ).execute();
      });
    },
  };
}

const NOTHING = new Uint8Array();

type Kept = Omit<SmsReplyPartTable, 'coding' | 'octets'>;

/** Named by the part that came first: by when and what, for soon another reply may have the same reference. */
function replyOf(provider: string, rows: readonly Kept[]): LongReply {
  const [first] = rows.toSorted((a, b) => a.receivedAtMs - b.receivedAtMs || a.part - b.part);
  assert(first, 'a reply has a part');
  const { sender: from, reference, parts, receivedAtMs, contentHash: hash } = first;
  const id = contentId('rp', [provider, from, reference, parts, receivedAtMs, hash]);
  return { id, from, reference, parts, startedAtMs: receivedAtMs };
}

async function take(
  trx: RecordsTransaction,
  part: ReplyPart,
  { provider, nowAtMs }: { provider: string; nowAtMs: EpochMs },
): Promise<PartTaken> {
  const { from: sender, reference, parts, coding, octets } = part;
  const group = { provider, sender, reference, parts };
  let known = await trx
    .selectFrom('smsReplyPart')
    .selectAll()
    .where((eb) => eb.and(group))
    .orderBy('part')
    .execute();
  const row = { ...group, part: part.part, coding, octets, contentHash: contentHash(octets) };
  const same = known.find((one) => one.part === part.part);
  const isJudged = known.some(({ doneAtMs }) => doneAtMs !== null);
  const isOther = same !== undefined && same.contentHash !== row.contentHash;
  if (isOther && !isJudged) return { kind: 'replaced', reply: replyOf(provider, known) };
  if (isOther) {
    await trx
      .deleteFrom('smsReplyPart')
      .where((eb) => eb.and(group))
      .execute();
    known = [];
  } else if (isJudged) return { kind: 'known' };
  if (!same || isOther) {
    const fresh = { ...row, receivedAtMs: nowAtMs, doneAtMs: null };
    await trx.insertInto('smsReplyPart').values(fresh).execute();
    known = [...known, fresh].toSorted((a, b) => a.part - b.part);
  }
  if (known.length < parts) return { kind: same && !isOther ? 'known' : 'waiting' };
  const pieces = known.map((one) => ({ coding: one.coding, octets: Buffer.from(one.octets) }));
  return { kind: 'whole', reply: replyOf(provider, known), text: readText(pieces) };
}

async function forgetOld(records: Records, provider: string, nowAtMs: EpochMs): Promise<void> {
  const untilMs = epochMs(nowAtMs - KEPT_MS);
  const old = await records.db
    .selectFrom('smsReplyPart')
    .select('part')
    .where('provider', '=', provider)
    .where('doneAtMs', '<=', untilMs)
    .limit(1)
    .executeTakeFirst();
  // Nearly always there is none, and nobody has to wait in line to write to learn that.
  if (!old) return;
  await records.db
    .deleteFrom('smsReplyPart')
    .where('provider', '=', provider)
    .where('doneAtMs', '<=', untilMs)
    .execute();
}
