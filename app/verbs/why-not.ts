// plumbline explain --why-not: why a rule raised nothing about a person at some time, from files or from the
// log of the configured product.

import { parseDuration } from '../../core/duration.ts';
import { UserError } from '../../core/errors.ts';
import { parseInstant } from '../../core/local-time.ts';
import { isSubjectKey } from '../../core/subject.ts';
import { text, type Language } from '../../core/text.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import { openHistory } from '../backtest/open-history.ts';
import type { Config } from '../config.ts';
import type { Print } from '../print.ts';
import { createSurroundings } from '../surroundings.ts';
import { askWhyNot } from '../why-not/ask.ts';
import { linesOf } from '../why-not/lines.ts';

export type WhyNotVerbOptions = {
  readonly subject?: string | undefined;
  readonly rule?: string | undefined;
  /** Local date and time. */
  readonly at?: string | undefined;
  /** A duration: how much time around it counts. */
  readonly window?: string | undefined;
  /** Folder of a pack, asked instead of the rules as they were in force. */
  readonly rules?: string | undefined;
  readonly positions?: string | undefined;
  readonly orders?: string | undefined;
  readonly facts?: string | undefined;
  /** The source of positions in files that name none. */
  readonly source: string;
  readonly language: Language;
  readonly signal?: AbortSignal;
};

/** Prints the answer. Throws UserError for what was asked wrongly. */
export async function explainAbsence(
  config: Config,
  options: WhyNotVerbOptions,
  print: Print,
): Promise<void> {
  const asked = askedOf(options);
  const pack = options.rules ?? config.rules.pack;
  const rulebook = loadRulebook(pack);
  const { positions, orders, facts, signal } = options;
  const hasFiles = [positions, orders, facts].some((file) => file !== undefined);
  const { source, close } = await openHistory(config, {
    ...(hasFiles ? { positions, orders, facts } : { source: 'log' }),
    positionsSource: options.source,
    fromMs: asked.atMs,
    folder: config.dataFolder,
    signal,
  });
  try {
    const answer = await askWhyNot(
      {
        source,
        surroundings: createSurroundings(pack),
        rulebook,
        asNow: options.rules !== undefined,
        signal: options.signal,
      },
      asked,
    );
    for (const line of linesOf(answer, options.language)) print(line);
    for (const line of source.remarks()) print(line);
  } finally {
    await close();
  }
}

function askedOf({ subject, rule, at, window }: WhyNotVerbOptions) {
  if (subject === undefined || rule === undefined || at === undefined) {
    throw new UserError('bad-input', text('缺少参数', 'something is missing'), {
      hint: text(
        '须给出 --subject <对象> --rule <规则> --at "2026-11-22 08:30"',
        'Give --subject <key>, --rule <id> and --at "2026-11-22 08:30".',
      ),
    });
  }
  if (!isSubjectKey(subject)) {
    throw new UserError('bad-input', text('对象编号不对', 'this is no subject key'), {
      hint: text(
        '对象编号是 1 到 64 个字母、数字、点、横线，不能是身份证号或电话号码',
        'A key is 1 to 64 letters, digits, dots and dashes, never an identity or phone number.',
      ),
    });
  }
  const atMs = parseInstant(at);
  if (atMs === undefined) {
    throw new UserError('bad-input', text('时间写法不对', 'this is no date and time'), {
      detail: `"${at}"`,
      hint: text('例如 "2026-11-22 08:30"', 'For example "2026-11-22 08:30".'),
    });
  }
  const windowMs = window === undefined ? undefined : parseDuration(window);
  if (window !== undefined && (windowMs === undefined || windowMs <= 0)) {
    throw new UserError('bad-input', text('时长写法不对', 'this is no duration'), {
      detail: `"${window}"`,
      hint: text('例如 2h、24h、7d', 'For example 2h, 24h or 7d.'),
    });
  }
  return { ruleId: rule, subject, atMs, windowMs };
}
