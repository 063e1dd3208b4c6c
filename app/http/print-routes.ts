// What the browser prints is entered in the ledger before, and its mark goes on the paper. The words are those the
// screen says it prints: a browser can be made to print others, as paper can be typed anew.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import type { OrderBook } from '../../core/order-book.ts';
import { isWithin } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import { printedMarkSchema, printSchema } from '../api/exports.ts';
import { problemSchema } from '../api/session.ts';
import { actOn } from '../audit/about.ts';
import type { ExportDesk, PrintAsk } from '../exports/export-content.ts';
import type { Guard } from './sessions.ts';

type Question = z.output<typeof printSchema>;

type Deps = {
  readonly guard: Guard;
  readonly orders: Pick<OrderBook, 'orderAt' | 'lastOrder'>;
  readonly clock: Clock;
  readonly exports: ExportDesk;
};

export function registerPrints(app: FastifyInstance, deps: Deps): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/api/exports/prints',
    {
      config: { audit: actOn('export.print', 'export-review', ['what', 'period', 'region']) },
      schema: {
        summary: 'Enter what is about to be printed; the mark goes on the paper',
        tags: ['exports'],
        body: printSchema,
        response: {
          200: printedMarkSchema,
          400: problemSchema,
          401: problemSchema,
          403: problemSchema,
          404: problemSchema,
          409: problemSchema,
        },
      },
    },
    async (request) => deps.exports.enterPrint(await questionOf(request, request.body, deps)),
  );
}

async function questionOf(
  request: FastifyRequest,
  asked: Question,
  { guard, orders, clock }: Deps,
): Promise<PrintAsk> {
  if (asked.what === 'report') {
    const { account: who } = await guard.allow(request, 'report.export', { region: asked.region });
    const { period, region, report } = asked;
    return {
      who,
      fn: 'report.export',
      kind: 'report',
      title: text('统计报告', 'Report'),
      purpose: asked.purpose,
      region,
      about: { period, region, ...(report === undefined ? {} : { report }) },
      language: 'zh',
      subjects: [],
      words: asked.words,
    };
  }
  const { subject, words } = asked;
  const { account: who, purpose: purposeCode } = await guard.allow(request, 'held.read', {
    purpose: 'rights-request',
    subject,
    tellsLater: true,
  });
  const order = orders.orderAt(subject, clock.now()) ?? orders.lastOrder(subject);
  if (!order || !isWithin(order.county, who.region)) {
    throw new UserError(
      'not-found',
      text('没有此人，或者不在您的管辖范围', 'no such person in your charge'),
    );
  }
  return {
    who,
    purposeCode,
    fn: 'held.read',
    kind: 'person-sheet',
    title: text('监管措施与个人信息告知单', 'Sheet for a person'),
    purpose: '告知本人',
    region: order.county,
    about: {},
    language: 'zh',
    subjects: [subject],
    words,
  };
}
