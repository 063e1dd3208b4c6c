// What lines, reasons and kinds of days are called, on the command line, in messages and in refusals.

import { text, type Text } from '../../core/text.ts';
import type { Unreachable } from './coverage.ts';
import type { LineName } from './roster-plan.ts';

export const LINE_NAMES: Readonly<Record<LineName, Text>> = {
  duty: text('值班员', 'duty'),
  deputy: text('副班', 'deputy'),
  leader: text('带班领导', 'leader'),
};

export const UNREACHABLE_REASONS: Readonly<Record<Unreachable, Text>> = {
  unknown: text('系统中没有此人', 'not in the records'),
  inactive: text('已停用', 'inactive'),
  'no-phone': text('没有电话', 'no number'),
  'not-verified': text('号码未验证', 'number not tried yet'),
  'other-bureau': text('不属于本局', 'of another bureau'),
};
