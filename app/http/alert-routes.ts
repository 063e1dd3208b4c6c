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
import { actOnAlert, lookAtAlert, lookAtAlerts } from '../audit/about.ts';
import type { Guard } from './sessions.ts';

export const OFFICERS = ['city-officer', 'county-officer'] as const;

/** Officers see the persons of their city or county; analysts and administrators see nobody's. */
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
      const account = await guard.require(request, ...OFFICERS);
      const { level, ...query } = request.query;
      return desk.list({ ...query, level: level as 1 | 2 | 3 | undefined }, scopeOf(account));
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
      const account = await guard.require(request, ...OFFICERS);
      return desk.get(request.params.id, scopeOf(account));
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
      const account = await guard.require(request, ...OFFICERS);
      const { subject, evidence, openedAtMs } = await desk.get(request.params.id, scopeOf(account));
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
      const { id: accountId, role, region } = await guard.require(request, ...OFFICERS);
      return desk.acknowledge(request.params.id, { accountId, role, region, ...request.body });
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
      const { id: accountId, role, region } = await guard.require(request, ...OFFICERS);
      return desk.feedback(request.params.id, { accountId, role, region, ...request.body });
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
      const { id: accountId, role, region } = await guard.require(request, ...OFFICERS);
      return desk.close(request.params.id, { accountId, role, region, ...request.body });
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
