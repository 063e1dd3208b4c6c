// ⑥ What a level means, as data: by which channel whom, who must acknowledge, what the duty is called. The
// rows are those of the city's requirement (分级预警); everything that routes or words a notice reads them.

import type { Level } from '../core/finding.ts';
import { HOUR_MS, MINUTE_MS } from '../core/local-time.ts';
import { text, type Text } from '../core/text.ts';
import type { ChannelKind } from '../warehouse/records-schema.ts';

/** The two bureaus that answer for an alert. */
export const SIDES = ['city', 'county'] as const;

export type Side = (typeof SIDES)[number];

/** Whom a rung of the ladder tells, on a side that has not acknowledged by then. */
export const ESCALATES_TO = [
  /** The line behind the one that was told: the deputies, or the leaders where there are none. */
  'next-line',
  /** Every leader of the bureau. */
  'leaders',
  /** The duty line of the bureau above; the city's stands for a county. */
  'bureau-above',
  /** Whoever was told at first, once more, and the leaders. */
  'all-again',
] as const;

export type EscalatesTo = (typeof ESCALATES_TO)[number];

export type Rung = {
  /** From the opening of the alert; waiting for a delivery stops no clock. */
  readonly afterMs: number;
  readonly to: EscalatesTo;
  /** Of the last rung: climbed again every so long, until somebody has the alert. */
  readonly everyMs?: number;
};

export type LevelRow = {
  readonly level: Level;
  readonly name: Text;
  /** The channel that fetches a person. Every notice is pushed to the console besides. */
  readonly channel: ChannelKind;
  readonly to: readonly Side[];
  /** `every-side`: each side that was told must acknowledge. `anyone`: one officer is enough. */
  readonly acknowledge: 'every-side' | 'anyone';
  readonly duty: Text;
  /** What follows as long as nobody acknowledges, by the channel of the level. */
  readonly ladder: readonly Rung[];
};

/** A shift; within it a level-3 alert is to be looked at. */
const SHIFT_MS = 8 * HOUR_MS;

export type LevelTable = Readonly<Record<Level, LevelRow>>;

export const LEVEL_TABLE: LevelTable = {
  1: {
    level: 1,
    name: text('一级', 'level 1'),
    channel: 'phone',
    to: ['city', 'county'],
    acknowledge: 'every-side',
    duty: text('立即处置', 'act at once'),
    ladder: [
      { afterMs: 2 * MINUTE_MS, to: 'next-line' },
      { afterMs: 5 * MINUTE_MS, to: 'leaders' },
      { afterMs: 10 * MINUTE_MS, to: 'bureau-above' },
      { afterMs: 15 * MINUTE_MS, to: 'all-again' },
      { afterMs: 30 * MINUTE_MS, to: 'all-again' },
      { afterMs: 60 * MINUTE_MS, to: 'all-again', everyMs: 30 * MINUTE_MS },
    ],
  },
  2: {
    level: 2,
    name: text('二级', 'level 2'),
    channel: 'sms',
    to: ['county'],
    acknowledge: 'anyone',
    duty: text('核查处置', 'verify and act'),
    ladder: [
      { afterMs: 30 * MINUTE_MS, to: 'bureau-above' },
      { afterMs: 60 * MINUTE_MS, to: 'leaders' },
    ],
  },
  3: {
    level: 3,
    name: text('三级', 'level 3'),
    channel: 'push',
    to: ['county'],
    acknowledge: 'anyone',
    duty: text('掌握处置', 'note and follow'),
    ladder: [{ afterMs: SHIFT_MS, to: 'leaders' }],
  },
};
