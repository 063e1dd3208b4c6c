// What comes in over HTTP from other systems: partners' observations, providers' reports on notices. Both
// read the body themselves, so they live in a corner of the server without its body parsers.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpChannel } from '../../alerts/channels/http-provider.ts';
import type { PushIntake } from '../../connectors/http-push/intake.ts';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { z } from 'zod';
import type { RecordsDb } from '../../warehouse/records.ts';
import { pushRefusedSchema, pushResultSchema, receiptTakenSchema } from '../api/intake.ts';
import { problemSchema } from '../api/session.ts';
import { findPartner } from '../partners.ts';
import { RECEIPTS_PATH } from '../roles/providers.ts';

/** POST /api/push: NDJSON or Arrow, with the partner's token. */
export async function registerPush(
  app: FastifyInstance,
  deps: { db: RecordsDb; push: PushIntake },
): Promise<void> {
  await app.register((corner, _options, done) => {
    corner.removeAllContentTypeParsers();
    corner.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    corner.post(
      '/api/push',
      {
        // The intake bounds what it reads by itself, and says up to where it came.
        bodyLimit: Number.MAX_SAFE_INTEGER,
        config: { limit: 'none' },
        schema: {
          summary: 'Push observations as NDJSON lines or an Arrow stream of positions',
          description: 'See docs/input-formats.md. Repeating a request is safe.',
          tags: ['intake'],
          security: [{ partner: [] }],
          response: {
            200: pushResultSchema,
            400: pushRefusedSchema,
            401: problemSchema,
            403: pushRefusedSchema,
            413: pushRefusedSchema,
            415: pushRefusedSchema,
            429: pushRefusedSchema,
            503: pushRefusedSchema,
          },
        },
      },
      async (request, reply) => answerPush(request, reply, deps),
    );
    done();
  });
}

async function answerPush(
  request: FastifyRequest,
  reply: FastifyReply,
  { db, push }: { db: RecordsDb; push: PushIntake },
): Promise<FastifyReply> {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const partner = token ? await findPartner(db, token) : undefined;
  if (!partner) {
    throw new UserError('unauthenticated', text('接口令牌无效', 'the token is not valid'), {
      hint: text('请求头应为 Authorization: Bearer <令牌>', 'Send Authorization: Bearer <token>.'),
    });
  }
  const { source } = request.query as { source?: string };
  const answer = await push.take({
    partner,
    contentType: request.headers['content-type'],
    contentEncoding: request.headers['content-encoding'],
    source,
    language: request.headers['accept-language']?.startsWith('en') ? 'en' : 'zh',
    body: request.body as AsyncIterable<Uint8Array>,
  });
  if (answer.retryAfterS !== undefined) void reply.header('retry-after', answer.retryAfterS);
  return reply.code(answer.status).type('application/json').send(answer.body);
}

const RECEIPT_BYTES_MAX = 64 * 1024;

/** POST /api/receipts/<provider>: signed reports of telephone and SMS providers. */
export async function registerReceipts(
  app: FastifyInstance,
  channels: ReadonlyMap<string, HttpChannel>,
): Promise<void> {
  await app.register((corner, _options, done) => {
    corner.removeAllContentTypeParsers();
    corner.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) =>
      parsed(null, body),
    );
    corner.post(
      `${RECEIPTS_PATH}/:channel`,
      {
        bodyLimit: RECEIPT_BYTES_MAX,
        config: { limit: 'none' },
        schema: {
          summary: 'Signed report of a provider on a notice',
          tags: ['intake'],
          params: z.strictObject({ channel: z.string().min(1).max(80) }),
          response: { 200: receiptTakenSchema, 404: z.union([receiptTakenSchema, problemSchema]) },
        },
      },
      async (request, reply) => {
        const { channel: name } = request.params as { channel: string };
        const channel = channels.get(name);
        if (!channel)
          throw new UserError('not-found', text('没有这个通道', 'there is no such channel'));
        const outcome = await channel.receive({
          path: request.url,
          headers: request.headers,
          body: String(request.body),
        });
        return reply.code(outcome === 'unknown-notice' ? 404 : 200).send({ outcome });
      },
    );
    done();
  });
}
