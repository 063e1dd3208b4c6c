// Every version of a rule that ever ran, with its text: an alert is explained by the rule as it was.

import type { Clock } from '../core/time.ts';
import type { RecordsDb } from './records.ts';
import type { RuleVersionTable } from './records-schema.ts';

export type RuleVersion = Omit<RuleVersionTable, 'loadedAtMs'>;

export type RuleVersionSaved =
  | { readonly kind: 'saved' }
  | { readonly kind: 'known' }
  /** The rule's number already names another content: the author forgot to raise it. */
  | { readonly kind: 'number-taken'; readonly by: string };

/** Keeps a version unless its number already stands for another content. */
export async function saveRuleVersion(
  deps: { clock: Clock },
  db: RecordsDb,
  version: RuleVersion,
): Promise<RuleVersionSaved> {
  const { ruleId, ruleVersion, number, contentHash, body } = version;
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('ruleVersion')
    .values({ ruleId, ruleVersion, number, contentHash, body, loadedAtMs: deps.clock.now() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 1n) return { kind: 'saved' };
  const taken = await db
    .selectFrom('ruleVersion')
    .select(['ruleVersion', 'contentHash'])
    .where('ruleId', '=', ruleId)
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  return taken.contentHash === contentHash
    ? { kind: 'known' }
    : { kind: 'number-taken', by: taken.ruleVersion };
}

/** A version by the name findings carry. */
export async function findRuleVersion(
  db: RecordsDb,
  { ruleId, ruleVersion }: { ruleId: string; ruleVersion: string },
): Promise<RuleVersionTable | undefined> {
  return db
    .selectFrom('ruleVersion')
    .selectAll()
    .where('ruleId', '=', ruleId)
    .where('ruleVersion', '=', ruleVersion)
    .executeTakeFirst();
}

/** All versions of a rule, newest number first, without their text. */
export async function listRuleVersions(
  db: RecordsDb,
  ruleId: string,
): Promise<Omit<RuleVersionTable, 'body'>[]> {
  return db
    .selectFrom('ruleVersion')
    .select(['ruleId', 'ruleVersion', 'number', 'contentHash', 'loadedAtMs'])
    .where('ruleId', '=', ruleId)
    .orderBy('number', 'desc')
    .execute();
}
