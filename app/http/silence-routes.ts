// Silences and the trail of decisions over HTTP. Officers only: both speak of persons.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Desk } from '../../alerts/desk.ts';
import type { DeskOfficer } from '../../alerts/desk-act.ts';
import { readTrail } from '../../alerts/recorder/read-trail.ts';
import { needsCity, type SilenceLimits } from '../../alerts/silences/silence.ts';
import type { SilenceDesk, SilenceView } from '../../alerts/silences/silence-desk.ts';
import type { RuleTexts } from '../../alerts/texts.ts';
import { isWithin } from '../../core/region.ts';
import type { Clock } from '../../core/time.ts';
import type { Account } from '../../warehouse/accounts.ts';
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
import { OFFICERS, scopeOf } from './alert-routes.ts';
import { actOn, lookAtAlert } from '../audit/about.ts';
import type { Guard } from './sessions.ts';

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
      const account = await guard.require(request, ...OFFICERS);
      const views = await silences.list(officerOf(account));
      const { silenced } = await desk.list({ status: 'new', limit: 1 }, scopeOf(account));
      return {
        silences: views.map((view) => answerOf(view, account)),
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
      const account = await guard.require(request, ...OFFICERS);
      const preview = await silences.preview(request.body.matcher, officerOf(account));
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
      const account = await guard.require(request, ...OFFICERS);
      return answerOf(await silences.propose(request.body, officerOf(account)), account);
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
        const account = await guard.require(request, ...OFFICERS);
        const by = { ...officerOf(account), reason: request.body.reason };
        return answerOf(await silences[act](request.params.id, by), account);
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
      const account = await guard.require(request, ...OFFICERS);
      const { id } = await desk.get(request.params.id, scopeOf(account));
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

const officerOf = ({ id: accountId, role, region }: Account): DeskOfficer => ({
  accountId,
  role,
  region,
});

function answerOf(view: SilenceView, account: Account): SilenceAnswer {
  const { acts, names, matcher, authorRole: _role, ...silence } = view;
  const nameOf = (id: string) => names[id] ?? { zh: id, en: id };
  const act = (given: (typeof acts)['approved']) =>
    given ? { ...given, name: nameOf(given.actor) } : null;
  const isMine = isWithin(view.region, account.region);
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
