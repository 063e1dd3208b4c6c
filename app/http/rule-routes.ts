// Rules for the console: what is in force, proposing and approving a change, and why a rule did not raise.
// Nothing here names a person under supervision but the samples of a report, which only an approver sends,
// and the last, which only officers ask, each about persons of their own.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { parseRule } from '../../rules/rulebook.ts';
import type { GradingTable } from '../../rules/grading.ts';
import { describeRuleForm } from '../../rules/rule-form.ts';
import {
  approvalSchema,
  gradingAnswerSchema,
  packZonesSchema,
  proposalSchema,
  ruleCheckedSchema,
  ruleCheckSchema,
  ruleDetailSchema,
  ruleFormSchema,
  ruleListSchema,
  whyNotAnswerSchema,
  whyNotQuerySchema,
} from '../api/rules.ts';
import { problemSchema } from '../api/session.ts';
import type { BacktestDesk } from '../backtest-desk.ts';
import { benchedSchema, benchSchema } from '../api/bench.ts';
import type { RuleBench } from '../rule-bench.ts';
import type { RuleDesk } from '../rule-desk.ts';
import { findRule, listRules, type RuleListDeps } from '../rule-list.ts';
import type { WhyNotDesk } from '../why-not/desk.ts';
import { deskScopeOf } from './access/desk-scope.ts';
import { actOn, lookAt } from '../audit/about.ts';
import type { Guard } from './sessions.ts';

/** Samples carry their evidence. */
const REPORT_BYTES_MAX = 8 * 1024 * 1024;

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
  422: problemSchema,
};

export function registerRules(
  app: FastifyInstance,
  {
    guard,
    desk,
    bench,
    list,
    grading,
    backtests,
    whyNot,
  }: {
    guard: Guard;
    desk: RuleDesk;
    bench: RuleBench;
    list: RuleListDeps;
    /** The table as it is in the pack's folder now. */
    grading: () => GradingTable | undefined;
    backtests: Pick<BacktestDesk, 'ground'>;
    whyNot: WhyNotDesk;
  },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['rules'];
  const form = describeRuleForm();

  routes.get(
    '/api/rules',
    {
      schema: {
        summary: 'Rules with what is in force and how often they speak',
        tags,
        response: { 200: ruleListSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'rule.read');
      return { rules: await listRules(list) };
    },
  );

  routes.get(
    '/api/rule-pack/grading',
    {
      schema: {
        summary: 'The grading table of the pack',
        tags,
        response: { 200: gradingAnswerSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'rule.read');
      return { table: grading() ?? null };
    },
  );

  routes.get(
    '/api/rule-pack/form',
    {
      schema: {
        summary: 'What a form for a rule asks, by kind',
        tags,
        response: { 200: ruleFormSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'rule.read');
      return { common: [...form.common], kinds: form.kinds };
    },
  );

  routes.get(
    '/api/rule-pack/zones',
    {
      schema: {
        summary: 'The places the pack names',
        tags,
        response: { 200: packZonesSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'rule.read');
      return { zones: list.rules.files().pack.zones };
    },
  );

  routes.post(
    '/api/rules/check',
    {
      schema: {
        summary: 'Read a text of a rule and run its tests; nothing is kept',
        tags,
        body: ruleCheckSchema,
        response: { 200: ruleCheckedSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'rule.try');
      return desk.check(request.body.text);
    },
  );

  routes.get(
    '/api/rules/:id',
    {
      schema: {
        summary: 'One rule with its text, versions and the acts about it',
        tags,
        params: idSchema,
        response: { 200: ruleDetailSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'rule.read');
      return findRule(list, request.params.id);
    },
  );

  routes.get(
    '/api/rules/:id/why-not',
    {
      config: { audit: lookAt('person.why-not', 'handling', ['at', 'hours']) },
      schema: {
        summary: 'Why the rule raised nothing about a person around an instant',
        tags,
        params: idSchema,
        querystring: whyNotQuerySchema,
        response: { 200: whyNotAnswerSchema, ...problems, 413: problemSchema },
      },
    },
    async (request) => {
      const { subject, at, hours } = request.query;
      const { scope } = await guard.allow(request, 'alert.explain', { subject });
      const asked = { ruleId: request.params.id, subject, atMs: at, hours };
      return whyNot.ask(asked, deskScopeOf(scope));
    },
  );

  routes.post(
    '/api/rules/:id/bench',
    {
      config: { audit: lookAt('person.past-day', 'rule-change') },
      schema: {
        summary:
          'Run a text of the rule on a drawn track or a past day of a person; nothing is kept',
        tags,
        params: idSchema,
        body: benchSchema,
        response: { 200: benchedSchema, ...problems },
      },
    },
    async (request) => {
      const { body } = request;
      const { track } = body;
      const { account: by } =
        track.kind === 'past'
          ? await guard.allow(request, 'rule.try-past', { subject: track.subject })
          : await guard.allow(request, 'rule.try');
      return bench.run({ ruleId: request.params.id, ...body }, by);
    },
  );

  routes.post(
    '/api/rules/:id/proposals',
    {
      config: { audit: actOn('rule.propose', 'rule-change') },
      schema: {
        summary: 'Propose a version, or to retire the rule',
        tags,
        params: idSchema,
        body: proposalSchema,
        response: { 200: ruleDetailSchema, ...problems },
      },
    },
    async (request) => {
      const { account: by } = await guard.allow(request, 'rule.propose');
      const { id } = request.params;
      const { text: source, reason } = request.body;
      const named = parseRule('rule.yaml', source, list.rules.files().pack).rule.id;
      if (named !== id) {
        throw new UserError('bad-input', text('规则编号不符', 'the text is of another rule'), {
          detail: `"${named}" instead of "${id}"`,
        });
      }
      await desk.propose({ source, by, reason });
      return findRule(list, id);
    },
  );

  routes.post(
    '/api/rules/:id/approvals',
    {
      config: { audit: actOn('rule.approve', 'rule-change', ['version', 'backtest']) },
      bodyLimit: REPORT_BYTES_MAX,
      schema: {
        summary: 'Approve what somebody else proposed, with a backtest of that change',
        tags,
        params: idSchema,
        body: approvalSchema,
        response: { 200: ruleDetailSchema, ...problems },
      },
    },
    async (request) => {
      const { account: by } = await guard.allow(request, 'rule.approve');
      const { version, backtest, reason } = request.body;
      const ruleId = request.params.id;
      const report =
        backtest === undefined
          ? request.body.report
          : await backtests.ground({ ruleId, id: backtest });
      await desk.approve({ ruleId, version, by, report, reason });
      return findRule(list, ruleId);
    },
  );
}
