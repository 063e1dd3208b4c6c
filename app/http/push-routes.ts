// What consoles and devices say about pushes: seen on screen, shown by the browser, wanted on this device. An
// officer speaks for themselves only.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { removeDevice, saveDevice } from '../../alerts/channels/push-devices.ts';
import { WEB_PUSH_PROVIDER } from '../../alerts/channels/web-push.ts';
import type { ReceiptDeps } from '../../alerts/receipts.ts';
import { takeSeen, takeShown } from '../../alerts/seen.ts';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import {
  pushDeviceSchema,
  pushRemovalSchema,
  pushShownSchema,
  pushStateSchema,
  seenSchema,
} from '../api/push.ts';
import { problemSchema } from '../api/session.ts';
import type { Guard } from './sessions.ts';

export type WebPushOffer = {
  readonly publicKey: string;
  readonly mayUse: (endpoint: string) => boolean;
};

const problems = { 400: problemSchema, 401: problemSchema, 403: problemSchema };
const done = z.void();

export function registerPushes(
  app: FastifyInstance,
  deps: { guard: Guard; receipts: ReceiptDeps; web: WebPushOffer | undefined },
): void {
  const { guard, receipts, web } = deps;
  const { db } = receipts.records;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['push'];

  routes.post(
    '/api/alerts/seen',
    {
      schema: {
        summary: 'Alerts that stand on a visible screen',
        tags,
        body: seenSchema,
        response: { 204: done, ...problems },
      },
    },
    async (request, reply) => {
      const { officerId } = (await guard.allow(request, 'push.use')).account;
      if (officerId !== null) await takeSeen(receipts, { officerId, alertIds: request.body.ids });
      return reply.code(204).send();
    },
  );

  routes.get(
    '/api/push',
    {
      schema: {
        summary: 'Whether this server pushes to devices, and its public key',
        tags,
        response: { 200: pushStateSchema, ...problems },
      },
    },
    async (request) => {
      const { officerId } = (await guard.allow(request, 'push.use')).account;
      return { key: web?.publicKey ?? null, isOfficer: officerId !== null };
    },
  );

  routes.post(
    '/api/push/devices',
    {
      schema: {
        summary: 'Push to this browser from now on',
        tags,
        body: pushDeviceSchema,
        response: { 204: done, ...problems },
      },
    },
    async (request, reply) => {
      const { officerId } = (await guard.allow(request, 'push.use')).account;
      if (!web) throw refused(OFF_SAYS);
      if (officerId === null) throw refused(NO_OFFICER_SAYS);
      if (!web.mayUse(request.body.endpoint)) {
        throw new UserError('bad-input', SERVICE_SAYS, {
          detail: URL.parse(request.body.endpoint)?.host ?? '',
          hint: text(
            '如确需使用，请管理员在 channels.push.web.services 中登记',
            'An administrator can name it in channels.push.web.services.',
          ),
        });
      }
      await saveDevice(receipts, db, { officerId, ...request.body });
      return reply.code(204).send();
    },
  );

  routes.post(
    '/api/push/devices/remove',
    {
      schema: {
        summary: 'Push to this browser no more',
        tags,
        body: pushRemovalSchema,
        response: { 204: done, ...problems },
      },
    },
    async (request, reply) => {
      const { officerId } = (await guard.allow(request, 'push.use')).account;
      const { endpoint } = request.body;
      if (officerId !== null) await removeDevice(db, { officerId, endpoint });
      return reply.code(204).send();
    },
  );

  routes.post(
    '/api/push/shown',
    {
      schema: {
        summary: 'A device showed the notification of a notice',
        tags,
        body: pushShownSchema,
        response: { 204: done, ...problems },
      },
    },
    async (request, reply) => {
      const { officerId } = (await guard.allow(request, 'push.use')).account;
      const { noticeId } = request.body;
      if (officerId !== null) {
        await takeShown(receipts, { officerId, noticeId, provider: WEB_PUSH_PROVIDER });
      }
      return reply.code(204).send();
    },
  );
}

const OFF_SAYS = text('本系统未启用离线推送', 'this server does not push to devices');
const NO_OFFICER_SAYS = text(
  '该账号未关联值班人员，不接收推送',
  'no officer signs in with this account, so nothing is pushed to it',
);
const SERVICE_SAYS = text('不支持该浏览器的推送服务', 'this push service is not one we use');

const refused = (says: typeof OFF_SAYS): UserError => new UserError('conflict', says);
