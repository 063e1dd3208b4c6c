// How a rule comes into force and goes out of it: one person proposes, another approves with a backtest of
// that very change before them. Every act is a row that stays.

import { UserError } from '../core/errors.ts';
import { formatDuration } from '../core/duration.ts';
import { localDateTime } from '../core/local-time.ts';
import { text, type Text } from '../core/text.ts';
import type { Clock } from '../core/time.ts';
import type { Surroundings } from '../rules/kind.ts';
import { assertDeclared } from '../rules/migration.ts';
import { parseRule, rulebookOf, type Rulebook } from '../rules/rulebook.ts';
import { testRulebook, type Locate } from '../rules/test-rule.ts';
import type { Account } from '../warehouse/accounts.ts';
import type { Records } from '../warehouse/records.ts';
import type { ActivationStatus } from '../warehouse/records-schema.ts';
import {
  latestActivation,
  listProposals,
  saveActivation,
  saveProposal,
  saveReport,
  type RuleActivation,
  type RuleProposal,
} from '../warehouse/rule-activation-store.ts';
import { findRuleVersion } from '../warehouse/rule-version-store.ts';
import { reachOf } from '../security/access/rights.ts';
import { policyRoleOf } from '../security/access/roles.ts';
import type { RuleChecked } from './api/rules.ts';
import { backtestReportSchema, REPORT_FORMAT, type BacktestReport } from './api/backtest-report.ts';
import { reportId } from './backtest/run-backtest.ts';
import { keepVersion } from './rules-in-force.ts';

export type RuleDesk = {
  /** Reads the text of a rule and runs its tests; nothing is kept. Throws UserError `rule-invalid`. */
  check(source: string): RuleChecked;
  /** Takes the text of a rule; `status: retired` in it proposes to retire the rule. Throws UserError. */
  propose(given: { source: string; by: Actor; reason: string }): Promise<RuleProposal>;
  /** Puts a proposed version in force, or retires the rule. Throws UserError saying why not. */
  approve(given: {
    ruleId: string;
    version: string;
    by: Actor;
    report: unknown;
    reason: string;
  }): Promise<RuleActivation>;
};

export type Actor = Pick<Account, 'id' | 'role' | 'active'>;

export type RuleDeskDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly surroundings: Surroundings;
  readonly locate: Locate;
  /** The pack the rules belong to. */
  readonly files: () => Rulebook;
  /** What is in force, against which a change is held. */
  readonly inForce: () => Rulebook;
  readonly limits: { readonly reportAgeMax: number; readonly reportSpanMin: number };
  /** Called once an activation is recorded, so that it counts at once and not only with the next look. */
  readonly onChanged: () => Promise<unknown>;
};

export function createRuleDesk(deps: RuleDeskDeps): RuleDesk {
  const { records, clock } = deps;
  return {
    check(source) {
      const compiled = parseRule('rule.yaml', source, deps.files().pack);
      const { id, status } = compiled.rule;
      assertChangeIsDeclared(deps, compiled, source);
      const tests = runTests(deps, compiled, source).map(({ ruleId: _of, ...result }) => ({
        ...result,
        wanted: [...result.wanted],
        got: [...result.got],
      }));
      return { id, version: compiled.version, status, tests };
    },
    async propose({ source, by, reason }) {
      assertMay(by, 'rule.propose', PROPOSERS);
      const { pack } = deps.files();
      const compiled = parseRule('rule.yaml', source, pack);
      const { rule, version } = compiled;
      if (rule.status === 'draft') throw refused(IS_DRAFT);
      assertTestsPass(deps, compiled, source);
      assertChangeIsDeclared(deps, compiled, source);
      await keepVersion({ records, clock }, { rule, version, source, pack });
      const status: ActivationStatus = rule.status === 'retired' ? 'retired' : 'active';
      const key = { packId: pack.id, ruleId: rule.id };
      const last = await latestActivation(records.db, key);
      const active = activeVersion(last);
      if (status === 'active' && active === version) throw refused(IS_ACTIVE);
      if (status === 'retired' && active !== version) throw refused(IS_NOT_ACTIVE);
      const proposal = {
        ...key,
        ruleVersion: version,
        status,
        follows: last?.id ?? '',
        proposedBy: by.id,
        reason,
      };
      return records.transaction((trx) => saveProposal({ clock }, trx, proposal));
    },
    async approve({ ruleId, version, by, report: given, reason }) {
      assertMay(by, 'rule.approve', APPROVERS);
      const { pack } = deps.files();
      const report = readReport(given);
      const stored = await findRuleVersion(records.db, { ruleId, ruleVersion: version });
      if (!stored) throw noProposal(ruleId, version);
      const compiled = parseRule(`${ruleId}.yaml`, stored.body, pack);
      assertTestsPass(deps, compiled, stored.body);
      const activation = await records.transaction(async (trx) => {
        const key = { packId: pack.id, ruleId };
        const last = await latestActivation(trx, key);
        const active = activeVersion(last);
        const open = (await listProposals(trx, key)).filter(
          ({ ruleVersion, follows }) => ruleVersion === version && follows === (last?.id ?? ''),
        );
        if (open.length === 0) throw noProposal(ruleId, version);
        const proposal = open.find(({ proposedBy }) => proposedBy !== by.id);
        if (!proposal) throw new UserError('forbidden', SAME_PERSON);
        assertReportFits(report, { ruleId, version, status: proposal.status, active });
        assertReportIsFresh(report, deps.limits, clock.now());
        await saveReport({ clock }, trx, { id: report.id, body: JSON.stringify(report) });
        await saveActivation({ clock }, trx, {
          ...key,
          ruleVersion: version,
          status: proposal.status,
          proposedBy: proposal.proposedBy,
          approvedBy: by.id,
          reportId: report.id,
          reason: reason === '' ? proposal.reason : reason,
        });
        return (await latestActivation(trx, key)) as RuleActivation;
      });
      await deps.onChanged();
      return activation;
    },
  };
}

const activeVersion = (last: RuleActivation | undefined): string | undefined =>
  last?.status === 'active' ? last.ruleVersion : undefined;

function assertMay(by: Actor, fn: 'rule.propose' | 'rule.approve', says: Text): void {
  const reach = reachOf(policyRoleOf({ role: by.role, leads: false }), fn);
  if (by.active !== 1 || reach === undefined) throw new UserError('forbidden', says);
}

const runTests = (
  { surroundings, locate }: RuleDeskDeps,
  compiled: Rulebook['rules'][number],
  source: string,
) => testRulebook(rulebookOf(compiled.pack, [{ compiled, source }]), { ...surroundings, locate });

function assertTestsPass(
  deps: RuleDeskDeps,
  compiled: Rulebook['rules'][number],
  source: string,
): void {
  const failed = runTests(deps, compiled, source).filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  throw new UserError('rule-invalid', text('规则自带的测试未通过', 'tests in the rule fail'), {
    detail: failed.map(({ name, got }) => `${name}: ${got.join('; ') || 'nothing'}`).join('\n'),
  });
}

/** Held against the version of the rule that is active now. */
function assertChangeIsDeclared(
  { inForce }: RuleDeskDeps,
  compiled: Rulebook['rules'][number],
  source: string,
): void {
  const { id, status } = compiled.rule;
  if (status === 'draft' || status === 'retired') return;
  const active = inForce().rules.find(({ rule }) => rule.id === id && rule.status === 'active');
  assertDeclared(compiled, active, { file: 'rule.yaml', source });
}

/** Throws UserError `bad-input` for what is no report, or one that was changed after it was made. */
function readReport(given: unknown): BacktestReport {
  const parsed = backtestReportSchema.safeParse(given);
  if (!parsed.success && isOfEarlierForm(given)) throw refused(EARLIER_FORM);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError('bad-input', text('不是回测报告', 'this is no backtest report'), {
      detail: `${issue?.path.join('.')}: ${issue?.message}`,
    });
  }
  if (reportId(parsed.data) === parsed.data.id) return parsed.data;
  throw new UserError(
    'bad-input',
    text('回测报告被改动过', 'the report was changed after it was made'),
  );
}

const isOfEarlierForm = (given: unknown): boolean => {
  const format = (given as { format?: unknown } | null | undefined)?.format;
  return typeof format === 'number' && format < REPORT_FORMAT;
};

/** The report must be about this very change. Throws UserError `conflict`. */
export function assertReportFits(
  report: Pick<BacktestReport, 'ruleId' | 'candidate' | 'baseline'>,
  change: { ruleId: string; version: string; status: ActivationStatus; active: string | undefined },
): void {
  const { candidate, baseline } = report;
  const about = `${report.ruleId} ${baseline?.version ?? 'nothing'} → ${candidate.version} ${candidate.status}`;
  const wanted = `${change.ruleId} ${change.active ?? 'nothing'} → ${change.version} ${change.status}`;
  if (about === wanted) return;
  throw refused(OTHER_CHANGE, `the report is about ${about}, the change is ${wanted}`);
}

/** What a report says about last winter is no ground for a change today. Throws UserError `conflict`. */
export function assertReportIsFresh(
  { history, span }: { history: BacktestReport['history']; span: Stretch },
  { reportAgeMax, reportSpanMin }: RuleDeskDeps['limits'],
  nowAtMs: number,
): void {
  const { firstMs, lastMs } = history;
  const coveredMs = firstMs === null || lastMs === null ? 0 : lastMs - firstMs;
  // Reports do not come at the very first and last instant.
  const lengthMs = Math.min(span.untilMs - span.fromMs, coveredMs + LENGTH_SLACK_MS);
  if (lengthMs < reportSpanMin) {
    throw refused(
      TOO_SHORT,
      `${formatDuration(coveredMs)} of history, at least ${formatDuration(reportSpanMin)} are wanted`,
    );
  }
  if (nowAtMs - (lastMs ?? 0) <= reportAgeMax) return;
  const ends = lastMs === null ? 'never' : localDateTime(lastMs);
  throw refused(
    TOO_OLD,
    `its history ends ${ends}, at most ${formatDuration(reportAgeMax)} ago is wanted`,
  );
}

type Stretch = { readonly fromMs: number; readonly untilMs: number };

const LENGTH_SLACK_MS = 3_600_000;

const refused = (says: Text, detail?: string): UserError =>
  new UserError('conflict', says, detail === undefined ? {} : { detail });

const noProposal = (ruleId: string, version: string): UserError =>
  new UserError('not-found', text('没有待批准的提议', 'there is no such proposal to approve'), {
    detail: `${ruleId} ${version}`,
    hint: text('先由另一人提议:rules propose', 'Somebody else proposes it first: rules propose.'),
  });

const PROPOSERS = text('只有分析员和管理员可以提议', 'analysts and administrators propose');
const APPROVERS = text('只有管理员可以批准', 'only administrators approve');
const SAME_PERSON = text(
  '提议人不能批准自己的提议，须由另一名管理员批准',
  'who proposed it may not approve it; another administrator must',
);
const IS_DRAFT = text('草稿不能提议启用', 'a draft is not proposed');
const IS_ACTIVE = text('这个版本已经启用', 'this version is active already');
const IS_NOT_ACTIVE = text('只能停用正在启用的版本', 'only the active version can be retired');
const OTHER_CHANGE = text(
  '回测报告针对的不是这次变更，请重新回测',
  'the report is about another change; run the backtest again',
);
const EARLIER_FORM = text(
  '回测报告由较早的版本生成，请重新回测',
  'the report is of an earlier form; run the backtest again',
);
const TOO_SHORT = text('回测时段太短', 'the backtest is too short');
const TOO_OLD = text('回测报告已过时，请重新回测', 'the report is too old; run the backtest again');
