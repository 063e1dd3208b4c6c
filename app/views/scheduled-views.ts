// Counts saved views that are due: after each whole week or month, for whoever saved them and within their rights.
// What was counted is kept and never changed; a view is counted once for a period, over restarts and by however
// many processes.

import { contentHash, contentId } from '../../core/ids.ts';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { epochMs, type Clock, type EpochMs } from '../../core/time.ts';
import type { Logger } from '../../core/logger.ts';
import { lastWhole, periodBefore, type Period } from '../../models/report/period.ts';
import { askOf, during, firstView, viewOf } from '../../models/workbench/view-state.ts';
import type { Audit } from '../../security/audit/audit-entry.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { Records, RecordsDb } from '../../warehouse/records.ts';
import { flag } from '../../warehouse/records-schema.ts';
import type { SavedViewTable, ViewReportTable } from '../../warehouse/records-workbench.ts';
import { metricQuestionSchema } from '../api/metrics.ts';
import { answerMetrics } from '../figures/answer.ts';
import { figureScopeOf, type FigureScope } from '../figures/scope.ts';
import { MISSED_MAX, SCHEDULE_DELAY_MS } from '../reports/schedule.ts';
import { readCountingRight } from './owner-rights.ts';

export type ViewScheduleDeps = {
  readonly records: Records;
  readonly olap: Olap;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: Audit;
};

/** The periods a view should have been counted for by now: those that ended after it was scheduled. */
export function periodsDue(
  { schedule, scheduledSinceMs }: Pick<SavedViewTable, 'schedule' | 'scheduledSinceMs'>,
  nowMs: number,
): Period[] {
  if (schedule === 'none' || scheduledSinceMs === null) return [];
  const due: Period[] = [];
  let period = lastWhole(schedule, nowMs - SCHEDULE_DELAY_MS);
  while (due.length < MISSED_MAX[schedule] && period.untilMs > scheduledSinceMs) {
    due.unshift(period);
    period = periodBefore(period);
  }
  return due;
}

/** Counts what is due and not kept yet; gives how many were. Rejects like Olap.rows: those are tried again. */
export async function countDueViews(deps: ViewScheduleDeps): Promise<number> {
  const { db } = deps.records;
  const views = await db
    .selectFrom('savedView')
    .selectAll()
    .where('schedule', '!=', 'none')
    .orderBy('savedAtMs')
    .orderBy('id')
    .execute();
  const nowMs = deps.clock.now();
  let made = 0;
  for (const view of views) {
    for (const period of periodsDue(view, nowMs)) {
      const id = contentId('vr', [view.id, period.kind, period.fromMs]);
      if (await isKept(db, id)) continue;
      await keep(deps, await countView(deps, { id, view, period }));
      made++;
    }
  }
  return made;
}

const isKept = async (db: RecordsDb, id: string): Promise<boolean> =>
  (await db.selectFrom('viewReport').select('id').where('id', '=', id).executeTakeFirst()) !==
  undefined;

async function countView(
  { records, olap, clock }: ViewScheduleDeps,
  { id, view, period }: { id: string; view: SavedViewTable; period: Period },
): Promise<ViewReportTable> {
  const { id: viewId, owner, region, title, query, visibility } = view;
  const right = await readCountingRight(records.db, owner);
  const counted = await answerFor(olap, { query, period, right });
  return {
    id,
    viewId,
    owner,
    region,
    title,
    query,
    visibility,
    kind: period.kind as 'week' | 'month',
    fromMs: epochMs(period.fromMs),
    untilMs: epochMs(period.untilMs),
    scope: JSON.stringify(counted.scope),
    hidesSmall: flag(!right?.seesRecords),
    body: counted.body,
    problem: counted.problem,
    contentHash: counted.body === null ? null : contentHash(counted.body),
    madeAtMs: clock.now(),
  };
}

type Counted = {
  readonly scope: FigureScope;
  readonly body: string | null;
  readonly problem: string | null;
};

/** What cannot be counted is kept as such, with the reason: asking again would give the same. */
async function answerFor(
  olap: Olap,
  {
    query,
    period,
    right,
  }: {
    query: string;
    period: Period;
    right: Awaited<ReturnType<typeof readCountingRight>>;
  },
): Promise<Counted> {
  let scope: FigureScope = { spans: [], isWhole: false };
  try {
    if (!right) throw noRight();
    scope = figureScopeOf(right.scope);
    const span = { fromMs: period.fromMs, toMs: period.untilMs };
    const view = during(viewOf(query, firstView(period.untilMs - 1, undefined)), span);
    const question = metricQuestionSchema.safeParse(askOf(view, 'scheduled view'));
    if (!question.success) throw unreadable();
    const answer = await answerMetrics(olap, question.data, {
      scope,
      hidesSmall: !right.seesRecords,
    });
    return { scope, body: JSON.stringify(answer), problem: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { says, hint } = error;
    return { scope, body: null, problem: JSON.stringify({ says, ...(hint && { hint }) }) };
  }
}

/** Row and trace in one transaction; what another process kept first stays. */
async function keep(
  { records, clock, audit, logger }: ViewScheduleDeps,
  row: ViewReportTable,
): Promise<void> {
  await records.transaction(async (trx) => {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('viewReport')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows !== 1n) return;
    await audit.record(trx, {
      atMs: clock.now() as EpochMs,
      actor: 'system',
      action: 'view.count',
      outcome: row.body === null ? 'failed' : 'done',
      subjects: [],
      purpose: 'reporting',
      reason: null,
      detail: { report: row.id, view: row.viewId, owner: row.owner, kind: row.kind },
    });
  });
  logger.info('view-report.made', { report: row.id, kind: row.kind, counted: row.body !== null });
}

const noRight = () =>
  new UserError(
    'forbidden',
    text('保存人已停用或不再有指标查询权限', 'whoever saved the view may no longer count'),
    {
      hint: text(
        '请由有权限的人员重新保存该视图并设定周期。',
        'Somebody with the right may save the view anew and schedule it.',
      ),
    },
  );

const unreadable = () =>
  new UserError('bad-input', text('视图内容不完整', 'the view is not complete'), {
    hint: text('请在工作台重新保存。', 'Save it anew at the workbench.'),
  });
