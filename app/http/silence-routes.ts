// Silences and the trail of decisions over HTTP. Officers only: both speak of persons.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Desk } from '../../alerts/desk.ts';
import { readTrail } from '../../alerts/recorder/read-trail.ts';
import { needsCity, type SilenceLimits } from '../../alerts/silences/silence.ts';
import type { SilenceDesk, SilenceView } from '../../alerts/silences/silence-desk.ts';
import type { RuleTexts } from '../../alerts/texts.ts';
import { isReached } from '../../core/reach.ts';
import type { Clock } from '../../core/time.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { problemSchema } from '../api/session.ts';
import {
  decisionsSchema,
  newSilenceSchema,
  previewQuerySchema,
  silenceActSchema,
  silenceListSchema,
  silencePreviewSchema,
  silenceSchema,
  type SilenceAnswer,
} from '../api/silences.ts';
import { deskScopeOf, officerOf } from './access/desk-scope.ts';
import { findSilenceTarget, silencedBy } from './access/targets.ts';
import { actOn, lookAtAlert } from '../audit/about.ts';
import type { Guard, Permit } from './sessions.ts';

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};

/** What a silence hides and for how long, for the trail. */
const SILENCE_FIELDS = ['matcher', 'coversOpen', 'fromMs', 'untilMs'];

export type SilenceRoutesDeps = {
  readonly guard: Guard;
  readonly silences: SilenceDesk;
  readonly limits: SilenceLimits;
  readonly desk: Desk;
  readonly db: RecordsDb;
  readonly clock: Clock;
  /** Ids of the rules in force. */
  readonly ruleIds: () => readonly string[];
  readonly ruleTexts: RuleTexts;
};

export function registerSilences(app: FastifyInstance, deps: SilenceRoutesDeps): void {
  const { guard, silences, desk, clock } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['silences'];

  routes.get(
    '/api/silences',
    {
      schema: {
        summary: 'Silences of the city or county, the newest first, with what they hide now',
        tags,
        response: { 200: silenceListSchema, ...problems },
      },
    },
    async (request) => {
      const permit = await guard.allow(request, 'silence.set');
      const views = await silences.list(officerOf(permit));
      const { silenced } = await desk.list({ status: 'new', limit: 1 }, deskScopeOf(permit.scope));
      return {
        silences: views.map((view) => answerOf(view, permit)),
        silenced,
        rules: deps.ruleIds().map((id) => ({ id, title: deps.ruleTexts(id).title })),
        limits: deps.limits,
        nowMs: clock.now(),
      };
    },
  );

  routes.post(
    '/api/silences/preview',
    {
      schema: {
        summary: 'What such a silence would hide now and would have hidden in the last seven days',
        tags,
        body: previewQuerySchema,
        response: { 200: silencePreviewSchema, ...problems },
      },
    },
    async (request) => {
      const { matcher } = request.body;
      const permit = await guard.allow(request, 'silence.set', {
        find: ({ region }) => silencedBy(matcher, region),
      });
      const preview = await silences.preview(matcher, officerOf(permit));
      return { ...preview, examples: [...preview.examples] };
    },
  );

  routes.post(
    '/api/silences',
    {
      config: { audit: actOn('silence.propose', 'handling', SILENCE_FIELDS) },
      schema: {
        summary: 'Silence alerts for a while; levels 1 and 2 wait for a second person',
        tags,
        body: newSilenceSchema,
        response: { 200: silenceSchema, ...problems },
      },
    },
    async (request) => {
      const { matcher } = request.body;
      const permit = await guard.allow(request, 'silence.set', {
        find: ({ region }) => silencedBy(matcher, region),
      });
      return answerOf(await silences.propose(request.body, officerOf(permit)), permit);
    },
  );

  for (const act of ['approve', 'end'] as const) {
    routes.post(
      `/api/silences/:id/${act}`,
      {
        config: { audit: actOn(`silence.${act}`, 'handling') },
        schema: {
          summary:
            act === 'approve'
              ? 'Approve what somebody else proposed'
              : 'End a silence early, or refuse it; what it hid is told',
          tags,
          params: idSchema,
          body: silenceActSchema,
          response: { 200: silenceSchema, ...problems },
        },
      },
      async (request) => {
        const fn = act === 'approve' ? 'silence.approve' : 'silence.set';
        const { id } = request.params;
        const permit = await guard.allow(request, fn, {
          find: () => findSilenceTarget(deps.db, id),
        });
        const by = { ...officerOf(permit), reason: request.body.reason };
        return answerOf(await silences[act](id, by), permit);
      },
    );
  }

  routes.get(
    '/api/alerts/:id/decisions',
    {
      config: { audit: lookAtAlert('alert.decisions-look') },
      schema: {
        summary: 'Every decision about an alert: why, to whom, by which attempt, what came back',
        tags: ['alerts'],
        params: idSchema,
        response: { 200: decisionsSchema, ...problems },
      },
    },
    async (request) => {
      const { id: alertId } = request.params;
      const { scope } = await guard.allow(request, 'alert.read', { alertId });
      const { id } = await desk.get(alertId, deskScopeOf(scope));
      const decisions = await readTrail(deps.db, id);
      return {
        decisions: decisions.map(({ actor, ...decision }) => ({
          ...decision,
          actor: actor ?? null,
        })),
      };
    },
  );
}

function answerOf(view: SilenceView, { account, reaches }: Permit): SilenceAnswer {
  const { acts, names, matcher, authorRole: _role, ...silence } = view;
  const nameOf = (id: string) => names[id] ?? { zh: id, en: id };
  const act = (given: (typeof acts)['approved']) =>
    given ? { ...given, name: nameOf(given.actor) } : null;
  const isMine = isReached({ region: account.region, reaches }, view.region, view.author);
  const { state } = view;
  return {
    ...silence,
    matcher: {
      levels: [...matcher.levels],
      ...(matcher.rules ? { rules: [...matcher.rules] } : {}),
      ...(matcher.counties ? { counties: [...matcher.counties] } : {}),
      ...(matcher.classes ? { classes: [...matcher.classes] } : {}),
      ...(matcher.subjects ? { subjects: [...matcher.subjects] } : {}),
    },
    authorName: nameOf(view.author),
    approved: act(acts.approved),
    ended: act(acts.ended),
    may: {
      approve:
        isMine &&
        state === 'pending' &&
        view.author !== account.id &&
        !needsCity(view, [view.authorRole, account.role]),
      end: isMine && (state === 'pending' || state === 'scheduled' || state === 'active'),
    },
  };
}
