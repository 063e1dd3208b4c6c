// Keeps an eye on the rule pack and on what has been activated, and tells what is in force now. A pack that
// is wrong at the moment changes nothing: what was in force stays in force, and the log says why.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OperatingError, UserError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { text } from '../core/text.ts';
import { ioClock, type Clock } from '../core/time.ts';
import { rulesInForce } from '../rules/in-force.ts';
import { loadRulebook, parseRule, type Rulebook } from '../rules/rulebook.ts';
import type { Records } from '../warehouse/records.ts';
import {
  INSTALLATION,
  latestActivations,
  saveActivation,
} from '../warehouse/rule-activation-store.ts';
import { findRuleVersion, saveRuleVersion } from '../warehouse/rule-version-store.ts';

export type RulesInForce = {
  /** What is in force, and on trial, as of the last look. */
  current(): Rulebook;
  /** The pack as its files stand. */
  files(): Rulebook;
  /** Looks at once; for whoever has just changed something. */
  look(): Promise<Rulebook>;
  /** Calls `run` after each look. */
  onLook(run: (inForce: Rulebook) => Promise<void>): void;
  stop(): Promise<void>;
};

export type RulesInForceDeps = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly records: Records;
};

/** How often pack and activations are looked at. */
const LOOK_MS = 2_000;

/** Rejects with UserError `rule-invalid` when the pack is wrong already at the start. */
export async function openRulesInForce(
  deps: RulesInForceDeps,
  { folder, lookMs = LOOK_MS }: { folder: string; lookMs?: number },
): Promise<RulesInForce> {
  let seen = signatureOf(folder);
  let files = loadRulebook(folder);
  await keepVersions(deps, files);
  await activateFreshInstallation(deps, files);
  let inForce = await readInForce(deps, files);
  const followers: ((inForce: Rulebook) => Promise<void>)[] = [];

  const look = async () => {
    const signature = signatureOf(folder);
    if (signature !== seen) {
      // A pack that is wrong is looked at again when it changes, not every time.
      seen = signature;
      const changed = loadRulebook(folder);
      await keepVersions(deps, changed).catch((error: unknown) => {
        if (error instanceof OperatingError) seen = '';
        throw error;
      });
      files = changed;
    }
    inForce = await readInForce(deps, files);
    for (const follow of followers) await follow(inForce);
    return inForce;
  };

  let looking: Promise<unknown> = Promise.resolve();
  let stopped = false;
  const lookNow = () => {
    const next = looking.catch(() => {}).then(look);
    looking = next;
    return next;
  };
  let timer = ioClock.after(lookMs, again);
  function again() {
    lookNow()
      .catch((error: unknown) => {
        // What a person wrote wrongly, or what is away for a while, must not stop the alerts.
        if (!(error instanceof UserError) && !(error instanceof OperatingError)) throw error;
        deps.logger.error('rules.not-changed', { cause: error.message });
      })
      .finally(() => {
        if (!stopped) timer = ioClock.after(lookMs, again);
      });
  }

  return {
    current: () => inForce,
    files: () => files,
    look: lookNow,
    onLook: (run) => void followers.push(run),
    async stop() {
      stopped = true;
      timer.cancel();
      await looking.catch(() => {});
    },
  };
}

/** Changes whenever a file of the pack does. */
function signatureOf(folder: string): string {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => {
        const { mtimeMs, size, ino } = statSync(join(folder, name));
        return `${name} ${mtimeMs} ${size} ${ino}`;
      })
      .join('\n');
  } catch {
    // The loader says what is wrong with the folder.
    return '';
  }
}

async function readInForce({ records }: RulesInForceDeps, files: Rulebook): Promise<Rulebook> {
  const latest = await latestActivations(records.db, files.pack.id);
  const states = await Promise.all(
    [...latest.values()].map(async ({ ruleId, ruleVersion, status }) => {
      const stored = await findRuleVersion(records.db, { ruleId, ruleVersion });
      return { ruleId, ruleVersion, status, source: stored?.body ?? '' };
    }),
  );
  return rulesInForce(files, states);
}

/** What was in the pack when the data folder was made, or before there were activations, is in force. */
async function activateFreshInstallation(
  { clock, records }: RulesInForceDeps,
  { pack, rules }: Rulebook,
): Promise<void> {
  await records.transaction(async (trx) => {
    const known = await trx.selectFrom('ruleActivation').select('seq').limit(1).executeTakeFirst();
    if (known) return;
    for (const { rule, version } of rules) {
      if (rule.status !== 'active') continue;
      await saveActivation({ clock }, trx, {
        packId: pack.id,
        ruleId: rule.id,
        ruleVersion: version,
        status: 'active',
        proposedBy: INSTALLATION,
        approvedBy: INSTALLATION,
        reportId: null,
        reason: '新装系统随附的规则 shipped with the product',
      });
    }
  });
}

/** Refuses a rule that was changed without a new number: alerts would cite the wrong text. */
async function keepVersions(
  { records, clock }: RulesInForceDeps,
  { pack, rules, sources }: Rulebook,
): Promise<void> {
  for (const { rule, version } of rules) {
    await keepVersion({ records, clock }, { rule, version, source: sources[version] ?? '', pack });
  }
}

/** Keeps the text of a version. Throws UserError `rule-invalid` when its number stands for another text. */
export async function keepVersion(
  { records, clock }: Pick<RulesInForceDeps, 'records' | 'clock'>,
  kept: Pick<Rulebook['rules'][number], 'rule' | 'version'> & {
    readonly source: string;
    readonly pack: Rulebook['pack'];
  },
): Promise<void> {
  const { rule, version, source, pack } = kept;
  const saved = await saveRuleVersion({ clock }, records.db, {
    ruleId: rule.id,
    ruleVersion: version,
    number: rule.number,
    contentHash: version.slice(version.indexOf('@') + 1),
    body: source,
  });
  if (saved.kind !== 'number-taken') return;
  const before = await findRuleVersion(records.db, { ruleId: rule.id, ruleVersion: saved.by });
  // An earlier program hashed the same text otherwise.
  if (before && parseRule(`${rule.id}.yaml`, before.body, pack).version === version) return;
  throw new UserError(
    'rule-invalid',
    text('规则内容已改而版本号未变', 'the rule was changed but its number was not'),
    {
      detail: `${rule.id}: number ${rule.number} is ${saved.by}, the file is ${version}`,
      hint: text('把规则文件中的 number 加一', 'Raise "number" in the rule file by one.'),
    },
  );
}
