// What officers hear of a correction, played through pipeline, outbox and channels.

import { describe, expect, test } from 'vitest';
import type { CorrectedFinding, RaisedFinding } from '../core/finding.ts';
import { cleared, corrected, DAZHOU_CITY, raised, XUANHAN } from './findings.fixture.ts';
import { noticeTo, openStage, startProgram, type Program, type Stage } from './scenario.fixture.ts';

const ALL = { kind: 'within', region: DAZHOU_CITY } as const;
const COUNTY = { accountId: 'ac_county', role: 'county-officer', region: XUANHAN } as const;

async function play(run: (program: Program, stage: Stage) => Promise<void>): Promise<void> {
  const stage = await openStage();
  try {
    await run(await startProgram(stage), stage);
  } finally {
    await stage.remove();
  }
}

const kindsOf = async (program: Program, { alertId }: RaisedFinding) =>
  (await program.desk.get(alertId, ALL)).timeline.map(({ kind }) => kind);

const exit = raised('cc-000001');
const withdrawn = corrected(exit, { atMin: 20 });

describe('a withdrawal', () => {
  test('of a texted alert is texted and pushed to who was told; nobody is called', () =>
    play(async (program, stage) => {
      await program.find(exit);
      expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
      await program.find(withdrawn);
      expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
      const { textZh } = await noticeTo(stage, 'sms', 'xuanhan');
      expect(textZh).toMatch(
        /^【准绳】更正：二级预警[0-9A-Z]{6}已撤回（宣汉县，离开所在地域），原因：补办外出审批。详见平台。$/,
      );
      const alert = await program.desk.get(exit.alertId, ALL);
      expect(alert).toMatchObject({
        status: 'new',
        level: 2,
        withdrawnAtMs: withdrawn.atMs,
        correctedBecause: 'leave',
        corrections: [{ id: withdrawn.id, outcome: 'withdrawn', evidence: withdrawn.evidence }],
      });
      expect(alert.timeline.map(({ kind }) => kind)).toEqual([
        'opened',
        'notified',
        'notified',
        'corrected',
        'notified',
        'notified',
      ]);
    }));

  test('of a called alert is texted to who was called', () =>
    play(async (program) => {
      const offence = raised('cc-000002', { ruleId: 'offence' });
      await program.find(offence);
      program.sent();
      await program.find(corrected(offence, { atMin: 5, reason: 'retraction' }));
      expect(program.sent()).toEqual(['sms city', 'sms xuanhan', 'push city', 'push xuanhan']);
    }));

  test('of a pushed alert is pushed', () =>
    play(async (program) => {
      const silent = raised('cc-000003', { ruleId: 'terminal-silent' });
      await program.find(silent);
      program.sent();
      await program.find(corrected(silent, { atMin: 5, reason: 'late-fact' }));
      expect(program.sent()).toEqual(['push xuanhan']);
    }));

  test('that comes with the alert itself lets nobody be told of either', () =>
    play(async (program) => {
      await program.find(exit, withdrawn);
      const alert = await program.desk.get(exit.alertId, ALL);
      expect(alert.withdrawnAtMs).toBe(withdrawn.atMs);
      expect(program.sent()).toEqual([]);
      expect(alert.notices.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    }));

  test('told twice, and with the alert before it told again, has its effect once', () =>
    play(async (program) => {
      await program.find(exit);
      await program.find(withdrawn);
      program.sent();
      const before = await program.desk.get(exit.alertId, ALL);
      await program.find(withdrawn, exit, withdrawn);
      expect(await program.desk.get(exit.alertId, ALL)).toEqual(before);
      expect(program.sent()).toEqual([]);
    }));

  test('leaves the alert in the list and out of what is counted as open, and may be closed at once', () =>
    play(async (program) => {
      await program.find(exit, raised('cc-000009', { atMin: 1 }));
      await program.find(withdrawn);
      const { alerts, open } = await program.desk.list({ status: 'open', limit: 10 }, ALL);
      expect(alerts).toHaveLength(2);
      expect(open).toEqual({ 1: 0, 2: 1, 3: 0 });
      const closed = await program.desk.close(exit.alertId, { ...COUNTY, note: '' });
      expect(closed.status).toBe('closed');
    }));

  test('reaches a person who has it in hand as well', () =>
    play(async (program) => {
      await program.find(exit);
      await program.desk.acknowledge(exit.alertId, { ...COUNTY, note: '' });
      program.sent();
      await program.find(withdrawn);
      expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
    }));

  test('of one of two raises leaves the alert; of both takes it back', () =>
    play(async (program) => {
      const again = raised('cc-000001', { atMin: 10 });
      await program.find(exit, again);
      program.sent();
      await program.find(withdrawn);
      expect((await program.desk.get(exit.alertId, ALL)).withdrawnAtMs).toBeNull();
      expect(program.sent()).toEqual([]);
      await program.find(corrected(again, { atMin: 25 }));
      expect((await program.desk.get(exit.alertId, ALL)).withdrawnAtMs).not.toBeNull();
      expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
    }));

  test('covers nothing that happens after it, and its end is told as nothing', () =>
    play(async (program) => {
      await program.find(exit, withdrawn, cleared(exit, 22));
      expect(await kindsOf(program, exit)).not.toContain('cleared');
      const next = raised('cc-000001', { atMin: 25 });
      await program.find(next);
      expect(await kindsOf(program, next)).toContain('opened');
    }));
});

describe('an alert that stands again', () => {
  const again = corrected(exit, {
    atMin: 40,
    outcome: 'regraded',
    was: 'withdrawn',
    reason: 'met-again',
  });

  test('is routed like a new one and says that it is a correction', () =>
    play(async (program, stage) => {
      await program.find(exit);
      await program.find(withdrawn);
      program.sent();
      await program.find(again);
      expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
      const { textZh } = await noticeTo(stage, 'sms', 'xuanhan');
      expect(textZh).toContain('【准绳】更正，现为二级预警');
      expect(await program.desk.get(exit.alertId, ALL)).toMatchObject({
        status: 'new',
        withdrawnAtMs: null,
      });
    }));

  test('is open again when it was closed', () =>
    play(async (program) => {
      await program.find(exit);
      await program.find(withdrawn);
      await program.desk.close(exit.alertId, { ...COUNTY, note: '' });
      await program.find(again);
      const { status, timeline } = await program.desk.get(exit.alertId, ALL);
      expect(status).toBe('new');
      expect(timeline.map(({ kind }) => kind)).toContain('reopened');
    }));

  test('is not taken back by a withdrawal that is told again', () =>
    play(async (program) => {
      await program.find(exit, withdrawn, again, withdrawn);
      expect((await program.desk.get(exit.alertId, ALL)).withdrawnAtMs).toBeNull();
    }));
});

describe('an alert of another level', () => {
  const regraded = (level: 1 | 3): CorrectedFinding =>
    corrected(exit, { atMin: 20, outcome: 'regraded', level, reason: 'order' });

  test('graver, is routed like a new one of that level', () =>
    play(async (program) => {
      await program.find(exit);
      program.sent();
      await program.find(regraded(1));
      expect(program.sent()).toEqual(['phone city', 'phone xuanhan', 'push city', 'push xuanhan']);
      const alert = await program.desk.get(exit.alertId, ALL);
      expect(alert).toMatchObject({
        level: 1,
        raisedLevel: 2,
        awaiting: ['city', 'county'],
        article: regraded(1).article,
      });
    }));

  test('less grave, is told to who was told', () =>
    play(async (program, stage) => {
      await program.find(exit);
      program.sent();
      await program.find(regraded(3));
      expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
      const { textZh } = await noticeTo(stage, 'sms', 'xuanhan');
      expect(textZh).toContain('由二级调整为三级');
    }));
});

test('a correction of a rule on trial, or of an alert nobody knows, leaves no trace', () =>
  play(async (program, stage) => {
    await program.find({ ...withdrawn, shadow: true }, withdrawn);
    const rows = await stage.records.db.selectFrom('alertCorrection').selectAll().execute();
    expect(rows).toEqual([]);
  }));
