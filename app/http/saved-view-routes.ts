// Saved views of the workbench over HTTP. Opening one gives nobody more than they may ask themselves: it is a
// question, and the answer is counted for whoever asks.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { loadNames } from '../../alerts/names.ts';
import { UserError } from '../../core/errors.ts';
import type { ChanceIds } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import type { Records } from '../../warehouse/records.ts';
import type { SavedViewTable } from '../../warehouse/records-workbench.ts';
import {
  newViewSchema,
  savedViewListSchema,
  savedViewSchema,
  scheduleViewSchema,
} from '../api/saved-views.ts';
import { problemSchema } from '../api/session.ts';
import { actOn } from '../audit/about.ts';
import type { Guard } from './sessions.ts';

/** So many an account may keep, and so many a list has. */
const KEPT_MAX = 200;

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });

const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};

export function registerSavedViews(
  app: FastifyInstance,
  { guard, records, clock, ids }: { guard: Guard; records: Records; clock: Clock; ids: ChanceIds },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['workbench'];

  routes.get(
    '/api/views',
    {
      schema: {
        summary: 'Saved views the reader may open, the newest first',
        tags,
        response: { 200: savedViewListSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'view.save');
      const rows = await records.db
        .selectFrom('savedView')
        .selectAll()
        .where((where) =>
          where.or([
            where('owner', '=', account.id),
            where('visibility', '=', 'all'),
            where.and([where('visibility', '=', 'unit'), where('region', '=', account.region)]),
          ]),
        )
        .orderBy('savedAtMs', 'desc')
        .orderBy('id')
        .limit(KEPT_MAX)
        .execute();
      const names = await loadNames(
        records.db,
        rows.map(({ owner }) => owner),
      );
      return {
        views: rows.map((row) => answerOf(row, { reader: account.id, names })),
        nowMs: clock.now(),
      };
    },
  );

  routes.post(
    '/api/views',
    {
      config: { audit: actOn('view.save', 'analysis', ['visibility']) },
      schema: {
        summary: 'Keep a view under a name',
        tags,
        body: newViewSchema,
        response: { 200: savedViewSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'view.save');
      const row: SavedViewTable = {
        id: ids.next('vw'),
        owner: account.id,
        region: account.region,
        savedAtMs: clock.now(),
        ...request.body,
        schedule: 'none',
        scheduledSinceMs: null,
      };
      await records.transaction(async (trx) => {
        const { kept } = await trx
          .selectFrom('savedView')
          .select((count) => count.fn.countAll<number>().as('kept'))
          .where('owner', '=', account.id)
          .executeTakeFirstOrThrow();
        if (Number(kept) >= KEPT_MAX) throw tooMany();
        await trx.insertInto('savedView').values(row).execute();
      });
      const names = await loadNames(records.db, [account.id]);
      return answerOf(row, { reader: account.id, names });
    },
  );

  routes.post(
    '/api/views/:id/schedule',
    {
      config: { audit: actOn('view.schedule', 'reporting', ['schedule']) },
      schema: {
        summary: "Have one of one's own views counted each week or month, or no longer",
        tags,
        params: idSchema,
        body: scheduleViewSchema,
        response: { 200: savedViewSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'view.save');
      const { schedule } = request.body;
      const row = await records.transaction(async (trx) => {
        const kept = await trx
          .updateTable('savedView')
          .set({ schedule, scheduledSinceMs: schedule === 'none' ? null : clock.now() })
          .where('id', '=', request.params.id)
          .where('owner', '=', account.id)
          .returningAll()
          .executeTakeFirst();
        if (!kept) throw noView();
        return kept;
      });
      const names = await loadNames(records.db, [account.id]);
      return answerOf(row, { reader: account.id, names });
    },
  );

  routes.delete(
    '/api/views/:id',
    {
      config: { audit: actOn('view.delete', 'analysis') },
      schema: {
        summary: "Delete one of one's own views",
        tags,
        params: idSchema,
        response: { 204: z.null(), ...problems },
      },
    },
    async (request, reply) => {
      const { account } = await guard.allow(request, 'view.save');
      await records.transaction(async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('savedView')
          .where('id', '=', request.params.id)
          .where('owner', '=', account.id)
          .executeTakeFirst();
        // Somebody else's is as if it were not there.
        if (numDeletedRows === 0n) throw noView();
      });
      return reply.code(204).send(null);
    },
  );
}

const answerOf = (
  { owner, region: _region, scheduledSinceMs: _since, ...row }: SavedViewTable,
  { reader, names }: { reader: string; names: Awaited<ReturnType<typeof loadNames>> },
) => ({
  ...row,
  ownerName: names.get(owner) ?? text(owner, owner),
  isMine: owner === reader,
});

const noView = () =>
  new UserError(
    'not-found',
    text('没有这个视图，或不是您保存的', 'there is no such view of yours'),
    {
      hint: text('刷新列表后再试。', 'Load the list again.'),
    },
  );

const tooMany = () =>
  new UserError('too-many', text('保存的视图已达上限', 'no more views can be kept'), {
    hint: text(
      `每人最多保存 ${KEPT_MAX} 个，请先删除不用的。`,
      `An account keeps at most ${KEPT_MAX}; delete some first.`,
    ),
  });
