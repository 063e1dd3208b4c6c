import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlertSummary } from '../../app/api/alerts.ts';
import { regionCode } from '../../core/region.ts';
import {
  arrivedGravest,
  letIn,
  listOf,
  matches,
  mostPressingFirst,
  neighbourOf,
  renewed,
  withPage,
  type AlertFilter,
} from './alert-list.ts';

const summary = (id: string, more: Partial<AlertSummary> = {}): AlertSummary => ({
  id,
  reference: id.toUpperCase(),
  ruleId: 'area-exit',
  level: 2,
  title: { zh: '离开所在地域', en: 'Left the area' },
  subject: 'S-1',
  subjectClass: 'cc',
  region: regionCode('511722'),
  openedAtMs: 1_000,
  recordedAtMs: 1_000,
  clearedAtMs: null,
  late: false,
  status: 'new',
  acknowledgedAtMs: null,
  closedAtMs: null,
  raisedLevel: 2,
  withdrawnAtMs: null,
  correctedBecause: null,
  silencedBy: null,
  repeatsRaisedAtMs: null,
  isDrill: false,
  repeats: 0,
  episodeId: `ep-${id}`,
  ...more,
});

const OPEN: AlertFilter = { status: 'open', level: undefined, region: undefined };

const alerts = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 12 }).map((id) => `a${id}`),
    level: fc.constantFrom(1, 2, 3),
    status: fc.constantFrom('new', 'acknowledged', 'closed'),
    openedAtMs: fc.integer({ min: 0, max: 5 }),
    region: fc.constantFrom('511702', '511703').map(regionCode),
  }),
  { selector: ({ id }) => id, maxLength: 10 },
);

const made = (drafts: readonly Partial<AlertSummary>[]) =>
  drafts.map((draft) => summary(draft.id as string, draft));

const filters = fc.record({
  status: fc.constantFrom('open', 'new', 'acknowledged', 'closed'),
  level: fc.constantFrom(undefined, 1, 2, 3),
  region: fc.constantFrom(undefined, '511702'),
}) as fc.Arbitrary<AlertFilter>;

test('nothing that happens moves a row on the screen, and letting in gives the server’s truth', () => {
  fc.assert(
    fc.property(filters, alerts, fc.array(alerts, { maxLength: 5 }), (filter, first, changes) => {
      const start = made(first).filter((alert) => matches(filter, alert));
      let state = listOf(start);
      const shown = [...state.shown];
      const truth = new Map(start.map((alert) => [alert.id, alert]));
      for (const change of changes.map(made)) {
        state = renewed(state, change, filter);
        for (const alert of change) {
          if (truth.has(alert.id) || matches(filter, alert)) truth.set(alert.id, alert);
        }
        expect(state.shown).toEqual(shown);
      }
      const wanted = [...truth.values()]
        .filter((alert) => matches(filter, alert))
        .sort(mostPressingFirst);
      const settled = letIn(state, filter);
      expect(settled.shown).toEqual(wanted.map(({ id }) => id));
      expect(settled.arrived).toEqual([]);
    }),
  );
});

test('a row that changes changes where it stands', () => {
  const state = renewed(
    listOf([summary('a'), summary('b')]),
    [summary('a', { status: 'closed' })],
    OPEN,
  );
  expect(state.shown).toEqual(['a', 'b']);
  expect(state.rows.get('a')?.status).toBe('closed');
  expect(letIn(state, OPEN).shown).toEqual(['b']);
});

test('what waits is announced by its gravest level; what was closed meanwhile is not', () => {
  const state = renewed(
    listOf([summary('a')]),
    [summary('x', { level: 3 }), summary('y', { level: 1 }), summary('z', { level: 1 })],
    OPEN,
  );
  expect(arrivedGravest(state)).toEqual({ level: 1, count: 2 });
  const later = renewed(
    state,
    [summary('y', { level: 1, status: 'closed' }), summary('z', { level: 1, status: 'closed' })],
    OPEN,
  );
  expect(arrivedGravest(later)).toEqual({ level: 3, count: 1 });
});

test('an older page goes behind what is shown', () => {
  const state = withPage(listOf([summary('b')]), [summary('b'), summary('a', { openedAtMs: 1 })]);
  expect(state.shown).toEqual(['b', 'a']);
});

test.each([
  [undefined, 1, 'a'],
  ['a', 1, 'b'],
  ['b', 1, 'b'],
  ['a', -1, 'a'],
  ['gone', -1, 'a'],
] as const)('from %s going %d leads to %s', (from, steps, wanted) => {
  const state = listOf([summary('a'), summary('b')]);
  expect(neighbourOf(state, from, steps)).toBe(wanted);
});
