// plumbline verify-alert: derives alerts again from nothing but their own evidence.

import { existsSync } from 'node:fs';
import { CORRECTION_CAUSES } from '../../alerts/texts.ts';
import { localDateTime } from '../../core/local-time.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import type { Verification } from '../../rules/verify.ts';
import { readClaimFile, readStoredClaim, type AlertClaim } from '../alert-claims.ts';
import type { Config } from '../config.ts';
import type { Print } from '../print.ts';
import { proveClaim } from '../prove.ts';
import { createSurroundings } from '../surroundings.ts';

const BECAUSE: Readonly<Record<Extract<Verification, { proven: false }>['because'], string>> = {
  'rule-unknown': '规则不存在 no such rule',
  'version-differs': '规则版本不同 another version of the rule',
  'not-raised': '证据推不出此预警 the evidence does not raise it',
  'level-differs': '级别不符 the level differs',
  'time-differs': '时间不符 the instant differs',
  'values-differ': '数值不符 values differ',
};

/** Prints a line per alert; gives true when every one follows from its evidence. */
export async function verify(
  config: Config,
  { what, pack }: { what: string; pack?: string | undefined },
  print: Print,
): Promise<boolean> {
  const folder = pack ?? config.rules.pack;
  const deps = { rulebook: loadRulebook(folder), ...createSurroundings(folder) };
  const fromFile = existsSync(what);
  const claims = fromFile ? readClaimFile(what) : only(await readStoredClaim(config, what));
  let proven = 0;
  let count = 0;
  let corrected = 0;
  for await (const claim of claims) {
    const verification = proveClaim(claim, deps);
    count++;
    if (verification.proven) proven++;
    if (!fromFile || !verification.proven) print(describe(claim, verification));
    if (claim.corrections.length > 0) corrected++;
  }
  if (fromFile) {
    print(`${proven} of ${count} alerts follow from their evidence`);
    if (corrected > 0) print(`${corrected} of them were corrected later`);
  }
  return proven === count;
}

async function* only(claim: AlertClaim): AsyncGenerator<AlertClaim> {
  yield claim;
}

export function describe(claim: AlertClaim, verification: Verification): string {
  const alert = `${claim.id}  ${claim.ruleId} ${claim.ruleVersion}  level ${claim.level}`;
  const corrections = claim.corrections.map((one) => `\n  ${describeCorrection(one)}`).join('');
  if (!verification.proven) {
    return `✗ ${alert}\n  ${BECAUSE[verification.because]}: ${verification.detail}${corrections}`;
  }
  const seen = `${claim.evidence.length} 条证据 observations`;
  return `✓ ${alert}\n  由 ${seen} 重新推出，结论一致 derived again, same result${corrections}`;
}

/** What turned out later, in one line. */
function describeCorrection({
  atMs,
  outcome,
  level,
  because,
}: AlertClaim['corrections'][number]): string {
  const cause = CORRECTION_CAUSES[because.reason];
  const what =
    outcome === 'withdrawn'
      ? '此后撤回 withdrawn later'
      : `此后定为 ${level} 级 level ${level} later`;
  return `${localDateTime(atMs)} ${what}: ${cause.zh} ${cause.en} [${because.observationId}]`;
}
