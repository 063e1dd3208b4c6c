// The promises of the records, run against both engines.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { AssertionError } from '../core/errors.ts';
import { silentLogger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { regionCode } from '../core/region.ts';
import { subjectKey } from '../core/subject.ts';
import { epochMs } from '../core/time.ts';
import {
  isUniqueViolation,
  openRecords,
  type Records,
  type RecordsDb,
  type RecordsOptions,
} from './records.ts';
import type { AlertTable } from './records-schema.ts';
import { describeReports } from './report-store.contract.ts';
import { describeStores } from './stores.contract.ts';

/** What the suite needs: fresh, empty records that can be opened again and again. */
export type RecordsHarness = {
  createStore(): Promise<{ readonly options: RecordsOptions; remove(): Promise<void> }>;
};

export const deps = { logger: silentLogger, random: createRandom('records') };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const cursor = (name: string, value: string) => ({ name, value, updatedAtMs: epochMs(1) });

async function cursorNames(db: RecordsDb): Promise<string[]> {
  const rows = await db.selectFrom('cursor').select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}

export const alertRow: AlertTable = {
  id: 'al_1',
  ruleId: 'county-exit',
  ruleVersion: '3@0123456789ab',
  level: 2,
  subject: subjectKey('cc-000001'),
  subjectClass: 'cc',
  region: regionCode('511722'),
  titleZh: '离开执行县；“越界”',
  titleEn: "left the county's area",
  article: '《中华人民共和国社区矫正法》第二十七条',
  dutyZh: null,
  dutyEn: null,
  openedAtMs: epochMs(1_795_000_000_123),
  receivedAtMs: epochMs(1_795_000_000_456),
  recordedAtMs: epochMs(1_795_000_000_789),
  clearedAtMs: null,
  late: 0,
  status: 'new',
  acknowledgedAtMs: null,
  acknowledgedBy: null,
  closedAtMs: null,
  closedBy: null,
  episodeId: 'ep_1',
  raisedLevel: 2,
  withdrawnAtMs: null,
  correctedBecause: null,
  corrections: 0,
  acts: 0,
  silencedBy: null,
  reroutedBecause: null,
  repeatsRaisedAtMs: null,
  repeats: 0,
  lastRepeatAtMs: null,
  evidence: '[]',
  measured: '{"distanceM":120}',
  checkedLeaves: '[]',
  feedbackResult: null,
  feedbackNote: null,
  feedbackAtMs: null,
  feedbackBy: null,
  exercise: null,
  groupTerms: null,
};

export function describeRecords(name: string, harness: RecordsHarness): void {
  const withRecords = async (run: (records: Records, options: RecordsOptions) => Promise<void>) => {
    const store = await harness.createStore();
    const records = await openRecords(deps, store.options);
    try {
      await run(records, store.options);
    } finally {
      await records.close();
      await store.remove();
    }
  };

  describe(`${name} records`, () => {
    test('are made once: opening again finds tables and rows as they were', () =>
      withRecords(async (records, options) => {
        await records.db.insertInto('cursor').values(cursor('kept', 'x')).execute();
        const again = await openRecords(deps, options);
        expect(await cursorNames(again.db)).toEqual(['kept']);
        await again.close();
      }));

    test('opened by two programs at once, are made once', async () => {
      const store = await harness.createStore();
      const programs = [1, 2].map(() => fork(CRASH_PROGRAM, [JSON.stringify(store.options)]));
      const exits = await Promise.all(programs.map((program) => once(program, 'exit')));
      expect(exits.map(([code]) => code as number)).toEqual([0, 0]);
      const records = await openRecords(deps, store.options);
      expect(await cursorNames(records.db)).toEqual([]);
      await records.close();
      await store.remove();
    });

    test('give back every type as it was put in', () =>
      withRecords(async ({ db }) => {
        await db.insertInto('alert').values(alertRow).execute();
        expect({ ...(await db.selectFrom('alert').selectAll().executeTakeFirstOrThrow()) }).toEqual(
          alertRow,
        );
        const body = Uint8Array.from({ length: 70_000 }, (_, i) => i & 255);
        const snapshot = {
          consumer: 'rules',
          partition: 7,
          nextOffset: Number.MAX_SAFE_INTEGER,
          format: 'rules/1',
          body,
          savedAtMs: epochMs(0),
        };
        await db.insertInto('snapshot').values(snapshot).execute();
        const read = await db.selectFrom('snapshot').selectAll().executeTakeFirstOrThrow();
        expect({ ...read, body: Uint8Array.from(read.body) }).toEqual(snapshot);
      }));

    test('count with numbers, not texts', () =>
      withRecords(async ({ db }) => {
        await db.insertInto('alert').values(alertRow).execute();
        const row = await db
          .selectFrom('alert')
          .select(({ fn }) => [
            fn.countAll<number>().as('alerts'),
            fn.max('openedAtMs').as('newestAtMs'),
          ])
          .executeTakeFirst();
        expect({ ...row }).toEqual({ alerts: 1, newestAtMs: alertRow.openedAtMs });
      }));

    test('refuse a text where a number belongs', () =>
      withRecords(async ({ db }) => {
        const wrong = {
          ...alertRow,
          openedAtMs: 'yesterday' as unknown as AlertTable['openedAtMs'],
        };
        await expect(db.insertInto('alert').values(wrong).execute()).rejects.toThrow();
      }));

    test('refuse a row that refers to nothing', () =>
      withRecords(async ({ db }) => {
        const event = { ...eventRow('ev_1'), alertId: 'no such alert' };
        await expect(db.insertInto('alertEvent').values(event).execute()).rejects.toThrow();
      }));

    test('number alert events in the order they are written', () =>
      withRecords(async ({ db }) => {
        await db.insertInto('alert').values(alertRow).execute();
        for (const id of ['ev_c', 'ev_a', 'ev_b']) {
          await db.insertInto('alertEvent').values(eventRow(id)).execute();
        }
        const rows = await db.selectFrom('alertEvent').select('id').orderBy('seq').execute();
        expect(rows.map(({ id }) => id)).toEqual(['ev_c', 'ev_a', 'ev_b']);
      }));

    test('a taken key is told from other failures', () =>
      withRecords(async ({ db }) => {
        await db.insertInto('cursor').values(cursor('taken', 'first')).execute();
        const again = db.insertInto('cursor').values(cursor('taken', 'second'));
        expect(isUniqueViolation(await again.execute().catch((error: unknown) => error))).toBe(
          true,
        );
        const nothing = await again
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        expect(nothing.numInsertedOrUpdatedRows).toBe(0n);
        const broken = await db
          .selectFrom('alert')
          .select('noSuchColumn' as 'id')
          .execute()
          .catch((error: unknown) => error);
        expect(broken).toBeInstanceOf(Error);
        expect(isUniqueViolation(broken)).toBe(false);
      }));

    test('a transaction that fails leaves nothing, one that succeeds everything', () =>
      withRecords(async (records) => {
        const failing = records.transaction(async (trx) => {
          await trx.insertInto('cursor').values(cursor('a', '1')).execute();
          await trx.insertInto('consumerOffset').values(offsetRow(1)).execute();
          throw new Error('changed my mind');
        });
        await expect(failing).rejects.toThrow('changed my mind');
        expect(await cursorNames(records.db)).toEqual([]);
        const given = await records.transaction(async (trx) => {
          await trx.insertInto('cursor').values(cursor('a', '1')).execute();
          await trx.insertInto('consumerOffset').values(offsetRow(1)).execute();
          return 'done';
        });
        expect(given).toBe('done');
        expect(await cursorNames(records.db)).toEqual(['a']);
      }));

    test('concurrent transactions lose no update', () =>
      withRecords(async (records) => {
        await records.db.insertInto('consumerOffset').values(offsetRow(0)).execute();
        const addOne = () =>
          records.transaction(async (trx) => {
            const { nextOffset } = await trx
              .selectFrom('consumerOffset')
              .select('nextOffset')
              .executeTakeFirstOrThrow();
            await pause(1);
            await trx
              .updateTable('consumerOffset')
              .set({ nextOffset: nextOffset + 1 })
              .execute();
          });
        await Promise.all(Array.from({ length: 24 }, addOne));
        const row = await records.db.selectFrom('consumerOffset').selectAll().executeTakeFirst();
        expect(row?.nextOffset).toBe(24);
      }));

    test('concurrent transactions do not see each other half done', () =>
      withRecords(async (records) => {
        const writePair = (number: number) =>
          records.transaction(async (trx) => {
            await trx
              .insertInto('cursor')
              .values(cursor(`left-${number}`, ''))
              .execute();
            await pause(2);
            await trx
              .insertInto('cursor')
              .values(cursor(`right-${number}`, ''))
              .execute();
          });
        const sees: number[] = [];
        const look = async () => {
          const names = await cursorNames(records.db);
          sees.push(names.length);
        };
        const writing = Promise.all(Array.from({ length: 10 }, (_, number) => writePair(number)));
        for (let i = 0; i < 10; i++) {
          await look();
          await pause(1);
        }
        await writing;
        await look();
        expect(sees.filter((count) => count % 2 !== 0)).toEqual([]);
        expect(sees.at(-1)).toBe(20);
      }));

    test('a query beside an open transaction is not undone with it', () =>
      withRecords(async (records) => {
        let opened = () => {};
        const isOpen = new Promise<void>((resolve) => (opened = resolve));
        const failing = records.transaction(async (trx) => {
          await trx.insertInto('cursor').values(cursor('undone', '')).execute();
          opened();
          await pause(20);
          throw new Error('undo');
        });
        await isOpen;
        const [, outcome] = await Promise.all([
          records.db.insertInto('cursor').values(cursor('kept', '')).execute(),
          failing.catch((error: Error) => error.message),
        ]);
        expect(outcome).toBe('undo');
        expect(await cursorNames(records.db)).toEqual(['kept']);
      }));

    test('using the records beside the transaction from inside it is a bug that shows', () =>
      withRecords(async (records) => {
        await expect(records.transaction(() => cursorNames(records.db))).rejects.toThrow(
          AssertionError,
        );
        await expect(
          records.transaction(() => records.transaction(() => Promise.resolve(1))),
        ).rejects.toThrow(AssertionError);
        expect(await cursorNames(records.db)).toEqual([]);
      }));

    test('what a transaction started may use the records once it is over', () =>
      withRecords(async (records) => {
        let later: Promise<string[]> = Promise.resolve([]);
        await records.transaction(async () => {
          later = pause(20).then(() => cursorNames(records.db));
        });
        expect(await later).toEqual([]);
      }));

    test('a reader that follows the number misses no alert event of writers that take turns', () =>
      withRecords(async (records) => {
        await records.db.insertInto('alert').values(alertRow).execute();
        const write = (number: number) =>
          records.transaction(async (trx) => {
            await records.takeTurn(trx, 'alert-event');
            await trx
              .insertInto('alertEvent')
              .values(eventRow(`ev_${number}`))
              .execute();
            await pause(number % 3);
          });
        const writing = Promise.all(Array.from({ length: 30 }, (_, number) => write(number)));
        const seen: string[] = [];
        let last = 0;
        for (let done = false; !done;) {
          done = await Promise.race([writing.then(() => true), pause(1).then(() => false)]);
          const rows = await records.db
            .selectFrom('alertEvent')
            .select(['seq', 'id'])
            .where('seq', '>', last)
            .orderBy('seq')
            .execute();
          seen.push(...rows.map(({ id }) => id));
          last = rows.at(-1)?.seq ?? last;
        }
        expect(seen.length).toBe(30);
      }));

    test(
      'five thousand small transactions are all kept',
      () =>
        withRecords(async (records) => {
          for (let i = 0; i < 5_000; i++) {
            await records.transaction((trx) =>
              trx
                .insertInto('cursor')
                .values(cursor(`c${i}`, String(i)))
                .execute(),
            );
          }
          expect((await cursorNames(records.db)).length).toBe(5_000);
        }),
      60_000,
    );

    test('killed inside a transaction, keeps nothing of it; killed after the commit, all of it', async () => {
      const store = await harness.createStore();
      const random = createRandom('records crash');
      let first = 0;
      for (let round = 0; round < 6; round++) {
        const stage = round % 2 === 0 ? 'open' : 'committed';
        const number = first + 1 + random.int(10);
        const committed = await writeUntilKilled(store.options, { first, stage, number });
        const records = await openRecords(deps, store.options);
        const names = await cursorNames(records.db);
        await records.close();
        const numbers = names
          .filter((cursorName) => cursorName.startsWith('left-'))
          .map((cursorName) => Number(cursorName.slice(5)));
        const last = Math.max(-1, ...numbers);
        expect(last, `${stage} in round ${round}`).toBe(committed);
        const expected = Array.from({ length: last + 1 }, (_, i) => [`left-${i}`, `right-${i}`]);
        expect(names).toEqual(expected.flat().sort());
        first = last + 1;
      }
      await store.remove();
    }, 60_000);
  });

  describeStores(name, withRecords);
  describeReports(name, withRecords, alertRow);
}

const CRASH_PROGRAM = fileURLToPath(new URL('records-crash.ts', import.meta.url));

const eventRow = (id: string) => ({
  id,
  alertId: alertRow.id,
  kind: 'opened' as const,
  atMs: epochMs(1),
  actor: 'system',
  body: '{}',
});

const offsetRow = (nextOffset: number) => ({
  consumer: 'rules',
  topic: 'observations',
  partition: 0,
  nextOffset,
});

/** Runs records-crash.ts and kills it when `number` reaches `stage`; gives the last number committed. */
function writeUntilKilled(
  options: RecordsOptions,
  until: { first: number; stage: 'open' | 'committed'; number: number },
): Promise<number> {
  const child = fork(CRASH_PROGRAM, [JSON.stringify(options), String(until.first)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let last = until.first - 1;
  return new Promise((resolve, reject) => {
    child.on('message', ({ stage, number }: { stage: 'open' | 'committed'; number: number }) => {
      if (stage === 'committed') last = number;
      if (stage === until.stage && number === until.number) child.kill('SIGKILL');
      else child.send('go on');
    });
    child.on('exit', (code) =>
      code ? reject(new Error(`records-crash.ts ended with ${code}`)) : resolve(last),
    );
  });
}
