// What a backtest compares: the rule as it would be, and the one it would replace.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { silentLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import type { CompiledRule } from '../../rules/compile.ts';
import { loadRulebook, parseRule } from '../../rules/rulebook.ts';
import { openRecords } from '../../warehouse/records.ts';
import { latestActivations } from '../../warehouse/rule-activation-store.ts';
import { findRuleVersion } from '../../warehouse/rule-version-store.ts';
import type { Config } from '../config.ts';
import { recordsOptions } from '../foundation.ts';

export type Compared = {
  readonly candidate: CompiledRule;
  /** Undefined for a new rule. */
  readonly baseline: CompiledRule | undefined;
};

/**
 * `rule` is an id in the pack at `folder`, or the path of one rule's file that is to be put into that pack;
 * `against` is a folder, or `active` for what is in force in the configured product. Throws UserError.
 */
export async function findCompared(
  config: Config,
  { rule, folder, against }: { rule: string; folder: string; against: string },
): Promise<Compared> {
  const candidate = findCandidate(rule, folder);
  const baseline =
    against === 'active'
      ? await findActive(config, candidate)
      : loadRulebook(against).rules.find((other) => other.rule.id === candidate.rule.id);
  return { candidate, baseline };
}

function findCandidate(rule: string, folder: string): CompiledRule {
  const rulebook = loadRulebook(folder);
  if (existsSync(rule) && statSync(rule).isFile()) {
    return parseRule(basename(rule), readFileSync(rule, 'utf8'), rulebook.pack);
  }
  const candidate = rulebook.rules.find((compiled) => compiled.rule.id === rule);
  if (candidate) return candidate;
  throw new UserError('not-found', text('没有这条规则', 'there is no such rule'), {
    detail: `"${rule}" is no file and no id in ${folder}`,
    hint: text(
      `该规则包中有：${rulebook.rules.map((known) => known.rule.id).join(' ')}`,
      `The pack has: ${rulebook.rules.map((known) => known.rule.id).join(' ')}.`,
    ),
  });
}

async function findActive(
  config: Config,
  { rule, pack }: CompiledRule,
): Promise<CompiledRule | undefined> {
  const options = recordsOptions(config);
  if (options.kind === 'sqlite' && !existsSync(options.path)) {
    throw new UserError('not-found', text('没有产品数据', 'there is no product data'), {
      detail: options.path,
      hint: text(
        '用 -c 指定产品配置，或用 --against <目录> 指定对照规则包',
        'Name the product with -c, or the pack to compare with by --against <folder>.',
      ),
    });
  }
  const deps = { logger: silentLogger, random: createUnseededRandom() };
  const records = await openRecords(deps, options);
  try {
    const active = (await latestActivations(records.db, pack.id)).get(rule.id);
    if (active?.status !== 'active') return undefined;
    const { ruleId, ruleVersion } = active;
    const stored = await findRuleVersion(records.db, { ruleId, ruleVersion });
    return stored && parseRule(`${ruleId}.yaml`, stored.body, pack);
  } finally {
    await records.close();
  }
}
