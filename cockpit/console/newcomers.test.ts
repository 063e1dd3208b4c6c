import { expect, test } from 'vitest';
import { eveningAlerts } from '../fixtures/alerts.ts';
import { summaryOf } from '../fixtures/desk.ts';
import { createNewcomers } from './newcomers.ts';

const summary = summaryOf(eveningAlerts()[0]!.detail);
const alert = (id: string, change: Partial<typeof summary> = {}) => ({
  ...summary,
  id,
  status: 'new' as const,
  ...change,
});

test('a new level-1 alert sounds once, its later changes do not', () => {
  const newcomers = createNewcomers();
  expect(newcomers.take([alert('a')])?.id).toBe('a');
  expect(newcomers.take([alert('a')])).toBeUndefined();
  expect(newcomers.take([alert('a', { status: 'acknowledged' })])).toBeUndefined();
});

test('what is on the screen already does not sound', () => {
  const newcomers = createNewcomers();
  newcomers.know([alert('a')]);
  expect(newcomers.take([alert('a')])).toBeUndefined();
});

test.each([
  ['level 3', { level: 3 as const }],
  ['acknowledged elsewhere', { status: 'acknowledged' as const }],
  ['too late to act on', { late: true }],
])('an alert that is %s makes no sound', (_what, change) => {
  expect(createNewcomers().take([alert('a', change)])).toBeUndefined();
});

test('of several the gravest sounds', () => {
  const got = createNewcomers().take([alert('b', { level: 2 }), alert('a', { level: 1 })]);
  expect(got?.id).toBe('a');
});
