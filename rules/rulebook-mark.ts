// The rulebook as a record of the log: what stands after it is evaluated with these rules. The record holds
// the texts themselves, so the log alone says which rules were in force at which offset.

import { z } from 'zod';
import type { EpochMs } from '../core/time.ts';
import type { LogEntry } from '../ingest/log.ts';
import { isRunning } from './compile.ts';
import { packSchema } from './rule.ts';
import { parseRule, rulebookOf, type Rulebook } from './rulebook.ts';

const markSchema = z.strictObject({
  pack: packSchema,
  rules: z.array(
    z.strictObject({ id: z.string(), status: z.enum(['shadow', 'active']), source: z.string() }),
  ),
});

/** The rules of a rulebook that are evaluated, as bytes. */
export function encodeRulebook({ pack, rules, sources }: Rulebook): Uint8Array {
  const content = {
    pack,
    rules: rules.filter(isRunning).map(({ rule, version }) => ({
      id: rule.id,
      status: rule.status,
      source: sources[version] ?? '',
    })),
  };
  return Buffer.from(JSON.stringify(content), 'utf8');
}

/** The rulebook behind the bytes. Throws UserError `rule-invalid` for a rule this program does not know. */
export function decodeRulebook(payload: Uint8Array): Rulebook {
  const { pack, rules } = markSchema.parse(JSON.parse(Buffer.from(payload).toString('utf8')));
  return rulebookOf(
    pack,
    rules.map(({ id, status, source }) => {
      const compiled = parseRule(`${id}.yaml`, source, pack);
      return { compiled: { ...compiled, rule: { ...compiled.rule, status } }, source };
    }),
  );
}

/** What is evaluated: equal for rulebooks that find the same. */
export const runningVersion = (rulebook: Rulebook): string =>
  rulebookOf(
    rulebook.pack,
    rulebook.rules.filter(isRunning).map((compiled) => ({ compiled, source: '' })),
  ).version;

export const encodeMark = (rulebook: Rulebook, watermarkMs: EpochMs): LogEntry => ({
  kind: 'rulebook',
  watermarkMs,
  payload: encodeRulebook(rulebook),
});
