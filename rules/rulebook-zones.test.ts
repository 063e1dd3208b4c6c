import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadRulebook } from './rulebook.ts';

const file = (name: string) =>
  readFileSync(new URL(`packs/dazhou/${name}`, import.meta.url), 'utf8');

const PACK = `
id: test
title: { zh: 测试, en: test }
zones:
  - { id: bar-a, title: { zh: 甲, en: A }, kind: key-venue, circle: { lng: 107.7, lat: 31.3, radiusM: 80 } }
keyPeriods:
  - { id: spring, title: { zh: 春节, en: spring }, from: '2026-02-15', until: '2026-02-24' }
`;

/** Loads a pack of one rule and gives what the loader says against it. */
function mistakesOf(pack: string, ruleFile = 'key-venue.yaml', rule = file(ruleFile)): string {
  const folder = mkdtempSync(join(tmpdir(), 'pack-'));
  try {
    writeFileSync(join(folder, 'pack.yaml'), pack);
    writeFileSync(join(folder, ruleFile), rule);
    loadRulebook(folder);
    return '';
  } catch (error) {
    return (error as Error).message;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const polygon = (rings: string) =>
  PACK.replace('circle: { lng: 107.7, lat: 31.3, radiusM: 80 }', `polygon: ${rings}`);

test('a sound pack loads, with a circle or a polygon', () => {
  expect(mistakesOf(PACK)).toBe('');
  expect(mistakesOf(polygon('[[[107.7, 31.3], [107.71, 31.3], [107.71, 31.31]]]'))).toBe('');
});

describe('a pack is refused, with file and what to do', () => {
  test.each([
    [
      'a polygon that crosses itself',
      polygon('[[[107.5, 31.2], [107.51, 31.2], [107.505, 31.21], [107.512, 31.19]]]'),
      /pack\.yaml:\d+:\d+: zones\.0.*meets the edge.*in the order of walking round/,
    ],
    [
      'two corners',
      polygon('[[[107.5, 31.2], [107.51, 31.2]]]'),
      /pack\.yaml:\d+:\d+: zones\.0.*at least 3 are needed/,
    ],
    [
      'no area',
      polygon('[[[107.5, 31.2], [107.51, 31.21], [107.52, 31.22]]]'),
      /pack\.yaml:\d+:\d+: zones\.0.*encloses 0 m².*do not lie on one line/,
    ],
    [
      'an id that occurs twice',
      PACK.replace(
        'keyPeriods:',
        '  - { id: bar-a, title: { zh: 乙, en: B }, kind: key-venue, circle: { lng: 107.8, lat: 31.3, radiusM: 80 } }\nkeyPeriods:',
      ),
      /pack\.yaml:\d+:\d+: zones\.1\.id: the id "bar-a" occurs twice/,
    ],
    [
      'a period that ends before it begins',
      PACK.replace("until: '2026-02-24'", "until: '2026-02-01'"),
      /pack\.yaml:\d+:\d+: keyPeriods\.0: a key period ends after it begins/,
    ],
    [
      'a day that is none',
      PACK.replace("'2026-02-15'", "'2026-02-30'"),
      /pack\.yaml:\d+:\d+: keyPeriods\.0\.from: "2026-02-30" is not a date/,
    ],
  ])('%s', (_what, pack, says) => {
    expect(mistakesOf(pack)).toMatch(says);
  });
});

describe('a zone rule is refused, with file and what to do', () => {
  const venue = file('key-venue.yaml');
  const curfew = file('curfew.yaml');
  const period = file('key-period-away.yaml');
  const prohibited = file('prohibited-zone.yaml');
  test.each([
    [
      'a kind of zone the pack does not have',
      'key-venue.yaml',
      venue.replace('{ kind: key-venue }', '{ kind: key-venus }'),
      /key-venue\.yaml:\d+:\d+: params\.zone\.kind: pack\.yaml has no "key-venus"; did you mean "key-venue"\?/,
    ],
    [
      'a zone the pack does not have',
      'key-venue.yaml',
      venue.replace('{ kind: key-venue }', '{ ids: [palace] }'),
      /key-venue\.yaml:\d+:\d+: params\.zone\.ids: pack\.yaml has no "palace"; add it to pack\.yaml/,
    ],
    [
      'a key period the pack does not have',
      'key-period-away.yaml',
      period.replace('keyPeriods: all', 'keyPeriods: [sprin]'),
      /params\.schedule\.keyPeriods: pack\.yaml has no "sprin"; did you mean "spring"\?/,
    ],
    [
      'a schedule for the curfew',
      'curfew.yaml',
      curfew.replace('  freshFor: 30m', '  freshFor: 30m\n  schedule: { days: workdays }'),
      /curfew\.yaml:\d+:\d+: params\.schedule: the schedule of home is the person's own curfew/,
    ],
    [
      'a window without the age of fixes',
      'curfew.yaml',
      curfew.replace('  freshFor: 30m\n', ''),
      /curfew\.yaml:\d+:\d+: params\.freshFor: say how old a fix may be when a window opens/,
    ],
    [
      'a dwell for the other side',
      'curfew.yaml',
      curfew.replace('outsideFor: 10m', 'insideFor: 10m'),
      /params\.outsideFor: relation outside needs outsideFor[\s\S]*params\.insideFor: .*remove insideFor/,
    ],
    [
      'a leave that would open a closed place',
      'prohibited-zone.yaml',
      prohibited.replace('kind: zone\n', 'exceptions: [leave]\nkind: zone\n'),
      /prohibited-zone\.yaml:\d+:\d+: exceptions: a leave lets a person go away/,
    ],
    [
      'crossing without entering',
      'key-venue.yaml',
      venue.replace('  rearmM: 30', '  rearmM: 30\n  crossing: true'),
      /params\.crossing: only of meaning with relation enter/,
    ],
  ])('%s', (_what, name, rule, says) => {
    expect(mistakesOf(PACK, name, rule)).toMatch(says);
  });
});

test('a zone rule changes its version with the zones it watches, and no other rule does', () => {
  const versions = (pack: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'pack-'));
    writeFileSync(join(folder, 'pack.yaml'), pack);
    for (const name of ['key-venue.yaml', 'area-exit.yaml', 'prohibited-zone.yaml']) {
      writeFileSync(join(folder, name), file(name));
    }
    const { rules } = loadRulebook(folder);
    rmSync(folder, { recursive: true });
    return Object.fromEntries(rules.map(({ rule, version }) => [rule.id, version]));
  };
  const before = versions(PACK);
  const after = versions(PACK.replace('radiusM: 80', 'radiusM: 90'));
  expect(after['area-exit']).toBe(before['area-exit']);
  expect(after['key-venue']).not.toBe(before['key-venue']);
  expect(after['prohibited-zone']).not.toBe(before['prohibited-zone']);
});
