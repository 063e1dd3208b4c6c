// What the console shows of the rules: what is in force and by whose act, how often it speaks, and how often
// officers found it right.

import { CONFIRMING_CAUSES } from '../core/alert-cause.ts';
import { UserError } from '../core/errors.ts';
import type { Level } from '../core/finding.ts';
import { DAY_MS } from '../core/local-time.ts';
import { text, type Text } from '../core/text.ts';
import { epochMs, type Clock } from '../core/time.ts';
import type { CompiledRule } from '../rules/compile.ts';
import { parseRule, type Rulebook } from '../rules/rulebook.ts';
import { findAccount } from '../warehouse/accounts.ts';
import type { RecordsDb } from '../warehouse/records.ts';
import {
  INSTALLATION,
  latestActivation,
  latestActivations,
  listActivations,
  listProposals,
} from '../warehouse/rule-activation-store.ts';
import { findRuleVersion, listRuleVersions } from '../warehouse/rule-version-store.ts';
import { MINUTES_PER_LEVEL } from './api/backtest-report.ts';
import type { RuleDetail, RuleSummary } from './api/rules.ts';
import type { RulesInForce } from './rules-in-force.ts';

export type RuleListDeps = {
  readonly db: RecordsDb;
  readonly clock: Clock;
  readonly rules: Pick<RulesInForce, 'current' | 'files'>;
};

const RECENT_DAYS = 30;

/** Every rule of the pack and every rule that was ever in force, by id. */
export async function listRules(deps: RuleListDeps): Promise<RuleSummary[]> {
  const { db, rules, clock } = deps;
  const counts = await countAlerts(db, clock.now() - RECENT_DAYS * DAY_MS);
  const { pack } = rules.files();
  const activations = await latestActivations(db, pack.id);
  const inBooks = [...rules.files().rules, ...rules.current().rules];
  const ids = new Set(inBooks.map(({ rule }) => rule.id));
  // What is in no book: rules that were retired, and new ones that are only proposed.
  const elsewhere = [...activations.values(), ...(await listProposals(db, { packId: pack.id }))];
  const known = [...inBooks];
  for (const { ruleId, ruleVersion } of elsewhere) {
    if (ids.has(ruleId)) continue;
    ids.add(ruleId);
    const stored = await findRuleVersion(db, { ruleId, ruleVersion });
    if (stored) known.push(parseRule(`${ruleId}.yaml`, stored.body, pack));
  }
  return [...ids].sort().map((id) => {
    const isRetired = activations.get(id)?.status === 'retired';
    return summaryOf(id, { known, rules, counts, isRetired });
  });
}

/** The same rules as in the list, without counting their alerts. Throws UserError `not-found`. */
export async function assertRuleIsKnown({ db, rules }: RuleListDeps, id: string): Promise<void> {
  const isIn = (some: Rulebook) => some.rules.some(({ rule }) => rule.id === id);
  if (isIn(rules.files()) || isIn(rules.current())) return;
  const key = { packId: rules.files().pack.id, ruleId: id };
  if ((await latestActivation(db, key)) ?? (await listProposals(db, key))[0]) return;
  throw noRule(id);
}

const noRule = (id: string): UserError =>
  new UserError('not-found', text('没有这条规则', 'there is no such rule'), { detail: `"${id}"` });

/** One rule with texts and acts. Throws UserError `not-found`. */
export async function findRule(deps: RuleListDeps, id: string): Promise<RuleDetail> {
  const { db, rules } = deps;
  const summary = (await listRules(deps)).find((rule) => rule.id === id);
  if (!summary) throw noRule(id);
  const key = { packId: rules.files().pack.id, ruleId: id };
  const versions = await listRuleVersions(db, id);
  const activations = await listActivations(db, key);
  const follows = activations.at(-1)?.id ?? '';
  const proposals = (await listProposals(db, key)).filter((one) => one.follows === follows);
  const shown = [...new Set(Object.values(summary.versions))].filter((one) => one !== null);
  const waiting = proposals.map(({ ruleVersion }) => ruleVersion);
  const texts = await Promise.all(
    [...new Set([...shown, ...waiting])].map(async (version) => {
      const stored = await findRuleVersion(db, { ruleId: id, ruleVersion: version });
      const inFile = rules.files().sources[version];
      return { version, text: inFile ?? stored?.body ?? '' };
    }),
  );
  const names = await namesOf(db, [
    ...proposals.map(({ proposedBy }) => proposedBy),
    ...activations.flatMap(({ proposedBy, approvedBy }) => [proposedBy, approvedBy]),
  ]);
  const nameOf = (account: string): Text => names.get(account) ?? text(account, account);
  return {
    ...summary,
    texts,
    history: versions.map(({ ruleVersion, number, loadedAtMs }) => ({
      version: ruleVersion,
      number,
      loadedAtMs,
    })),
    proposals: proposals.map(({ ruleVersion, status, reason, proposedBy, proposedAtMs }) => ({
      ruleVersion,
      status,
      reason,
      proposedBy: nameOf(proposedBy),
      proposedAtMs,
    })),
    activations: activations.map((row) => ({
      ruleVersion: row.ruleVersion,
      status: row.status,
      reason: row.reason,
      proposedBy: nameOf(row.proposedBy),
      approvedBy: nameOf(row.approvedBy),
      reportId: row.reportId,
      atMs: row.atMs,
    })),
  };
}

type Counts = { total: number; recent: Record<Level, number>; given: number; confirmed: number };

function summaryOf(
  id: string,
  parts: {
    known: readonly CompiledRule[];
    rules: RuleListDeps['rules'];
    counts: ReadonlyMap<string, Counts>;
    isRetired: boolean;
  },
): RuleSummary {
  const { known, rules, counts, isRetired } = parts;
  const running = (status: 'active' | 'shadow') =>
    rules.current().rules.find(({ rule }) => rule.id === id && rule.status === status);
  const inFile = rules.files().rules.find(({ rule }) => rule.id === id);
  const [active, onTrial] = [running('active'), running('shadow')];
  const { rule } = (active ??
    onTrial ??
    inFile ??
    known.find((compiled) => compiled.rule.id === id)) as CompiledRule;
  const { total, recent, given, confirmed } = counts.get(id) ?? noAlerts();
  const sum = recent[1] + recent[2] + recent[3];
  const minutes = ([1, 2, 3] as const).reduce(
    (all, level) => all + recent[level] * MINUTES_PER_LEVEL[level],
    0,
  );
  return {
    id,
    title: rule.title,
    owner: rule.owner,
    kind: rule.kind,
    status: active ? 'active' : onTrial ? 'shadow' : isRetired ? 'retired' : 'draft',
    versions: {
      active: active?.version ?? null,
      onTrial: onTrial?.version ?? null,
      inFile: inFile?.version ?? null,
    },
    level: rule.level,
    article: rule.article,
    alerts: {
      total,
      recent: sum,
      perDay: rounded(sum / RECENT_DAYS),
      officerMinutesPerDay: rounded(minutes / RECENT_DAYS),
    },
    feedback: { given, confirmed, shareConfirmed: given === 0 ? null : rounded(confirmed / given) },
  };
}

const noAlerts = (): Counts => ({ total: 0, recent: { 1: 0, 2: 0, 3: 0 }, given: 0, confirmed: 0 });

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

const isConfirming = (result: string | null): boolean =>
  CONFIRMING_CAUSES.some((code) => code === result);

async function countAlerts(db: RecordsDb, sinceMs: number): Promise<Map<string, Counts>> {
  const counts = new Map<string, Counts>();
  const of = (ruleId: string) => {
    const known = counts.get(ruleId) ?? noAlerts();
    counts.set(ruleId, known);
    return known;
  };
  const all = await db
    .selectFrom('alert')
    .select((eb) => [
      'ruleId',
      'feedbackResult',
      eb('withdrawnAtMs', 'is not', null).as('isWithdrawn'),
      eb.fn.countAll<number>().as('count'),
    ])
    .where('exercise', 'is', null)
    .groupBy(['ruleId', 'feedbackResult', (eb) => eb('withdrawnAtMs', 'is not', null)])
    .execute();
  for (const { ruleId, feedbackResult, isWithdrawn, count } of all) {
    const own = of(ruleId);
    own.total += Number(count);
    // What later facts took back says nothing about how well the rule judges.
    if (isWithdrawn) continue;
    if (feedbackResult !== null) own.given += Number(count);
    if (isConfirming(feedbackResult)) own.confirmed += Number(count);
  }
  const recent = await db
    .selectFrom('alert')
    .select((eb) => ['ruleId', 'level', eb.fn.countAll<number>().as('count')])
    .where('openedAtMs', '>=', epochMs(sinceMs))
    .where('exercise', 'is', null)
    .groupBy(['ruleId', 'level'])
    .execute();
  for (const { ruleId, level, count } of recent) of(ruleId).recent[level] = Number(count);
  return counts;
}

async function namesOf(db: RecordsDb, accounts: readonly string[]): Promise<Map<string, Text>> {
  const names = new Map<string, Text>([[INSTALLATION, text('系统安装', 'installation')]]);
  for (const id of new Set(accounts)) {
    const account = await findAccount(db, id);
    if (account) names.set(id, text(account.displayZh, account.displayEn));
  }
  return names;
}
