// What the officer console asks for and does. Who sees which persons is decided once, here, and enforced
// by the desk in every query.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Desk } from '../../alerts/desk.ts';
import type { DeskScope } from '../../alerts/desk-rows.ts';
import { OperatingError } from '../../core/errors.ts';
import type { Observation } from '../../core/observation.ts';
import type { Account } from '../../warehouse/accounts.ts';
import type { Olap } from '../../warehouse/olap.ts';
import {
  acknowledgeSchema,
  alertDetailSchema,
  alertListQuerySchema,
  alertListSchema,
  closeSchema,
  trackSchema,
  type Track,
} from '../api/alerts.ts';
import { feedbackSchema } from '../api/answers.ts';
import { problemSchema } from '../api/session.ts';
import { deskScopeOf, officerOf } from './access/desk-scope.ts';
import { actOnAlert, lookAtAlert, lookAtAlerts } from '../audit/about.ts';
import type { Guard } from './sessions.ts';

export const OFFICERS = ['city-officer', 'county-officer'] as const;

/** For routes the policy has no function for yet: officers see the persons of their city or county. */
export const scopeOf = ({ role, region }: Account): DeskScope =>
  role === 'city-officer' || role === 'county-officer'
    ? { kind: 'within', region }
    : { kind: 'none' };

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};

export function registerAlerts(
  app: FastifyInstance,
  deps: { guard: Guard; desk: Desk; olap: Olap | undefined },
): void {
  const { guard, desk } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['alerts'];

  routes.get(
    '/api/alerts',
    {
      config: { audit: lookAtAlerts('alert.list') },
      schema: {
        summary: 'Alerts, the gravest and oldest open ones first',
        tags,
        querystring: alertListQuerySchema,
        response: { 200: alertListSchema, ...problems },
      },
    },
    async (request) => {
      const permit = await guard.allow(request, 'alert.read', { tellsLater: true });
      const { level, ...query } = request.query;
      const page = await desk.list(
        { ...query, level: level as 1 | 2 | 3 | undefined },
        deskScopeOf(permit.scope),
      );
      await permit.tell(page.alerts.map(({ subject }) => subject));
      return page;
    },
  );

  routes.get(
    '/api/alerts/:id',
    {
      config: { audit: lookAtAlert('alert.look') },
      schema: {
        summary: 'One alert with evidence, timeline and notices',
        tags,
        params: idSchema,
        response: { 200: alertDetailSchema, ...problems },
      },
    },
    async (request) => {
      const { id: alertId } = request.params;
      const { scope } = await guard.allow(request, 'alert.read', { alertId });
      return desk.get(alertId, deskScopeOf(scope));
    },
  );

  routes.get(
    '/api/alerts/:id/track',
    {
      config: { audit: lookAtAlert('person.track') },
      schema: {
        summary: 'Positions of the person around the alert',
        tags,
        params: idSchema,
        response: { 200: trackSchema, ...problems, 503: problemSchema },
      },
    },
    async (request) => {
      const { id: alertId } = request.params;
      const { scope } = await guard.allow(request, 'alert.read', { alertId });
      const { subject, evidence, openedAtMs } = await desk.get(alertId, deskScopeOf(scope));
      if (!deps.olap) throw noWarehouse();
      return readTrack(deps.olap, { subject, ...spanOf(evidence, openedAtMs) });
    },
  );

  routes.post(
    '/api/alerts/:id/acknowledge',
    {
      config: { audit: actOnAlert('alert.acknowledge') },
      schema: {
        summary: 'Acknowledge: "I have it"',
        tags,
        params: idSchema,
        body: acknowledgeSchema,
        response: { 200: alertDetailSchema, ...problems },
      },
    },
    async (request) => {
      const { id: alertId } = request.params;
      const permit = await guard.allow(request, 'alert.handle', { alertId });
      return desk.acknowledge(alertId, { ...officerOf(permit), ...request.body });
    },
  );

  routes.post(
    '/api/alerts/:id/feedback',
    {
      config: { audit: actOnAlert('alert.feedback') },
      schema: {
        summary: 'Write down what was found',
        tags,
        params: idSchema,
        body: feedbackSchema,
        response: { 200: alertDetailSchema, ...problems },
      },
    },
    async (request) => {
      const about = { alertId: request.params.id, field: 'alert.feedback' } as const;
      const permit = await guard.allow(request, 'alert.handle', about);
      return desk.feedback(about.alertId, { ...officerOf(permit), ...request.body });
    },
  );

  routes.post(
    '/api/alerts/:id/close',
    {
      config: { audit: actOnAlert('alert.close') },
      schema: {
        summary: 'Close after acknowledgement and feedback',
        tags,
        params: idSchema,
        body: closeSchema,
        response: { 200: alertDetailSchema, ...problems },
      },
    },
    async (request) => {
      const { id: alertId } = request.params;
      const permit = await guard.allow(request, 'alert.handle', { alertId });
      return desk.close(alertId, { ...officerOf(permit), ...request.body });
    },
  );
}

const noWarehouse = () =>
  new OperatingError('warehouse-unavailable', 'this process has no warehouse', { retry: 'never' });

/** How much of a person's way is shown around what happened, and how many points at most. */
const BEFORE_MS = 60 * 60_000;
const AFTER_MS = 60 * 60_000;
const POINTS_MAX = 2_000;

/** From an hour before the first piece of evidence to an hour after the alert. */
function spanOf(evidence: readonly Observation[], openedAtMs: number) {
  const happened = evidence
    .filter(({ kind }) => kind !== 'order')
    .map(({ atMs }) => atMs as number);
  const firstMs = Math.min(openedAtMs, ...happened);
  return { fromMs: firstMs - BEFORE_MS, untilMs: openedAtMs + AFTER_MS };
}

async function readTrack(
  olap: Olap,
  span: { subject: string; fromMs: number; untilMs: number },
): Promise<Track> {
  type Row = {
    at_ms: number;
    lng: number;
    lat: number;
    accuracy_m: number;
    fix: number;
    labels: number;
  };
  const rows = await olap.rows<Row>(
    `SELECT at_ms, lng, lat, accuracy_m, fix, labels FROM position
     WHERE subject = {subject:String} AND at_ms BETWEEN {fromMs:Int64} AND {untilMs:Int64}
       AND bitAnd(labels, 1) = 0
     ORDER BY at_ms, source LIMIT {limit:UInt32}`,
    { ...span, limit: POINTS_MAX },
  );
  const { fromMs, untilMs } = span;
  return {
    fromMs,
    untilMs,
    atMs: rows.map((row) => row.at_ms),
    lng: rows.map((row) => row.lng),
    lat: rows.map((row) => row.lat),
    accuracyM: rows.map((row) => row.accuracy_m),
    fix: rows.map((row) => row.fix),
    labels: rows.map((row) => row.labels),
  };
}
