// A trail whose oldest segment is over its period: what goes, what a hold keeps, and that all of it verifies.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { subjectKey } from '../../core/subject.ts';
import { createManualClock, epochMs } from '../../core/time.ts';
import { READER_WATCH } from '../../warehouse/records-readers.ts';
import type { Records } from '../../warehouse/records.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { makeCheckpoint } from '../audit/make-checkpoint.ts';
import { SEGMENT_SIZE } from '../audit/record-format.ts';
import { sealBatch } from '../audit/seal.ts';
import { createKeyPair, createSigner } from '../audit/signer.ts';
import { createAuditTrail } from '../audit/trail.ts';
import { verifyStore } from '../audit/verify-store.ts';
import { archiveOldTrail } from './trail-period.ts';

const START_MS = Date.UTC(2026, 10, 27, 4);
const YEAR_MS = 365 * 86_400_000;
const GONE = subjectKey('dz-gone');
const STAYS = subjectKey('dz-stays');

let records: Records;
const clock = createManualClock(START_MS);
const signer = createSigner(createKeyPair('ed25519'));

beforeEach(async () => {
  clock.set(epochMs(START_MS));
  records = await openMemoryRecords();
});
afterEach(() => records.close());

const entryAbout = (subject: typeof GONE): AuditEntry => ({
  atMs: clock.now(),
  actor: 'ac_officer',
  action: 'alert.look',
  outcome: 'done',
  subjects: [subject],
  purpose: 'alert-handling',
  reason: null,
  detail: {},
});

const sealing = () => ({ records, engine: 'sqlite', clock, hashing: 'sha256' }) as const;

async function tell(subject: typeof GONE, count: number): Promise<void> {
  const trail = createAuditTrail({ records });
  await records.transaction(async (trx) => {
    for (let index = 0; index < count; index++) await trail.record(trx, entryAbout(subject));
  });
  while ((await sealBatch(sealing())).count > 0);
}

const archive = (cutoffMs: number, held: (typeof GONE)[] = []) =>
  archiveOldTrail({ ...sealing(), audit: createAuditTrail({ records }) }, { cutoffMs, held });

const findings = async () =>
  (await verifyStore({ db: records.db, hashing: 'sha256', key: signer })).findings;

const named = async (subject: typeof GONE) =>
  (
    await records.db
      .selectFrom('auditSubject')
      .select('position')
      .where('subject', '=', subject)
      .execute()
  ).length;

/** As the watch over the readers saves how far it is. */
const readUpTo = (position: number) =>
  records.db
    .insertInto('readerWatch')
    .values({ name: READER_WATCH, position, state: new Uint8Array(), savedAtMs: clock.now() })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ position }))
    .execute();

test('a segment goes when its period is over, is covered, read and names nobody on hold', async () => {
  // The first record of all says how the trail was begun.
  await tell(GONE, SEGMENT_SIZE);
  await clock.advance(YEAR_MS);
  await tell(STAYS, 10);
  const over = START_MS + 1;
  expect(await archive(over), 'no checkpoint covers it yet').toBe(0);
  await makeCheckpoint({ ...sealing(), signer });
  expect(await archive(START_MS), 'its period is not over').toBe(0);
  expect(await archive(over, [GONE]), 'a hold keeps it').toBe(0);
  expect(await named(GONE)).toBe(SEGMENT_SIZE);

  expect(await archive(over, [STAYS]), 'nobody watched the readers').toBe(0);
  await readUpTo(SEGMENT_SIZE - 2);
  expect(await archive(over, [STAYS]), 'its last record is still to be watched').toBe(0);
  await readUpTo(SEGMENT_SIZE - 1);
  expect(await archive(over, [STAYS])).toBe(1);
  // The act is chained like every other.
  while ((await sealBatch(sealing())).count > 0);
  // The one that fell into the second segment is too young.
  expect([await named(GONE), await named(STAYS)]).toEqual([1, 10]);
  expect(await findings()).toEqual([]);
  expect(await archive(over), 'twice is once').toBe(0);
  await tell(STAYS, 1);
  await makeCheckpoint({ ...sealing(), signer });
  expect(await findings()).toEqual([]);
  const text = JSON.stringify(await records.db.selectFrom('auditRecord').selectAll().execute());
  expect(text).toContain('audit.archive');
}, 60_000);
