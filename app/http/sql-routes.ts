// The SQL console over HTTP, for analysts: declared views only, within their area, every statement told.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { STATEMENT_LIMITS } from '../../warehouse/console/run-statement.ts';
import { VIEW_LIMITS, VIEWS } from '../../warehouse/console/views.ts';
import { problemSchema } from '../api/session.ts';
import {
  runSqlSchema,
  sqlAnswerSchema,
  sqlCancelSchema,
  sqlHistorySchema,
  sqlViewsSchema,
} from '../api/sql.ts';
import { rangesOf } from '../sql/region-ranges.ts';
import type { SqlDesk } from '../sql/sql-desk.ts';
import type { Guard } from './sessions.ts';

const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
  413: problemSchema,
  429: problemSchema,
};

export function registerSql(
  app: FastifyInstance,
  { guard, desk }: { guard: Guard; desk: SqlDesk },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['sql'];

  routes.get(
    '/api/sql/views',
    {
      schema: {
        summary: 'The views there are, and the limits',
        tags,
        response: { 200: sqlViewsSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'sql.run');
      return {
        views: VIEWS.map(({ name, says, columns }) => ({ name, says, columns: [...columns] })),
        floor: VIEW_LIMITS.floor,
        rowsMax: STATEMENT_LIMITS.rowsMax,
        secondsMax: STATEMENT_LIMITS.msMax / 1_000,
      };
    },
  );

  // Told by the desk, with what was asked and what came of it.
  routes.post(
    '/api/sql/run',
    {
      schema: {
        summary: 'Run one SELECT over the views; every statement is recorded with its purpose',
        tags,
        body: runSqlSchema,
        response: { 200: sqlAnswerSchema, ...problems },
      },
    },
    async (request) => {
      const { account, scope } = await guard.allow(request, 'sql.run');
      const { columns, rows, isCut, durationMs } = await desk.run({
        ...request.body,
        accountId: account.id,
        ranges: rangesOf(scope),
      });
      return {
        columns: columns.map(({ name, type }) => ({ name, type })),
        rows: rows.map((row) => [...row]),
        isCut,
        durationMs,
      };
    },
  );

  routes.post(
    '/api/sql/cancel',
    {
      schema: {
        summary: 'End the statement one has running',
        tags,
        response: { 200: sqlCancelSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'sql.run');
      return { cancelled: desk.cancel(account.id) };
    },
  );

  routes.get(
    '/api/sql/history',
    {
      schema: {
        summary: 'What one asked before, the newest first',
        tags,
        response: { 200: sqlHistorySchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'sql.run');
      const statements = await desk.history(account.id);
      return {
        statements: statements.map(
          ({ id, statement, purpose, outcome, rowCount, durationMs, atMs }) => ({
            id,
            statement,
            purpose,
            outcome,
            rows: rowCount,
            durationMs,
            atMs,
          }),
        ),
      };
    },
  );
}
