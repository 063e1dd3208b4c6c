// A change of what is remembered says what becomes of it, or is refused before it runs.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../core/finding.ts';
import type { UserError } from '../core/errors.ts';
import { createEngine } from './engine.ts';
import {
  factOf,
  ordersFor,
  rulebookOf as bookOf,
  ruleOf,
  surroundings,
  WORLD_START_MS,
} from './fact-world.fixture.ts';
import { rulesInForce } from './in-force.ts';
import { assertDeclared } from './migration.ts';
import { loadRulebook, parseRule, rulebookOf } from './rulebook.ts';

const folder = fileURLToPath(new URL('packs/dazhou', import.meta.url));
const { pack } = loadRulebook(folder);
/** Number 2; parameters begin in line 20. */
const venue = readFileSync(`${folder}/key-venue.yaml`, 'utf8');
const next = (change: (source: string) => string, migrate = '') =>
  change(venue).replace('number: 2', `number: 3${migrate === '' ? '' : `\n${migrate}`}`);
const longer = (source: string) => source.replace('insideFor: 30m', 'insideFor: 45m');
const louder = (source: string) => source.replace('level: { cc: 3 }', 'level: { cc: 2 }');
const lineOf = (source: string, start: string) =>
  source.split('\n').findIndex((line) => line.startsWith(start)) + 1;

function refusal(source: string, before = venue): string {
  try {
    assertDeclared(
      parseRule('key-venue.yaml', source, pack),
      parseRule('key-venue.yaml', before, pack),
      { file: 'key-venue.yaml', source },
    );
    return '';
  } catch (error) {
    return String((error as UserError).detail).trim();
  }
}

describe('a changed text', () => {
  test.each<[string, string]>([
    ['that changes words and levels', next(louder)],
    ['that keeps what is remembered', next(longer, 'migrate: { from: 2, state: keep }')],
    ['that drops it', next(longer, 'migrate: { from: 2, state: drop }')],
    ['of before there was the word', next(longer, 'keepsState: true')],
  ])('%s is taken', (_name, source) => {
    expect(refusal(source)).toBe('');
  });

  test('that says nothing is refused with the place and both ways out', () => {
    const source = next(longer);
    const said = refusal(source);
    expect(said).toMatch(
      new RegExp(`^key-venue\\.yaml:${lineOf(source, 'params:') + 1}:3: params: `),
    );
    expect(said).toContain('migrate: { from: 2, state: keep }');
    expect(said).toContain('state: drop');
  });

  test('that speaks of another version is refused at its number', () => {
    const before = venue
      .replace('number: 2', 'number: 4')
      .replace('insideFor: 30m', 'insideFor: 5m');
    const source = longer(venue).replace(
      'number: 2',
      'number: 5\nmigrate: { from: 3, state: keep }',
    );
    expect(refusal(source, before)).toMatch(
      new RegExp(
        `^key-venue\\.yaml:${lineOf(source, 'migrate:')}:18: migrate\\.from: .* write from: 4$`,
      ),
    );
  });

  test('of another kind cannot keep', () => {
    const before = readFileSync(`${folder}/detention.yaml`, 'utf8');
    const source = next(longer, 'migrate: { from: 2, state: keep }').replace(
      'number: 3',
      'number: 9',
    );
    expect(refusal(source, before)).toMatch(/migrate\.state: .*kind match.*write state: drop/);
    expect(refusal(source.replace('from: 2, state: keep', 'from: 3, state: drop'), before)).toBe(
      '',
    );
  });

  test('is refused when the pack is looked at, and a draft is not', () => {
    const act = {
      ruleId: 'key-venue',
      ruleVersion: parseRule('key-venue.yaml', venue, pack).version,
      status: 'active' as const,
      source: venue,
    };
    const filesOf = (source: string) =>
      rulebookOf(pack, [{ compiled: parseRule('key-venue.yaml', source, pack), source }]);
    expect(() => rulesInForce(filesOf(next(longer)), [act])).toThrow(/key-venue\.yaml:\d+:\d+/);
    const draft = next(longer).replace('status: active', 'status: draft');
    expect(rulesInForce(filesOf(draft), [act]).rules).toHaveLength(1);
    const declared = next(longer, 'migrate: { from: 2, state: keep }');
    expect(rulesInForce(filesOf(declared), [act]).rules).toHaveLength(2);
  });
});

describe('in the middle of an open episode', () => {
  const MINUTE = 60_000;
  const tampered = (minute: number) =>
    factOf({
      subject: 'P0',
      atMs: WORLD_START_MS + minute * MINUTE,
      source: 'bracelet',
      content: { kind: 'device', event: 'tamper' },
    });
  const countRule = (number: number, params: Record<string, unknown>, migrate?: unknown) =>
    bookOf(
      ruleOf(
        'count',
        { fact: 'device', when: 'fact.event == "tamper"', within: '60m', ...params },
        { number, ...(migrate ? { migrate } : {}) },
      ),
    );
  const before = countRule(1, { factsMin: 2 });

  /** Two facts open an alert; the rule changes; one more fact comes in the window. */
  function says(state: 'keep' | 'drop' | 'episodes'): string[] {
    const after = countRule(2, { factsMin: 3 }, { from: 1, state });
    const deps = { ...surroundings, corrects: false };
    const first = createEngine({ rulebook: before, ...deps });
    const findings: Finding[] = [ordersFor(['P0'])].flatMap((input) => first.step(input));
    for (const minute of [0, 10]) {
      const facts = [tampered(minute)];
      findings.push(...first.step({ watermarkMs: WORLD_START_MS + minute * MINUTE - 1, facts }));
    }
    const second = createEngine({ rulebook: after, ...deps }, structuredClone(first.snapshot()));
    findings.push(...first.abandon(after));
    for (const minute of [20, 30, 300]) {
      const watermarkMs = WORLD_START_MS + minute * MINUTE - 1;
      findings.push(...second.step({ watermarkMs, facts: minute < 300 ? [tampered(minute)] : [] }));
    }
    return findings.map((one) => {
      const because = 'because' in one && one.because ? ` ${String(one.because)}` : '';
      return `${(one.atMs - WORLD_START_MS) / MINUTE} ${one.kind}${because}`;
    });
  }

  test.each([
    // The two of before count on: three in the window from minute 20 on, fewer when the second is too old.
    [
      'keep' as const,
      ['10 raised', '20 suppressed episode-open', '30 suppressed episode-open', '70 cleared'],
    ],
    // Begun anew: two facts are too few.
    ['drop' as const, ['10 raised', '10 cleared rule-changed']],
    // The alert goes on, and ends when the two that are counted now are too old.
    [
      'episodes' as const,
      ['10 raised', '20 suppressed episode-open', '30 suppressed episode-open', '80 cleared'],
    ],
  ])('%s', (state, lines) => {
    expect(says(state)).toEqual(lines);
  });
});
