// Every mistake in a rule file is refused when the pack is loaded, with file, line, column and what to do.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadRulebook } from './rulebook.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumbline-bad-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(
  join(folder, 'pack.yaml'),
  `id: bad
title: { zh: 测试, en: Test }
zones:
  - { id: bar, title: { zh: 甲, en: A }, kind: key-venue, circle: { lng: 107.7, lat: 31.3, radiusM: 80 } }
`,
);

const HEAD = `id: r-one
number: 1
status: active
title: { zh: 测试, en: Test }
owner: 测试
who: [cc, raKey]
level: { cc: 2, raKey: 3 }
article: { cc: 第一条, raKey: 第二条 }
duty: { zh: 核实。, en: Verify. }
`;
const TESTS = `tests:
  - name: 报
    person: { class: cc }
    steps: [{ time: '08:00', nothing: true }]
    expect: [{ time: '08:00', raised: 2 }]
  - name: 不报
    person: { class: cc }
    steps: [{ time: '08:00', nothing: true }]
    expect: []
`;

/** Parameters begin in line 12. */
const PARAMS = {
  match: `  fact: device
  when: fact.event == "tamper"
`,
  count: `  fact: device
  when: fact.event == "tamper"
  factsMin: 3
  within: 1h
`,
  'count of visits': `  visits:
    zone: { kind: key-venue }
    fixesMin: 3
    insideFor: 15m
    marginM: 0
    rearmM: 30
    fixKinds: [gnss]
  apart: 2h
  visitsMin: 3
  within: 30d
`,
  sequence: `  steps:
    - { name: one, fact: device, when: fact.event == "tamper" }
    - { name: two, fact: device, when: fact.event == "removed" }
  order: strict
  within: 1h
  clearAfter: 1h
`,
  absence: `  after: { fact: roll-call, when: fact.result == "missed" }
  until: { fact: roll-call, when: fact.result == "answered" }
  within: 2h
`,
  keyword: `  lists: [demo]
  levelMin: 2
`,
  deadline: `  start: [accepted]
  end: [closed]
  period: { amount: 5, unit: day }
  rollOver: none
`,
  'deadline of a term': `  term: { source: bracelet }
  termMax: { amount: 3, unit: month }
  warnings: [{ left: 3d, level: 3 }]
`,
  zone: `  zone: order-area
  relation: outside
  fixesMin: 3
  outsideFor: 5m
  marginM: 100
  rearmM: 100
  clearFixesMin: 2
  fixKinds: [gnss]
`,
  proximity: `  radiusM: 100
  rearmM: 100
  lasts: 10m
  gapMax: 6m
  pairWithin: 3m
  lostAfter: 30m
  fixKinds: [gnss]
`,
  threshold: `  index: [X]
  above: 10
`,
} as const;

const ruleText = (kind: keyof typeof PARAMS): string =>
  `${HEAD}kind: ${kind.split(' ')[0]}\nparams:\n${PARAMS[kind]}${TESTS}`;

/** The mistakes the loader names, one per line. */
function mistakesIn(content: string): string[] {
  writeFileSync(join(folder, 'r-one.yaml'), content);
  try {
    loadRulebook(folder);
    return [];
  } catch (error) {
    return String((error as { detail?: string }).detail)
      .trim()
      .split('\n');
  }
}

test.each(Object.keys(PARAMS) as (keyof typeof PARAMS)[])('a right %s rule is taken', (kind) => {
  expect(mistakesIn(ruleText(kind))).toEqual([]);
});

type Row = [kind: keyof typeof PARAMS, from: string, to: string, place: string, says: RegExp];

const ROWS: Record<string, Row> = {
  'not YAML: a quote left open': [
    'match',
    'owner: 测试',
    'owner: "测试',
    '5:8',
    /never closed; close it/,
  ],
  'not YAML: a bracket left open': [
    'match',
    'who: [cc, raKey]',
    'who: [cc, raKey',
    '7:1',
    /close it with \]/,
  ],
  'not YAML: a tab': ['match', '  fact: device', '\tfact: device', '12:1', /write spaces instead/],
  'not YAML: a colon in a text': [
    'match',
    'owner: 测试',
    'owner: 测试: 一科',
    '5:8',
    /put a text that has ": " in it into quotes/,
  ],
  'not YAML: a name twice': ['match', 'owner: 测试', 'number: 2', '5:1', /twice; remove one/],
  'not YAML: an asterisk': ['match', 'owner: 测试', 'owner: *测试', '5:8', /put it into quotes/],
  'wrong type of a setting': ['match', 'number: 1', 'number: one', '2:9', /expected number/],
  'wrong type of a parameter': ['zone', 'marginM: 100', 'marginM: far', '16:12', /expected number/],
  'no owner': ['match', 'owner: 测试\n', '', '1:1', /owner/],
  'no number': ['match', 'number: 1\n', '', '1:1', /number/],
  'unknown setting': ['match', 'owner:', 'colour: red\nowner:', '5:1', /colour/],
  'unknown parameter': ['count', '  within: 1h', '  witin: 1h', '15:3', /witin/],
  'id unlike the file': ['match', 'id: r-one', 'id: r-two', '1:5', /named otherwise; rename/],
  'unknown kind': ['match', 'kind: match', 'kind: guess', '10:7', /kind/],
  'missing article': ['match', ', raKey: 第二条', '', '8:10', /no article of law for raKey/],
  'no level at all': ['match', '{ cc: 2, raKey: 3 }', '{}', '7:8', /no class .* has a level/],
  'a level there is not': ['match', 'cc: 2', 'cc: 4', '7:14', /level\.cc/],
  'duty too long for a text message': [
    'match',
    '核实。',
    '核'.repeat(71),
    '9:13',
    /70 characters .* shorten/,
  ],
  'leave for a kind that knows none': [
    'count',
    'kind:',
    'exceptions: [leave]\nkind:',
    '10:13',
    /leave says nothing to the kind count; remove/,
  ],
  'cooldown of a rule nothing clears': [
    'match',
    'kind:',
    'cooldown: 1h\nkind:',
    '10:11',
    /never begins; remove/,
  ],
  'cooldown of a keyword rule': [
    'keyword',
    'kind:',
    'cooldown: 1h\nkind:',
    '10:11',
    /never begins; remove/,
  ],
  'no cooldown at all': ['count', 'kind:', 'cooldown: 0s\nkind:', '10:11', /1s to 400d/],
  'no test that fires': ['match', 'raised: 2', 'cleared: true', '15:3', /no test in which.*fires/],
  'no test that stays silent': [
    'match',
    'expect: []',
    "expect: [{ time: '08:00', raised: 2 }]",
    '15:3',
    /no test in which it stays silent/,
  ],
  'unknown field': [
    'match',
    'fact.event',
    'fact.evnt',
    '13:14',
    /no field "evnt"; did you mean "event"/,
  ],
  'unknown variable': ['match', 'fact.event', 'event', '13:9', /there are fact and order/],
  'unfinished condition': ['match', ' == "tamper"', ' ==', '13:22', /EOF/],
  'condition that is no yes or no': [
    'match',
    'fact.event == "tamper"',
    'fact.event',
    '13:9',
    /gives string, but bool is wanted/,
  ],
  'a text compared with a number': ['match', '"tamper"', '1', '13:9', /no such overload/],
  'a number without a point': [
    'match',
    'fact: device\n  when: fact.event == "tamper"',
    'fact: notary-case\n  when: fact.feeFen + 1 > 2.0',
    '13:9',
    /write numbers with a point/,
  ],
  'a mistake in the second line of a condition': [
    'match',
    'when: fact.event == "tamper"',
    'when: |\n    fact.event == "tamper" &&\n    fact.nothing',
    '15:10',
    /no field "nothing"/,
  ],
  'a mistake in a quoted condition': [
    'match',
    'when: fact.event == "tamper"',
    `when: 'fact.nothing'`,
    '13:15',
    /no field "nothing"/,
  ],
  'a kind of fact there is not': ['match', 'fact: device', 'fact: dream', '12:9', /fact/],
  'a position as a fact': ['match', 'fact: device', 'fact: position', '12:9', /fact/],
  'zero window': ['count', 'within: 1h', 'within: 0s', '15:11', /outside 1s to 400d/],
  'endless window': ['count', 'within: 1h', 'within: 9999d', '15:11', /outside 1s to 400d/],
  'no window': ['count', '  within: 1h\n', '', '12:3', /within/],
  'not a duration': ['count', 'within: 1h', 'within: soon', '15:11', /not a duration/],
  'a count of one': ['count', 'factsMin: 3', 'factsMin: 1', '14:13', /factsMin/],
  'a count without bound': ['count', 'factsMin: 3', 'factsMin: 100000', '14:13', /factsMin/],
  'a value to count that is no text': [
    'count',
    'factsMin: 3',
    'factsMin: 3\n  distinct: fact.atMs',
    '15:13',
    /string is wanted/,
  ],
  'visits without a window': ['count of visits', '  within: 30d\n', '', '12:3', /within/],
  'visits to a place there is not': [
    'count of visits',
    'key-venue',
    'key-venu',
    '13:19',
    /did you mean "key-venue"/,
  ],
  'visits proven by cells': ['count of visits', '[gnss]', '[cell]', '18:16', /fixKinds/],
  'visits too far apart to count': [
    'count of visits',
    'apart: 2h',
    'apart: 40d',
    '19:10',
    /write a shorter one/,
  ],
  'steps with one name': ['sequence', 'name: two', 'name: one', '14:15', /two steps are named/],
  'steps that mean the same': [
    'sequence',
    '"removed"',
    '"tamper"',
    '14:40',
    /same facts as the step "one"; use kind count/,
  ],
  'a step before itself': [
    'sequence',
    'order: strict',
    'order: [[one], [two], [one]]',
    '15:10',
    /"one" would come before itself/,
  ],
  'a step in no group': [
    'sequence',
    'order: strict',
    'order: [[one]]',
    '15:10',
    /"two" is in no group/,
  ],
  'a group of a step there is not': [
    'sequence',
    'order: strict',
    'order: [[one], [two], [three]]',
    '15:10',
    /no step "three"/,
  ],
  'a single step': [
    'sequence',
    '    - { name: two, fact: device, when: fact.event == "removed" }\n',
    '',
    '13:5',
    /steps/,
  ],
  'an episode without end': [
    'sequence',
    '  clearAfter: 1h\n',
    '',
    '12:3',
    /nothing ends the episode/,
  ],
  'unbounded state: facts of a sequence': [
    'sequence',
    'order: strict',
    'order: strict\n  keptMax: 1000000',
    '16:12',
    /keptMax/,
  ],
  'unbounded state: a sequence without a limit': [
    'sequence',
    '  within: 1h\n',
    '',
    '12:3',
    /within/,
  ],
  'unbounded state: keys of a sequence': [
    'sequence',
    'order: strict',
    'order: strict\n  keysMax: 100000',
    '16:12',
    /keysMax/,
  ],
  'unbounded state: keys of a question': [
    'absence',
    '  within: 2h',
    '  keysMax: 100000\n  within: 2h',
    '14:12',
    /keysMax/,
  ],
  'unbounded state: a question that waits for ever': [
    'absence',
    'within: 2h',
    'within: 999999d',
    '14:11',
    /outside 1s to 400d/,
  ],
  'unbounded state: open episodes of a match': [
    'match',
    'fact: device',
    'fact: device\n  keysMax: 100000',
    '13:12',
    /keysMax/,
  ],
  'unbounded state: a case nothing ends': ['deadline', 'end: [closed]', 'end: []', '13:8', /end/],
  'unbounded state: no end of a case at all': [
    'deadline',
    '  end: [closed]\n',
    '',
    '12:3',
    /params\.end/,
  ],
  'unbounded state: periods of a measure': [
    'threshold',
    'above: 10',
    'above: 10\n  forPeriods: 100000',
    '14:15',
    /forPeriods/,
  ],
  'unbounded state: fixes of a stay': [
    'zone',
    'fixesMin: 3',
    'fixesMin: 5000',
    '14:13',
    /fixesMin/,
  ],
  'unbounded state: two persons never lost': [
    'proximity',
    'lostAfter: 30m',
    'lostAfter: 99999d',
    '17:14',
    /outside 1s to 400d/,
  ],
  'unbounded state: visits': [
    'count of visits',
    'visitsMin: 3',
    'visitsMin: 100000',
    '20:14',
    /visitsMin/,
  ],
  'state too small for the steps': [
    'sequence',
    '  steps:\n',
    '  keptMax: 2\n  steps:\n    - { name: zero, fact: device, when: fact.event == "sos" }\n',
    '12:12',
    /fewer facts than there are steps/,
  ],
  'a mistake in a step': [
    'sequence',
    'fact.event == "removed"',
    'fact.evnt == "removed"',
    '14:45',
    /did you mean "event"/,
  ],
  'a question without an answer': [
    'absence',
    '  until: { fact: roll-call, when: fact.result == "answered" }\n',
    '',
    '12:3',
    /until/,
  ],
  'an unknown field of an answer': [
    'absence',
    'fact.result == "answered"',
    'fact.reslt == "answered"',
    '13:40',
    /did you mean "result"/,
  ],
  'a source there is not': [
    'absence',
    PARAMS.absence,
    '  sources: [dreams]\n  silentFor: 1h\n',
    '12:13',
    /sources/,
  ],
  'no list of terms': ['keyword', '[demo]', '[]', '12:10', /lists/],
  'a milestone with two tasks': ['deadline', '[closed]', '[accepted]', '13:8', /does one thing/],
  'a unit there is not': ['deadline', 'unit: day', 'unit: week', '14:30', /unit/],
  'hours that roll over': [
    'deadline',
    'unit: day }\n  rollOver: none',
    'unit: hour }\n  rollOver: next-workday',
    '15:13',
    /no last day to roll; write none/,
  ],
  'hours and days mixed': [
    'deadline',
    'rollOver: none',
    'rollOver: none\n  extensions: [{ milestone: more, add: { amount: 1, unit: hour } }]',
    '16:15',
    /do not mix/,
  ],
  'a warning named twice': [
    'deadline',
    'rollOver: none',
    'rollOver: none\n  warnings: [{ left: 1d, level: 3 }, { left: 24h, level: 2 }]',
    '16:13',
    /twice; remove one/,
  ],
  'a term of something there is not': [
    'deadline of a term',
    '{ source: bracelet }',
    'holiday',
    '12:9',
    /term/,
  ],
  'a term of a source there is not': ['deadline of a term', 'bracelet', 'dreams', '12:9', /term/],
  'an unknown setting of a term': [
    'deadline of a term',
    '  termMax:',
    '  termMin:',
    '13:3',
    /termMin/,
  ],
  'a setting of a case in a term': [
    'deadline of a term',
    '  warnings:',
    '  rollOver: none\n  warnings:',
    '14:3',
    /rollOver/,
  ],
  'a longest leave': [
    'deadline of a term',
    '{ source: bracelet }',
    'leave',
    '13:12',
    /for whoever approves it; remove it/,
  ],
  'a term that never says anything': [
    'deadline of a term',
    '  warnings: [{ left: 3d, level: 3 }]',
    '  atEnd: nothing',
    '12:3',
    /would never speak; add one/,
  ],
  'overdue where nothing is': [
    'deadline of a term',
    '  warnings:',
    '  atEnd: nothing\n  escalations: [{ after: 1d, level: 2 }]\n  warnings:',
    '15:16',
    /nothing is overdue with atEnd nothing/,
  ],
  'a condition on what a leave does not say': [
    'deadline of a term',
    '{ source: bracelet }\n  termMax: { amount: 3, unit: month }',
    'leave\n  when: fact.reasn == "work"',
    '13:14',
    /did you mean "reason"/,
  ],
  'a migration from a version that does not come before': [
    'count',
    'status: active',
    'migrate: { from: 1, state: keep }\nstatus: active',
    '3:18',
    /names no version before 1/,
  ],
  'a migration to what there is not': [
    'count',
    'number: 1',
    'number: 2\nmigrate: { from: 1, state: guess }',
    '3:28',
    /state/,
  ],
  'a migration that keeps half of what is whole': [
    'match',
    'number: 1',
    'number: 2\nmigrate: { from: 1, state: episodes }',
    '3:28',
    /kept or dropped as a whole; write keep or drop/,
  ],
  'two words on one matter': [
    'count',
    'number: 1',
    'number: 2\nkeepsState: true\nmigrate: { from: 1, state: keep }',
    '3:13',
    /says what migrate says; remove it/,
  ],
  'no limit': ['threshold', '  above: 10\n', '', '12:3', /exactly one of above and below/],
  'two limits': ['threshold', 'above: 10', 'above: 10\n  below: 5', '12:3', /exactly one/],
  'ends above where it begins': [
    'threshold',
    'above: 10',
    'above: 10\n  clearAt: 11',
    '14:12',
    /must not lie above 10/,
  ],
  'a test with a time there is not': [
    'match',
    "'08:00', raised",
    "'8 am', raised",
    '18:22',
    /08:30/,
  ],
};

describe('refused with its place', () => {
  test.each(Object.entries(ROWS))('%s', (_name, [kind, from, to, place, says]) => {
    const right = ruleText(kind);
    const content = right.replace(from, () => to);
    expect(content, 'the row changes nothing').not.toBe(right);
    const mistakes = mistakesIn(content);
    expect(mistakes.join('\n')).toMatch(says);
    expect(mistakes.find((mistake) => says.test(mistake))).toMatch(
      new RegExp(`^r-one\\.yaml:${place === '' ? '\\d+:\\d+' : place}: `),
    );
  });
});

test('every mistake in every file is named at once', () => {
  writeFileSync(join(folder, 'r-two.yaml'), ruleText('count').replace('within: 1h', 'within: 0s'));
  const mistakes = mistakesIn(ruleText('match').replace('fact.event', 'fact.evnt'));
  rmSync(join(folder, 'r-two.yaml'));
  expect(mistakes.map((mistake) => mistake.split(':')[0])).toEqual(['r-two.yaml', 'r-one.yaml']);
});
