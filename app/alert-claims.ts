// Alerts as claims to be checked: read from the records of a running or stopped product, or from a file a
// replay wrote, each with the text of the very rule that raised it where that is kept.

import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { readTrail } from '../alerts/recorder/read-trail.ts';
import type { Decision } from '../alerts/recorder/trail.ts';
import { loadCorrections } from '../alerts/correction-store.ts';
import { decodeEvidence } from '../alerts/evidence.ts';
import { UserError } from '../core/errors.ts';
import { checkedLeaveSchema, correctedFindingSchema, levelSchema } from '../core/finding.ts';
import { instantSchema } from '../core/instant.ts';
import { silentLogger } from '../core/logger.ts';
import { observationSchema } from '../core/observation.ts';
import { createUnseededRandom } from '../core/random.ts';
import { regionCodeSchema } from '../core/region.ts';
import { subjectKeySchema } from '../core/subject.ts';
import { text } from '../core/text.ts';
import { epochMs } from '../core/time.ts';
import { openRecords, type Records } from '../warehouse/records.ts';
import { findRuleVersion } from '../warehouse/rule-version-store.ts';
import { inDataFolder, type Config } from './config.ts';

/** What turned out later; the alert's evidence still proves what was raised. */
const correctionClaimSchema = correctedFindingSchema.pick({
  atMs: true,
  outcome: true,
  level: true,
  article: true,
  because: true,
});

/** What an alert asserts, and what is needed to derive it again. */
export const alertClaimSchema = z.object({
  id: z.string(),
  ruleId: z.string(),
  ruleVersion: z.string(),
  level: levelSchema,
  subject: subjectKeySchema,
  region: regionCodeSchema,
  openedAtMs: instantSchema,
  closedAtMs: instantSchema.nullable(),
  evidence: z.array(observationSchema).min(1),
  article: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  checkedLeaves: z.array(checkedLeaveSchema).default([]),
  corrections: z.array(correctionClaimSchema).default([]),
});

export type AlertClaim = z.infer<typeof alertClaimSchema> & {
  /** The YAML text of the rule as it was; undefined where only a rule pack can tell. */
  readonly ruleText: string | undefined;
};

/** An alert from the records. Throws UserError `not-found`, naming where was looked. */
export async function readStoredClaim(config: Config, id: string): Promise<AlertClaim> {
  for (const options of recordsToLookIn(config)) {
    const records = await openRecords(
      { logger: silentLogger, random: createUnseededRandom() },
      options,
    );
    try {
      const claim = await claimFrom(records, id);
      if (claim) return claim;
    } finally {
      await records.close();
    }
  }
  throw new UserError('not-found', text('没有这条预警', 'there is no such alert'), {
    detail: `"${id}" in ${recordsToLookIn(config).map(placeOf).join(', ') || inDataFolder(config, '.')}`,
    hint: text(
      '在产品所用的数据目录中运行，或用 -c 指定其配置',
      'Run it where the product runs, or name its configuration with -c.',
    ),
  });
}

/** Every decision about an alert from the records; empty when they do not know it. */
export async function readStoredTrail(config: Config, id: string): Promise<Decision[]> {
  for (const options of recordsToLookIn(config)) {
    const records = await openRecords(
      { logger: silentLogger, random: createUnseededRandom() },
      options,
    );
    try {
      const trail = await readTrail(records.db, id);
      if (trail.length > 0) return trail;
    } finally {
      await records.close();
    }
  }
  return [];
}

type RecordsPlace = Parameters<typeof openRecords>[1];

/** The configured records, and those the demo keeps inside the same data folder. Only existing ones. */
export function recordsToLookIn(config: Config): RecordsPlace[] {
  if (config.records.kind === 'postgres') return [config.records];
  return ['records.sqlite', 'demo/records.sqlite']
    .map((name) => ({ kind: 'sqlite' as const, path: inDataFolder(config, name) }))
    .filter(({ path }) => existsSync(path));
}

const placeOf = (place: RecordsPlace): string =>
  place.kind === 'sqlite' ? place.path : 'the PostgreSQL records';

async function claimFrom({ db }: Records, id: string): Promise<AlertClaim | undefined> {
  const row = await db.selectFrom('alert').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  const version = await findRuleVersion(db, row);
  return {
    id: row.id,
    ruleId: row.ruleId,
    ruleVersion: row.ruleVersion,
    // What it was raised with is what its evidence proves.
    level: row.raisedLevel,
    subject: row.subject,
    region: row.region,
    openedAtMs: row.openedAtMs,
    closedAtMs: row.clearedAtMs === null ? null : epochMs(row.clearedAtMs),
    article: row.article,
    ...decodeEvidence(row),
    corrections: await loadCorrections(db, row.id),
    ruleText: version?.body,
  };
}

/** Alerts of a file, line by line. Throws UserError naming the line that is not an alert. */
export async function* readClaimFile(path: string): AsyncGenerator<AlertClaim> {
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Infinity,
  })) {
    number++;
    if (line.trim() === '') continue;
    yield { ...parseClaim(line, `${path}:${number}`), ruleText: undefined };
  }
}

function parseClaim(line: string, where: string) {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw notAnAlert(`${where}: not JSON`);
  }
  const result = alertClaimSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw notAnAlert(`${where}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

const notAnAlert = (detail: string) =>
  new UserError('bad-input', text('此行不是预警', 'this line is not an alert'), { detail });
