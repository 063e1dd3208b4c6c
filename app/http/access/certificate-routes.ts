// Sign-in by certificate: a word signed by the reverse proxy for X.509, a challenge for SM2 keys. Off unless the
// configuration has it on.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { UserError } from '../../../core/errors.ts';
import { text } from '../../../core/text.ts';
import {
  isFingerprint,
  normalFingerprint,
  readProxyWord,
} from '../../../security/access/certificate.ts';
import { createCertificateDesk } from '../../../security/access/certificate-desk.ts';
import { limitOf } from '../../../security/access/session-limits.ts';
import type { Account } from '../../../warehouse/accounts.ts';
import { endSession } from '../../../warehouse/sessions.ts';
import { certificateListSchema } from '../../api/access.ts';
import { problemSchema } from '../../api/session.ts';
import type { AccessDeps } from '../sessions.ts';
import type { Guard } from './guard.ts';
import { setSessionCookie, tokenOf } from './session-cookie.ts';
import { begin } from './sign-in.ts';

const fingerprintSchema = z
  .string()
  .max(100)
  .transform(normalFingerprint)
  .refine(isFingerprint, 'a fingerprint is SHA-256 in hexadecimal');

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const bindSchema = z.strictObject({
  kind: z.enum(['x509', 'sm2']),
  fingerprint: fingerprintSchema,
  publicKey: z.string().max(200).default(''),
});
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};

export function registerCertificates(
  app: FastifyInstance,
  {
    guard,
    access,
    proxySecret,
  }: {
    guard: Guard;
    access: AccessDeps;
    /** Shared with the reverse proxy; without one its word is not taken. */
    proxySecret: Uint8Array | undefined;
  },
): void {
  const { db, clock, secure, settings, trail } = access;
  const desk = createCertificateDesk(access);
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['session'];
  const config = { limit: 'sign-in' } as const;
  const done = { 204: z.null(), ...problems };

  const enter = async (
    account: Account | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<null> => {
    if (!account) {
      const detail = { because: 'wrong-certificate' };
      const entry = { actor: 'unknown', action: 'session.sign-in', detail } as const;
      await trail.tell({ ...entry, outcome: 'refused' });
      throw refused();
    }
    const before = tokenOf(request, secure);
    if (before !== undefined) await endSession(db, before);
    const agent = String(request.headers['user-agent'] ?? '').slice(0, 120);
    const token = await begin(access, account, { factor: 'certificate', agent });
    const { absoluteMs } = limitOf(settings.sessions, account.role);
    setSessionCookie(reply, token, { secure, lastsMs: absoluteMs });
    void reply.code(204);
    return null;
  };

  if (proxySecret) {
    routes.post(
      '/api/session/certificate',
      {
        config,
        schema: {
          summary: 'Sign in by the client certificate the reverse proxy vouches for',
          tags,
          response: done,
        },
      },
      async (request, reply) => {
        const header = (name: string) => String(request.headers[name] ?? '');
        const word = {
          fingerprint: header('x-client-certificate'),
          atMs: header('x-client-certificate-at'),
          signature: header('x-client-certificate-signature'),
        };
        const vouched = readProxyWord(word, { secret: proxySecret, nowMs: clock.now() });
        return enter(vouched === undefined ? undefined : await desk.find(vouched), request, reply);
      },
    );
  }

  if (settings.certificates.sm2) {
    routes.post(
      '/api/session/sm2/challenge',
      {
        config,
        schema: {
          summary: 'A challenge for the SM2 key of a certificate',
          tags,
          body: z.strictObject({ fingerprint: fingerprintSchema }),
          response: {
            200: z.strictObject({ id: z.string(), challenge: z.string() }),
            ...problems,
          },
        },
      },
      (request) => desk.challenge(request.body.fingerprint),
    );
    routes.post(
      '/api/session/sm2',
      {
        config,
        schema: {
          summary:
            'Sign in with the signature over the challenge: SM2 with SM3, r and s in hexadecimal',
          tags,
          body: z.strictObject({ id: z.string().max(80), signature: z.string().max(200) }),
          response: done,
        },
      },
      async (request, reply) => enter(await desk.answer(request.body), request, reply),
    );
  }

  routes.get(
    '/api/account/certificates',
    {
      schema: {
        summary: 'Certificates bound to my account',
        tags: ['account'],
        response: { 200: certificateListSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.session(request);
      return { certificates: [...(await desk.list(account.id))] };
    },
  );

  routes.get(
    '/api/accounts/:id/certificates',
    {
      schema: {
        summary: 'Certificates bound to an account',
        tags: ['accounts'],
        params: idSchema,
        response: { 200: certificateListSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'account.read');
      return { certificates: [...(await desk.list(request.params.id))] };
    },
  );

  routes.post(
    '/api/accounts/:id/certificates',
    {
      schema: {
        summary: 'Bind a certificate to an account by its fingerprint',
        tags: ['accounts'],
        params: idSchema,
        body: bindSchema,
        response: done,
      },
    },
    async (request, reply) => {
      const { account } = await guard.allow(request, 'account.change');
      await desk.bind(request.params.id, request.body, account.id);
      return reply.code(204).send(null);
    },
  );

  routes.post(
    '/api/certificates/:id/end',
    {
      schema: {
        summary: 'Bind a certificate no more, by its fingerprint',
        tags: ['accounts'],
        params: idSchema,
        response: done,
      },
    },
    async (request, reply) => {
      const { account } = await guard.allow(request, 'account.change');
      await desk.unbind(request.params.id, account.id);
      return reply.code(204).send(null);
    },
  );
}

const refused = () =>
  new UserError(
    'unauthenticated',
    text(
      '证书未绑定账户或验证未通过',
      'the certificate is bound to nobody, or its proof is not right',
    ),
  );
