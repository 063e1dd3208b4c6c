// How many alerts silences hide, counted from the alerts themselves; and what a silence would hide.

import type { Level } from '../../core/finding.ts';
import { DAY_MS } from '../../core/local-time.ts';
import { epochMs } from '../../core/time.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import { mayBeSeen, summaryOf, SUMMARY_COLUMNS } from '../desk-rows.ts';
import type { AlertSummary } from '../desk-rows.ts';
import { covers, type Silence } from './silence.ts';

type Db = RecordsDb | RecordsTransaction;

export type Hidden = {
  /** Alerts it hides now and nobody has taken. */
  readonly now: number;
  readonly ever: number;
};

export async function countHidden(
  db: Db,
  silenceIds: readonly string[],
): Promise<ReadonlyMap<string, Hidden>> {
  if (silenceIds.length === 0) return new Map();
  const ever = await db
    .selectFrom('silencedAlert')
    .select(({ fn }) => ['silenceId', fn.countAll<number>().as('alerts')])
    .where('silenceId', 'in', silenceIds)
    .groupBy('silenceId')
    .execute();
  const now = await db
    .selectFrom('alert')
    .select(({ fn }) => ['silencedBy', fn.countAll<number>().as('alerts')])
    .where('silencedBy', 'in', silenceIds)
    .where('status', '=', 'new')
    .where('withdrawnAtMs', 'is', null)
    .groupBy('silencedBy')
    .execute();
  return new Map(
    ever.map(({ silenceId, alerts }) => [
      silenceId,
      { ever: alerts, now: now.find(({ silencedBy }) => silencedBy === silenceId)?.alerts ?? 0 },
    ]),
  );
}

type PerLevel = Record<Level, number>;

export type SilencePreview = {
  /** Open alerts it covers that nobody has taken; hidden only when it is to cover open ones. */
  readonly open: PerLevel;
  /** Alerts recorded in the seven days before that it covers. */
  readonly week: PerLevel;
  /** Some of the open ones, the gravest and oldest first. */
  readonly examples: readonly AlertSummary[];
};

const PREVIEW_MS = 7 * DAY_MS;
const EXAMPLES_MAX = 5;

export async function previewSilence(
  db: RecordsDb,
  silence: Pick<Silence, 'matcher' | 'region'>,
  nowAtMs: number,
): Promise<SilencePreview> {
  const sinceMs = epochMs(nowAtMs - PREVIEW_MS);
  const rows = await db
    .selectFrom('alert')
    .select(SUMMARY_COLUMNS)
    .where((eb) => mayBeSeen(eb, { kind: 'within', region: silence.region }))
    .where('level', 'in', silence.matcher.levels)
    .where('withdrawnAtMs', 'is', null)
    .where((eb) =>
      eb.or([
        eb('recordedAtMs', '>=', sinceMs),
        eb.and([eb('status', '!=', 'closed'), eb('status', '=', 'new')]),
      ]),
    )
    .orderBy('level')
    .orderBy('openedAtMs')
    .orderBy('id')
    .execute();
  const covered = rows.filter((row) => covers(silence, row));
  const open = covered.filter(({ status }) => status === 'new');
  return {
    open: perLevel(open),
    week: perLevel(covered.filter(({ recordedAtMs }) => recordedAtMs >= sinceMs)),
    examples: open.slice(0, EXAMPLES_MAX).map(summaryOf),
  };
}

function perLevel(rows: readonly { readonly level: Level }[]): PerLevel {
  const count = (wanted: Level) => rows.filter(({ level }) => level === wanted).length;
  return { 1: count(1), 2: count(2), 3: count(3) };
}
