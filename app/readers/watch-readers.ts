// Reads the audit trail through the rules about readers, in its order, and puts what they say into the audit
// administrator's inbox. Notices, place and what the rules remember are written in one transaction; what was read
// since is read again after a crash and says the same, so that no notice is lost and none is there twice.

import type { RaisedFinding } from '../../core/finding.ts';
import type { Logger } from '../../core/logger.ts';
import type { Clock } from '../../core/time.ts';
import type { Audit } from '../../security/audit/audit-entry.ts';
import { noticeId, writeNotice, type NewNotice } from '../../security/audit/notices.ts';
import { decodeRecord, type AuditRecord } from '../../security/audit/record-format.ts';
import { createEngine, type Engine } from '../../rules/engine.ts';
import type { Surroundings } from '../../rules/kind.ts';
import type { Rulebook } from '../../rules/rulebook.ts';
import { decodeState, encodeState } from '../../rules/state-bytes.ts';
import type { Records, RecordsDb } from '../../warehouse/records.ts';
import { READER_WATCH } from '../../warehouse/records-readers.ts';
import { lookBack, type Before, type LookBackTimes } from './look-back.ts';
import { readerNotice } from './reader-notice.ts';
import { mandateOf, readingsOf } from './reading-facts.ts';

export type ReaderWatchDeps = LookBackTimes & {
  readonly records: Records;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rulebook: Rulebook;
  readonly areas: Surroundings['areas'];
  /** So many records are read again after a crash, at most; what the rules remember is not small. */
  readonly unsavedMax: number;
};

export type ReaderWatch = {
  /** Takes in what was sealed up to now; gives how many notices are new. One at a time. */
  look(): Promise<number>;
  /** The same, and saves whatever is not saved; for the end of a process. */
  save(): Promise<number>;
};

const TURN = 'reader-watch';

/** Records of one step. */
const BATCH_MAX = 500;

/** Nothing was taken in. */
const NOWHERE = -1;

type Watching = {
  readonly engine: Engine;
  /** The last record taken in, and the last that is saved. */
  at: number;
  savedAt: number;
  /** The newest instant that was seen, which is as far as the rules know time. */
  seenAtMs: number;
};

export function createReaderWatch(deps: ReaderWatchDeps): ReaderWatch {
  const { records, logger, unsavedMax } = deps;
  let watching: Watching | undefined;

  const pass = async (savesAll: boolean): Promise<number> => {
    let told = 0;
    watching ??= await open(deps);
    for (;;) {
      const rows = await readAfter(records.db, watching.at);
      const read = rows.flatMap(({ body }) => decodeRecord(body) ?? []);
      const notices: NewNotice[] = [];
      for (const record of read) {
        const before = await lookBack(records.db, record, deps);
        notices.push(...take(deps, watching, { record, before }));
      }
      watching.at = rows.at(-1)?.position ?? watching.at;
      const unsaved = watching.at - watching.savedAt;
      const isEnd = rows.length < BATCH_MAX;
      if (notices.length > 0 || unsaved >= unsavedMax || (savesAll && isEnd && unsaved > 0)) {
        const written = await write(deps, watching, notices);
        if (written === undefined) {
          // Another process has read on meanwhile: what is here counts no more.
          logger.warn('readers.elsewhere', { position: watching.savedAt });
          watching = undefined;
          return told;
        }
        told += written;
      }
      if (isEnd) return told;
    }
  };

  const run = async (savesAll: boolean) => {
    try {
      return await pass(savesAll);
    } catch (error) {
      // The rules may know more than is written: the next look begins where it was saved.
      watching = undefined;
      throw error;
    }
  };
  return { look: () => run(false), save: () => run(true) };
}

async function open({ records, rulebook, areas }: ReaderWatchDeps): Promise<Watching> {
  const row = await records.db
    .selectFrom('readerWatch')
    .selectAll()
    .where('name', '=', READER_WATCH)
    .executeTakeFirst();
  const saved = row && decodeState(row.state);
  const at = row?.position ?? NOWHERE;
  return {
    engine: createEngine({ rulebook, areas, corrects: false }, saved),
    at,
    savedAt: at,
    seenAtMs: saved?.watermarkMs ?? 0,
  };
}

/** Sealed records never change, and come in the order of their places. */
const readAfter = (db: RecordsDb, position: number) =>
  db
    .selectFrom('auditRecord')
    .select(['position', 'body'])
    .where('position', '>', position)
    .orderBy('position')
    .limit(BATCH_MAX)
    .execute();

/** What the rules say about one record. A step for each: it is all the same how records come in batches. */
function take(
  { rulebook }: ReaderWatchDeps,
  watching: Watching,
  { record, before }: { record: AuditRecord; before: Before },
): NewNotice[] {
  const readings = readingsOf(record, before);
  if (readings.length === 0) return [];
  const { engine } = watching;
  // Of the two clocks there are, the one that runs ahead does not take the other's time away.
  watching.seenAtMs = Math.max(watching.seenAtMs, Math.min(record.atMs, record.sealedAtMs) - 1);
  const facts = readings.flatMap((fact) =>
    engine.orders.knows(fact.subject) ? [fact] : [mandateOf(fact), fact],
  );
  return engine
    .step({ watermarkMs: watching.seenAtMs, facts })
    .filter((finding): finding is RaisedFinding => finding.kind === 'raised')
    .filter(({ shadow }) => shadow !== true)
    .map((finding) => readerNotice(finding, rulebook));
}

/** Gives how many notices are new; undefined when somebody else has written since. */
async function write(
  { records, audit, clock }: ReaderWatchDeps,
  watching: Watching,
  notices: readonly NewNotice[],
): Promise<number | undefined> {
  const { engine, at: position, savedAt } = watching;
  const state = await encodeState(engine.snapshot());
  const written = await records.transaction(async (trx) => {
    await records.takeTurn(trx, TURN);
    const row = await trx
      .selectFrom('readerWatch')
      .select('position')
      .where('name', '=', READER_WATCH)
      .executeTakeFirst();
    if ((row?.position ?? NOWHERE) !== savedAt) return undefined;
    let count = 0;
    for (const notice of notices) {
      if (!(await writeNotice(trx, notice))) continue;
      count++;
      await audit.record(trx, entryOf(notice, clock));
    }
    const savedAtMs = clock.now();
    await trx
      .insertInto('readerWatch')
      .values({ name: READER_WATCH, position, state, savedAtMs })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ position, state, savedAtMs }))
      .execute();
    return count;
  });
  if (written !== undefined) watching.savedAt = position;
  return written;
}

/** That there is a notice stands in the trail, too: one that is taken away is missed. */
const entryOf = (notice: NewNotice, clock: Clock) => ({
  atMs: clock.now(),
  actor: 'system',
  action: 'audit.notice-raised',
  outcome: 'done' as const,
  subjects: [],
  purpose: 'audit',
  reason: null,
  detail: {
    id: noticeId(notice),
    account: notice.actor,
    rule: String(notice.detail['rule']),
    ruleVersion: String(notice.detail['ruleVersion']),
    level: Number(notice.detail['level']),
  },
});
