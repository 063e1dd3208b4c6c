// Identities over HTTP. Everything is a POST with a body: no number stands in an address, where proxies and
// logs would keep it.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { loadNames } from '../../alerts/names.ts';
import type { PurposeCode } from '../../core/purposes.ts';
import { text } from '../../core/text.ts';
import { reachOf } from '../../security/access/rights.ts';
import type { PolicyRole } from '../../security/access/roles.ts';
import type { BulkRequest as DeskRequest, RequestDesk } from '../../security/vault/requests.ts';
import type { RevealDesk } from '../../security/vault/reveal.ts';
import { rotateVaultKey, rotationState, type RotationDeps } from '../../security/vault/rotate.ts';
import {
  askManySchema,
  bulkRequestSchema,
  bulkRequestsSchema,
  decideManySchema,
  lookUpSchema,
  maskedQuerySchema,
  maskedSchema,
  revealedSchema,
  revealSchema,
  vaultStateSchema,
  type BulkRequest,
  type Masked,
} from '../api/identities.ts';
import { problemSchema } from '../api/session.ts';
import type { Guard } from './sessions.ts';

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
  413: problemSchema,
  429: problemSchema,
  503: problemSchema,
};

export type IdentityRoutesDeps = {
  readonly guard: Guard;
  readonly desk: RevealDesk;
  readonly requests: RequestDesk;
  readonly rotation: RotationDeps;
  /** There is something to seal anew. */
  readonly onRotated: () => void;
};

export function registerIdentities(app: FastifyInstance, deps: IdentityRoutesDeps): void {
  const { guard, desk, requests, rotation } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['identities'];
  // The desk asks for the reason of each look and tells of it; whether the purpose fits is the policy's to say.
  const readerOf = async (request: FastifyRequest, purpose: PurposeCode = 'daily-supervision') => {
    const { account, role, reaches } = await guard.allow(request, 'identity.reveal', {
      purpose,
      tellsLater: true,
    });
    return { accountId: account.id, region: account.region, reaches, role };
  };
  /** Deciding about somebody else's request is a check of it, open to leaders alone. */
  const deciderOf = async (request: FastifyRequest) => {
    const { account, role, reaches } = await guard.allow(request, 'identity.approve-many', {
      purpose: 'inspection',
      tellsLater: true,
    });
    return { accountId: account.id, region: account.region, reaches, role };
  };
  const shown = async (
    { accountId, role }: { accountId: string; role: PolicyRole },
    list: readonly DeskRequest[],
  ): Promise<BulkRequest[]> => {
    const ids = list.flatMap(({ requestedBy, decidedBy }) => [requestedBy, decidedBy ?? []].flat());
    const names = await loadNames(rotation.records.db, [...new Set(ids)]);
    const nameOf = (id: string) => names.get(id) ?? text(id, id);
    return list.map(({ requestedBy, decidedBy, fields, ...request }) => {
      const isOwn = requestedBy === accountId;
      return {
        ...request,
        fields: [...fields],
        requestedBy: nameOf(requestedBy),
        decidedBy: decidedBy === null ? null : nameOf(decidedBy),
        isOwn,
        may: {
          decide:
            request.state === 'waiting' &&
            !isOwn &&
            reachOf(role, 'identity.approve-many') !== undefined,
          open: request.state === 'approved' && isOwn,
        },
      };
    });
  };
  const one = async (
    reader: { accountId: string; role: PolicyRole },
    request: DeskRequest,
  ): Promise<BulkRequest> => (await shown(reader, [request]))[0] as BulkRequest;

  routes.post(
    '/api/identities/masked',
    {
      schema: {
        summary: 'Masked identities of those of the persons who are the reader’s',
        tags,
        body: maskedQuerySchema,
        response: { 200: maskedSchema, ...problems },
      },
    },
    async (request): Promise<Masked> =>
      asAnswer({ persons: await desk.masked(await readerOf(request), request.body.subjects) }),
  );

  routes.post(
    '/api/identities/reveal',
    {
      schema: {
        summary: 'Identities in clear, for a purpose and a reason; told to the audit trail',
        tags,
        body: revealSchema,
        response: { 200: revealedSchema, ...problems },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      return asAnswer(
        await desk.reveal(await readerOf(request, request.body.purpose), request.body),
      );
    },
  );

  routes.post(
    '/api/identities/look-up',
    {
      schema: {
        summary: 'Who of the reader’s persons has this ID number or phone, masked',
        tags,
        body: lookUpSchema,
        response: { 200: maskedSchema, ...problems },
      },
    },
    async (request): Promise<Masked> =>
      asAnswer({
        persons: await desk.lookUp(await readerOf(request, request.body.purpose), request.body),
      }),
  );

  routes.get(
    '/api/identities/requests',
    {
      schema: {
        summary: 'Requests to see many at once, of a day, the newest first',
        tags,
        response: { 200: bulkRequestsSchema, ...problems },
      },
    },
    async (request) => {
      const reader = await readerOf(request);
      return { requests: await shown(reader, await requests.list(reader)) };
    },
  );

  routes.post(
    '/api/identities/requests',
    {
      schema: {
        summary: 'Ask to see many at once',
        tags,
        body: askManySchema,
        response: { 200: bulkRequestSchema, ...problems },
      },
    },
    async (request) => {
      const reader = await readerOf(request, request.body.purpose);
      return one(reader, await requests.ask(reader, request.body));
    },
  );

  routes.post(
    '/api/identities/requests/:id/decide',
    {
      schema: {
        summary: 'Allow or reject what another person asked',
        tags,
        params: idSchema,
        body: decideManySchema,
        response: { 200: bulkRequestSchema, ...problems },
      },
    },
    async (request) => {
      const reader = await deciderOf(request);
      const { id } = request.params;
      return one(reader, await requests.decide(reader, id, request.body.decision));
    },
  );

  routes.post(
    '/api/identities/requests/:id/open',
    {
      schema: {
        summary: 'Open what was allowed, once',
        tags,
        params: idSchema,
        response: { 200: revealedSchema, ...problems },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      return asAnswer(await requests.open(await readerOf(request), request.params.id));
    },
  );

  routes.get(
    '/api/vault',
    {
      schema: {
        summary: 'Which key the vault is sealed by, and how far a rotation is',
        tags,
        response: { 200: vaultStateSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'vault.rotate');
      return asAnswer(await rotationState(rotation));
    },
  );

  routes.post(
    '/api/vault/rotate',
    {
      schema: {
        summary: 'A new key for the vault; everything is sealed anew in the background',
        tags,
        response: { 200: vaultStateSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'vault.rotate');
      await rotateVaultKey(rotation, account.id);
      deps.onRotated();
      return asAnswer(await rotationState(rotation));
    },
  );
}

/** The desk's lists are read-only, the schemas' are not. Guarantee: an answer is only written out. */
const asAnswer = <Answer>(answer: unknown): Answer => answer as Answer;
