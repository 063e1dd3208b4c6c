// What officers and senders are promised, run against both engines of the records.

import { describe, expect, test } from 'vitest';
import { alertDetailSchema, alertListSchema } from '../app/api/alerts.ts';
import type { AlertEvent } from '../core/alert-event.ts';
import type { RaisedFinding } from '../core/finding.ts';
import { createCountingIds } from '../core/ids.ts';
import { decodeLines } from '../ingest/log.ts';
import { createAccount } from '../warehouse/accounts.ts';
import type { Records } from '../warehouse/records.ts';
import {
  anOfficer,
  cleared,
  corrected,
  DAZHOU_CITY,
  DAZHU,
  OFFICERS,
  raised,
  START_MS,
  XUANHAN,
} from './findings.fixture.ts';
import { outboxBacklog } from './outbox.ts';
import {
  answer,
  noticeTo,
  openStage,
  startProgram,
  type Program,
  type Stage,
} from './scenario.fixture.ts';

export type AlertsHarness = {
  createStore(): Promise<{
    /** Fresh, empty records. */
    readonly records: Records;
    /** The same ones as another program that works beside sees them. */
    another(): Promise<Records>;
    remove(): Promise<void>;
  }>;
};

const CITY = { accountId: 'ac_city', role: 'city-officer', region: DAZHOU_CITY } as const;
const COUNTY = { accountId: 'ac_county', role: 'county-officer', region: XUANHAN } as const;
const NEIGHBOUR = { accountId: 'ac_dazhu', role: 'county-officer', region: DAZHU } as const;

const within = (region: typeof XUANHAN) => ({ kind: 'within', region }) as const;
const ALL = within(DAZHOU_CITY);

export function describeAlerts(name: string, harness: AlertsHarness): void {
  const onStage = async (
    play: (program: Program, stage: Stage, another: () => Promise<Records>) => Promise<void>,
    officers = OFFICERS,
  ) => {
    const store = await harness.createStore();
    const stage = await openStage({ records: store.records, officers });
    try {
      await play(await startProgram(stage), stage, store.another);
    } finally {
      await stage.remove();
      await store.remove();
    }
  };

  const offence = raised('cc-000001', { ruleId: 'offence' });
  const exit = raised('cc-000002', { atMin: 3 });
  const silent = raised('cc-000003', { ruleId: 'terminal-silent', atMin: 1, region: DAZHU });
  const older = raised('cc-000004', { atMin: 1, region: DAZHU });

  const ids = (findings: readonly RaisedFinding[]) => findings.map(({ alertId }) => alertId);

  describe(`${name} desk`, () => {
    const listed = async (program: Program, query: object, scope = ALL) => {
      const page = await program.desk.list({ status: 'open', limit: 50, ...query }, scope);
      return page.alerts.map(({ id }) => id);
    };

    test('lists what is open, the gravest and oldest first, in pages', () =>
      onStage(async (program) => {
        await program.find(silent, exit, older, offence);
        const whole = ids([offence, older, exit, silent]);
        expect(await listed(program, {})).toEqual(whole);
        const paged: string[] = [];
        for (let before: string | null | undefined; before !== null;) {
          const page = await program.desk.list({ status: 'open', limit: 1, before }, ALL);
          paged.push(...page.alerts.map(({ id }) => id));
          before = page.before;
        }
        expect(paged).toEqual(whole);
      }));

    test('filters by level, region and status, and counts what is open whatever the filter', () =>
      onStage(async (program) => {
        await program.find(silent, exit, older, offence);
        await program.desk.acknowledge(exit.alertId, { ...COUNTY, note: '' });
        expect(await listed(program, { level: 2 })).toEqual(ids([older, exit]));
        expect(await listed(program, { region: DAZHU })).toEqual(ids([older, silent]));
        expect(await listed(program, { status: 'new' })).toEqual(ids([offence, older, silent]));
        expect(await listed(program, { status: 'acknowledged' })).toEqual(ids([exit]));
        const { open } = await program.desk.list({ status: 'closed', limit: 5 }, ALL);
        expect(open).toEqual({ 1: 1, 2: 2, 3: 1 });
      }));

    test('lists what is closed the newest first, in pages', () =>
      onStage(async (program, { clock }) => {
        await program.find(exit, offence, older);
        for (const { alertId, region } of [exit, older]) {
          const by = { ...(region === XUANHAN ? COUNTY : NEIGHBOUR), note: '' };
          await program.desk.acknowledge(alertId, by);
          await program.desk.feedback(alertId, { ...by, result: 'drift' });
          clock.advance(1_000);
          await program.desk.close(alertId, by);
        }
        expect(await listed(program, { status: 'closed' })).toEqual(ids([older, exit]));
        const first = await program.desk.list({ status: 'closed', limit: 1 }, ALL);
        const rest = { status: 'closed', limit: 1, before: first.before ?? '' } as const;
        const second = await program.desk.list(rest, ALL);
        expect(second.alerts.map(({ id }) => id)).toEqual(ids([exit]));
        expect(second.before).toBeNull();
        const wrong = program.desk.list({ ...rest, status: 'open' }, ALL);
        await expect(wrong).rejects.toMatchObject({ code: 'bad-input' });
      }));

    test('shows a county its own alerts and nobody else any', () =>
      onStage(async (program) => {
        await program.find(silent, exit, older, offence);
        expect(await listed(program, {}, within(XUANHAN))).toEqual(ids([offence, exit]));
        const own = await program.desk.list({ status: 'open', limit: 5 }, within(DAZHU));
        expect(own.open).toEqual({ 1: 0, 2: 1, 3: 1 });
        const nothing = await program.desk.list({ status: 'open', limit: 5 }, { kind: 'none' });
        expect(nothing).toEqual({
          alerts: [],
          before: null,
          open: { 1: 0, 2: 0, 3: 0 },
          silenced: 0,
        });
        const missing = { code: 'not-found' };
        const { desk } = program;
        await expect(desk.get(exit.alertId, within(DAZHU))).rejects.toMatchObject(missing);
        await expect(desk.get(exit.alertId, { kind: 'none' })).rejects.toMatchObject(missing);
        const some = await desk.summaries(ids([exit, silent]), within(DAZHU));
        expect(some.map(({ id }) => id)).toEqual(ids([silent]));
        const reaching = desk.acknowledge(exit.alertId, { ...NEIGHBOUR, note: '' });
        await expect(reaching).rejects.toMatchObject(missing);
        const clerk = { ...CITY, role: 'system-administrator', note: '' } as const;
        await expect(desk.acknowledge(exit.alertId, clerk)).rejects.toMatchObject({
          code: 'forbidden',
        });
        expect((await desk.get(exit.alertId, ALL)).status).toBe('new');
      }));

    test('gives lists and details in the form the console reads', () =>
      onStage(async (program, { records }) => {
        const account = await createAccount({ ids: createCountingIds() }, records.db, {
          login: 'xuanhan',
          password: 'x',
          displayZh: '宣汉县值班员',
          displayEn: 'Xuanhan duty officer',
          role: 'county-officer',
          region: XUANHAN,
          language: 'zh',
          officerId: 'xuanhan',
        });
        const by = { ...COUNTY, accountId: account?.id ?? '', note: '已到现场' };
        await program.find(exit, cleared(exit, 9));
        await program.desk.acknowledge(exit.alertId, by);
        await program.desk.feedback(exit.alertId, { ...by, result: 'true' });
        const detail = alertDetailSchema.parse(await program.desk.close(exit.alertId, by));
        expect(detail.acknowledgedBy).toEqual({ zh: '宣汉县值班员', en: 'Xuanhan duty officer' });
        expect(detail.feedback).toMatchObject({ result: 'true', note: '已到现场' });
        expect(detail.feedback?.by.en).toBe('Xuanhan duty officer');
        const named = { zh: '宣汉县值班员', en: 'Xuanhan duty officer' };
        expect(detail.actors).toEqual({ [by.accountId]: named, xuanhan: named });
        expect(detail.notices.map(({ recipientName }) => recipientName)).toEqual([named, named]);
        expect(detail.reference).toBe(exit.alertId.slice(-6).toUpperCase());
        expect(detail.timeline.map(({ kind }) => kind)).toEqual([
          'opened',
          'cleared',
          'notified',
          'notified',
          'acknowledged',
          'feedback',
          'closed',
        ]);
        expect(detail.notices.map(({ channel, state }) => `${channel} ${state}`).sort()).toEqual([
          'push sent',
          'sms sent',
        ]);
        expect(detail.verifyCommand).toContain(exit.alertId);
        const page = await program.desk.list({ status: 'closed', limit: 5 }, ALL);
        expect(alertListSchema.parse(page).alerts.length).toBe(1);
      }));

    test('takes the acts in their order only, each once', () =>
      onStage(async (program) => {
        const { desk } = program;
        const id = exit.alertId;
        const by = { ...COUNTY, note: '' };
        const conflict = (zh: string) =>
          expect.objectContaining({
            code: 'conflict',
            says: expect.objectContaining({ zh: expect.stringContaining(zh) as string }) as object,
          }) as object;
        await program.find(exit);
        await expect(desk.close(id, by)).rejects.toEqual(conflict('尚未确认'));
        await expect(desk.feedback(id, { ...by, result: 'true' })).rejects.toEqual(
          conflict('尚未确认'),
        );
        await desk.acknowledge(id, by);
        await expect(desk.acknowledge(id, by)).rejects.toEqual(conflict('已经确认'));
        await expect(desk.acknowledge(id, { ...CITY, note: '' })).rejects.toEqual(
          conflict('已经确认'),
        );
        await expect(desk.close(id, by)).rejects.toEqual(conflict('尚未反馈核查结果'));
        await desk.feedback(id, { ...by, result: 'drift' });
        await desk.feedback(id, { ...by, result: 'true' });
        await desk.feedback(id, { ...by, result: 'true' });
        await desk.feedback(id, { ...by, result: 'drift' });
        const closed = await desk.close(id, by);
        expect(closed.feedback?.result).toBe('drift');
        expect(closed.timeline.filter(({ kind }) => kind === 'feedback').length).toBe(3);
        await expect(desk.close(id, by)).rejects.toEqual(conflict('已经办结'));
        await expect(desk.feedback(id, { ...by, result: 'true' })).rejects.toEqual(
          conflict('已经办结'),
        );
        await expect(desk.acknowledge(id, by)).rejects.toEqual(conflict('已经办结'));
      }));

    test('level 1: a side may write down what it found before the other has acknowledged', () =>
      onStage(async (program) => {
        const by = { ...COUNTY, note: '' };
        await program.find(offence);
        await program.desk.acknowledge(offence.alertId, by);
        const again = program.desk.acknowledge(offence.alertId, by);
        await expect(again).rejects.toMatchObject({ code: 'conflict' });
        const found = await program.desk.feedback(offence.alertId, { ...by, result: 'true' });
        expect([found.status, found.awaiting]).toEqual(['new', ['city']]);
        await expect(program.desk.close(offence.alertId, by)).rejects.toMatchObject({
          code: 'conflict',
        });
      }));

    test('what officers write stays in the records and out of the log', () =>
      onStage(async (program, stage) => {
        const by = { ...COUNTY, note: '本人姓名在此' };
        await program.find(exit);
        await program.desk.acknowledge(exit.alertId, by);
        await program.desk.feedback(exit.alertId, { ...by, result: 'true' });
        const { timeline } = await program.desk.close(exit.alertId, by);
        await program.settle();
        expect(timeline.filter(({ details }) => details['note'] === by.note).length).toBe(3);
        const records = await stage.log.read('alert-events', 0, { offset: 0, recordsMax: 100 });
        const events = records.flatMap(({ payload }) => decodeLines<AlertEvent>(payload));
        expect(events.map(({ id }) => id)).toEqual(timeline.map(({ id }) => id));
        expect(JSON.stringify(events)).not.toContain('本人姓名');
      }));

    test('of two officers of one side who acknowledge at once, one is told the other did', () =>
      onStage(async (program) => {
        await program.find(offence);
        const outcomes = await Promise.allSettled(
          [COUNTY, { ...COUNTY, accountId: 'ac_second' }, CITY].map((officer) =>
            program.desk.acknowledge(offence.alertId, { ...officer, note: '' }),
          ),
        );
        expect(outcomes.map(({ status }) => status).sort()).toEqual([
          'fulfilled',
          'fulfilled',
          'rejected',
        ]);
        const { timeline, status } = await program.desk.get(offence.alertId, ALL);
        expect(status).toBe('acknowledged');
        const said = timeline.filter(({ kind }) => kind === 'answered' || kind === 'acknowledged');
        expect(said.map(({ kind }) => kind)).toEqual(['answered', 'acknowledged']);
      }));
  });

  describe(`${name} receipts`, () => {
    test.each([
      ['from another number', { from: '0818-999' }, 'wrong-person'],
      ['from nobody', { from: '' }, 'wrong-person'],
      ['about another message', { messageId: 'other' }, 'other-message'],
    ])('an answer %s acknowledges nothing', (_, change, expected) =>
      onStage(async (program, stage) => {
        await program.find(exit);
        const { id } = await noticeTo(stage, 'sms', 'xuanhan');
        const receipt = { state: 'answered' as const, answer: '1', ...change };
        expect(await stage.sms.report(id, receipt)).toBe(expected);
        const detail = await program.desk.get(exit.alertId, ALL);
        expect([detail.status, detail.notices.some(({ state }) => state === 'answered')]).toEqual([
          'new',
          false,
        ]);
      }),
    );

    test('an answer from a number written another way is the officer’s', () =>
      onStage(
        async (program, stage) => {
          await program.find(exit);
          const { id } = await noticeTo(stage, 'sms', 'xuanhan');
          const receipt = { state: 'answered', answer: '1', from: '+86 818 000-0001' } as const;
          expect(await stage.sms.report(id, receipt)).toBe('taken');
          expect((await program.desk.get(exit.alertId, ALL)).status).toBe('acknowledged');
        },
        [anOfficer('xuanhan', XUANHAN, { phone: '8180000001' })],
      ));

    test('an officer who has left answers for nobody', () =>
      onStage(async (program, stage) => {
        await program.find(exit);
        await stage.records.db.updateTable('officer').set({ active: 0 }).execute();
        expect(await answer(stage, 'sms', 'xuanhan')).toBe('wrong-person');
      }));

    test('key 3 passes on to the next of the ladder, once', () =>
      onStage(
        async (program, stage) => {
          await program.find(raised('cc-000001', { ruleId: 'offence' }));
          program.sent();
          await answer(stage, 'phone', 'xuanhan', '3');
          await answer(stage, 'phone', 'xuanhan', '3');
          await program.settle();
          expect(program.sent()).toEqual(['phone leader', 'push leader']);
        },
        [...OFFICERS, anOfficer('leader', XUANHAN, { role: 'leader' })],
      ));

    test('an answer after the alert was closed is kept and changes nothing of it', () =>
      onStage(async (program, stage) => {
        await program.find(exit);
        const by = { ...COUNTY, note: '' };
        await program.desk.acknowledge(exit.alertId, by);
        await program.desk.feedback(exit.alertId, { ...by, result: 'true' });
        const before = await program.desk.close(exit.alertId, by);
        expect(await answer(stage, 'sms', 'xuanhan')).toBe('taken');
        const after = await program.desk.get(exit.alertId, ALL);
        expect(after.timeline).toEqual(before.timeline);
        expect(after.acknowledgedBy).toEqual(before.acknowledgedBy);
        expect((await noticeTo(stage, 'sms', 'xuanhan')).answeredAtMs).toBe(START_MS);
      }));

    test('a push counts as seen when the officer it was for saw it', () =>
      onStage(async (program, stage) => {
        await program.find(silent);
        const { id } = await noticeTo(stage, 'push', 'dazhu');
        const seen = { state: 'delivered' } as const;
        expect(await stage.push.report(id, { ...seen, from: 'xuanhan' })).toBe('wrong-person');
        expect(await stage.push.report(id, { ...seen, from: 'dazhu' })).toBe('taken');
        expect((await noticeTo(stage, 'push', 'dazhu')).deliveredAtMs).toBe(START_MS);
      }));

    test('about a notice nobody sent are refused', () =>
      onStage(async (_, { phone }) => {
        expect(await phone.report('nt_nobody', { state: 'delivered' })).toBe('unknown-notice');
      }));
  });

  describe(`${name} outbox`, () => {
    test('two senders never send one notice twice', () =>
      onStage(async (program, stage, another) => {
        const findings = Array.from({ length: 60 }, (_, index) => raised(`cc-1${index}`));
        stage.sms.behaviour = 'busy';
        stage.push.behaviour = 'busy';
        await program.find(...findings);
        stage.sms.behaviour = 'accept';
        stage.push.behaviour = 'accept';
        stage.clock.advance(60_000);
        const records = await Promise.all([another(), another()]);
        const programs = await Promise.all(
          records.map((own, index) =>
            startProgram(stage, { records: own, senderId: `sender-${index}` }),
          ),
        );
        await Promise.all(programs.map((one) => one.settle()));
        const sent = [...stage.sms.sent, ...stage.push.sent].map(({ id }) => id);
        expect(sent.length).toBe(120);
        expect(new Set(sent).size).toBe(120);
        expect(await outboxBacklog(stage.records.db)).toEqual([]);
      }));

    test('a sender that died holds its notices until the lease ends, and no longer', () =>
      onStage(async (program, stage) => {
        stage.sms.behaviour = 'busy';
        await program.find(exit);
        await stage.records.db
          .updateTable('outbox')
          .set({
            state: 'sending',
            leasedBy: 'dead',
            nextAttemptAtMs: (START_MS + 60_000) as never,
          })
          .where('channel', '=', 'sms')
          .execute();
        stage.sms.behaviour = 'accept';
        await program.pass(0.9);
        expect(stage.sms.sent).toEqual([]);
        await program.pass(0.2);
        expect(stage.sms.sent.length).toBe(1);
        expect((await noticeTo(stage, 'sms', 'xuanhan')).state).toBe('sent');
      }));

    test('a withdrawn alert keeps what was raised, counts as none, and is told of once', () =>
      onStage(async (program, stage, another) => {
        await program.find(exit, offence);
        const withdrawn = corrected(exit, { atMin: 20 });
        await program.find(withdrawn, withdrawn);
        const beside = await startProgram({ ...stage, records: await another() });
        const alert = await beside.desk.get(exit.alertId, ALL);
        alertDetailSchema.parse(JSON.parse(JSON.stringify(alert)));
        expect(alert).toMatchObject({
          level: 2,
          raisedLevel: 2,
          withdrawnAtMs: withdrawn.atMs,
          correctedBecause: 'leave',
          evidence: exit.evidence,
          corrections: [{ id: withdrawn.id, raiseId: exit.alertId, outcome: 'withdrawn' }],
        });
        expect(alert.notices.filter(({ channel }) => channel === 'sms')).toHaveLength(2);
        const { open } = await beside.desk.list({ status: 'open', limit: 5 }, ALL);
        expect(open).toEqual({ 1: 1, 2: 0, 3: 0 });
      }));

    test('tells what is waiting, by channel and state', () =>
      onStage(async (program, stage) => {
        stage.sms.behaviour = 'busy';
        stage.phone.behaviour = 'lose-and-time-out';
        await program.find(exit, offence);
        const oldestAtMs = START_MS;
        expect((await outboxBacklog(stage.records.db)).map((row) => ({ ...row }))).toEqual([
          { channel: 'phone', state: 'uncertain', notices: 2, oldestAtMs },
          { channel: 'sms', state: 'waiting', notices: 1, oldestAtMs },
        ]);
      }));
  });
}
