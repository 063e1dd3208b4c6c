// Why ingest did not keep an observation, in one list from which counters, screens and docs derive.

import { text, type Text } from '../core/text.ts';

type Reason = {
  readonly says: Text;
  /** Dead letters are kept because their subject has a basis in force; the rest leaves only a count. */
  readonly kept: boolean;
};

export const REASONS = {
  'unknown-subject': { says: text('没有此人的监管令', 'no order names this subject'), kept: false },
  'no-basis': {
    says: text('此来源无有效法律依据', 'no basis in force opens this source'),
    kept: false,
  },
  duplicate: { says: text('重复', 'already known'), kept: false },
  'off-earth': { says: text('坐标超出范围', 'coordinates outside the world'), kept: true },
  'coordinates-swapped': {
    says: text('经纬度颠倒', 'longitude and latitude look swapped'),
    kept: true,
  },
  'time-in-future': { says: text('时间在未来', 'time in the future'), kept: true },
  'time-too-old': { says: text('时间过早', 'time too long ago'), kept: true },
} as const satisfies Record<string, Reason>;

export type ReasonCode = keyof typeof REASONS;

export const REASON_CODES = Object.keys(REASONS) as ReasonCode[];

/** Refused at the gate because no law allows it to be kept. */
export const REFUSAL_REASONS: ReadonlySet<string> = new Set<ReasonCode>([
  'unknown-subject',
  'no-basis',
]);

/** Verdict of a row: 0 goes on, otherwise one more than the index into REASON_CODES. */
export const verdictOf = (reason: ReasonCode): number => REASON_CODES.indexOf(reason) + 1;
