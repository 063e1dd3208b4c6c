import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { expectGolden } from '../checks/golden.ts';
import { CORRECTION_REASONS, type Level } from '../core/finding.ts';
import { DAZHOU, regionsWithin, regionName } from '../core/region.ts';
import { text, type Text } from '../core/text.ts';
import { ALERTS_OF_ONE_NOTICE_MAX } from './grouping/group-terms.ts';
import { composeGroupNotice } from './grouping/group-text.ts';
import { spellCount } from './grouping/spell-count.ts';
import { lintNotice } from './text-lint.ts';
import {
  composeAnswer,
  composeCorrection,
  composeNotice,
  SMS_CHARS_MAX,
  type NoticeFacts,
} from './texts.ts';
import { ANSWERED_OUTCOMES } from './texts/templates.ts';

const PACKS = join(import.meta.dirname, '../rules/packs');
const LEVELS = [1, 2, 3] as const satisfies readonly Level[];
const CHANNELS = ['phone', 'sms', 'push'] as const;
const LANGUAGES = ['zh', 'en'] as const;

const NOT_RULES = /(?:pack|grading)\.yaml$/;

/** Titles of every rule that ships, read as data. */
const titles = readdirSync(PACKS, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml') && !NOT_RULES.test(file))
  .map((file) => (parse(readFileSync(join(PACKS, file), 'utf8')) as { title: Text }).title);

const longestCounties = LANGUAGES.map(
  (language) =>
    regionsWithin(DAZHOU).toSorted((a, b) => b.name[language].length - a.name[language].length)[0]
      ?.code ?? '',
);

const facts = (change: Partial<NoticeFacts> = {}): NoticeFacts => ({
  alertId: 'al_0123456789abcd7k2m9q',
  level: 2,
  region: '511722',
  title: text('离开所在地域', 'Left the area of residence'),
  late: false,
  ...change,
});

test('there are rules to try', () => {
  expect(titles.length).toBeGreaterThanOrEqual(8);
  expect(longestCounties.every((code) => regionName(code).zh !== code)).toBe(true);
});

describe.each(CHANNELS)('on %s', (channel) => {
  test.each(titles.map((title) => [title.zh, title] as const))(
    '"%s" fits in every level with the longest county',
    (_, title) => {
      for (const level of LEVELS) {
        for (const region of longestCounties) {
          for (const [late, corrected] of [
            [false, false],
            [true, false],
            [false, true],
            [true, true],
          ] as const) {
            const change = { level, region, title, late, corrected };
            const notice = composeNotice(channel, facts(change));
            for (const language of LANGUAGES) {
              expect(lintNotice(channel, language, notice[language]), notice[language]).toEqual([]);
            }
          }
        }
      }
    },
  );
});

describe.each(['sms', 'push'] as const)('a correction by %s', (channel) => {
  test.each(titles.map((title) => [title.zh, title] as const))(
    'of "%s" fits whatever it says',
    (_, title) => {
      for (const because of CORRECTION_REASONS) {
        for (const region of longestCounties) {
          for (const wasLevel of [undefined, 1, 2] as const) {
            const { alertId, level } = facts();
            const change = { alertId, level, region, title, because, wasLevel };
            const said = composeCorrection(channel, change);
            for (const language of LANGUAGES) {
              expect(lintNotice(channel, language, said[language]), said[language]).toEqual([]);
            }
          }
        }
      }
    },
  );
});

test('an SMS never grows past one message: a long title is cut, reference and duty stay', () => {
  const title = text('通过车站或高速路口离开所在地域'.repeat(4), 'Passed a gate '.repeat(20));
  const { zh, en } = composeNotice('sms', facts({ title }));
  expect([zh.length, en.length]).toEqual([SMS_CHARS_MAX.zh, SMS_CHARS_MAX.en]);
  expect(zh).toContain('7K2M9Q');
  expect(zh).toMatch(/…。请核查处置，回复1确认，详见平台。$/);
  expect(lintNotice('sms', 'zh', zh)).toEqual([{ kind: 'cut' }]);
});

test('a title is never cut in the middle of a character', () => {
  for (let chars = 20; chars < 40; chars++) {
    const title = text(`${'长'.repeat(chars)}${'𠮷'.repeat(20)}`, 'x');
    const { zh } = composeNotice('sms', facts({ title }));
    expect(zh.length).toBeLessThanOrEqual(SMS_CHARS_MAX.zh);
    expect(zh.length).toBeGreaterThanOrEqual(SMS_CHARS_MAX.zh - 1);
    expect(zh.isWellFormed()).toBe(true);
  }
});

test.each(ANSWERED_OUTCOMES)(
  'an answer "%s" is one message, however many alerts wait',
  (outcome) => {
    for (const count of [0, 1, 2, 5, 40]) {
      const references = Array.from({ length: count }, (_, index) => `7K2M${10 + index}`);
      const answer = composeAnswer(outcome, { reference: '7K2M9Q', references });
      for (const language of LANGUAGES) {
        expect(lintNotice('sms', language, answer[language]), answer[language]).toEqual([]);
        expect(answer[language]).not.toMatch(/[{}]|undefined/);
      }
    }
  },
);

describe('the linter finds', () => {
  test.each([
    ['sms', 'zh', '长'.repeat(71), 'too-long'],
    ['sms', 'en', 'Garzê', 'not-gsm-7'],
    ['phone', 'zh', '请拨打〔平台〕', 'not-readable-aloud'],
    ['sms', 'zh', `${'长'.repeat(69)}𠮷`, 'too-long'],
    ['phone', 'zh', '编号12，请处置', 'digits-run'],
    ['phone', 'en', 'Reference 12', 'digits-run'],
    ['phone', 'zh', '收到SMS请回复', 'latin-run'],
    ['phone', 'zh', '准绳2级预警', 'level-in-digits'],
    ['push', 'zh', '电话13800000001', 'number'],
    ['push', 'zh', '一个很长的标题…', 'cut'],
  ] as const)('on %s in %s "%s": %s', (channel, language, content, kind) => {
    expect(lintNotice(channel, language, content).map((problem) => problem.kind)).toEqual([kind]);
  });
});

test('read like this', () => {
  const samples = LEVELS.flatMap((level) =>
    CHANNELS.flatMap((channel) => {
      const title =
        level === 1
          ? text('涉嫌犯罪或重大矛盾纠纷', 'Offence or serious conflict recorded')
          : facts().title;
      const { zh, en } = composeNotice(channel, facts({ level, title, late: level === 3 }));
      return [`level ${level} ${channel}`, `  ${zh}`, `  ${en}`];
    }),
  );
  const anew = facts({ corrected: true });
  samples.push(
    ...CHANNELS.flatMap((channel) => {
      const { zh, en } = composeNotice(channel, anew);
      return [`level 2 by correction ${channel}`, `  ${zh}`, `  ${en}`];
    }),
    ...CORRECTION_REASONS.flatMap((because) => {
      const { zh, en } = composeCorrection('sms', { ...facts(), because, wasLevel: undefined });
      return [`withdrawn, ${because}, sms`, `  ${zh}`, `  ${en}`];
    }),
    ...(['sms', 'push'] as const).flatMap((channel) => {
      const change = { because: 'order', wasLevel: 1 } as const;
      const { zh, en } = composeCorrection(channel, { ...facts(), ...change });
      return [`level 1 to 2, ${channel}`, `  ${zh}`, `  ${en}`];
    }),
  );
  const references = ['7K2M9Q', '3F8H0W'];
  for (const outcome of ANSWERED_OUTCOMES) {
    const { zh, en } = composeAnswer(outcome, { reference: '7K2M9Q', references });
    samples.push(`answer ${outcome}`, `  ${zh}`, `  ${en}`);
  }
  expectGolden(new URL('golden/notices.txt', import.meta.url), `${samples.join('\n')}\n`);
});

describe('several alerts in one notice', () => {
  test.each(CHANNELS)(
    'fit on %s with every title, the longest county and the most alerts',
    (channel) => {
      for (const title of titles) {
        for (const level of LEVELS) {
          for (const region of longestCounties) {
            const one = facts({ title, level, region, late: channel === 'push' });
            const { zh, en } = composeGroupNotice(channel, [
              one,
              ...Array.from({ length: ALERTS_OF_ONE_NOTICE_MAX - 1 }, () => one),
            ]);
            expect(lintNotice(channel, 'zh', zh), zh).toEqual([]);
            expect(lintNotice(channel, 'en', en), en).toEqual([]);
          }
        }
      }
    },
  );

  test('a voice hears how many in words, and which keys', () => {
    const { zh, en } = composeGroupNotice('phone', [
      facts(),
      ...Array.from({ length: 22 }, () => facts()),
    ]);
    expect(zh).toContain('共二十三起');
    expect(zh).toContain('全部收到请按1');
    expect(en).toContain('twenty-three');
    expect([2, 3, 10, 12, 20, 45].map((count) => spellCount(count, 'zh'))).toEqual([
      '两',
      '三',
      '十',
      '十二',
      '二十',
      '四十五',
    ]);
    expect([2, 12, 20, 45].map((count) => spellCount(count, 'en'))).toEqual([
      'two',
      'twelve',
      'twenty',
      'forty-five',
    ]);
  });

  test('of different kinds and counties say so, and name neither', () => {
    const other = facts({ region: '511724', title: text('装置失联', 'Terminal silent') });
    expect(composeGroupNotice('push', [facts(), other]).zh).toBe(
      '二级预警7K2M9Q等2起：达州市，多类情形。请核查处置。',
    );
  });
});
