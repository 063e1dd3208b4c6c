// Drills over HTTP. Who may do what is the desk's to say.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  noSuchDrill,
  type Drill,
  type DrillDesk,
  type DrillReport,
} from '../../alerts/drills/drill-desk.ts';
import type { Clock } from '../../core/time.ts';
import {
  drillListSchema,
  drillReportSchema,
  drillSchema,
  startDrillSchema,
  type DrillAnswer,
  type DrillReportAnswer,
} from '../api/drills.ts';
import { problemSchema } from '../api/session.ts';
import type { DrillRule } from '../drill-rules.ts';
import { actOn } from '../audit/about.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { findDrillTarget } from './access/targets.ts';
import type { Guard, Permit } from './sessions.ts';

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};

const officerOf = ({ account: { id: accountId, role, region }, reaches }: Permit) => ({
  accountId,
  role,
  region,
  reaches,
});

export function registerDrills(
  app: FastifyInstance,
  deps: {
    guard: Guard;
    desk: DrillDesk;
    db: RecordsDb;
    clock: Clock;
    rules: () => readonly DrillRule[];
  },
): void {
  const { guard, desk, clock } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['drills'];
  const aboutDrill = ({ id }: { id: string }) => ({
    find: () => findDrillTarget(deps.db, id),
    hidden: noSuchDrill(id),
  });

  routes.get(
    '/api/drills',
    {
      schema: {
        summary: 'The newest drills, and what this officer may start',
        tags,
        response: { 200: drillListSchema, ...problems },
      },
    },
    async (request) => {
      const by = officerOf(await guard.allow(request, 'drill.run'));
      const { levels, regions } = desk.may(by);
      return {
        atMs: clock.now(),
        drills: (await desk.list(by)).map(answerOf),
        may: { levels: [...levels], regions: [...regions] },
        rules: [...deps.rules()],
      };
    },
  );

  routes.post(
    '/api/drills',
    {
      config: { audit: actOn('drill.start', 'drill', ['level', 'ruleId', 'region']) },
      schema: {
        summary: 'Start a drill',
        tags,
        body: startDrillSchema,
        response: { 200: drillSchema, ...problems },
      },
    },
    async (request) => {
      const { region } = request.body;
      const by = officerOf(await guard.allow(request, 'drill.run', { region, owner: null }));
      return answerOf(await desk.start(request.body, by));
    },
  );

  routes.get(
    '/api/drills/:id',
    {
      schema: {
        summary: 'Who was reached when by which channel, and what was missed',
        tags,
        params: idSchema,
        response: { 200: drillReportSchema, ...problems },
      },
    },
    async (request) => {
      const by = officerOf(await guard.allow(request, 'drill.run', aboutDrill(request.params)));
      return reportAnswer(await desk.get(request.params.id, by), clock.now());
    },
  );

  routes.post(
    '/api/drills/:id/end',
    {
      config: { audit: actOn('drill.end', 'drill') },
      schema: {
        summary: 'End a drill; whoever was told hears of it',
        tags,
        params: idSchema,
        response: { 200: drillSchema, ...problems },
      },
    },
    async (request) => {
      const by = officerOf(await guard.allow(request, 'drill.run', aboutDrill(request.params)));
      return answerOf(await desk.end(request.params.id, by));
    },
  );
}

const answerOf = (drill: Drill): DrillAnswer => ({
  id: drill.id,
  reference: drill.reference,
  alertId: drill.alertId,
  level: drill.level,
  ruleId: drill.ruleId,
  region: drill.region,
  purpose: drill.purpose,
  state: drill.state,
  startedBy: drill.startedBy,
  startedAtMs: drill.startedAtMs,
  endedBy: drill.endedBy,
  endedAtMs: drill.endedAtMs,
});

function reportAnswer({ drill, result, names }: DrillReport, atMs: number): DrillReportAnswer {
  const nameOf = (id: string) => names[id] ?? { zh: id, en: id };
  return {
    atMs,
    drill: answerOf(drill),
    openedAfterMs: result.openedAfterMs,
    persons: result.persons.map(({ officer, reaches, ...person }) => ({
      ...person,
      officer: nameOf(officer),
      reaches: reaches.map((reach) => ({ ...reach })),
    })),
    sides: result.sides.map(({ by, ...side }) => ({
      ...side,
      by: by === null ? null : nameOf(by),
    })),
    acknowledgedAfterMs: result.acknowledgedAfterMs,
    missed: result.missed.map((miss) =>
      miss.kind === 'not-reached' ? { kind: miss.kind, officer: nameOf(miss.officer) } : miss,
    ),
  };
}
