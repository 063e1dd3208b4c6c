// Why a backtest could not go on, in words for the person who asked for it.

import { OperatingError, UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import type { Problem } from '../api/session.ts';

export function failureOf(error: unknown): Problem {
  if (error instanceof UserError) {
    const { code, says, detail, hint } = error;
    return {
      code,
      says,
      ...(detail === undefined ? {} : { detail }),
      ...(hint === undefined ? {} : { hint }),
    };
  }
  if (error instanceof OperatingError) {
    const says = text('日志或台账暂时读不到', 'log or records cannot be read for the moment');
    return { code: error.code, says, hint: GO_ON };
  }
  return { code: 'internal', says: UNEXPECTED, hint: GO_ON };
}

const UNEXPECTED = text('回测意外中止，已记录', 'the backtest ended unexpectedly; it was recorded');
const GO_ON = text('可从中断处继续。', 'It can be resumed where it ended.');
