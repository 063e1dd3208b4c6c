// The stretch a person asks a backtest over, held against what the log keeps.

import { UserError } from '../../core/errors.ts';
import { localDateTime, parseInstant } from '../../core/local-time.ts';
import { text } from '../../core/text.ts';
import type { KeptHistory } from './kept-history.ts';

/** The stretch asked for, if the log has all of it; else throws UserError saying what is wrong with it. */
export function readStretch(
  asked: { from: string; to: string },
  kept: KeptHistory | undefined,
): KeptHistory {
  const [fromMs, untilMs] = [instantOf('from', asked.from), instantOf('to', asked.to)];
  if (fromMs >= untilMs) {
    throw new UserError('bad-input', text('起始时间不早于结束时间', 'from is not before to'), {
      detail: `from ${localDateTime(fromMs)}, to ${localDateTime(untilMs)}`,
    });
  }
  if (!kept) {
    throw new UserError('conflict', text('日志中还没有可回测的记录', 'the log has no history yet'));
  }
  const outside = [
    ...(fromMs < kept.fromMs ? [`from ${localDateTime(fromMs)}`] : []),
    ...(untilMs > kept.untilMs ? [`to ${localDateTime(untilMs)}`] : []),
  ];
  if (outside.length === 0) return { fromMs, untilMs };
  throw new UserError(
    'bad-input',
    text('时段超出日志保留的范围', 'the log does not keep all of it'),
    {
      detail: `${outside.join(', ')}; the log keeps ${localDateTime(kept.fromMs)} – ${localDateTime(kept.untilMs)}`,
      hint: text(
        '请在保留范围内选择；更早的时段可用文件在命令行回测。',
        'Choose within what is kept; earlier history is backtested from files by the command.',
      ),
    },
  );
}

function instantOf(name: 'from' | 'to', written: string): number {
  const atMs = parseInstant(written);
  if (atMs !== undefined) return atMs;
  throw new UserError('bad-input', text('时间写法不对', 'this is no date and time'), {
    detail: `${name}: "${written}"`,
    hint: text('例如 "2026-11-01 00:00"', 'For example "2026-11-01 00:00".'),
  });
}
