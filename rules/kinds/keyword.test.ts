import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RaisedFinding } from '../../core/finding.ts';
import { createEngine } from '../engine.ts';
import type { Fact } from '../../core/observation.ts';
import {
  factOf,
  linesOf,
  ordersFor,
  rulebookOf,
  ruleOf,
  runWorld,
  surroundings,
  WORLD_START_MS,
  type Arriving,
} from '../fact-world.fixture.ts';
import { verifyAlert } from '../verify.ts';
import { createReferenceMatcher, type Term } from './term-matcher.ts';

const TERMS: Term[] = [
  { termId: 'T1', category: '脱逃', level: 1, text: '翻墙' },
  { termId: 'T2', category: '暗语', level: 2, text: '墙头' },
  { termId: 'T3', category: '财物', level: 3, text: '打钱' },
];
const matcher = createReferenceMatcher(TERMS, 'terms-1');
const matcherOf = () => matcher;
const rulebook = rulebookOf(ruleOf('keyword', { lists: ['demo'], levelMin: 2 }));

const call = (minute: number, callId: string, ...said: string[]): Arriving => ({
  subject: 'P0',
  atMs: WORLD_START_MS + minute * 60_000,
  source: 'prison-call',
  content: {
    kind: 'call',
    callId,
    channel: 'visit',
    durationMs: 60_000,
    segments: said.map((text, index) => ({
      speaker: 'relative',
      offsetMs: index * 1_000,
      text,
    })),
  },
});

describe('keyword', () => {
  test('one alert per call names every hit and says nothing of what was said', () => {
    const findings = runWorld(
      rulebook,
      [call(0, 'C1', '你好', '他要翻墙头走', '记得打钱'), call(5, 'C2', '吃饭了吗')],
      { matcherOf },
    );
    expect(linesOf(findings)).toEqual(['P0 0 raised']);
    const [raised] = findings as [RaisedFinding];
    expect(raised.values).toEqual({
      callId: 'C1',
      channel: 'visit',
      hits: 2,
      gravest: 1,
      terms: 'terms-1',
      hit01: 'T1 脱逃 level 1 segment 1 at 2-4',
      hit02: 'T2 暗语 level 2 segment 1 at 3-5',
    });
    const told = JSON.stringify(raised.values);
    for (const { text } of TERMS) expect(told).not.toContain(text);
    const deps = { rulebook, ...surroundings, matcherOf };
    expect(verifyAlert(raised, deps)).toMatchObject({
      proven: true,
      finding: { values: raised.values },
    });
  });

  test('terms below the level are not heeded', () => {
    expect(runWorld(rulebook, [call(0, 'C1', '记得打钱')], { matcherOf })).toEqual([]);
  });

  test('a call delivered again is no second alert, another call is', () => {
    const lines = linesOf(
      runWorld(rulebook, [call(0, 'C1', '翻墙'), call(1, 'C1', '翻墙。'), call(2, 'C2', '翻墙')], {
        matcherOf,
      }),
    );
    expect(lines).toEqual(['P0 0 raised', 'P0 1 episode-open', 'P0 2 raised']);
  });

  test('many hits are counted and the first twenty spelled out', () => {
    const findings = runWorld(rulebook, [call(0, 'C1', '翻墙'.repeat(50))], { matcherOf });
    const [{ values }] = findings as [RaisedFinding];
    expect(values['hits']).toBe(50);
    expect(Object.keys(values).filter((name) => /^hit\d/.test(name))).toHaveLength(20);
  });

  test('nothing clears it, not even the end of the order', () => {
    const engine = createEngine({ rulebook, ...surroundings, matcherOf });
    const [order] = ordersFor(['P0']).facts as [Fact];
    const said = factOf(call(0, 'C1', '翻墙'));
    const atMs = said.atMs + 3_600_000;
    const end = { ...order, id: 'end', action: 'end', atMs } as Fact;
    const kinds = [order, said, end]
      .flatMap((fact) => engine.step({ watermarkMs: fact.atMs, facts: [fact] }))
      .map(({ kind }) => kind);
    expect(kinds).toEqual(['raised']);
    expect(engine.step({ watermarkMs: atMs + 400 * 86_400_000 })).toEqual([]);
  });

  test('is refused without term lists', () => {
    expect(() => createEngine({ rulebook, ...surroundings })).toThrow(/test-keyword: demo/);
  });
});

describe('the reference matcher', () => {
  test('finds a term wherever the text holds it, and nowhere else', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', '墙'), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 4 }), texts, (words, letters) => {
        const terms = words.map((word, index) => ({
          termId: `T${index}`,
          category: 'x',
          level: 1 as const,
          text: word.join(''),
        }));
        const text = letters.join('');
        const found = createReferenceMatcher(terms, 'x').scan(text);
        for (const { termId, text: wanted } of terms) {
          for (let start = 0; start < text.length; start++) {
            const stands = wanted !== '' && text.startsWith(wanted, start);
            expect(found.some((hit) => hit.termId === termId && hit.start === start)).toBe(stands);
          }
        }
        for (const { termId, start, end } of found) {
          expect(text.slice(start, end)).toBe(terms.find((one) => one.termId === termId)?.text);
        }
      }),
      { numRuns: 500 },
    );
  });
});
