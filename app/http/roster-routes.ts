// The duty roster for officers: theirs of their own bureau, the city's of all its counties. Who may do what is
// decided by the roster desk, for page and script alike.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { seeNote, writeNote, type HandoverDeps } from '../../alerts/roster/handover.ts';
import { readMyDuty } from '../../alerts/roster/my-duty.ts';
import {
  askPhoneCheck,
  enterPhoneCode,
  type PhoneCheckDeps,
} from '../../alerts/roster/phone-check.ts';
import { noChange, type RosterDesk } from '../../alerts/roster/roster-desk.ts';
import { readRosterPage, type RosterPageDeps } from '../../alerts/roster/roster-page.ts';
import { notYourRoster, type RosterOfficer } from '../../alerts/roster/roster-scope.ts';
import {
  actOnChangeSchema,
  askChangeSchema,
  askNumberSchema,
  enterCodeSchema,
  myDutySchema,
  numberAskedSchema,
  rosterPageSchema,
  rosterQuerySchema,
  writeNoteSchema,
  type MyDutyAnswer,
  type RosterAnswer,
} from '../api/roster.ts';
import { problemSchema } from '../api/session.ts';
import { actOn } from '../audit/about.ts';
import {
  findChangeTarget,
  findCheckTarget,
  findNoteTarget,
  findOfficerTarget,
  one,
} from './access/targets.ts';
import type { Guard, Permit } from './sessions.ts';

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};

const CHANGE_FIELDS = ['kind', 'bureau', 'line', 'officer', 'insteadOf', 'fromMs', 'untilMs'];

export type RosterRoutesDeps = RosterPageDeps &
  HandoverDeps &
  PhoneCheckDeps & { readonly guard: Guard; readonly desk: RosterDesk };

export function registerRoster(app: FastifyInstance, deps: RosterRoutesDeps): void {
  const { guard, desk } = deps;
  const { db } = deps.records;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['roster'];
  const nothing = z.strictObject({});

  routes.get(
    '/api/roster',
    {
      schema: {
        summary: 'The next two weeks of a bureau, its coverage, changes and notes',
        tags,
        querystring: rosterQuerySchema,
        response: { 200: rosterPageSchema, ...problems },
      },
    },
    async (request) => {
      const { bureau } = request.query;
      const permit = await guard.allow(request, 'roster.read', {
        find: ({ region, officerId }) =>
          one({
            region: bureau ?? region,
            owner: (bureau ?? region) === region ? officerId : null,
          }),
        ...(bureau === undefined ? {} : { hidden: notYourRoster(bureau) }),
      });
      const by = officerOf(permit);
      // A copy, for what the desk gives is readonly and the answer's type is not.
      return structuredClone(await readRosterPage(deps, request.query.bureau, by)) as RosterAnswer;
    },
  );

  routes.get(
    '/api/roster/mine',
    {
      schema: {
        summary: 'What waits for the officer who is signed in',
        tags,
        response: { 200: myDutySchema, ...problems },
      },
    },
    async (request) => {
      const by = officerOf(await guard.allow(request, 'roster.read'));
      return structuredClone(await readMyDuty(deps, by)) as MyDutyAnswer;
    },
  );

  routes.post(
    '/api/roster/changes',
    {
      config: { audit: actOn('roster.change', 'duty', CHANGE_FIELDS) },
      schema: {
        summary: 'Let somebody take over, ask for a swap, record a leave',
        tags,
        body: askChangeSchema,
        response: { 200: z.strictObject({ id: z.string() }), ...problems },
      },
    },
    async (request) => {
      const permit = await guard.allow(request, 'roster.change', {
        find: ({ officerId }) =>
          one({ region: request.body.bureau, owner: whoseOf(request.body, officerId) }),
        hidden: notYourRoster(request.body.bureau),
      });
      return { id: await desk.change(request.body, officerOf(permit)) };
    },
  );

  routes.post(
    '/api/roster/changes/:id/acts',
    {
      config: { audit: actOn('roster.act', 'duty', ['act']) },
      schema: {
        summary: 'Agree to a swap, confirm it as leader, decline it; withdraw a change',
        tags,
        params: idSchema,
        body: actOnChangeSchema,
        response: { 200: nothing, ...problems },
      },
    },
    async (request) => {
      const { id } = request.params;
      const permit = await guard.allow(request, 'roster.change', {
        find: ({ officerId }) => findChangeTarget(db, { id, officerId }),
        hidden: noChange(id),
      });
      await desk.act(id, request.body, officerOf(permit));
      return {};
    },
  );

  routes.post(
    '/api/roster/notes',
    {
      config: { audit: actOn('roster.note', 'duty') },
      schema: {
        summary: 'Leave a note for whoever comes on duty next',
        tags,
        body: writeNoteSchema,
        response: { 200: z.strictObject({ id: z.string() }), ...problems },
      },
    },
    async (request) => {
      const by = officerOf(await guard.allow(request, 'roster.change'));
      return { id: await writeNote(deps, request.body.body, by) };
    },
  );

  routes.post(
    '/api/roster/notes/:id/seen',
    {
      schema: {
        summary: 'Say that a note was read',
        tags,
        params: idSchema,
        response: { 200: nothing, ...problems },
      },
    },
    async (request) => {
      const { id } = request.params;
      const permit = await guard.allow(request, 'roster.change', {
        find: ({ officerId }) => findNoteTarget(db, id, officerId),
      });
      await seeNote(deps, id, officerOf(permit));
      return {};
    },
  );

  routes.post(
    '/api/roster/numbers',
    {
      config: { audit: actOn('roster.number-try', 'duty', ['officer']) },
      schema: {
        summary: "Send a code to an officer's number, or to a new one",
        tags,
        body: askNumberSchema,
        response: { 200: numberAskedSchema, ...problems },
      },
    },
    async (request) => {
      const permit = await guard.allow(request, 'roster.change', {
        find: () => findOfficerTarget(db, request.body.officer),
      });
      return askPhoneCheck(deps, request.body, officerOf(permit));
    },
  );

  routes.post(
    '/api/roster/numbers/:id',
    {
      config: { audit: actOn('roster.number-set', 'duty') },
      schema: {
        summary: 'Enter the code: the number is then tried, and the officer’s',
        tags,
        params: idSchema,
        body: enterCodeSchema,
        response: { 200: nothing, ...problems },
      },
    },
    async (request) => {
      const { id } = request.params;
      const permit = await guard.allow(request, 'roster.change', {
        find: () => findCheckTarget(db, id),
      });
      await enterPhoneCode(deps, { id, code: request.body.code }, officerOf(permit));
      return {};
    },
  );
}

/** Whose turns a change is about. */
function whoseOf(asked: z.infer<typeof askChangeSchema>, asker: string | null): string | null {
  if (asked.kind === 'swap') return asker;
  return asked.kind === 'leave' ? asked.officer : (asked.insteadOf ?? asked.officer);
}

const officerOf = ({
  account: { id: accountId, role, region, officerId },
  reaches,
}: Permit): RosterOfficer => ({
  accountId,
  role,
  region,
  officerId,
  reaches,
});
