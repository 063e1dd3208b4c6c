// Words of the question why another rule did not raise, and the answer in sentences.

import type { Reasons, WhyNotAnswer } from '../../app/api/rules.ts';
import type { Level } from '../../core/finding.ts';
import { text, type Text } from '../../core/text.ts';
import { dayClockText } from '../shared/format.ts';

export const WHY_NOT_WORDS = {
  title: text('为什么没有报其他规则', 'Why did no other rule raise?'),
  hint: text(
    '选一条规则和一个时间，系统用规则引擎重算，说明第一处未满足的条件。',
    'Choose a rule and a time: the engine is run again and says which condition failed first.',
  ),
  rule: text('规则', 'Rule'),
  time: text('时间', 'Time'),
  ask: text('查询', 'Ask'),
  asking: text('正在查询', 'Asking'),
  badTime: text('请填写完整的日期和时间', 'Give a whole date and time'),
  raised: text('已经报警', 'It was raised'),
  notRaised: text('没有报警', 'It was not raised'),
  show: text('查看这起预警', 'Open the alert'),
} as const;

const LEVELS: Readonly<Record<Level, Text>> = {
  1: text('一级', 'level 1'),
  2: text('二级', 'level 2'),
  3: text('三级', 'level 3'),
};

/** What was raised, where something was. */
export function raisedSentence({
  atMs,
  level,
  withdrawn,
  mergedInto,
}: NonNullable<WhyNotAnswer['raised']>): Text {
  const [at, name] = [dayClockText(atMs), LEVELS[level]];
  return text(
    `${at.zh} 已报${name.zh}预警${mergedInto ? '，并入同一情形的预警' : ''}${withdrawn ? '，后来撤销' : ''}。`,
    `Raised with ${name.en} at ${at.en}${mergedInto ? ', counted to the alert of the same stretch' : ''}${withdrawn ? ', withdrawn later' : ''}.`,
  );
}

/** What else failed, or would have come, one supposition after the other. */
export function furtherSentences({ gates, wouldRaise }: Reasons): Text[] {
  const further = gates.slice(1).map(({ says }, index) => {
    const supposed = gates[index]?.relaxed;
    return text(
      `即使${supposed?.zh ?? ''}，也还有：${says.zh}。`,
      `Had ${supposed?.en ?? ''}, still: ${says.en}.`,
    );
  });
  const last = gates.at(-1)?.relaxed;
  if (!last) return further;
  if (!wouldRaise) {
    const says = text(
      `即使${last.zh}，规则引擎重算后仍不报警，另有原因。`,
      `Had ${last.en}, the engine would still not have raised: there is another reason.`,
    );
    return [...further, says];
  }
  const [at, name] = [dayClockText(wouldRaise.atMs), LEVELS[wouldRaise.level]];
  const says = text(
    `若${last.zh}，经规则引擎重算，会在 ${at.zh} 报${name.zh}预警。`,
    `Had ${last.en}, the engine would have raised ${name.en} at ${at.en}.`,
  );
  return [...further, says];
}

/** A sentence that stands by itself. */
export const asSentence = ({ zh, en }: Text): Text =>
  text(`${zh}。`, `${en.charAt(0).toUpperCase()}${en.slice(1)}.`);
