// plumbline rules propose, rules approve: a rule comes into force by two persons and a backtest.

import { readFile } from 'node:fs/promises';
import { UserError } from '../../core/errors.ts';
import { createLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import { systemClock, type Clock } from '../../core/time.ts';
import { createLocator } from '../../datasets/locator.ts';
import type { AuditEntry } from '../../security/audit/audit-entry.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import { findAccountByLogin, type Account } from '../../warehouse/accounts.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import type { Config } from '../config.ts';
import { recordsOptions } from '../foundation.ts';
import type { Print } from '../print.ts';
import { createSurroundings } from '../surroundings.ts';
import { createRuleDesk, type RuleDesk } from '../rule-desk.ts';
import { openRulesInForce } from '../rules-in-force.ts';

export type ProposeOptions = {
  readonly file: string;
  /** Login of an account. */
  readonly by: string;
  readonly reason: string;
};

/** Proposes a rule file to come into force. Throws UserError saying why not. */
export async function proposeRule(
  config: Config,
  { file, by, reason }: ProposeOptions,
  print: Print,
  clock: Clock = systemClock,
): Promise<void> {
  const source = await readAsText(file);
  await withDesk(config, clock, async (desk, records) => {
    const account = await accountOf(records, by);
    const { ruleId, ruleVersion, status } = await desk.propose({ source, by: account, reason });
    const detail = { ruleId, version: ruleVersion, status };
    await tell(records, { clock, account, action: 'rule.propose', reason, detail });
    print(`${ruleId} ${ruleVersion}: ${status} proposed by ${by}`);
    print(`approve with: rules approve ${ruleId} --version ${ruleVersion} --by … --report …`);
  });
}

export type ApproveOptions = {
  readonly rule: string;
  readonly version: string;
  /** Login of another account. */
  readonly by: string;
  /** File of a backtest report. */
  readonly report: string;
  readonly reason: string;
};

/** Puts what was proposed in force; a running product takes it over by itself. Throws UserError. */
export async function approveRule(
  config: Config,
  { rule, version, by, report, reason }: ApproveOptions,
  print: Print,
  clock: Clock = systemClock,
): Promise<void> {
  const given = parseJson(report, await readAsText(report));
  await withDesk(config, clock, async (desk, records) => {
    const account = await accountOf(records, by);
    const act = await desk.approve({ ruleId: rule, version, by: account, report: given, reason });
    const detail = { ruleId: act.ruleId, version: act.ruleVersion, status: act.status };
    await tell(records, { clock, account, action: 'rule.approve', reason, detail });
    print(`${act.ruleId} ${act.ruleVersion}: ${act.status}, approved by ${by}`);
  });
}

async function withDesk(
  config: Config,
  clock: Clock,
  run: (desk: RuleDesk, records: Records) => Promise<void>,
): Promise<void> {
  const deps = { logger: createLogger('warn'), random: createUnseededRandom() };
  const records = await openRecords(deps, recordsOptions(config));
  try {
    const rules = await openRulesInForce(
      { ...deps, clock, records },
      { folder: config.rules.pack },
    );
    try {
      const desk = createRuleDesk({
        records,
        clock,
        surroundings: createSurroundings(config.rules.pack),
        locate: createLocator(),
        files: rules.files,
        inForce: rules.current,
        limits: config.rules,
        onChanged: () => Promise.resolve(),
      });
      await run(desk, records);
    } finally {
      await rules.stop();
    }
  } finally {
    await records.close();
  }
}

/** The command line leaves the same trace as the console. */
const tell = (
  records: Records,
  given: {
    readonly clock: Clock;
    readonly account: Account;
    readonly action: string;
    readonly reason: string;
    readonly detail: AuditEntry['detail'];
  },
): Promise<void> =>
  createAuditTrail({ records }).note({
    atMs: given.clock.now(),
    actor: given.account.id,
    action: given.action,
    outcome: 'done',
    subjects: [],
    purpose: 'rule-change',
    reason: given.reason === '' ? null : given.reason,
    detail: { ...given.detail, via: 'command' },
  });

async function accountOf(records: Records, login: string): Promise<Account> {
  const account = await findAccountByLogin(records.db, login);
  if (account) return account;
  throw new UserError('not-found', text('没有这个账号', 'there is no such account'), {
    detail: `"${login}"`,
  });
}

async function readAsText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new UserError('not-found', text('读不到文件', 'the file cannot be read'), {
      detail: path,
    });
  }
}

function parseJson(path: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new UserError('bad-input', text('不是 JSON 文件', 'the file is not JSON'), {
      detail: path,
    });
  }
}
