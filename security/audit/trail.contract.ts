// The promises of the trail, run against both engines.

import { describe, expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { subjectKey } from '../../core/subject.ts';
import { epochMs } from '../../core/time.ts';
import { READER_WATCH } from '../../warehouse/records-readers.ts';
import type { RecordsOptions } from '../../warehouse/records.ts';
import { archiveSegments, lastSegmentBefore } from './archive.ts';
import { exportLines } from './export.ts';
import { linesOf } from './line-bytes.ts';
import { decodeRecord, SEGMENT_SIZE } from './record-format.ts';
import { assertHashing, sealBatch } from './seal.ts';
import { anEntry, openTrailStage, START_MS, type Stage } from './trail.fixture.ts';
import { verifyExport } from './verify-export.ts';
import { verifyStore } from './verify-store.ts';

export function describeTrail(
  engine: string,
  createOptions: () => Promise<RecordsOptions | undefined>,
): void {
  const withStage = async (run: (stage: Stage) => Promise<void>) => {
    const options = await createOptions();
    const stage = await openTrailStage(options ? { options } : {});
    try {
      await run(stage);
    } finally {
      await stage.close();
    }
  };
  const verify = ({ records, hashing, signer }: Stage) =>
    verifyStore({ db: records.db, hashing, key: signer });

  describe(`the trail on ${engine}`, () => {
    test('an act and its entry are there both, or neither', () =>
      withStage(async ({ records, trail, seal }) => {
        const set = (value: string, fails: boolean) =>
          records.transaction(async (trx) => {
            await trx
              .insertInto('cursor')
              .values({ name: value, value, updatedAtMs: epochMs(1) })
              .execute();
            await trail.record(trx, anEntry(1, { action: `cursor.${value}` }));
            if (fails) throw new Error('the act fails');
          });
        await set('one', false);
        await expect(set('two', true)).rejects.toThrow('the act fails');
        expect(await seal()).toBe(1);
        const rows = await records.db.selectFrom('auditRecord').select('action').execute();
        expect(rows.map(({ action }) => action)).toEqual(['audit.begin', 'cursor.one']);
      }));

    test('looks told together are written together, each once, and chained in order', () =>
      withStage(async (stage) => {
        const { records, trail, seal } = stage;
        await Promise.all(Array.from({ length: 1_200 }, (_, index) => trail.note(anEntry(index))));
        expect(await seal()).toBe(1_200);
        expect(await seal()).toBe(0);
        const rows = await records.db
          .selectFrom('auditRecord')
          .select('body')
          .orderBy('position')
          .execute();
        const told = rows.slice(1).map(({ body }) => decodeRecord(body)?.detail['index']);
        expect(told).toEqual(Array.from({ length: 1_200 }, (_, index) => index));
        const left = await records.db.selectFrom('auditPending').selectAll().execute();
        expect(left).toEqual([]);
        expect((await verify(stage)).findings).toEqual([]);
      }));

    test('sealers that run at once chain everything once', () =>
      withStage(async (stage) => {
        const { trail, records } = stage;
        await Promise.all(Array.from({ length: 900 }, (_, index) => trail.note(anEntry(index))));
        const sealed = await Promise.all([1, 2, 3].map(() => sealBatch(stage)));
        expect(sealed.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual([0, 0, 900]);
        const rows = await records.db.selectFrom('auditRecord').select('position').execute();
        expect(rows).toHaveLength(901);
        expect((await verify(stage)).findings).toEqual([]);
      }));

    test(
      'segments can be dropped whole, and all that stays still verifies',
      () =>
        withStage(async (stage) => {
          const { records, trail, seal, signer, hashing } = stage;
          await Promise.all(
            Array.from({ length: 2 * SEGMENT_SIZE + 50 }, (_, index) =>
              trail.note(anEntry(index, { atMs: epochMs(START_MS + index) })),
            ),
          );
          await seal();
          const archive = (throughSegment: number) =>
            archiveSegments(
              { ...stage, audit: trail },
              { throughSegment, actor: 'system', reason: 'retention' },
            );
          await expect(archive(1)).rejects.toThrow(UserError);
          await stage.checkpoint();
          await expect(archive(2)).rejects.toThrow(UserError);
          await expect(archive(0)).rejects.toThrow(/rules about readers/);
          const position = 2 * SEGMENT_SIZE + 40;
          await records.db
            .insertInto('readerWatch')
            .values({
              name: READER_WATCH,
              position,
              state: new Uint8Array(),
              savedAtMs: epochMs(START_MS),
            })
            .execute();
          expect(await lastSegmentBefore(records.db, epochMs(START_MS + SEGMENT_SIZE))).toBe(0);
          expect(await archive(0)).toBe(1);
          expect(await archive(0)).toBe(0);
          await seal();
          await stage.checkpoint();
          expect(await archive(1)).toBe(1);
          await seal();
          await stage.checkpoint();
          const { size, fromPosition, findings } = await verify(stage);
          expect({ size, fromPosition, findings }).toEqual({
            size: 2 * SEGMENT_SIZE + 53,
            fromPosition: 2 * SEGMENT_SIZE,
            findings: [],
          });
          const subjects = await records.db
            .selectFrom('auditSubject')
            .select('position')
            .where('position', '<', 2 * SEGMENT_SIZE)
            .execute();
          expect(subjects).toEqual([]);
          // What is left can be taken away and verified as before.
          const untilMs = epochMs(START_MS + 1_000_000_000);
          const span = { fromMs: epochMs(0), untilMs, nowMs: untilMs };
          const open = () =>
            linesOf(
              (async function* () {
                for await (const line of exportLines({ db: records.db, hashing, signer }, span))
                  yield Buffer.from(line);
              })(),
            );
          expect(await verifyExport(open, { key: signer })).toMatchObject({
            fromPosition: 2 * SEGMENT_SIZE,
            findings: [],
          });
          // Dropped without being declared, it is a deletion.
          await stage.attack(
            `insert into audit_archive (segment, at_ms, actor) values (2, 1, 'system')`,
          );
          expect((await verify(stage)).findings.map(({ because }) => because)).toContain(
            'undeclared',
          );
        }),
      60_000,
    );

    test('a trail stays with the hash it was begun with', () =>
      withStage(async ({ records, seal }) => {
        await assertHashing(records.db, 'sm3');
        await seal();
        await assertHashing(records.db, 'sha256');
        await expect(assertHashing(records.db, 'sm3')).rejects.toThrow(UserError);
      }));

    test('numbers of persons in free words do not get in', () =>
      withStage(async ({ records, trail, seal }) => {
        await trail.note(
          anEntry(1, {
            subjects: [subjectKey('cc-000001'), subjectKey('cc-000001')],
            reason: '核对 510000199001011234 与 13800138000，共 12345678901 条',
            detail: { note: 'call 13912345678' },
          }),
        );
        await seal();
        const { body } = await records.db
          .selectFrom('auditRecord')
          .select('body')
          .where('position', '=', 1)
          .executeTakeFirstOrThrow();
        const record = decodeRecord(body);
        expect(record?.reason).toBe('核对 […] 与 […]，共 12345678901 条');
        expect(record?.detail).toEqual({ note: 'call […]' });
        expect(record?.subjects).toEqual(['cc-000001']);
      }));
  });
}
