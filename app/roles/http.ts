// The http part: desk, live stream and screens. Alert changes reach it through the log like everyone else,
// so it may run in a process of its own.

import type { FastifyInstance } from 'fastify';
import { createDesk, type Desk } from '../../alerts/desk.ts';
import { createDrillDesk } from '../../alerts/drills/drill-desk.ts';
import { createPhotoDesk } from '../../alerts/feedback/photo-desk.ts';
import { createObjectionDesk } from '../../alerts/objections/objection-desk.ts';
import { loadRoster } from '../../alerts/roster/load-roster.ts';
import { shiftEndsBy } from '../../alerts/roster/shift-end.ts';
import { createSilenceDesk } from '../../alerts/silences/silence-desk.ts';
import { createTaskDesk } from '../../alerts/tasks/task-desk.ts';
import type { AlertEvent } from '../../core/alert-event.ts';
import { createOrderBook, type OrderBook } from '../../core/order-book.ts';
import { DAZHOU } from '../../core/region.ts';
import { ioClock, systemClock } from '../../core/time.ts';
import { followLog } from '../../ingest/follow.ts';
import { decodeLines, type LogRecord } from '../../ingest/log.ts';
import type { Olap } from '../../warehouse/olap.ts';
import { loadOrderFacts } from '../../warehouse/order-store.ts';
import { answerOptionsOf } from '../answer-config.ts';
import { recordRoutes } from '../audit/route-audit.ts';
import { createBacktestDesk } from '../backtest-desk.ts';
import { drillRules } from '../drill-rules.ts';
import { openBacktestQueue } from '../backtest/backtest-queue.ts';
import { runInProcess } from '../backtest/run-process.ts';
import { inDataFolder } from '../config.ts';
import { dutyCalendarOf } from '../duty-calendar.ts';
import type { Foundation } from '../foundation.ts';
import type { Health } from '../health.ts';
import { exportLimitsOf } from '../export-config.ts';
import type { ExportDesk } from '../exports/export-content.ts';
import { createExportDesk } from '../exports/export-desk.ts';
import { startStamping } from '../exports/stamp-seals.ts';
import { createTimeStampClient, readTrusted } from '../../security/exports/ask-time-stamp.ts';
import type { SealChecks } from '../../security/exports/check-seal.ts';
import { createExportSealer, exportSealKeys } from '../../security/exports/export-seal.ts';
import { registerAlertExports } from '../http/alert-export-routes.ts';
import { registerExports } from '../http/export-routes.ts';
import { registerAlerts } from '../http/alert-routes.ts';
import { registerAuditList } from '../http/audit-list-routes.ts';
import { registerAudit } from '../http/audit-routes.ts';
import { registerAnswers } from '../http/answer-routes.ts';
import { createBasisDesk } from '../../security/basis/basis-desk.ts';
import { registerBases } from '../http/basis-routes.ts';
import { registerBacktests } from '../http/backtest-routes.ts';
import { registerDrills } from '../http/drill-routes.ts';
import { registerImports } from '../http/import-routes.ts';
import { registerIndices } from '../http/index-routes.ts';
import { registerLive } from '../http/live-routes.ts';
import { ruleTitlesOf } from '../figures/list.ts';
import { registerMetrics } from '../http/metric-routes.ts';
import { registerPrints } from '../http/print-routes.ts';
import { registerPushes } from '../http/push-routes.ts';
import { registerReports } from '../http/report-routes.ts';
import { registerRetention } from '../http/retention-routes.ts';
import { registerSavedViews } from '../http/saved-view-routes.ts';
import { registerViewExports } from '../http/view-export-routes.ts';
import { registerViewReports } from '../http/view-report-routes.ts';
import { registerRoster } from '../http/roster-routes.ts';
import { registerRules } from '../http/rule-routes.ts';
import { readGrading } from '../../rules/rulebook.ts';
import { termMatcherOf } from '../../rules/term-lists.ts';
import { createSqlDesk } from '../sql/sql-desk.ts';
import { registerSqlExports } from '../http/sql-export-routes.ts';
import { registerSql } from '../http/sql-routes.ts';
import { importLimitsOf } from '../import-config.ts';
import { createImportDesk } from '../imports/import-desk.ts';
import { registerSilences } from '../http/silence-routes.ts';
import { registerVoids } from '../http/void-routes.ts';
import { createVoidDesk } from '../../security/basis/void-desk.ts';
import { registerWatch } from '../http/watch-routes.ts';
import { registerAccess } from '../http/access/register-access.ts';
import type { Guard } from '../http/sessions.ts';
import { createIndexService } from '../indices/index-service.ts';
import { createPublicationDesk } from '../indices/publications.ts';
import { createLiveHub } from '../live/hub.ts';
import { startLive } from '../live/live.ts';
import { findPdfPrinter } from '../reports/pdf.ts';
import { createReportDesk } from '../reports/report-desk.ts';
import { startReportSchedule } from '../reports/schedule.ts';
import { oldestIn, periodsOf } from '../retention/open-retention.ts';
import { createRosterDeps } from '../roster-desk.ts';
import { createRuleBench } from '../rule-bench.ts';
import { createRuleDesk } from '../rule-desk.ts';
import { startViewSchedule } from '../views/view-schedule.ts';
import { createWhyNotDesk } from '../why-not/desk.ts';
import { dutyOfficersOf, ruleTextsOf } from './alerts.ts';
import { startRightsWatch } from './rights.ts';
import { startVault } from './vault.ts';
import type { AuditRole } from './audit.ts';
import { webPushOffer } from './web-push.ts';

export type HttpRole = {
  /** Ends the live connections, so that the server can close. */
  closeConnections(): void;
  stop(): Promise<void>;
};

export async function startHttpRole(
  foundation: Foundation,
  parts: {
    app: FastifyInstance;
    health: Health;
    olap: Olap | undefined;
    auditing: AuditRole;
    wakeAlerts: () => void;
    wakeDrills: () => void;
    wakeBases: () => void;
  },
): Promise<HttpRole> {
  const { records, log, logger, clock, ids, random } = foundation;
  const stopping = new AbortController();
  const hub = createLiveHub(ids.next('server'));
  const orders = createOrderBook(await loadOrderFacts(records.db));
  const live = await startLive({
    log,
    db: records.db,
    orders,
    hub,
    clock,
    logger,
    parts: parts.health.parts,
    firstPoint: random.int(1_000_000),
  });
  try {
    return await startRoutes(foundation, parts, { stopping, hub, orders, live });
  } catch (error) {
    // What was begun must not go on behind a product that did not start.
    stopping.abort();
    await live.stop();
    throw error;
  }
}

type HttpParts = Parameters<typeof startHttpRole>[1];

async function startRoutes(
  foundation: Foundation,
  parts: HttpParts,
  begun: {
    stopping: AbortController;
    hub: ReturnType<typeof createLiveHub>;
    orders: ReturnType<typeof createOrderBook>;
    live: Awaited<ReturnType<typeof startLive>>;
  },
): Promise<HttpRole> {
  const { records, log, logger, clock, ids, metrics } = foundation;
  const { app, health } = parts;
  const { stopping, hub, orders, live } = begun;
  // Before any route: what they declare for the trail is told from here on.
  const recorder = recordRoutes(app, { records, audit: foundation.audit, clock });
  const told = { ...foundation, records: recorder.records };
  const deskDeps = {
    records: recorder.records,
    clock,
    ruleTexts: ruleTextsOf(foundation),
    answers: answerOptionsOf(foundation.config.alerts.answers),
    onChanged: parts.wakeAlerts,
  };
  const desk = createDesk(deskDeps);
  // Sessions are about people at desks: they last by the time on the wall clock.
  const guard = recorder.guarded(
    registerAccess(app, {
      db: records.db,
      records,
      clock: systemClock,
      ids,
      secure: foundation.config.http.secure || foundation.config.http.tls !== undefined,
      settings: foundation.config.access,
      audit: foundation.audit,
      key: foundation.secrets.key,
      rights: foundation.rights,
    }),
  );
  const rightsWatch = await startRightsWatch(foundation);
  const exportLimits = exportLimitsOf(foundation.config.exports);
  const exports = createExportDesk({
    ...told,
    pdf: await findPdfPrinter(),
    hashing: foundation.config.exports.hash,
    limits: exportLimits,
    seal: createExportSealer({ ...foundation.identities, site: foundation.config.crypto.site }),
  });
  const stamping = startStampingOf(foundation);
  registerAlerts(app, { guard, desk, olap: parts.olap });
  registerAlertExports(app, { guard, desk, exports });
  registerExports(app, {
    guard,
    records: recorder.records,
    clock,
    limits: exportLimits,
    sealChecks: stamping.checks,
  });
  const sqlDesk = createSqlDesk({ ...foundation, olap: parts.olap });
  registerSql(app, { guard, desk: sqlDesk });
  registerSqlExports(app, { guard, desk: sqlDesk, exports });
  await registerImports(app, {
    guard,
    records,
    desk: createImportDesk({
      ...foundation,
      olap: parts.olap,
      limits: importLimitsOf(foundation.config.imports),
      folder: inDataFolder(foundation.config, 'import-spool'),
    }),
  });
  const vault = startVault(foundation, { app, guard });
  registerRoster(app, { guard, ...createRosterDeps(told) });
  registerPushes(app, {
    guard,
    receipts: { records, clock, logger, onChanged: parts.wakeAlerts },
    web: webPushOffer(foundation.config),
  });
  registerSilencing(told, { app, guard, desk });
  registerPrints(app, { guard, orders, clock, exports });
  registerLegalBasis(foundation, { app, guard, orders, olap: parts.olap, wake: parts.wakeBases });
  const { rules, areas, calendar, locate, config } = foundation;
  const { roster } = config.alerts;
  const dutyOfficers = dutyOfficersOf(foundation);
  registerAnswers(app, {
    ...deskDeps,
    guard,
    desk,
    tasks: createTaskDesk({ ...deskDeps, dutyOfficers }),
    photos: createPhotoDesk(deskDeps),
    objections: createObjectionDesk({ ...deskDeps, dutyOfficers, calendar }),
    findShiftEnd: roster === undefined ? undefined : shiftEndsBy(loadRoster(roster), calendar),
  });
  const surroundings = { areas, calendar, matcherOf: termMatcherOf(config.rules.pack) };
  const aroundRules = {
    surroundings,
    locate,
    files: rules.files,
    inForce: rules.current,
  };
  const ruleDesk = createRuleDesk({
    ...aroundRules,
    records: recorder.records,
    clock,
    limits: config.rules,
    // What cannot be taken over now is with the next look.
    onChanged: () =>
      rules.look().catch((error: unknown) => {
        logger.error('rules.not-changed', { cause: String(error) });
      }),
  });
  const ruleList = { db: records.db, clock, rules };
  const backtests = openBacktests(foundation);
  registerRules(app, {
    guard,
    desk: ruleDesk,
    bench: createRuleBench({
      ...aroundRules,
      log,
      logger,
      register: (subject) => loadOrderFacts(records.db, subject),
    }),
    list: ruleList,
    grading: () => readGrading(config.rules.pack),
    backtests: backtests.desk,
    whyNot: createWhyNotDesk({
      log,
      db: records.db,
      orders,
      // What is in force first; drafts and retired rules stand in the files only.
      rulebook: () => ({
        ...rules.files(),
        rules: [...rules.current().rules, ...rules.files().rules],
      }),
      surroundings,
    }),
  });
  registerBacktests(app, { guard, desk: backtests.desk, list: ruleList, exports });
  const ruleTitles = () => ruleTitlesOf([...rules.files().rules, ...rules.current().rules]);
  registerMetrics(app, { guard, olap: parts.olap, records: records.db, clock, ruleTitles });
  const reports = await startReports(foundation, { app, guard, exports });
  registerDrills(app, {
    guard,
    db: records.db,
    clock,
    rules: () => drillRules(rules.current()),
    desk: createDrillDesk({
      records: recorder.records,
      clock,
      ids,
      ruleIds: () => drillRules(rules.current()).map(({ id }) => id),
      onChanged: () => {
        parts.wakeDrills();
        parts.wakeAlerts();
      },
    }),
  });
  registerWatch(app, { guard, db: records.db, clock, canaryEveryMs: config.alerts.canary.every });
  registerRetention(app, {
    guard,
    records,
    clock,
    audit: foundation.audit,
    periods: periodsOf(config.retention),
    unconfirmedMs: config.retention.unconfirmedHold,
    oldestIn: oldestIn(parts.olap),
  });
  registerAudit(app, {
    guard,
    records,
    db: records.db,
    clock,
    audit: foundation.audit,
    hashing: config.audit.hash,
    signer: parts.auditing.signer,
    keeper: parts.auditing,
    exports,
    checkpointEveryMs: config.audit.checkpointEvery,
    witnessFor: config.audit.witnessFor,
  });
  registerSavedViews(app, { guard, records: recorder.records, clock, ids });
  registerViewReports(app, { guard, db: records.db });
  registerViewExports(app, {
    guard,
    db: records.db,
    clock,
    olap: parts.olap,
    exports,
    ruleTitles,
  });
  const views = parts.olap && startViewSchedule({ ...foundation, records, olap: parts.olap });
  registerAuditList(app, { guard, db: records.db, exports });
  registerIndices(app, {
    guard,
    records,
    olap: parts.olap,
    service: createIndexService({ olap: parts.olap, records, clock }),
    desk: createPublicationDesk({ records: recorder.records, clock }),
  });
  registerLive(app, { guard, live, hub, clock });
  metrics.liveConnections(() => hub.connections);
  health.add('live', () => ({ state: 'ok', behindMs: 0 }));

  const tellScreens = async (list: readonly LogRecord[]) => {
    const events = list.flatMap(({ payload }) => decodeLines<AlertEvent>(payload));
    const changed = [...new Set(events.map(({ alertId }) => alertId))];
    live.alertsChanged(await desk.summaries(changed, { kind: 'within', region: DAZHOU }));
    await noteLatencies(events);
  };
  const noteLatencies = async (events: readonly AlertEvent[]) => {
    const opened = events.filter(({ kind }) => kind === 'opened').map(({ alertId }) => alertId);
    if (opened.length === 0) return;
    const rows = await records.db
      .selectFrom('alert')
      .select(['recordedAtMs', 'receivedAtMs'])
      .where('id', 'in', opened)
      .where('exercise', 'is', null)
      .execute();
    for (const { recordedAtMs, receivedAtMs } of rows)
      live.alertOpened(recordedAtMs - receivedAtMs);
  };
  const { end } = await log.bounds('alert-events', 0);
  const following = followLog(
    { log, logger },
    { topic: 'alert-events', partition: 0, fromOffset: end },
    tellScreens,
    stopping.signal,
  );

  return {
    closeConnections: hub.close,
    async stop() {
      stopping.abort();
      await following;
      await vault.stop();
      await reports.stop();
      await stamping.stop();
      await rightsWatch.stop();
      await views?.stop();
      await backtests.stop();
      await live.stop();
    },
  };
}

/** Time stamps of seals, where an authority is configured, and what seals are verified with. */
function startStampingOf({ config, identities, records, logger }: Foundation): {
  checks: () => Promise<SealChecks>;
  stop(): Promise<void>;
} {
  const { timeStamp } = config.exports;
  const trusted = timeStamp ? readTrusted(timeStamp.certificateFile) : [];
  const ask =
    timeStamp && createTimeStampClient({ url: timeStamp.url, trusted, hashing: timeStamp.hash });
  const running =
    ask && startStamping({ records, logger, ask, timer: ioClock, everyMs: timeStamp.every });
  const { keys, suites } = identities;
  return {
    checks: async () => ({ keys: await exportSealKeys(keys, suites), suites, trusted }),
    stop: async () => running?.stop(),
  };
}

/** Silences, within the longest times of the configuration. */
function registerSilencing(
  foundation: Foundation,
  { app, guard, desk }: { app: FastifyInstance; guard: Guard; desk: Desk },
): void {
  const { records, clock, logger, config, rules } = foundation;
  const { max: msMax, level1Max: level1MsMax } = config.alerts.silences;
  const limits = { msMax, level1MsMax };
  registerSilences(app, {
    guard,
    desk,
    clock,
    limits,
    db: records.db,
    silences: createSilenceDesk({ records, clock, logger, limits }),
    ruleIds: () => [...new Set(rules.current().rules.map(({ rule }) => rule.id))],
    ruleTexts: ruleTextsOf(foundation),
  });
}

/** Recorded bases and what is held about a person. */
function registerLegalBasis(
  { records, clock, log, audit, config }: Foundation,
  {
    app,
    guard,
    orders,
    olap,
    wake,
  }: {
    app: FastifyInstance;
    guard: Guard;
    orders: OrderBook;
    olap: Olap | undefined;
    wake: () => void;
  },
): void {
  const { recordedLate: recordedLateMs, keptAfterEnd: keptAfterEndMs, ...terms } = config.basis;
  registerBases(app, {
    guard,
    records,
    orders,
    clock,
    audit,
    keptAfterEndMs,
    mirror: { log, olap },
    desk: createBasisDesk({
      records,
      clock,
      audit,
      frameOf: loadOrderFacts,
      limits: { ...terms, recordedLateMs },
      onConfirmed: wake,
    }),
  });
  registerVoids(app, {
    guard,
    records,
    clock,
    desk: createVoidDesk({ records, clock, audit, frameOf: loadOrderFacts, onConfirmed: wake }),
  });
}

/** Backtests somebody starts on the screen, in a process of their own. */
function openBacktests({ records, clock, log, logger, rules, config }: Foundation) {
  const queue = openBacktestQueue({
    folder: inDataFolder(config, 'backtests'),
    clock,
    logger,
    start: runInProcess({ config, logger }),
  });
  const limits = config.rules;
  const desk = createBacktestDesk({ db: records.db, clock, log, rules, limits, queue });
  return { desk, stop: queue.close };
}

/** Reports on demand and on schedule. */
async function startReports(
  { records: { db }, clock, calendar: national, config, logger }: Foundation,
  { app, guard, exports }: { app: FastifyInstance; guard: Guard; exports: ExportDesk },
): Promise<{ stop(): Promise<void> }> {
  const roster = config.alerts.roster === undefined ? undefined : loadRoster(config.alerts.roster);
  const calendar = dutyCalendarOf(config, national);
  const deps = { db, clock, calendar, roster, budget: config.reports.alertBudget };
  registerReports(app, {
    guard,
    db,
    clock,
    desk: createReportDesk({ ...deps, exports }),
  });
  return startReportSchedule({ ...deps, logger });
}
