// What follows the answer, over HTTP: tasks, photos, objections, the supervisor's view. Who sees which persons
// is enforced by the desks in every query, as for the alerts themselves.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Desk } from '../../alerts/desk.ts';
import { tooLarge, type PhotoDesk } from '../../alerts/feedback/photo-desk.ts';
import type { ObjectionDesk } from '../../alerts/objections/objection-desk.ts';
import { openByAge } from '../../alerts/open-by-age.ts';
import type { FindShiftEnd } from '../../alerts/roster/shift-end.ts';
import { myTasks, taskCandidates } from '../../alerts/tasks/my-tasks.ts';
import type { TaskDesk } from '../../alerts/tasks/task-desk.ts';
import type { AnswerOptions } from '../../alerts/tasks/task-options.ts';
import { UserError } from '../../core/errors.ts';
import { covers } from '../../security/access/data-scope.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import type { Records } from '../../warehouse/records.ts';
import { alertDetailSchema } from '../api/alerts.ts';
import {
  answerOfferSchema,
  assignSchema,
  candidatesSchema,
  decideObjectionSchema,
  handedOverSchema,
  handOverManySchema,
  handOverSchema,
  newObjectionSchema,
  openQuerySchema,
  reasonSchema,
  regionsQuerySchema,
  uploadedPhotoSchema,
} from '../api/answers.ts';
import { myTasksSchema, openViewSchema } from '../api/open-alerts.ts';
import { problemSchema } from '../api/session.ts';
import { deskScopeOf, officerOf } from './access/desk-scope.ts';
import { actOn, actOnAlert, lookAtAlert, lookAtAlerts } from '../audit/about.ts';
import { fileAnswer } from './file-answer.ts';
import type { Guard } from './sessions.ts';

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const photoIdSchema = idSchema.extend({ photoId: z.string().min(1).max(80) });
const objectionIdSchema = idSchema.extend({ objectionId: z.string().min(1).max(80) });

const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};

export type AnswerRoutesDeps = {
  readonly guard: Guard;
  readonly records: Records;
  readonly clock: Clock;
  readonly desk: Desk;
  readonly tasks: TaskDesk;
  readonly photos: PhotoDesk;
  readonly objections: ObjectionDesk;
  readonly answers: AnswerOptions;
  /** None without a duty roster. */
  readonly findShiftEnd: FindShiftEnd | undefined;
};

export function registerAnswers(app: FastifyInstance, deps: AnswerRoutesDeps): void {
  registerLists(app, deps);
  registerTaskActs(app, deps);
  registerObjections(app, deps);
  void app.register(async (scope) => registerPhotos(scope, deps));
}

function registerLists(
  app: FastifyInstance,
  { guard, records, clock, desk, answers, findShiftEnd }: AnswerRoutesDeps,
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['tasks'];

  routes.get(
    '/api/tasks',
    {
      config: { audit: lookAtAlerts('alert.tasks') },
      schema: {
        summary: 'The tasks of who asks, and what is offered to them',
        tags,
        response: { 200: myTasksSchema, ...problems },
      },
    },
    async (request) => {
      const permit = await guard.allow(request, 'alert.read', { tellsLater: true });
      const { shiftEndMs } = answers;
      const mine = await myTasks(
        { records, nowAtMs: clock.now(), findShiftEnd, shiftEndMs },
        officerOf(permit),
        deskScopeOf(permit.scope),
      );
      await permit.tell(mine.tasks.map(({ alert }) => alert.subject));
      return mine;
    },
  );

  routes.get(
    '/api/open',
    {
      config: { audit: lookAtAlerts('alert.open-list') },
      schema: {
        summary: 'Everything that is not closed, by age: the oldest band first, in it the gravest',
        tags,
        querystring: openQuerySchema,
        response: { 200: openViewSchema, ...problems },
      },
    },
    async (request) => {
      const permit = await guard.allow(request, 'alert.read', { tellsLater: true });
      const { level, ...query } = request.query;
      const view = await openByAge(
        records.db,
        { ...query, level: level as 1 | 2 | 3 | undefined },
        { scope: deskScopeOf(permit.scope), nowAtMs: clock.now() },
      );
      await permit.tell([
        ...view.rows.map(({ alert }) => alert.subject),
        ...view.objections.map(({ alert }) => alert.subject),
      ]);
      return view;
    },
  );

  routes.get(
    '/api/alerts/:id/officers',
    {
      schema: {
        summary: 'Whom the task of an alert can go to',
        tags,
        params: idSchema,
        response: { 200: candidatesSchema, ...problems },
      },
    },
    async (request) => {
      const { id: alertId } = request.params;
      const { account, scope } = await guard.allow(request, 'alert.read', { alertId });
      const { region } = await desk.get(alertId, deskScopeOf(scope));
      return { officers: await taskCandidates(records.db, [region]), me: account.officerId };
    },
  );

  routes.get(
    '/api/tasks/officers',
    {
      schema: {
        summary: 'Whom tasks of alerts of all these regions can go to',
        tags,
        querystring: regionsQuerySchema,
        response: { 200: candidatesSchema, ...problems },
      },
    },
    async (request) => {
      const { account, scope } = await guard.allow(request, 'alert.handle');
      const { regions } = request.query;
      if (!regions.every((region) => covers(scope, { region }))) {
        throw new UserError(
          'forbidden',
          text('该地区不在您的数据范围内', 'this region is not within what your account sees'),
        );
      }
      return { officers: await taskCandidates(records.db, regions), me: account.officerId };
    },
  );
}

function registerTaskActs(app: FastifyInstance, { guard, tasks }: AnswerRoutesDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['tasks'];
  const response = { 200: alertDetailSchema, ...problems };

  routes.post(
    '/api/alerts/:id/assign',
    {
      config: { audit: actOnAlert('alert.assign') },
      schema: {
        summary: 'Give the task to an officer of the own bureau, or take it',
        tags,
        params: idSchema,
        body: assignSchema,
        response,
      },
    },
    async (request) => {
      const { id: alertId } = request.params;
      const permit = await guard.allow(request, 'alert.handle', { alertId });
      return tasks.assign(alertId, { ...officerOf(permit), ...request.body });
    },
  );

  routes.post(
    '/api/alerts/:id/hand-over',
    {
      config: { audit: actOnAlert('alert.hand-over') },
      schema: {
        summary: 'Offer the task to another officer or bureau, who must accept',
        tags,
        params: idSchema,
        body: handOverSchema,
        response,
      },
    },
    async (request) => {
      const { id: alertId } = request.params;
      const permit = await guard.allow(request, 'alert.handle', { alertId });
      return tasks.handOver(alertId, { ...officerOf(permit), ...request.body });
    },
  );

  routes.post(
    '/api/tasks/hand-over',
    {
      config: { audit: actOn('alert.hand-over', 'handling', ['tasks', 'bureau', 'officer']) },
      schema: {
        summary: 'Offer several tasks to one officer or bureau: all of them, or none',
        tags,
        body: handOverManySchema,
        response: { 200: handedOverSchema, ...problems },
      },
    },
    async (request) => {
      const permit = await guard.allow(request, 'alert.handle');
      const { tasks: chosen, ...to } = request.body;
      await tasks.handOverMany(chosen, { ...officerOf(permit), ...to });
      return { handedOver: chosen.length };
    },
  );

  for (const [path, act, summary] of [
    ['accept', tasks.accept, 'Accept a task that was handed over'],
    ['take-back', tasks.takeBack, 'Take a hand-over back before it is accepted'],
  ] as const) {
    routes.post(
      `/api/alerts/:id/${path}`,
      {
        config: { audit: actOnAlert(`alert.${path}`) },
        schema: { summary, tags, params: idSchema, body: answerOfferSchema, response },
      },
      async (request) => {
        const { id: alertId } = request.params;
        const permit = await guard.allow(request, 'alert.handle', { alertId });
        return act(alertId, { ...officerOf(permit), ...request.body });
      },
    );
  }

  for (const [path, act, summary] of [
    ['decline', tasks.decline, 'Decline a task that was handed over, with the reason'],
    ['reopen', tasks.reopen, 'Open a closed alert again, with the reason'],
  ] as const) {
    routes.post(
      `/api/alerts/:id/${path}`,
      {
        config: { audit: actOnAlert(`alert.${path}`) },
        schema: { summary, tags, params: idSchema, body: reasonSchema, response },
      },
      async (request) => {
        const { id: alertId } = request.params;
        const permit = await guard.allow(request, 'alert.handle', { alertId });
        return act(alertId, { ...officerOf(permit), ...request.body });
      },
    );
  }
}

function registerObjections(app: FastifyInstance, { guard, objections }: AnswerRoutesDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['objections'];
  const response = { 200: alertDetailSchema, ...problems };

  routes.post(
    '/api/alerts/:id/objections',
    {
      config: { audit: actOnAlert('alert.objection') },
      schema: {
        summary: 'Take down an objection of the supervised person',
        tags,
        params: idSchema,
        body: newObjectionSchema,
        response,
      },
    },
    async (request) => {
      const { id: alertId } = request.params;
      const permit = await guard.allow(request, 'alert.handle', { alertId });
      return objections.record(alertId, { ...officerOf(permit), ...request.body });
    },
  );

  routes.post(
    '/api/alerts/:id/objections/:objectionId/decide',
    {
      config: { audit: actOnAlert('alert.objection-decide') },
      schema: {
        summary: 'Decide an objection; by somebody who did not handle the alert',
        tags,
        params: objectionIdSchema,
        body: decideObjectionSchema,
        response,
      },
    },
    async (request) => {
      const { id, objectionId } = request.params;
      const permit = await guard.allow(request, 'alert.handle', { alertId: id });
      return objections.decide(id, { ...officerOf(permit), objectionId, ...request.body });
    },
  );
}

/** In a scope of its own: here a body is a file, whatever it says it is. */
function registerPhotos(
  app: FastifyInstance,
  { guard, photos, answers: { photoBytesMax } }: AnswerRoutesDeps,
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: photoBytesMax },
    (_request, body, done) => done(null, body),
  );
  app.setErrorHandler((error) => {
    const { code } = error as { code?: string };
    throw code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? tooLarge(photoBytesMax) : error;
  });
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['photos'];

  routes.post(
    '/api/alerts/:id/photos',
    {
      config: { audit: actOnAlert('alert.photo-add') },
      schema: {
        summary: 'Upload a photo: the body is the file itself, JPEG, PNG or WebP',
        consumes: ['image/jpeg', 'image/png', 'image/webp', 'application/octet-stream'],
        tags,
        params: idSchema,
        response: { 200: uploadedPhotoSchema, ...problems, 413: problemSchema },
      },
    },
    async (request) => {
      const about = { alertId: request.params.id, field: 'alert.photos' } as const;
      const permit = await guard.allow(request, 'alert.handle', about);
      const { body } = request as { body: unknown };
      if (!(body instanceof Uint8Array)) {
        throw new UserError('bad-input', text('请求里没有照片', 'the request holds no photo'));
      }
      return photos.add(about.alertId, officerOf(permit), body);
    },
  );

  routes.get(
    '/api/alerts/:id/photos/:photoId',
    {
      config: { audit: lookAtAlert('alert.photo-look') },
      schema: {
        summary: 'A photo, for who may see the alert',
        tags,
        params: photoIdSchema,
        response: { 200: fileAnswer('image/jpeg', 'image/png', 'image/webp'), ...problems },
      },
    },
    async (request, reply) => {
      const { id, photoId } = request.params;
      const { scope } = await guard.allow(request, 'alert.read', { alertId: id });
      const { body, mediaType } = await photos.read(id, photoId, deskScopeOf(scope));
      void reply.headers({
        'content-type': mediaType,
        'content-disposition': `inline; filename="${photoId}.${mediaType.slice(6)}"`,
        'cache-control': 'private, no-store',
      });
      return reply.send(Buffer.from(body) as never);
    },
  );

  routes.delete(
    '/api/alerts/:id/photos/:photoId',
    {
      config: { audit: actOnAlert('alert.photo-remove') },
      schema: {
        summary: 'Delete a photo one has uploaded and not used',
        tags,
        params: photoIdSchema,
        response: { 204: z.null(), ...problems },
      },
    },
    async (request, reply) => {
      const { id, photoId } = request.params;
      const permit = await guard.allow(request, 'alert.handle', { alertId: id });
      await photos.remove(id, photoId, officerOf(permit));
      return reply.code(204).send(null);
    },
  );
}
