// What an officer found out about an alert (核查结果): the one table of its codes, with the words screens,
// reports and documents use and with what each says about the rule. Codes are in records and logs for ever;
// words may change.

import type { FeedbackResult } from './alert-event.ts';
import { text, type Text } from './text.ts';

export type Cause = {
  readonly name: Text;
  readonly hint: Text;
  /** The rule was right: counts as true in its precision. */
  readonly confirms: boolean;
  /** The code alone says too little: what was found must be written down. */
  readonly needsNote: boolean;
};

export const CAUSES: Readonly<Record<FeedbackResult, Cause>> = {
  true: {
    name: text('属实', 'True'),
    hint: text('情况与预警一致', 'It was as the alert says'),
    confirms: true,
    needsNote: false,
  },
  drift: {
    name: text('定位漂移', 'Position drift'),
    hint: text('人在原地，位置不准', 'The person was in place, the fix was off'),
    confirms: false,
    needsNote: false,
  },
  'device-fault': {
    name: text('设备故障', 'Device fault'),
    hint: text('装置损坏、没电或误报', 'Broken, flat or false alarm'),
    confirms: false,
    needsNote: false,
  },
  'leave-missing': {
    name: text('未登记请假', 'Leave not recorded'),
    hint: text('外出已获批准，系统中没有登记', 'Approved, but not in the system'),
    confirms: false,
    needsNote: false,
  },
  'data-error': {
    name: text('数据错误', 'Wrong data'),
    hint: text('记录错人、错时或错地', 'Wrong person, time or place in the record'),
    confirms: false,
    needsNote: false,
  },
  other: {
    name: text('其他', 'Other'),
    hint: text('须写明情况', 'Say what was found'),
    confirms: false,
    needsNote: true,
  },
};

/** The codes in the order of the table. Guarantee: a Record's keys are exactly its codes. */
export const CAUSE_CODES = Object.keys(CAUSES) as readonly FeedbackResult[];

/** The codes that say the rule was right. */
export const CONFIRMING_CAUSES: readonly FeedbackResult[] = CAUSE_CODES.filter(
  (code) => CAUSES[code].confirms,
);
