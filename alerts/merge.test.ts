import { describe, expect, test } from 'vitest';
import { epochMs } from '../core/time.ts';
import { MINUTE, raised, START_MS, XUANHAN } from './findings.fixture.ts';
import { grade } from './grade.ts';
import { merge, MERGE_DEFAULTS } from './merge.ts';
import { EMPTY_STATE, type KnownAlert } from './subject-state.ts';

const minute = (atMin: number) => epochMs(START_MS + atMin * MINUTE);

/** An open alert of level 2 that began at minute 0. */
const known = (change: Partial<KnownAlert> = {}): KnownAlert => ({
  id: 'al_known',
  ruleId: 'area-exit',
  level: 2,
  subject: raised('cc-000001').subject,
  subjectClass: 'cc',
  region: XUANHAN,
  late: 0,
  status: 'new',
  openedAtMs: minute(0),
  clearedAtMs: null,
  repeats: 0,
  lastRepeatAtMs: null,
  titleZh: '离开所在地域',
  titleEn: 'Left the area',
  article: '测试',
  acknowledgedAtMs: null,
  withdrawnAtMs: null,
  corrections: 0,
  correctedBecause: null,
  silencedBy: null,
  reroutedBecause: null,
  repeatsRaisedAtMs: null,
  exercise: null,
  groupTerms: null,
  episodeId: 'ep_known',
  ...change,
});

const mergeInto = (alerts: readonly KnownAlert[], finding: ReturnType<typeof raised>) => {
  const merged = merge(finding, grade(finding), { ...EMPTY_STATE, alerts }, MERGE_DEFAULTS);
  return merged.kind === 'repeat' ? `repeat of ${merged.alert.id}` : merged.kind;
};

describe('met again, the alert is', () => {
  // what is open | the finding, minutes later | what comes of it
  test.each<[string, Partial<KnownAlert>, number, Partial<ReturnType<typeof raised>>, string]>([
    ['lasting for a week', {}, 7 * 24 * 60, {}, 'repeat of al_known'],
    ['acknowledged', { status: 'acknowledged' }, 5, {}, 'repeat of al_known'],
    ['closed', { status: 'closed' }, 5, {}, 'new'],
    ['over for 29 minutes', { clearedAtMs: minute(10) }, 39, {}, 'repeat of al_known'],
    ['over for 30 minutes', { clearedAtMs: minute(10) }, 40, {}, 'new'],
    ['met 29 minutes before it opened', {}, -29, { late: true }, 'repeat of al_known'],
    ['met an hour before it opened', {}, -60, { late: true }, 'new'],
    ['of another rule', { ruleId: 'ticket-outside' }, 5, {}, 'new'],
    ['less grave', { level: 3 }, 5, {}, 'new'],
    ['graver', { level: 1 }, 5, {}, 'repeat of al_known'],
    ['late, the finding is not', { late: 1 }, 5, {}, 'new'],
    ['late, so is the finding', { late: 1 }, 5, { late: true }, 'repeat of al_known'],
    ['on time, the finding is late', {}, 5, { late: true }, 'repeat of al_known'],
  ])('%s', (_, change, atMin, finding, expected) => {
    expect(mergeInto([known(change)], raised('cc-000001', { atMin, ...finding }))).toBe(expected);
  });

  test('the one that began nearest, of several', () => {
    const alerts = [known({ id: 'far' }), known({ id: 'near', openedAtMs: minute(50) })];
    expect(mergeInto(alerts, raised('cc-000001', { atMin: 60 }))).toBe('repeat of near');
  });
});

describe('an episode', () => {
  test.each([
    ['is shared by another rule within two hours', known(), 120, 'ep_known'],
    ['is shared by what began before it', known(), -90, 'ep_known'],
    ['is not shared after two hours', known(), 121, undefined],
    ['is not shared with what is closed', known({ status: 'closed' }), 5, undefined],
  ])('%s', (_, alert, atMin, expected) => {
    const finding = raised('cc-000001', { ruleId: 'ticket-outside', atMin });
    const state = { ...EMPTY_STATE, alerts: [alert] };
    const merged = merge(finding, grade(finding), state, MERGE_DEFAULTS);
    expect(merged.kind).toBe('new');
    const episodeId = merged.kind === 'new' ? merged.episodeId : '';
    if (expected) expect(episodeId).toBe(expected);
    else expect(episodeId).toMatch(/^ep_[0-9a-z]{20}$/);
  });
});

test('a finding delivered before is known, whatever became of its alert', () => {
  const finding = raised('cc-000001');
  const raise = {
    id: finding.alertId,
    alertId: 'other',
    openedAtMs: minute(0),
    clearedAtMs: null,
    level: 2,
    withdrawnAtMs: null,
    correctedAtMs: null,
    correctionId: null,
  } as const;
  const state = { ...EMPTY_STATE, raises: [raise] };
  expect(merge(finding, grade(finding), state, MERGE_DEFAULTS)).toEqual({ kind: 'known' });
});
