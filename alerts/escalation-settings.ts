// The ladders of the configuration, laid over the level table. Level 1 is never made quieter than the city's
// requirement: whoever the table tells by then is told by then.

import { z } from 'zod';
import { durationSchema, formatDuration } from '../core/duration.ts';
import type { Level } from '../core/finding.ts';
import { MINUTE_MS } from '../core/local-time.ts';
import { ESCALATES_TO, LEVEL_TABLE, type LevelTable, type Rung } from './level-table.ts';
import { RUNGS_MAX } from './notify.ts';

const rungSchema = z.strictObject({
  after: durationSchema,
  to: z.enum(ESCALATES_TO),
});

const ladderSchema = z.strictObject({
  /** What follows when nobody acknowledges, from the opening of the alert. That of the table when left out. */
  ladder: z
    .array(rungSchema)
    .max(RUNGS_MAX, `a ladder has ${RUNGS_MAX} rungs at most; the last is repeated`)
    .optional(),
  /** The last rung is climbed again every so long, until somebody has the alert. */
  repeatEvery: durationSchema.optional(),
});

type LadderSettings = z.infer<typeof ladderSchema>;

const KEYS = { 1: 'level1', 2: 'level2', 3: 'level3' } as const;

export const escalationSettingsSchema = z
  .strictObject({
    level1: ladderSchema.prefault({}),
    level2: ladderSchema.prefault({}),
    level3: ladderSchema.prefault({}),
  })
  .superRefine((settings, context) => {
    for (const level of [1, 2, 3] as const) {
      for (const { path, says } of mistakesOf(level, settings[KEYS[level]])) {
        context.addIssue({ code: 'custom', path: [KEYS[level], ...path], message: says });
      }
    }
  });

export type EscalationSettings = z.infer<typeof escalationSettingsSchema>;

/** The level table with these ladders. */
export function levelTableWith(settings: EscalationSettings): LevelTable {
  const rowOf = (level: Level) => ({
    ...LEVEL_TABLE[level],
    ladder: ladderWith(LEVEL_TABLE[level].ladder, settings[KEYS[level]]),
  });
  return { 1: rowOf(1), 2: rowOf(2), 3: rowOf(3) };
}

function ladderWith(ofTable: readonly Rung[], { ladder, repeatEvery }: LadderSettings): Rung[] {
  const everyMs = repeatEvery ?? ofTable.at(-1)?.everyMs;
  const rungs = ladder?.map(({ after, to }) => ({ afterMs: after, to })) ?? ofTable;
  return rungs.map(({ afterMs, to }, index) => ({
    afterMs,
    to,
    ...(everyMs !== undefined && index === rungs.length - 1 ? { everyMs } : {}),
  }));
}

type Mistake = { readonly path: readonly (string | number)[]; readonly says: string };

/** Anything sooner would call people while the last call still rings. */
const REPEAT_MS_MIN = MINUTE_MS;

function mistakesOf(level: Level, settings: LadderSettings): Mistake[] {
  const { ladder, repeatEvery } = settings;
  const mistakes: Mistake[] = [];
  for (const [index, { after }] of (ladder ?? []).entries()) {
    if (after <= (ladder?.[index - 1]?.after ?? 0)) {
      mistakes.push({
        path: ['ladder', index, 'after'],
        says: 'each rung comes later than the one before',
      });
    }
  }
  if (repeatEvery !== undefined && repeatEvery < REPEAT_MS_MIN) {
    mistakes.push({
      path: ['repeatEvery'],
      says: `not more often than every ${formatDuration(REPEAT_MS_MIN)}`,
    });
  }
  return level === 1 ? [...mistakes, ...quieterThanTable(settings)] : mistakes;
}

function quieterThanTable({ ladder, repeatEvery }: LadderSettings): Mistake[] {
  const table = LEVEL_TABLE[1].ladder;
  const everyMs = table.at(-1)?.everyMs ?? Infinity;
  const mistakes: Mistake[] = [];
  if (repeatEvery !== undefined && repeatEvery > everyMs) {
    mistakes.push({
      path: ['repeatEvery'],
      says: `level 1 is told again at least every ${formatDuration(everyMs)}`,
    });
  }
  if (ladder === undefined) return mistakes;
  for (const to of ESCALATES_TO) {
    const wanted = table.filter((rung) => rung.to === to);
    const given = ladder.filter((rung) => rung.to === to);
    for (const [index, { afterMs }] of wanted.entries()) {
      if ((given[index]?.after ?? Infinity) <= afterMs) continue;
      mistakes.push({
        path: ['ladder'],
        says: `level 1 tells "${to}" after ${formatDuration(afterMs)} at the latest (rung ${index + 1} of that kind)`,
      });
    }
  }
  return mistakes;
}
