import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { createAreas } from '../datasets/areas.ts';
import { createLocator } from '../datasets/locator.ts';
import { createChinaCalendar } from '../datasets/workdays.ts';
import { SUBJECT_CLASSES } from '../core/order.ts';
import { FIX_KINDS } from '../core/position-codes.ts';
import { loadRulebook, parseRule, rulebookOf } from './rulebook.ts';
import { testRulebook } from './test-rule.ts';
import { benchTrack, type DrawnTrack } from './track-test.ts';

const folder = fileURLToPath(new URL('packs/dazhou', import.meta.url));
const book = loadRulebook(folder);
const deps = { areas: createAreas(), locate: createLocator(), calendar: createChinaCalendar() };
const ruleNamed = (id: string) => {
  const found = book.rules.find(({ rule }) => rule.id === id);
  if (!found) throw new Error(`no rule ${id}`);
  return found;
};

const START_MS = Date.UTC(2026, 2, 2, 0);
const person: DrawnTrack['person'] = {
  class: 'cc',
  county: '511722',
  source: 'phone',
  conditions: {},
  onLeave: false,
};
/** Well outside of Xuanhan county, and well inside. */
const OUT = { lng: 107.2, lat: 30.74 };
const HOME = { lng: 107.72, lat: 31.35 };
const at = (minutes: number, place: typeof OUT) => ({
  atMs: START_MS + minutes * 60_000,
  accuracyM: 10,
  fix: 'gnss' as const,
  ...place,
});
const outing = [at(0, HOME), at(60, OUT), at(61, OUT), at(62, OUT), at(120, HOME), at(121, HOME)];

const saysOf = (id: string, track: Partial<DrawnTrack>) =>
  benchTrack(ruleNamed(id), { person, points: outing, watchMs: 0, ...track }, deps).test.expect;

test('a track that leaves the county raises as the rule says, and clears when it comes back', () => {
  expect(saysOf('area-exit', {})).toEqual([
    { time: '09:02', raised: 2 },
    { time: '10:01', cleared: true },
  ]);
});

test('a leave along the track excuses it', () => {
  expect(saysOf('area-exit', { person: { ...person, onLeave: true } })).toEqual([
    expect.objectContaining({ suppressed: 'leave' }),
  ]);
});

test('cells alone prove nothing to it, and silence is heard when time goes on', () => {
  const cells = outing.map((point) => ({ ...point, fix: 'cell' as const, accuracyM: 800 }));
  expect(saysOf('area-exit', { points: cells })).toEqual([]);
  const watched = { person: { ...person, source: 'bracelet' as const }, points: outing };
  expect(saysOf('terminal-silent', watched)).toEqual([]);
  expect(saysOf('terminal-silent', { ...watched, watchMs: 3 * 3_600_000 })).toEqual([
    { time: '12:01', raised: 3 },
  ]);
});

test('conditions of the order count: a curfew at home', () => {
  const conditions = { curfew: { from: '08:30', until: '20:00', home: { ...HOME, radiusM: 300 } } };
  const said = saysOf('curfew', { person: { ...person, conditions } });
  expect(said[0]).toMatchObject({ raised: 3 });
});

test('whatever is drawn, the test it becomes passes in the rule it was drawn for', () => {
  const point = fc.record({
    lng: fc.double({ min: 107, max: 108.4, noNaN: true }),
    lat: fc.double({ min: 30.6, max: 31.9, noNaN: true }),
    accuracyM: fc.integer({ min: 1, max: 2_000 }),
    fix: fc.constantFrom(...FIX_KINDS),
    gapS: fc.integer({ min: 0, max: 40_000 }),
  });
  const drawn = fc.record({
    id: fc.constantFrom('area-exit', 'curfew', 'key-venue', 'terminal-silent'),
    points: fc.array(point, { minLength: 1, maxLength: 12 }),
    class: fc.constantFrom(...SUBJECT_CLASSES),
    onLeave: fc.boolean(),
    watchMs: fc.integer({ min: 0, max: 400_000 }).map((s) => s * 1_000),
  });
  fc.assert(
    fc.property(drawn, ({ id, points, class: one, onLeave, watchMs }) => {
      let atMs = START_MS;
      const track = points.map(({ gapS, ...rest }) => {
        atMs += gapS * 1_000;
        return { atMs, ...rest };
      });
      const compiled = ruleNamed(id);
      const subject = { ...person, class: one, onLeave };
      const { test: written } = benchTrack(
        compiled,
        { person: subject, points: track, watchMs },
        deps,
      );
      const source = book.sources[compiled.version] as string;
      const saved = `${source}  - ${stringify({ name: 'drawn', ...written })
        .trimEnd()
        .replaceAll('\n', '\n    ')}\n`;
      const again = parseRule(`${id}.yaml`, saved, book.pack);
      const results = testRulebook(rulebookOf(book.pack, [{ compiled: again, source }]), deps);
      const own = results.find(({ name }) => name === 'drawn');
      expect(own?.got).toEqual(own?.wanted);
      expect(own?.passed).toBe(true);
    }),
    { numRuns: 60 },
  );
});
