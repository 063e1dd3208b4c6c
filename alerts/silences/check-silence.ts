// What may be wrong with a silence somebody asks for, each said with what to do.

import { formatDuration } from '../../core/duration.ts';
import { UserError } from '../../core/errors.ts';
import { isWithin, regionName, type RegionCode } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import type { SilenceMatcher } from '../../warehouse/records-schema.ts';
import type { SilenceLimits } from './silence.ts';

export const REASON_CHARS_MIN = 4;
export const REASON_CHARS_MAX = 300;

export type AskedSilence = {
  readonly matcher: SilenceMatcher;
  readonly reason: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** What the author answers for. */
  readonly region: RegionCode;
};

/** Throws UserError `bad-input` for the first thing that is wrong. */
export function checkNewSilence(asked: AskedSilence, limits: SilenceLimits): void {
  const { matcher, reason, fromMs, untilMs, region } = asked;
  const { levels, rules, counties, classes, subjects } = matcher;
  const chars = [...reason.trim()].length;
  if (chars < REASON_CHARS_MIN || chars > REASON_CHARS_MAX) {
    throw wrong(
      text('请写明静默的理由', 'a silence needs a reason'),
      text(
        `理由须为 ${REASON_CHARS_MIN} 至 ${REASON_CHARS_MAX} 个字。`,
        `Write ${REASON_CHARS_MIN} to ${REASON_CHARS_MAX} characters.`,
      ),
    );
  }
  if (![rules, counties, classes, subjects].some((named) => named !== undefined)) {
    throw wrong(
      text('静默范围过大', 'the silence covers too much'),
      text(
        '除等级外，请至少指定规则、县（市、区）、人员类别或人员之一。',
        'Beside the level, name rules, counties, classes or persons.',
      ),
    );
  }
  const outside = counties?.find((county) => !isWithin(county, region));
  if (outside !== undefined) {
    const name = regionName(outside);
    throw wrong(
      text(`${name.zh}不在您的管辖范围内`, `${name.en} is not in your charge`),
      text('请只选择本单位管辖的县（市、区）。', 'Choose only counties of your own bureau.'),
    );
  }
  if (untilMs <= fromMs) {
    throw wrong(
      text('结束时间须晚于开始时间', 'the silence ends before it begins'),
      text('请修改结束时间。', 'Change the end.'),
    );
  }
  const msMax = levels.includes(1) ? Math.min(limits.level1MsMax, limits.msMax) : limits.msMax;
  if (untilMs - fromMs > msMax) {
    const hours = Math.floor(msMax / 3_600_000);
    const kind = levels.includes(1)
      ? text('含一级预警的静默', 'a silence of level 1')
      : text('静默', 'a silence');
    throw wrong(
      text(`${kind.zh}最长 ${hours} 小时`, `${kind.en} lasts at most ${formatDuration(msMax)}`),
      text(
        '请提前结束时间；到期仍有需要，可以再次申请。',
        'End it earlier; ask again when it is over.',
      ),
    );
  }
}

const wrong = (says: Text, hint: Text) => new UserError('bad-input', says, { hint });
