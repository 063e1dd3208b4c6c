// Backtests as people ask for them on the screen: of which text, over which part of what the log keeps, and
// who may see what of the result. They run one after the other; see backtest/backtest-queue.ts.

import { subjectKey, type SubjectKey } from '../core/subject.ts';
import { UserError } from '../core/errors.ts';
import { contentId } from '../core/ids.ts';
import { text } from '../core/text.ts';
import type { Clock } from '../core/time.ts';
import type { Log } from '../ingest/log.ts';
import { parseRule } from '../rules/rulebook.ts';
import type { Account } from '../warehouse/accounts.ts';
import type { RecordsDb } from '../warehouse/records.ts';
import { latestActivation } from '../warehouse/rule-activation-store.ts';
import { findRuleVersion } from '../warehouse/rule-version-store.ts';
import { ofMany } from './audit/about.ts';
import type { BacktestReport } from './api/backtest-report.ts';
import type {
  BacktestDetail,
  BacktestJobAnswer,
  BacktestList,
  StartBacktest,
} from './api/backtests.ts';
import { readReportFile, readResult, type BacktestJob } from './backtest/backtest-job.ts';
import type { BacktestQueue } from './backtest/backtest-queue.ts';
import { failureOf } from './backtest/failure.ts';
import { keptHistory } from './backtest/kept-history.ts';
import { readStretch } from './backtest/read-stretch.ts';
import { seenBy } from './backtest/seen-by.ts';
import { assertReportFits, assertReportIsFresh, type RuleDeskDeps } from './rule-desk.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** All of these throw UserError `not-found` for a backtest that is none of this rule. */
export type BacktestDesk = {
  list(ruleId: string): Promise<BacktestList>;
  /** Throws UserError saying what of the question is wrong. */
  start(ruleId: string, asked: StartBacktest, who: Account): Promise<BacktestJobAnswer>;
  look(key: BacktestKey, who: Account): Promise<BacktestDetail>;
  stop(key: BacktestKey): Promise<BacktestJobAnswer>;
  resume(key: BacktestKey): Promise<BacktestJobAnswer>;
  discard(key: BacktestKey): Promise<void>;
  /** The file with the report. Throws UserError `forbidden` to who sees a part of it only. */
  report(
    key: BacktestKey,
    who: Account,
  ): Promise<{
    readonly fileName: string;
    readonly bytes: Buffer;
    /** Whom its samples are about. */
    readonly subjects: readonly SubjectKey[];
  }>;
  /** The whole report, to base an approval on. */
  ground(key: BacktestKey): Promise<BacktestReport>;
};

export type BacktestKey = { readonly ruleId: string; readonly id: string };

export type BacktestDeskDeps = {
  readonly db: RecordsDb;
  readonly clock: Clock;
  readonly log: Log;
  readonly rules: Pick<RulesInForce, 'current' | 'files'>;
  readonly limits: RuleDeskDeps['limits'];
  readonly queue: BacktestQueue;
};

export function createBacktestDesk(deps: BacktestDeskDeps): BacktestDesk {
  const { db, clock, log, rules, limits, queue } = deps;

  const activeText = async (ruleId: string) => {
    const { pack } = rules.files();
    const last = await latestActivation(db, { packId: pack.id, ruleId });
    if (last?.status !== 'active') return undefined;
    const stored = await findRuleVersion(db, { ruleId, ruleVersion: last.ruleVersion });
    return stored && { version: last.ruleVersion, text: stored.body };
  };

  const answerOf = async (job: BacktestJob): Promise<BacktestJobAnswer> => {
    const { history: _history, ...shown } = job;
    return { ...shown, ahead: queue.ahead(job.id), approvable: await approvable(job) };
  };

  const approvable = async (job: BacktestJob): Promise<BacktestJobAnswer['approvable']> => {
    const { history, ruleId, candidate, baseline } = job;
    if (!history) return null;
    try {
      assertReportFits(
        { ruleId, candidate, baseline },
        { ruleId, ...candidate, active: (await activeText(ruleId))?.version },
      );
      assertReportIsFresh({ history, span: job }, limits, clock.now());
      return true;
    } catch (error) {
      if (error instanceof UserError) return failureOf(error);
      throw error;
    }
  };

  const find = ({ ruleId, id }: BacktestKey): BacktestJob => {
    const job = queue.find(id);
    if (job?.ruleId === ruleId) return job;
    throw new UserError('not-found', text('没有这个回测', 'there is no such backtest'), {
      detail: `"${id}"`,
    });
  };

  const resultOf = async (key: BacktestKey) => {
    const { id, state } = find(key);
    if (state === 'done') return readResult(queue.folderOf(id));
    throw new UserError('conflict', text('回测尚未完成', 'the backtest is not done yet'));
  };

  return {
    async list(ruleId) {
      const jobs = queue.list().filter((job) => job.ruleId === ruleId);
      return {
        kept: (await keptHistory(log)) ?? null,
        wanted: { spanMinMs: limits.reportSpanMin, ageMaxMs: limits.reportAgeMax },
        jobs: await Promise.all(jobs.map(answerOf)),
      };
    },
    async start(ruleId, { candidate: asked, from, to }, who) {
      const source = 'text' in asked ? asked.text : await versionText(deps, ruleId, asked.version);
      const candidate = parseRule(`${ruleId}.yaml`, source, rules.files().pack);
      if (candidate.rule.id !== ruleId) {
        throw new UserError('bad-input', text('规则编号不符', 'the text is of another rule'), {
          detail: `"${candidate.rule.id}" instead of "${ruleId}"`,
        });
      }
      const stretch = readStretch({ from, to }, await keptHistory(log));
      const active = await activeText(ruleId);
      const askedAtMs = clock.now();
      const key = [ruleId, candidate.version, active?.version ?? '', askedAtMs, who.id];
      const job = queue.add(
        {
          id: contentId('bt', [...key, stretch.fromMs, stretch.untilMs]),
          ruleId,
          candidate: {
            version: candidate.version,
            status: candidate.rule.status === 'retired' ? 'retired' : 'active',
          },
          baseline: active ? { version: active.version } : null,
          ...stretch,
          startedBy: text(who.displayZh, who.displayEn),
          askedAtMs,
        },
        { candidate: source, baseline: active?.text },
      );
      return answerOf(job);
    },
    async look(key, who) {
      const job = find(key);
      const result = job.state === 'done' ? await resultOf(key) : undefined;
      return {
        job: await answerOf(job),
        result: result ? seenBy(who.region, result) : null,
      };
    },
    stop: async (key) => answerOf(await queue.stop(find(key).id)),
    resume: async (key) => answerOf(queue.resume(find(key).id)),
    discard: (key) => queue.discard(find(key).id),
    async report(key, who) {
      const result = await resultOf(key);
      if (!seenBy(who.region, result).isWhole) throw new UserError('forbidden', NOT_YOURS);
      const { ruleId, id, samples } = result.report;
      return {
        fileName: `backtest-${ruleId}-${id.slice(0, 12)}`,
        subjects: [...new Set(ofMany(samples))].map(subjectKey),
        bytes: await readReportFile(queue.folderOf(key.id)),
      };
    },
    ground: async (key) => (await resultOf(key)).report,
  };
}

async function versionText(
  { db, rules }: BacktestDeskDeps,
  ruleId: string,
  version: string,
): Promise<string> {
  const inFile = rules.files().rules.find((one) => one.version === version);
  if (inFile?.rule.id === ruleId) return rules.files().sources[version] ?? '';
  const stored = await findRuleVersion(db, { ruleId, ruleVersion: version });
  if (stored) return stored.body;
  throw new UserError('not-found', text('没有这个版本', 'there is no such version'), {
    detail: `${ruleId} "${version}"`,
  });
}

const NOT_YOURS = text(
  '报告含其他县（市、区）的样例，您的账号不能下载',
  'the report has samples of counties your account does not see',
);
