// The promises of kept reports, and of the rows reports are counted from, run against both engines.

import { describe, expect, test } from 'vitest';
import {
  firstAlertAtMs,
  readAlertsCounted,
  readDutyOfficers,
  readNotices,
} from '../alerts/report-rows.ts';
import { regionCode } from '../core/region.ts';
import { epochMs } from '../core/time.ts';
import type { Records } from './records.ts';
import type { AlertTable } from './records-schema.ts';
import {
  filesOf,
  findReport,
  keepReport,
  keptIds,
  listReports,
  noteFile,
  scheduledId,
  type NewReport,
} from './report-store.ts';

const XUANHAN = regionCode('511722');
const CITY = regionCode('511700');
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 15, 16);

const report: NewReport = {
  kind: 'week',
  fromMs: epochMs(START_MS),
  untilMs: epochMs(START_MS + 7 * DAY_MS),
  region: XUANHAN,
  origin: 'schedule',
  body: '{"a":1}',
  isWhole: true,
  madeBy: 'schedule',
  purpose: '',
  madeAtMs: epochMs(START_MS + 8 * DAY_MS),
};

export function describeReports(
  name: string,
  withRecords: (run: (records: Records) => Promise<void>) => Promise<void>,
  alertRow: AlertTable,
): void {
  describe(`${name} reports`, () => {
    test('a scheduled one is kept once and stays as it is, one asked for each time', () =>
      withRecords(async ({ db }) => {
        const first = await keepReport(db, report);
        expect(await keepReport(db, { ...report, body: '{"a":2}' })).toEqual(first);
        expect(first).toMatchObject({ id: scheduledId(report), body: '{"a":1}', isWhole: 1 });
        const asked = await keepReport(db, { ...report, region: CITY, origin: 'demand' });
        expect(await keptIds(db, [first.id, asked.id, 're_none'])).toEqual(
          new Set([first.id, asked.id]),
        );
        expect(await findReport(db, first.id)).toEqual(first);
        expect((await listReports(db, CITY)).map(({ id }) => id).toSorted()).toEqual(
          [first.id, asked.id].toSorted(),
        );
        expect((await listReports(db, XUANHAN)).map(({ id }) => id)).toEqual([first.id]);
        const file = {
          reportId: first.id,
          format: 'pdf',
          contentHash: 'f',
          purpose: '会',
        } as const;
        const taken = { takenBy: 'ac_1', takenAtMs: epochMs(START_MS) };
        await noteFile(db, { ...file, ...taken });
        await noteFile(db, { ...file, ...taken });
        expect(await filesOf(db, first.id)).toEqual([{ format: 'pdf', purpose: '会', ...taken }]);
      }));

    test('rows are those of the region and the time, and the old ones not closed by then', () =>
      withRecords(async ({ db }) => {
        expect(await firstAlertAtMs(db)).toBeNull();
        const closedAfter = [null, DAY_MS, 9 * DAY_MS];
        for (const [index, closedMs] of closedAfter.entries())
          await db
            .insertInto('alert')
            .values({
              ...alertRow,
              id: `al_old_${index}`,
              region: XUANHAN,
              ruleId: `old-${index}`,
              recordedAtMs: epochMs(START_MS - 5 * DAY_MS),
              closedAtMs: closedMs === null ? null : epochMs(START_MS - 5 * DAY_MS + closedMs),
            })
            .execute();
        for (const [id, region, atMs] of [
          ['first', '511722', START_MS],
          ['last', '511724', START_MS + 7 * DAY_MS - 1],
          ['after', '511722', START_MS + 7 * DAY_MS],
          ['elsewhere', '511502', START_MS],
        ] as const)
          await db
            .insertInto('alert')
            .values({
              ...alertRow,
              id: `al_${id}`,
              ruleId: id,
              region: regionCode(region),
              recordedAtMs: epochMs(atMs),
              feedbackResult: id === 'first' ? 'no-longer-known' : null,
            })
            .execute();
        const rulesOf = async (region: typeof CITY) =>
          (
            await readAlertsCounted(db, {
              region,
              sinceMs: START_MS,
              untilMs: START_MS + 7 * DAY_MS,
            })
          )
            .map(({ ruleId, result }) => `${ruleId} ${result}`)
            .toSorted();
        expect(await rulesOf(CITY)).toEqual([
          'first other',
          'last null',
          'old-0 null',
          'old-2 null',
        ]);
        expect(await rulesOf(XUANHAN)).toEqual(['first other', 'old-0 null', 'old-2 null']);
        expect(await firstAlertAtMs(db)).toBe(START_MS - 5 * DAY_MS);

        const officer = { name: '甲', phone: null, phoneVerifiedAtMs: null, region: XUANHAN };
        await db
          .insertInto('officer')
          .values([
            { ...officer, id: 'o-duty', role: 'county-officer', active: 1 },
            { ...officer, id: 'o-gone', role: 'county-officer', active: 0 },
            { ...officer, id: 'o-leader', role: 'leader', active: 1 },
          ])
          .execute();
        for (const channel of ['push', 'sms'] as const)
          await db
            .insertInto('outbox')
            .values({
              id: `nt_${channel}`,
              alertId: 'al_first',
              step: 0,
              channel,
              recipient: 'o-duty',
              textZh: '',
              textEn: '',
              state: 'sent',
              attempts: 1,
              nextAttemptAtMs: epochMs(0),
              leasedUntilMs: null,
              leasedBy: null,
              provider: null,
              providerMessageId: null,
              providerSequence: null,
              lastErrorCode: null,
              createdAtMs: epochMs(START_MS + 5),
              sentAtMs: null,
              deliveredAtMs: null,
              answeredAtMs: null,
              round: 0,
            })
            .execute();
        const span = { region: CITY, fromMs: START_MS, untilMs: START_MS + 6 };
        expect(await readNotices(db, span)).toEqual([
          { alertId: 'al_first', officer: 'o-duty', atMs: START_MS + 5 },
        ]);
        expect(await readNotices(db, { ...span, untilMs: START_MS + 5 })).toEqual([]);
        expect(await readDutyOfficers(db, CITY)).toEqual([{ officer: 'o-duty', bureau: XUANHAN }]);
      }));
  });
}
