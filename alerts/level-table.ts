// ⑥ What a level means, as data: by which channel whom, who must acknowledge, what the duty is called. The
// rows are those of the city's requirement (分级预警); everything that routes or words a notice reads them.

import type { Level } from '../core/finding.ts';
import { text, type Text } from '../core/text.ts';
import type { ChannelKind } from '../warehouse/records-schema.ts';

/** The two bureaus that answer for an alert. */
export const SIDES = ['city', 'county'] as const;

export type Side = (typeof SIDES)[number];

export type LevelRow = {
  readonly level: Level;
  readonly name: Text;
  /** The channel that fetches a person. Every notice is pushed to the console besides. */
  readonly channel: ChannelKind;
  readonly to: readonly Side[];
  /** `every-side`: each side that was told must acknowledge. `anyone`: one officer is enough. */
  readonly acknowledge: 'every-side' | 'anyone';
  readonly duty: Text;
};

export const LEVEL_TABLE: Readonly<Record<Level, LevelRow>> = {
  1: {
    level: 1,
    name: text('一级', 'level 1'),
    channel: 'phone',
    to: ['city', 'county'],
    acknowledge: 'every-side',
    duty: text('立即处置', 'act at once'),
  },
  2: {
    level: 2,
    name: text('二级', 'level 2'),
    channel: 'sms',
    to: ['county'],
    acknowledge: 'anyone',
    duty: text('核查处置', 'verify and act'),
  },
  3: {
    level: 3,
    name: text('三级', 'level 3'),
    channel: 'push',
    to: ['county'],
    acknowledge: 'anyone',
    duty: text('掌握处置', 'note and follow'),
  },
};
