// The readers are watched: what the rules say about them is in the inbox once, whatever happens in between.

import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { subjectKey } from '../../core/subject.ts';
import { epochMs } from '../../core/time.ts';
import { createAreas } from '../../datasets/areas.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import type { AuditEntry } from '../../security/audit/audit-entry.ts';
import { decodeEntry, decodeRecord } from '../../security/audit/record-format.ts';
import {
  anEntry,
  openTrailStage,
  START_MS,
  type Stage,
} from '../../security/audit/trail.fixture.ts';
import type { Records, RecordsTransaction } from '../../warehouse/records.ts';
import { readEvidence, readInbox } from '../audit/inbox.ts';
import { createReaderWatch, type ReaderWatch } from './watch-readers.ts';

const rulebook = loadRulebook(fileURLToPath(new URL('../../rules/packs/readers', import.meta.url)));
const areas = createAreas();
const MINUTE_MS = 60_000;

let stage: Stage;
beforeEach(async () => {
  stage = await openTrailStage();
});
afterEach(() => stage.close());

const watchOn = (records: Records, over: { unsavedMax?: number } = {}): ReaderWatch =>
  createReaderWatch({
    records,
    audit: stage.trail,
    clock: stage.clock,
    logger: silentLogger,
    rulebook,
    areas,
    unsavedMax: 500,
    againWithinMs: 7 * 86_400_000,
    newDeviceForMs: 7_200_000,
    ...over,
  });

const key = (person: number) => subjectKey(`cc-${String(person).padStart(6, '0')}`);

/** Somebody looks at one person after the other, so many minutes apart. */
const looks = (
  actor: string,
  {
    persons,
    apartMs = MINUTE_MS,
    fromMs = START_MS,
    ...over
  }: { persons: number; apartMs?: number; fromMs?: number } & Partial<AuditEntry>,
): AuditEntry[] =>
  Array.from({ length: persons }, (_, index) =>
    anEntry(0, {
      actor,
      atMs: epochMs(fromMs + index * apartMs),
      subjects: [key(index)],
      ...over,
    }),
  );

async function tell(entries: readonly AuditEntry[]): Promise<void> {
  for (const entry of entries) {
    if (stage.clock.now() < entry.atMs) stage.clock.set(entry.atMs);
    await stage.trail.note(entry);
  }
  await stage.seal();
}

const noticesIn = (records: Records) =>
  records.db
    .selectFrom('auditNotice')
    .select(['id', 'kind', 'actor', 'atMs', 'body'])
    .orderBy('id')
    .execute();

/** What the trail says of notices, sealed or not. */
async function toldOfNotices(): Promise<number> {
  const { db } = stage.records;
  const waiting = await db.selectFrom('auditPending').select('body').execute();
  const sealed = await db.selectFrom('auditRecord').select('body').execute();
  return [
    ...waiting.map(({ body }) => decodeEntry(body)),
    ...sealed.map(({ body }) => decodeRecord(body)),
  ].filter((entry) => entry?.action === 'audit.notice-raised').length;
}

test('who looks at many persons is told of, with the records it rests on; who looks at few is not', async () => {
  await tell([...looks('ac_quick', { persons: 25 }), ...looks('ac_calm', { persons: 6 })]);
  expect(await watchOn(stage.records).look()).toBe(1);
  const { notices } = await readInbox(stage.records.db, 'ac_auditor');
  expect(notices).toMatchObject([
    {
      kind: 'reader.unusual',
      actor: 'ac_quick',
      atMs: START_MS + 19 * MINUTE_MS,
      says: { zh: '短时间内查阅多人：19 分钟内 20 次' },
      reader: { rule: 'many-persons', level: 2, entries: 20, answer: null, isOwn: false },
    },
  ]);
  const { records, archived } = await readEvidence(stage.records.db, notices[0]?.id ?? '');
  expect(archived).toBe(0);
  expect(records.map(({ actor, subjects }) => [actor, subjects[0]])).toEqual(
    Array.from({ length: 20 }, (_, index) => ['ac_quick', key(index)]),
  );
  expect(await toldOfNotices()).toBe(1);
});

test('what the product does by itself, and what nobody known tries, is no reading', async () => {
  await tell([...looks('system', { persons: 30 }), ...looks('unknown', { persons: 30 })]);
  expect(await watchOn(stage.records).save()).toBe(0);
  const { position } = await stage.records.db
    .selectFrom('readerWatch')
    .select('position')
    .executeTakeFirstOrThrow();
  expect(position).toBe(60);
});

test('refusals, look-ups by number, reveals at night and exports are told of by their rules', async () => {
  const night = START_MS + 14 * 60 * MINUTE_MS;
  await tell([
    ...looks('ac_refused', {
      persons: 12,
      apartMs: 20_000,
      action: 'access.refused',
      outcome: 'refused',
      subjects: [],
    }),
    ...looks('ac_numbers', { persons: 15, action: 'identity.look-up', subjects: [] }),
    ...looks('ac_exports', { persons: 5, action: 'report.export', subjects: [] }),
    ...looks('ac_night', { persons: 5, action: 'identity.reveal', fromMs: night }),
  ]);
  await watchOn(stage.records).look();
  const { notices } = await readInbox(stage.records.db, '');
  expect(notices.map(({ actor, reader }) => [actor, reader?.rule]).toSorted()).toEqual([
    ['ac_exports', 'exports-again-and-again'],
    ['ac_night', 'reveals-at-night'],
    ['ac_numbers', 'look-ups-without-result'],
    ['ac_refused', 'refused-again-and-again'],
  ]);
});

test('one person again and again without any act, a device that is new, an export before an account ends', async () => {
  const hour = 60 * MINUTE_MS;
  const again = (actor: string) => [
    ...looks(actor, { persons: 9, apartMs: 2 * hour, subjects: [key(7)] }),
  ];
  const end = START_MS + 20 * hour;
  await tell([
    ...again('ac_curious'),
    ...again('ac_working').slice(0, 3),
    ...looks('ac_working', { persons: 1, action: 'alert.acknowledge', subjects: [key(7)] }),
    ...again('ac_working').slice(3),
    // Again and again within one hour is a page that refreshes itself.
    ...looks('ac_page', { persons: 30, subjects: [key(8)] }),
    ...looks('ac_taken', {
      persons: 1,
      fromMs: end,
      action: 'session.sign-in',
      subjects: [],
      detail: { factor: 'password', newDevice: true },
    }),
    ...looks('ac_taken', { persons: 5, fromMs: end + MINUTE_MS, action: 'identity.reveal' }),
    ...looks('ac_leaving', { persons: 1, fromMs: end, action: 'sql.export', subjects: [] }),
    ...looks('ac_system', {
      persons: 1,
      fromMs: end + hour,
      action: 'account.disable',
      subjects: [],
      detail: { account: 'ac_leaving' },
    }),
  ]);
  await watchOn(stage.records).look();
  const { notices } = await readInbox(stage.records.db, '');
  const told = notices.filter(({ reader }) => reader?.rule !== 'reveals-at-night');
  expect(told.map(({ actor, reader }) => [actor, reader?.rule]).toSorted()).toEqual([
    ['ac_curious', 'same-person-again'],
    ['ac_leaving', 'exports-around-account-change'],
    ['ac_taken', 'new-device-reveals'],
  ]);
  const curious = told.find(({ actor }) => actor === 'ac_curious');
  expect(curious?.says.zh).toBe('反复查看同一人而未作处置：12 小时内 7 次');
  const { records } = await readEvidence(stage.records.db, curious?.id ?? '');
  expect(records.map(({ subjects }) => subjects)).toEqual(
    Array.from({ length: 7 }, () => [key(7)]),
  );
});

test('what the rules remember names nobody who was looked at', async () => {
  await tell(looks('ac_quick', { persons: 25 }));
  await watchOn(stage.records).save();
  const { state } = await stage.records.db
    .selectFrom('readerWatch')
    .select('state')
    .executeTakeFirstOrThrow();
  const bytes = Buffer.from(state).toString('latin1');
  expect(bytes).toContain('ac_quick');
  expect(bytes).not.toContain('cc-0000');
  for (const { body } of await noticesIn(stage.records)) expect(body).not.toContain('cc-0000');
});

/** A day on which some read much, in an order drawn at random. */
const dayArbitrary = fc.array(
  fc.record({
    actor: fc.constantFrom('ac_1', 'ac_2'),
    action: fc.constantFrom('alert.look', 'identity.reveal', 'identity.look-up', 'report.export'),
    outcome: fc.constantFrom('done', 'done', 'done', 'refused' as const),
    person: fc.nat(40),
    apartMs: fc.nat(6 * MINUTE_MS),
    looksAfter: fc.boolean(),
  }),
  { minLength: 20, maxLength: 120 },
);

const entriesOf = (day: typeof dayArbitrary extends fc.Arbitrary<infer D> ? D : never) => {
  let atMs = START_MS;
  return day.map(({ actor, action, outcome, person, apartMs }) => {
    atMs += apartMs;
    return anEntry(0, {
      actor,
      action,
      outcome: outcome as 'done' | 'refused',
      subjects: [key(person)],
      atMs: epochMs(atMs),
    });
  });
};

const forgetAll = async () => {
  await stage.records.db.deleteFrom('readerWatch').execute();
  await stage.records.db.deleteFrom('auditNotice').execute();
};

test('it is all the same how records come in batches, where the watch is begun anew, and read again', async () => {
  await fc.assert(
    fc.asyncProperty(dayArbitrary, fc.integer({ min: 1, max: 60 }), async (day, unsavedMax) => {
      await stage.close();
      stage = await openTrailStage();
      const entries = entriesOf(day);
      let watch = watchOn(stage.records, { unsavedMax });
      for (const [index, entry] of entries.entries()) {
        await tell([entry]);
        if (!day[index]?.looksAfter) continue;
        await watch.look();
        // A process that dies without a word, now and then.
        if (index % 7 === 0) watch = watchOn(stage.records, { unsavedMax });
      }
      await watch.look();
      const inPieces = await noticesIn(stage.records);
      expect(await toldOfNotices()).toBe(inPieces.length);
      // From the beginning again, over what is there: nothing is new.
      await stage.records.db.deleteFrom('readerWatch').execute();
      expect(await watchOn(stage.records).look()).toBe(0);
      // And with nothing there: the same.
      await forgetAll();
      await watchOn(stage.records).look();
      expect(await noticesIn(stage.records)).toEqual(inPieces);
    }),
    { numRuns: 12 },
  );
});

/** Records that die at the n-th write inside a transaction, or just before or after it is committed. */
function dyingAt(records: Records, n: number): { records: Records; died(): boolean } {
  let steps = 0;
  const die = () => {
    if (++steps === n) throw new Error('killed');
  };
  const counted = (trx: RecordsTransaction): RecordsTransaction =>
    new Proxy(trx, {
      get(target, name) {
        if (name === 'insertInto' || name === 'updateTable') die();
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return {
    died: () => steps >= n,
    records: {
      ...records,
      async transaction(run) {
        const result = await records.transaction(async (trx) => {
          const inside = await run(counted(trx));
          die();
          return inside;
        });
        die();
        return result;
      },
    },
  };
}

test('killed at any write, no notice is lost and none is there or told of twice', async () => {
  const night = START_MS + 14 * 60 * MINUTE_MS;
  await tell([
    ...looks('ac_quick', { persons: 45, apartMs: 20_000 }),
    ...looks('ac_night', { persons: 5, action: 'identity.reveal', fromMs: night }),
  ]);
  await watchOn(stage.records).look();
  const undisturbed = await noticesIn(stage.records);
  expect(undisturbed.length).toBeGreaterThan(1);
  let told = await toldOfNotices();
  let deaths = 0;
  for (let n = 1; ; n++) {
    await forgetAll();
    const dying = dyingAt(stage.records, n);
    await watchOn(dying.records, { unsavedMax: 10 })
      .look()
      .catch(() => {});
    await watchOn(stage.records, { unsavedMax: 10 }).look();
    expect(await noticesIn(stage.records), `killed at ${n}`).toEqual(undisturbed);
    expect(await toldOfNotices()).toBe((told += undisturbed.length));
    if (!dying.died()) break;
    deaths++;
  }
  expect(deaths).toBeGreaterThan(6);
});

test('the same watch goes on after a write that failed', async () => {
  await tell(looks('ac_quick', { persons: 25 }));
  const dying = dyingAt(stage.records, 2);
  const watch = watchOn(dying.records);
  await expect(watch.look()).rejects.toThrow('killed');
  expect(await noticesIn(stage.records)).toEqual([]);
  expect(await watch.look()).toBe(1);
});

test('of two that watch by mistake one goes on, and nothing is told twice', async () => {
  const [one, other] = [watchOn(stage.records), watchOn(stage.records)];
  await tell(looks('ac_a', { persons: 22 }));
  expect(await one.look()).toBe(1);
  await other.look();
  await tell(looks('ac_b', { persons: 22, fromMs: START_MS + 90 * MINUTE_MS }));
  expect((await other.look()) + (await one.look()) + (await other.look())).toBe(1);
  expect(await noticesIn(stage.records)).toHaveLength(2);
  expect(await toldOfNotices()).toBe(2);
});
