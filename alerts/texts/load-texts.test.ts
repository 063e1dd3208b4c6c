import { expect, test } from 'vitest';
import { text } from '../../core/text.ts';
import { composeNotice } from '../texts.ts';
import { checkTemplate, LANGUAGES } from './check-template.ts';
import { parseTexts } from './load-texts.ts';
import { DEFAULT_TEMPLATES, TEMPLATE_FORMS, templateOf } from './templates.ts';

const problemOf = (content: string): string => {
  try {
    parseTexts('texts.yaml', content);
  } catch (error) {
    return (error as { detail: string }).detail;
  }
  return '';
};

const noticeSms = (zh: string) => `notice:\n  sms:\n    zh: '${zh}'\n`;

const GOOD = '【达州司法】{level}预警{reference}：{county}，{title}。请{duty}，回1确认。';

test('every text of the product passes', () => {
  for (const form of TEMPLATE_FORMS) {
    for (const language of LANGUAGES) {
      const template = templateOf(DEFAULT_TEMPLATES, form)[language];
      expect(checkTemplate(form, language, template), template).toEqual([]);
    }
  }
});

test('a file words what it words, the rest stays', () => {
  const templates = parseTexts('texts.yaml', noticeSms(GOOD));
  expect(templates.notice.sms).toEqual(text(GOOD, DEFAULT_TEMPLATES.notice.sms.en));
  expect(templates.corrected).toEqual(DEFAULT_TEMPLATES.corrected);
  const facts = {
    alertId: 'al_0123456789abcd7k2m9q',
    level: 2,
    region: '511722',
    title: text('离开所在地域', 'Left the area'),
    late: false,
  } as const;
  expect(composeNotice('sms', facts, templates).zh).toBe(
    '【达州司法】二级预警7K2M9Q：宣汉县，离开所在地域。请核查处置，回1确认。',
  );
  expect(parseTexts('texts.yaml', '{}')).toEqual(DEFAULT_TEMPLATES);
});

test.each([
  [
    'a variable that is none',
    GOOD.replace('{duty}', '{duti}'),
    'texts.yaml:3:',
    'did you mean {duty}?',
  ],
  ['a variable nothing is like', GOOD.replace('{duty}', '{weather}'), ':3:', 'known here: {level}'],
  ['the person', GOOD.replace('{county}', '{name}'), ':3:', '涉及个人信息'],
  ['the place', GOOD.replace('{county}', '{地址}'), ':3:', 'nothing about the person'],
  ['no reference', GOOD.replace('{reference}', ''), ':3:', '缺少 {reference}'],
  ['no title', GOOD.replace('{title}', ''), ':3:', '缺少 {title}'],
  ['the title twice', `${GOOD}{title}`, ':3:', '{title} may stand once only'],
  ['no key', GOOD.replace('1', '一'), ':3:', '没有写明按 1'],
  ['a brace alone', `${GOOD}{`, ':3:', 'a brace without its partner'],
  ['too much', `${GOOD}${'请'.repeat(40)}`, ':3:', 'too long'],
  ['a number', GOOD.replace('回1', '电08182345678回1'), ':3:', 'telephone or identity number'],
])('%s is refused in its place', (_, template, place, says) => {
  const problem = problemOf(noticeSms(template));
  expect(problem).toContain(place);
  expect(problem).toContain(says);
  expect(problem).toContain('notice.sms.zh');
});

test('the place is that of the variable', () => {
  const content = noticeSms('{level}{reference}{title}{duti}1');
  const column = (content.split('\n')[2] ?? '').indexOf('{duti}') + 1;
  expect(problemOf(content)).toContain(`texts.yaml:3:${column}:`);
});

test.each([
  ['编号{reference}', 'there is no {reference}'],
  ['编号{spelled}，拨打12348', 'reads "12348" as one number'],
  ['编号{spelled}，见APP', 'misreads "APP"'],
  ['编号{spelled}，属1级', 'write the level in words'],
  ['编号{spelled}〔平台〕', 'a voice cannot read "〔〕"'],
])('a spoken text "%s" is refused', (words, says) => {
  const content = `notice:\n  phone:\n    zh: '{level}预警，{title}，${words}，收到请按1'\n`;
  expect(problemOf(content)).toContain(says);
});

test('what is no text of ours is named', () => {
  expect(problemOf('notise: {}')).toContain('texts.yaml:1:1: ');
  expect(problemOf('notice: { telegram: { zh: a } }')).toContain('telegram');
  expect(problemOf('answers: { hello: { zh: a } }')).toContain('hello');
  expect(problemOf('withdrawn: { phone: { zh: a } }')).toContain('phone');
  expect(problemOf('notice: [')).toContain('texts.yaml:1:');
});
