// Silences as scripts: what they hide, who is told of it afterwards, and who may say so.

import { expect, test } from 'vitest';
import {
  anOfficer,
  cleared,
  corrected,
  DAZHOU_CITY,
  DAZHU,
  MINUTE,
  OFFICERS,
  raised,
  XUANHAN,
} from '../findings.fixture.ts';
import { answer, openStage, startProgram, type Program, type Stage } from '../scenario.fixture.ts';
import type { NewSilence } from './silence-desk.ts';

const CITY = { accountId: 'ac_city', role: 'city-officer', region: DAZHOU_CITY } as const;
const COUNTY = { accountId: 'ac_county', role: 'county-officer', region: XUANHAN } as const;
const OTHER = { accountId: 'ac_other', role: 'county-officer', region: XUANHAN } as const;
const ELSEWHERE = { accountId: 'ac_dazhu', role: 'county-officer', region: DAZHU } as const;
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;

const onStage = async (play: (program: Program, stage: Stage) => Promise<void>) => {
  const officers = [...OFFICERS, anOfficer('leader', XUANHAN, { role: 'leader' })];
  const stage = await openStage({ officers });
  try {
    await play(await startProgram(stage), stage);
  } finally {
    await stage.remove();
  }
};

/** A silence of level-3 bracelets for an hour, unless said otherwise. */
const asked = ({ clock }: Stage, change: Partial<NewSilence> = {}): NewSilence => ({
  matcher: { levels: [3], rules: ['terminal-silent'] },
  coversOpen: false,
  reason: '基站检修，大面积失联',
  untilMs: clock.now() + 60 * MINUTE,
  ...change,
});

const silent = (key: string, change = {}) =>
  raised('cc-000001', { ruleId: 'terminal-silent', key, ...change });
const area = raised('cc-000002');
const offence = raised('cc-000003', { ruleId: 'offence' });

const kindsOf = async (program: Program, id: string) =>
  (await program.desk.get(id, ALL)).timeline.map(({ kind }) => kind);

test('a silenced alert is opened, shown and counted, and tells nobody until the silence is over', () =>
  onStage(async (program, stage) => {
    const { id, state } = await program.silences.propose(asked(stage), COUNTY);
    expect(state).toBe('active');
    const finding = silent('a');
    await program.find(finding);
    expect(program.sent()).toEqual([]);
    const listed = await program.desk.list({ status: 'open', limit: 10 }, ALL);
    expect(listed.alerts.map((alert) => [alert.id, alert.silencedBy])).toEqual([
      [finding.alertId, id],
    ]);
    expect(listed.silenced).toBe(1);
    expect(await program.silences.list(COUNTY)).toMatchObject([{ id, hidesNow: 1, hid: 1 }]);
    await program.pass(59, 30);
    expect(program.sent()).toEqual([]);
    await program.pass(2, 30);
    expect(program.sent()).toEqual(['push xuanhan']);
    expect(await kindsOf(program, finding.alertId)).toEqual([
      'opened',
      'silenced',
      'unsilenced',
      'notified',
    ]);
    expect(await program.silences.list(COUNTY)).toMatchObject([
      { id, state: 'expired', hidesNow: 0, hid: 1 },
    ]);
    const [notice] = (await program.desk.get(finding.alertId, ALL)).notices;
    expect(notice?.text.zh).toContain('静默结束');
  }));

test('the ladder of an alert begins when its silence is over', () =>
  onStage(async (program, stage) => {
    const matcher = { levels: [2 as const], counties: [XUANHAN] };
    const { id } = await program.silences.propose(asked(stage, { matcher }), COUNTY);
    await program.silences.approve(id, { ...OTHER, reason: '' });
    await program.find(area);
    await program.pass(62, 30);
    expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
    await program.pass(27, 30);
    expect(program.sent()).toEqual([]);
    await program.pass(3, 30);
    expect(program.sent()).toEqual(['sms city', 'push city']);
  }));

test('levels 1 and 2 are silenced by two persons, level 1 by one of the city, for a day at most', () =>
  onStage(async (program, stage) => {
    const matcher = { levels: [1 as const, 2 as const], subjects: [offence.subject] };
    const { propose, approve } = program.silences;
    const tooLong = asked(stage, { matcher, untilMs: stage.clock.now() + 24 * 60 * MINUTE + 1 });
    await expect(propose(tooLong, COUNTY)).rejects.toMatchObject({
      code: 'bad-input',
      says: { zh: '含一级预警的静默最长 24 小时' },
    });
    const { id, state } = await propose(asked(stage, { matcher }), COUNTY);
    expect(state).toBe('pending');
    await program.find(offence);
    expect(program.sent()).toEqual(['phone city', 'phone xuanhan', 'push city', 'push xuanhan']);
    await expect(approve(id, { ...COUNTY, reason: '' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(approve(id, { ...OTHER, reason: '' })).rejects.toMatchObject({
      says: { zh: '一级预警的静默须有市局人员参与' },
    });
    await expect(approve(id, { ...ELSEWHERE, reason: '' })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await approve(id, { ...CITY, reason: '同意' })).toMatchObject({ state: 'active' });
    await expect(approve(id, { ...CITY, reason: '' })).rejects.toMatchObject({ code: 'conflict' });
    await program.find(raised('cc-000003', { ruleId: 'offence', atMin: 200 }));
    // Under way when the silence began: followed as ever. A repeat is counted and told to nobody.
    await program.pass(3, 30);
    expect(program.sent().filter((one) => one.startsWith('phone'))).toEqual(['phone leader']);
  }));

test('two accounts of one officer are one person', () =>
  onStage(async (program, stage) => {
    const account = (id: string) => ({
      id,
      login: id,
      passwordHash: '',
      displayZh: id,
      displayEn: id,
      role: 'county-officer' as const,
      region: XUANHAN,
      language: 'zh' as const,
      officerId: 'xuanhan',
      active: 1 as const,
    });
    await stage.records.db
      .insertInto('account')
      .values(['ac_county', 'ac_other'].map(account))
      .execute();
    const matcher = { levels: [2 as const], rules: ['area-exit'] };
    const { id } = await program.silences.propose(asked(stage, { matcher }), COUNTY);
    await expect(program.silences.approve(id, { ...OTHER, reason: '' })).rejects.toMatchObject({
      says: { zh: '申请人不能批准自己的静默' },
    });
  }));

test.each([
  ['no reason', { reason: ' 略 ' }, '请写明静默的理由'],
  ['everything', { matcher: { levels: [3 as const] } }, '静默范围过大'],
  [
    'another county',
    { matcher: { levels: [3 as const], counties: [DAZHU] } },
    '大竹县不在您的管辖范围内',
  ],
  ['no time', { untilMs: 0 }, '结束时间须晚于开始时间'],
  ['more than a week', { untilMs: Number.MAX_SAFE_INTEGER }, '静默最长 168 小时'],
])('%s is refused in words', (_what, change, says) =>
  onStage(async (program, stage) => {
    await expect(program.silences.propose(asked(stage, change), COUNTY)).rejects.toMatchObject({
      code: 'bad-input',
      says: { zh: says },
    });
    expect(await program.silences.list(COUNTY)).toEqual([]);
  }),
);

test('an alert under way is hidden only where that was said, and is told again from the start', () =>
  onStage(async (program, stage) => {
    const matcher = { levels: [2 as const], rules: ['area-exit'] };
    await program.find(area);
    expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
    const first = await program.silences.propose(asked(stage, { matcher }), CITY);
    await program.silences.approve(first.id, {
      ...OTHER,
      region: DAZHOU_CITY,
      role: 'city-officer',
      reason: '',
    });
    await program.pass(31, 30);
    expect(program.sent()).toEqual(['sms city', 'push city']);
    const second = await program.silences.propose(
      asked(stage, { matcher, coversOpen: true }),
      CITY,
    );
    await program.silences.approve(second.id, {
      ...OTHER,
      region: DAZHOU_CITY,
      role: 'city-officer',
      reason: '',
    });
    await program.pass(50, 30);
    expect(program.sent()).toEqual([]);
    expect((await program.desk.get(area.alertId, ALL)).silencedBy).toBe(second.id);
    await program.silences.end(second.id, { ...CITY, reason: '提前恢复' });
    await program.settle();
    expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
    expect((await program.desk.get(area.alertId, ALL)).silencedBy).toBeNull();
  }));

test('who has it by then is not told when the silence is over, nor of what was withdrawn', () =>
  onStage(async (program, stage) => {
    await program.silences.propose(asked(stage), COUNTY);
    const [taken, none, over] = [
      silent('a', { subject: area.subject }),
      silent('b'),
      silent('c', { subject: offence.subject }),
    ];
    await program.find(taken, none, over);
    await program.desk.acknowledge(taken.alertId, { ...COUNTY, note: '' });
    await program.find(corrected(none, { atMin: 5 }), cleared(over, 6));
    await program.pass(61, 30);
    // It ended by itself and nobody knows of it: it is told.
    expect(program.sent()).toEqual(['push xuanhan']);
    expect(await kindsOf(program, over.alertId)).toEqual([
      'opened',
      'silenced',
      'cleared',
      'unsilenced',
      'notified',
    ]);
  }));

test('a side that has a level-1 alert is not called when the silence is over', () =>
  onStage(async (program, stage) => {
    const matcher = { levels: [1 as const], rules: ['offence'] };
    const { id } = await program.silences.propose(asked(stage, { matcher }), CITY);
    await program.silences.approve(id, {
      ...COUNTY,
      region: DAZHOU_CITY,
      role: 'city-officer',
      reason: '',
    });
    await program.find(offence);
    await program.desk.acknowledge(offence.alertId, { ...CITY, note: '' });
    expect(program.sent()).toEqual([]);
    await program.pass(61, 30);
    expect(program.sent().filter((one) => one.startsWith('phone'))).toEqual(['phone xuanhan']);
    await answer(stage, 'phone', 'xuanhan');
    expect((await program.desk.get(offence.alertId, ALL)).status).toBe('acknowledged');
  }));

test('what becomes graver than the silence covers goes out at once', () =>
  onStage(async (program, stage) => {
    await program.silences.propose(asked(stage), COUNTY);
    const finding = silent('a');
    await program.find(finding);
    await program.find(corrected(finding, { atMin: 5, outcome: 'regraded', level: 2 }));
    expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
    await program.pass(61, 30);
    expect((await program.desk.get(finding.alertId, ALL)).silencedBy).toBeNull();
    expect(program.sent().slice(0, 2)).toEqual(['sms city', 'sms leader']);
  }));

test('what becomes less grave while it is hidden is told when the silence is over, not before', () =>
  onStage(async (program, stage) => {
    const matcher = { levels: [2 as const], rules: ['area-exit'] };
    const { id } = await program.silences.propose(asked(stage, { matcher }), COUNTY);
    await program.silences.approve(id, { ...OTHER, reason: '同意' });
    await program.find(area);
    await program.find(corrected(area, { atMin: 5, outcome: 'regraded', level: 3 }));
    await program.pass(59, 30);
    expect(program.sent()).toEqual([]);
    await program.pass(2, 30);
    expect(program.sent()).toEqual(['push xuanhan']);
  }));

test('of two silences the one that lasts longer hides, and an overlapping one takes over', () =>
  onStage(async (program, stage) => {
    const now = stage.clock.now();
    await program.silences.propose(asked(stage, { untilMs: now + 30 * MINUTE }), COUNTY);
    const finding = silent('a');
    const later = silent('b', { subject: area.subject });
    await program.find(finding);
    await program.pass(10, 30);
    // Begins while the first alert is under way, and does not say that it covers such.
    const long = await program.silences.propose(
      asked(stage, { untilMs: now + 90 * MINUTE }),
      COUNTY,
    );
    await program.find(later);
    await program.pass(21, 30);
    expect(program.sent()).toEqual(['push xuanhan']);
    expect((await program.desk.get(later.alertId, ALL)).silencedBy).toBe(long.id);
    await program.pass(60, 30);
    expect(program.sent()).toEqual(['push xuanhan']);
  }));

test('begins when it is to, lapses when nobody approves', () =>
  onStage(async (program, stage) => {
    const now = stage.clock.now();
    const fromMs = now + 20 * MINUTE;
    const { state } = await program.silences.propose(asked(stage, { fromMs }), COUNTY);
    expect(state).toBe('scheduled');
    await program.find(silent('a'));
    expect(program.sent()).toEqual(['push xuanhan']);
    await program.pass(21, 30);
    await program.find(silent('b', { subject: area.subject }));
    expect(program.sent()).toEqual([]);
    const matcher = { levels: [2 as const], rules: ['area-exit'] };
    await program.silences.propose(asked(stage, { matcher }), COUNTY);
    await program.pass(61, 30);
    const states = (await program.silences.list(COUNTY)).map((silence) => silence.state);
    expect(states).toEqual(['lapsed', 'expired']);
  }));

test('a county sees what the city silenced over it, and cannot end it', () =>
  onStage(async (program, stage) => {
    const { id } = await program.silences.propose(asked(stage), CITY);
    expect(await program.silences.list(COUNTY)).toHaveLength(1);
    await expect(program.silences.end(id, { ...COUNTY, reason: '' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const own = await program.silences.propose(asked(stage), COUNTY);
    expect(await program.silences.list(ELSEWHERE)).toHaveLength(1);
    expect(await program.silences.end(own.id, { ...CITY, reason: '' })).toMatchObject({
      state: 'ended',
    });
  }));

test('the preview says what it would hide now and would have hidden in the last week', () =>
  onStage(async (program, stage) => {
    await program.find(silent('a'), silent('b', { subject: area.subject }), area);
    const matcher = { levels: [2 as const, 3 as const], counties: [XUANHAN] };
    const preview = await program.silences.preview(matcher, COUNTY);
    expect(preview.open).toEqual({ 1: 0, 2: 1, 3: 2 });
    expect(preview.week).toEqual({ 1: 0, 2: 1, 3: 2 });
    expect(preview.examples.map(({ id }) => id)[0]).toBe(area.alertId);
    stage.clock.advance(8 * 24 * 60 * MINUTE);
    const later = await program.silences.preview(matcher, COUNTY);
    expect([later.open[3], later.week[3]]).toEqual([2, 0]);
  }));
