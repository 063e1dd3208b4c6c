import { expect, test } from 'vitest';
import { compileRule } from './compile.ts';
import { packSchema, ruleSchema } from './rule.ts';
import { parseRule } from './rulebook.ts';
import { parseYaml } from '../core/yaml-file.ts';

const pack = packSchema.parse({ id: 'test', title: { zh: '测试', en: 'test' } });

const RULE = `
id: terminal-silent
number: 3
status: active
title: { zh: 电子定位装置失去联系, en: Electronic bracelet silent }
owner: 某科
who: [cc]
level: { cc: 3 }
article: { cc: 某法第一条 }
duty: { zh: 联系, en: Call }
kind: absence
params:
  sources: [bracelet]
  silentFor: 2h
tests:
  - name: fires
    person: { class: cc, sources: [bracelet] }
    steps:
      - { time: '08:00', position: [107.72, 31.35] }
      - { time: '10:30', nothing: true }
    expect: [{ time: '10:00', raised: 3 }]
  - name: stays silent
    person: { class: cc, sources: [bracelet] }
    steps: [{ time: '08:00', position: [107.72, 31.35] }]
    expect: []
`;

const versionsOf = (source: string) => parseRule('terminal-silent.yaml', source, pack);

test('a text has the version it always had', () => {
  const { version, stateVersion } = versionsOf(RULE);
  // Other values here mean that every data folder there is refuses to start.
  expect(version).toBe('3@3c513785244d');
  expect(stateVersion).toBe('462067d8752e');
});

test('a later program that knows more parameters gives an old text the same version', () => {
  const read = parseYaml('rule.yaml', RULE, ruleSchema, []);
  const rule = read?.value as Extract<NonNullable<typeof read>['value'], { kind: 'absence' }>;
  const later = { ...rule, later: 7, params: { ...rule.params, graceMs: 60_000 } };
  const { version, stateVersion } = compileRule(later, pack, read?.written);
  expect({ version, stateVersion }).toEqual({
    version: versionsOf(RULE).version,
    stateVersion: versionsOf(RULE).stateVersion,
  });
});

test.each([
  ['status', (text: string) => text.replace('status: active', 'status: shadow'), true],
  ['a test', (text: string) => text.replace('name: fires', 'name: raises'), true],
  [
    'order of keys and a comment',
    (text: string) => `# why\nowner: 某科${text.replace('owner: 某科\n', '')}`,
    true,
  ],
  ['title', (text: string) => text.replace('失去联系', '失联'), false],
  ['level', (text: string) => text.replace('{ cc: 3 }', '{ cc: 2 }'), false],
])('%s: another version or not, the state means the same', (_name, change, isSame) => {
  const [before, after] = [versionsOf(RULE), versionsOf(change(RULE))];
  expect(after.version === before.version).toBe(isSame);
  expect(after.stateVersion).toBe(before.stateVersion);
});

test.each([
  ['a parameter', (text: string) => text.replace('2h', '3h')],
  ['whom it looks at', (text: string) => text.replace('who: [cc]', 'who: [cc, raKey]')],
])('%s: another version, and the state means something else', (_name, change) => {
  const [before, after] = [versionsOf(RULE), versionsOf(change(RULE))];
  expect(after.version).not.toBe(before.version);
  expect(after.stateVersion).not.toBe(before.stateVersion);
});
