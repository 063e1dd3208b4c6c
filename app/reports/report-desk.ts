// Reports as people ask for them: look at one, have it kept, take it away as a file. Who may see which
// region, and what of it, is decided here for page, command line and schedule alike.

import {
  firstAlertAtMs,
  readAlertsCounted,
  readDutyOfficers,
  readNotices,
  readObjectionsCounted,
} from '../../alerts/report-rows.ts';
import { loadPlanChanges } from '../../alerts/roster/change-store.ts';
import { dutySpans, type DutyPlan } from '../../alerts/roster/duty-spans.ts';
import type { RosterPlan } from '../../alerts/roster/roster-plan.ts';
import { dayOf, startOfDay, type Calendar } from '../../core/calendar.ts';
import { UserError } from '../../core/errors.ts';
import { DAY_MS } from '../../core/local-time.ts';
import {
  isWithin,
  regionName,
  regionOf,
  regionsWithin,
  type RegionCode,
} from '../../core/region.ts';
import { text, type Language, type Text } from '../../core/text.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import { buildReport, countsOnly } from '../../models/report/build-report.ts';
import { layoutReport, type ReportDocument } from '../../models/report/layout.ts';
import { FORECAST_WEEKS, type ReportShift } from '../../models/report/load.ts';
import {
  periodBefore,
  periodCode,
  readPeriod,
  type Period,
  type PeriodQuestion,
} from '../../models/report/period.ts';
import { reportSchema, type Report } from '../../models/report/report.ts';
import { mayField } from '../../security/access/field-rights.ts';
import { reachOf } from '../../security/access/rights.ts';
import { policyRoleOf } from '../../security/access/roles.ts';
import { readPurpose } from '../../security/exports/read-purpose.ts';
import type { Account } from '../../warehouse/accounts.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { ReportTable } from '../../warehouse/records-schema.ts';
import {
  findReport,
  keepReport,
  listReports,
  noteFile,
  type KeptReport,
} from '../../warehouse/report-store.ts';
import type { FILE_FORMATS } from '../api/reports.ts';
import type { ExportDesk, ExportedFile } from '../exports/export-content.ts';

export type FileFormat = (typeof FILE_FORMATS)[number];

export type ReportQuestion = PeriodQuestion & { readonly region?: string | undefined };

export type ShownReport = { readonly report: Report; readonly document: ReportDocument };

export type FileAsked = {
  readonly format: FileFormat;
  readonly purpose: string;
  readonly language: Language;
  /** What else is written with the ledger's entry. */
  readonly alongside?: (trx: RecordsTransaction) => Promise<void>;
};

export type ReportDesk = {
  /** The report as it is now; nothing is kept. Throws UserError. */
  look(asked: ReportQuestion, who: Account): Promise<ShownReport>;
  /** Makes a report and keeps it. Throws UserError. */
  make(asked: ReportQuestion & { purpose: string }, who: Account): Promise<KeptReport>;
  /** Kept reports of a region and all within it that the account sees, newest first. */
  list(region: string | undefined, who: Account): Promise<KeptReport[]>;
  /** A kept report. Throws UserError `not-found`, also for one of a region the account does not see. */
  get(id: string, who: Account): Promise<ShownReport & { readonly kept: KeptReport }>;
  /** A kept report as a file with its mark, in the ledger of exports. Throws UserError. */
  file(id: string, who: Account, asked: FileAsked): Promise<ExportedFile>;
  /** Why a format is not to be had; undefined where it is. */
  missing(format: FileFormat): Text | undefined;
};

export type ReportDeps = {
  readonly db: RecordsDb;
  readonly clock: Clock;
  readonly calendar: Calendar;
  /** Undefined where no duty roster is configured. */
  readonly roster: RosterPlan | undefined;
  readonly budget: number;
};

export function createReportDesk(deps: ReportDeps & { readonly exports: ExportDesk }): ReportDesk {
  const { db, clock, exports } = deps;

  const computed = async (asked: ReportQuestion, who: Account) => {
    const region = regionFor(asked.region, who);
    const asOfMs = clock.now();
    return computeReport(deps, { period: readPeriod(asked, asOfMs), region, asOfMs });
  };

  const kept = async (id: string, who: Account) => {
    mayReport(who);
    const row = await findReport(db, id);
    if (row && isWithin(row.region, who.region)) return row;
    throw new UserError('not-found', text('没有这份报告', 'there is no such report'), {
      detail: `"${id}"`,
    });
  };

  return {
    missing: exports.missing,
    look: async (asked, who) => shownTo(who, await computed(asked, who)),
    async make(asked, who) {
      const purpose = readPurpose(asked.purpose);
      const report = await computed(asked, who);
      return withoutBody(
        await keepReport(db, {
          ...rowOf(report),
          origin: 'demand',
          madeBy: who.id,
          purpose,
        }),
      );
    },
    list: async (region, who) => listReports(db, regionFor(region, who)),
    async get(id, who) {
      const row = await kept(id, who);
      return { kept: withoutBody(row), ...shownTo(who, readBody(row)) };
    },
    async file(id, who, { format, language, purpose, alongside }) {
      const row = await kept(id, who);
      const { report, document } = shownTo(who, readBody(row));
      const named = document.title[language].replace(/[:：]/g, '');
      return exports.exportFile({
        who,
        fn: 'report.export',
        kind: 'report',
        title: document.title,
        purpose,
        region: row.region,
        about: { report: id, period: periodCode(report.period), region: row.region },
        format,
        language,
        content: { kind: 'document', document },
        rows: document.tables.reduce((sum, { rows }) => sum + rows.length, 0),
        // A report holds counts.
        subjects: [],
        fileName: `${named}-${periodCode(report.period)}`,
        async alongside(trx, { fileDigest }) {
          await noteFile(trx, {
            reportId: id,
            format,
            contentHash: fileDigest,
            takenBy: who.id,
            purpose: readPurpose(purpose),
            takenAtMs: clock.now(),
          });
          await alongside?.(trx);
        },
      });
    },
  };
}

/** Reads all a report counts and counts it. */
export async function computeReport(
  { db, calendar, roster, budget }: ReportDeps,
  asked: { period: Period; region: RegionCode; asOfMs: number },
): Promise<Report> {
  const { period, region, asOfMs } = asked;
  const untilMs = Math.min(period.untilMs, asOfMs);
  const sinceMs = periodBefore(period).fromMs;
  const loadFromMs = Math.min(
    period.fromMs,
    startOfDay(dayOf(untilMs - 1) + 1) - FORECAST_WEEKS * 7 * DAY_MS,
  );
  const loadUntilMs = Math.min(untilMs + 2 * DAY_MS, asOfMs);
  const span = { region, fromMs: loadFromMs, untilMs: loadUntilMs };
  const changes = roster ? await loadPlanChanges(db, { sinceMs: loadFromMs - 2 * DAY_MS }) : [];
  return buildReport({
    period,
    region,
    asOfMs,
    knownSinceMs: await firstAlertAtMs(db),
    alerts: await readAlertsCounted(db, { region, sinceMs, untilMs }),
    objections: await readObjectionsCounted(db, { region, sinceMs, untilMs }),
    budget,
    shiftsBy: roster ? 'roster' : 'day',
    shifts: roster
      ? shiftsOf({ ...roster, changes }, calendar, span)
      : shiftsByDay(await readDutyOfficers(db, region), span),
    notices: await readNotices(db, span),
  });
}

type Span = { readonly region: RegionCode; readonly fromMs: number; readonly untilMs: number };

/** The turns of the line of duty officers. A turn cut by the span is not a shift that can be judged. */
function shiftsOf(plan: DutyPlan, calendar: Calendar, { region, ...span }: Span): ReportShift[] {
  return plan.bureaus
    .filter(({ bureau }) => isWithin(bureau, region))
    .flatMap(({ bureau }) =>
      dutySpans(plan, calendar, {
        bureau,
        line: 'duty',
        fromMs: span.fromMs - 2 * DAY_MS,
        untilMs: span.untilMs + 2 * DAY_MS,
      }).map(({ officer, fromMs, untilMs }) => ({ bureau, officer, fromMs, untilMs })),
    )
    .filter(({ fromMs }) => fromMs >= span.fromMs);
}

function shiftsByDay(
  officers: readonly { officer: string; bureau: RegionCode }[],
  { fromMs, untilMs }: Span,
): ReportShift[] {
  const days = Math.ceil((untilMs - fromMs) / DAY_MS);
  return officers.flatMap(({ officer, bureau }) =>
    Array.from({ length: days }, (_, index) => {
      const beginsMs = fromMs + index * DAY_MS;
      return { bureau, officer, fromMs: beginsMs, untilMs: beginsMs + DAY_MS };
    }),
  );
}

/** The columns of a report that is to be kept. */
export const rowOf = (report: Report) => ({
  kind: report.period.kind,
  fromMs: epochMs(report.period.fromMs),
  untilMs: epochMs(report.period.untilMs),
  region: report.region,
  isWhole: report.countedUntilMs === report.period.untilMs,
  body: JSON.stringify(report),
  madeAtMs: epochMs(report.asOfMs),
});

const withoutBody = ({ body: _body, ...kept }: ReportTable): KeptReport => kept;

function readBody({ body }: ReportTable): Report {
  return reportSchema.parse(JSON.parse(body));
}

function shownTo(who: Account, report: Report): ShownReport {
  const role = policyRoleOf({ role: who.role, leads: false });
  const seen = mayField(role, 'report.times') ? report : countsOnly(report);
  return { report: seen, document: layoutReport(seen) };
}

/** Officers and analysts; administrators run the system and need no figures of the service. */
function mayReport({ role }: Account): void {
  if (reachOf(policyRoleOf({ role, leads: false }), 'report.read') !== undefined) return;
  throw new UserError('forbidden', text('您的角色不能查看报告', 'your role may not see reports'));
}

/** The region asked for, else the account's own. Throws UserError for one unknown or not the account's. */
function regionFor(asked: string | undefined, who: Account): RegionCode {
  mayReport(who);
  if (asked === undefined) return who.region;
  const region = regionOf(asked);
  if (!region) {
    const known = [who.region, ...regionsWithin(who.region).map(({ code }) => code)];
    throw new UserError('bad-input', text('没有这个县市区', 'there is no such county'), {
      detail: `"${asked}"`,
      hint: text(
        `可选：${known.map((code) => `${code} ${regionName(code).zh}`).join('、')}`,
        `Known: ${known.map((code) => `${code} ${regionName(code).en}`).join(', ')}.`,
      ),
    });
  }
  if (isWithin(region.code, who.region)) return region.code;
  throw new UserError(
    'forbidden',
    text('该地区不在您的数据范围内', 'this region is not within what your account sees'),
    { detail: `${region.code} ${region.name.zh} ${region.name.en}` },
  );
}
