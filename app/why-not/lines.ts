// The answer to "why not?" as lines of plain text.

import { localDateTime } from '../../core/local-time.ts';
import type { Language, Text } from '../../core/text.ts';
import { spaced } from '../../rules/why-not/say.ts';
import type { WhyNotAnswer } from '../api/rules.ts';

const LEVELS: Readonly<Record<1 | 2 | 3, Text>> = {
  1: { zh: '一级', en: 'level 1' },
  2: { zh: '二级', en: 'level 2' },
  3: { zh: '三级', en: 'level 3' },
};

export const linesOf = (answer: WhyNotAnswer, language: Language): string[] =>
  language === 'zh' ? written(answer, language).map(spaced) : written(answer, language);

function written(answer: WhyNotAnswer, language: Language): string[] {
  const say = (zh: string, en: string) => (language === 'zh' ? zh : en);
  const { ruleId, title, ruleVersion, subject, atMs, fromMs, untilMs, gates } = answer;
  const at = localDateTime(atMs);
  const span = `${localDateTime(fromMs)} – ${localDateTime(untilMs)}`;
  const head = [
    `${title?.[language] ?? ruleId} · ${ruleId}${ruleVersion ? ` ${ruleVersion}` : ''}`,
    say(
      `对象 ${subject}，时间 ${at}，查看 ${span}`,
      `person ${subject}, time ${at}, looked at ${span}`,
    ),
  ];
  if (answer.raised) return [...head, ...raisedLines(answer.raised, language)];
  const [first, ...further] = gates;
  if (!first) return head;
  return [
    ...head,
    say(`没有报警：${first.says.zh}。`, `not raised: ${first.says.en}.`),
    ...(first.nearest ? [say(`${first.nearest.zh}。`, `${first.nearest.en}.`)] : []),
    ...further.map((gate, index) => {
      const supposed = gates[index]?.relaxed;
      return say(
        `即使${supposed?.zh ?? ''}，也还有：${gate.says.zh}。`,
        `had ${supposed?.en ?? ''}, still: ${gate.says.en}.`,
      );
    }),
    ...lastLines(answer, language),
  ];
}

/** What the engine says once everything is supposed away. */
function lastLines({ gates, wouldRaise }: WhyNotAnswer, language: Language): string[] {
  const last = gates.at(-1);
  if (!last?.relaxed) return [];
  if (!wouldRaise) {
    return [
      language === 'zh'
        ? `即使${last.relaxed.zh}，规则引擎重算后仍不报警，另有原因。`
        : `had ${last.relaxed.en}, the engine would still not have raised: there is another reason.`,
    ];
  }
  const at = localDateTime(wouldRaise.atMs);
  const level = LEVELS[wouldRaise.level][language];
  return [
    language === 'zh'
      ? `若${last.relaxed.zh}，经规则引擎重算，会在 ${at} 报${level}预警。`
      : `had ${last.relaxed.en}, the engine would have raised ${level} at ${at}.`,
  ];
}

function raisedLines(raised: NonNullable<WhyNotAnswer['raised']>, language: Language): string[] {
  const { alertId, atMs, level, withdrawn, mergedInto } = raised;
  const at = localDateTime(atMs);
  const name = LEVELS[level][language];
  return language === 'zh'
    ? [
        `已经报警：${at} ${name}，预警编号 ${alertId}。`,
        ...(mergedInto ? [`并入同一情形的预警 ${mergedInto}，没有另立。`] : []),
        ...(withdrawn ? ['该预警后来被撤销。'] : []),
      ]
    : [
        `it was raised: ${name} at ${at}, alert ${alertId}.`,
        ...(mergedInto ? [`counted to the alert ${mergedInto} of the same stretch.`] : []),
        ...(withdrawn ? ['that alert was withdrawn later.'] : []),
      ];
}
