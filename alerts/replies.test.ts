import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogFields, Logger } from '../core/logger.ts';
import type { Channel, Reply, ReplyListener, ReplyOutcome } from './channels/channel.ts';
import { decideReply } from './decide-reply.ts';
import { anOfficer, DAZHOU_CITY, MINUTE, raised, XUANHAN } from './findings.fixture.ts';
import type { Told } from './reply-candidates.ts';
import { readReply } from './reply-text.ts';
import { noticeTo, openStage, startProgram, type Program, type Stage } from './scenario.fixture.ts';
import { referenceOf } from './texts.ts';

const DUTY = '13980818001';
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;
const OFFICERS = [
  anOfficer('city', DAZHOU_CITY, { phone: '+86 139 8081 8002' }),
  anOfficer('xuanhan', XUANHAN, { phone: DUTY }),
  anOfficer('elsewhere', DAZHOU_CITY, { phone: '13980818003', role: 'leader' }),
];

describe('is read', () => {
  test.each<[string, object]>([
    ['1', { kind: 'acknowledge' }],
    [' １。', { kind: 'acknowledge' }],
    ['收到', { kind: 'acknowledge' }],
    ['已确认！', { kind: 'acknowledge' }],
    ['1 7K2M9Q', { kind: 'acknowledge', reference: '7K2M9Q' }],
    ['1，7k2m9q', { kind: 'acknowledge', reference: '7K2M9Q' }],
    ['１７Ｋ２Ｍ９Ｑ', { kind: 'acknowledge', reference: '7K2M9Q' }],
    ['7k2m9q 1', { kind: 'acknowledge', reference: '7K2M9Q' }],
    ['“1 7K2M9Q”', { kind: 'acknowledge', reference: '7K2M9Q' }],
    ['1 o0i1l2', { kind: 'acknowledge', reference: '001112' }],
    ['7K2M9Q', { kind: 'unclear' }],
    ['2', { kind: 'unclear' }],
    ['11', { kind: 'unclear' }],
    ['1号收到', { kind: 'unclear' }],
    ['没收到', { kind: 'unclear' }],
    ['1 7K2M9', { kind: 'unclear' }],
    ['我在开会，稍后回复', { kind: 'unclear' }],
    ['', { kind: 'unclear' }],
  ])('"%s" as %j', (written, expected) => {
    expect(readReply(written)).toEqual(expected);
  });

  test('never as an acknowledgement when a word says otherwise', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (more) => {
        const read = readReply(`1不${more}`);
        expect(read.kind).toBe('unclear');
      }),
    );
  });
});

type Scene = {
  readonly stage: Stage;
  readonly program: Program;
  readonly logged: string[];
  reply(reply: Reply): Promise<ReplyOutcome>;
  /** Texts that went out by SMS since the last call. */
  texts(): string[];
};

async function withScene(run: (scene: Scene) => Promise<void>): Promise<void> {
  const stage = await openStage({ officers: OFFICERS });
  const logged: string[] = [];
  const log = (event: string, fields?: LogFields) =>
    void logged.push(`${event} ${JSON.stringify(fields ?? {})}`);
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  let listener: ReplyListener | undefined;
  const wrapChannel = (channel: Channel): Channel =>
    channel.kind === 'sms'
      ? { ...channel, onReply: (given) => void (listener = given), send: stage.sms.send }
      : channel;
  const program = await startProgram(stage, { wrapChannel, logger });
  let seen = 0;
  try {
    await run({
      stage,
      program,
      logged,
      async reply(reply) {
        const outcome = (await listener?.(reply)) as ReplyOutcome;
        await program.settle();
        return outcome;
      },
      texts() {
        const fresh = stage.sms.sent.slice(seen).map(({ text }) => text.zh);
        seen = stage.sms.sent.length;
        return fresh;
      },
    });
  } finally {
    await stage.remove();
  }
}

const alert = raised('cc-000001');
const other = raised('cc-000002', { atMin: 1 });
const reference = referenceOf(alert.alertId);
const otherReference = referenceOf(other.alertId);

describe('a reply', () => {
  test('acknowledges the only alert that waits, for who sent it, and is answered', () =>
    withScene(async ({ stage, program, reply, texts }) => {
      await program.find(alert);
      texts();
      expect(await reply({ from: '+8613980818001', text: '１ ' })).toBe('acknowledged');
      const { status, timeline } = await program.desk.get(alert.alertId, ALL);
      expect(status).toBe('acknowledged');
      expect(timeline.at(-1)).toMatchObject({
        actor: 'xuanhan',
        details: { side: 'county', via: 'sms' },
      });
      expect((await noticeTo(stage, 'sms', 'xuanhan')).state).toBe('answered');
      expect(texts()).toEqual([`【准绳】预警${reference}已确认。请按要求处置，并在平台填写反馈。`]);
    }));

  test('acts once when it is handed over twice, by name or by words', () =>
    withScene(async ({ program, reply, texts }) => {
      await program.find(alert);
      texts();
      const named = { id: 'mo-1', from: DUTY, text: '1' };
      expect(await reply(named)).toBe('acknowledged');
      expect(await reply(named)).toBe('repeated');
      expect(texts()).toHaveLength(1);
      const { timeline } = await program.desk.get(alert.alertId, ALL);
      expect(timeline.filter(({ kind }) => kind === 'acknowledged')).toHaveLength(1);
    }));

  test('that may be an old one again does not take a new alert', () =>
    withScene(async ({ stage, program, reply, texts }) => {
      await program.find(alert);
      expect(await reply({ from: DUTY, text: '1' })).toBe('acknowledged');
      stage.clock.advance(MINUTE);
      expect(await reply({ from: DUTY, text: '1' })).toBe('repeated');
      await program.find(other);
      stage.clock.advance(MINUTE);
      texts();
      expect(await reply({ from: DUTY, text: '1' })).toBe('ambiguous');
      expect(texts()).toEqual([
        `【准绳】您有1条预警待确认：${otherReference}。请回复1加编号，如“1 ${otherReference}”。`,
      ]);
      expect((await program.desk.get(other.alertId, ALL)).status).toBe('new');
      expect(await reply({ from: DUTY, text: `1 ${otherReference}` })).toBe('acknowledged');
      expect((await program.desk.get(other.alertId, ALL)).status).toBe('acknowledged');
    }));

  test('is asked back when several alerts wait, and names one then', () =>
    withScene(async ({ program, reply, texts }) => {
      await program.find(alert, other);
      texts();
      expect(await reply({ from: DUTY, text: '收到' })).toBe('ambiguous');
      const [asked = ''] = texts();
      expect(asked).toContain(reference);
      expect(asked).toContain(otherReference);
      const lower = `1 ${reference.toLowerCase()}`;
      expect(await reply({ from: DUTY, text: lower })).toBe('acknowledged');
      expect((await program.desk.get(alert.alertId, ALL)).status).toBe('acknowledged');
      expect((await program.desk.get(other.alertId, ALL)).status).toBe('new');
    }));

  test('from a number nobody has, or from an officer who was not told, acts on nothing', () =>
    withScene(async ({ program, reply, texts, logged }) => {
      await program.find(alert);
      texts();
      expect(await reply({ from: '13999999999', text: '1 机密' })).toBe('unknown-number');
      expect(texts()).toEqual([]);
      expect(await reply({ from: '13980818003', text: `1 ${reference}` })).toBe(
        'unknown-reference',
      );
      expect(texts()[0]).toMatch(/未找到该编号的预警/);
      expect((await program.desk.get(alert.alertId, ALL)).status).toBe('new');
      expect(logged.filter((line) => line.startsWith('alerts.reply-ignored'))).toHaveLength(2);
      expect(logged.join()).not.toMatch(/机密|13999999999/);
    }));

  test('that is unclear says how, and machines are not answered for ever', () =>
    withScene(async ({ stage, program, reply, texts }) => {
      await program.find(alert);
      texts();
      for (let time = 0; time < 9; time++) {
        stage.clock.advance(MINUTE);
        expect(await reply({ from: DUTY, text: '正在开会' })).toBe('unclear');
      }
      const answers = texts();
      expect(answers[0]).toBe(
        `【准绳】未能识别您的回复。确认请回复1加编号，待确认：${reference}。`,
      );
      expect(answers).toHaveLength(5);
      expect((await program.desk.get(alert.alertId, ALL)).status).toBe('new');
      expect(await reply({ from: DUTY, text: '1' })).toBe('acknowledged');
      expect(texts()).toHaveLength(1);
    }));

  test('of which a part never came acknowledges nothing, says so, and counts once', () =>
    withScene(async ({ program, reply, texts }) => {
      await program.find(alert);
      texts();
      // What came may say "1"; nobody knows what the rest said.
      const cutOff = { id: 'rp_1', from: DUTY, text: '1', isCutOff: true };
      expect(await reply(cutOff)).toBe('cut-off');
      expect(await reply(cutOff)).toBe('repeated');
      expect(texts()).toEqual([
        `【准绳】您的长短信未收全，未作处理。请重发，确认只需回复1加编号：${reference}。`,
      ]);
      expect((await program.desk.get(alert.alertId, ALL)).status).toBe('new');
      expect(await reply({ id: 'rp_2', from: DUTY, text: '收到' })).toBe('acknowledged');
    }));

  test('about what is over says so', () =>
    withScene(async ({ program, reply, texts }) => {
      await program.find(alert);
      const county = {
        accountId: 'ac',
        role: 'county-officer',
        region: XUANHAN,
        note: '',
      } as const;
      await program.desk.acknowledge(alert.alertId, county);
      texts();
      expect(await reply({ from: DUTY, text: '1' })).toBe('acknowledged-before');
      await program.desk.feedback(alert.alertId, { ...county, result: 'true' });
      await program.desk.close(alert.alertId, county);
      expect(await reply({ from: DUTY, text: `1 ${reference}` })).toBe('closed');
      expect(texts()).toEqual([
        `【准绳】预警${reference}此前已确认，无需再次回复。`,
        `【准绳】预警${reference}已办结，无需确认。`,
      ]);
    }));

  test('to a certain notice means its alert, though others wait', () =>
    withScene(async ({ stage, program, reply }) => {
      await program.find(alert, other);
      const first = await noticeTo(stage, 'sms', 'xuanhan');
      expect(await reply({ id: 'mo-1', from: DUTY, text: '1', noticeId: first.id })).toBe(
        'acknowledged',
      );
      expect((await program.desk.get(first.alertId, ALL)).status).toBe('acknowledged');
      const left = first.alertId === alert.alertId ? other : alert;
      expect((await program.desk.get(left.alertId, ALL)).status).toBe('new');
    }));

  test('to an answer of ours is no end of answers', () =>
    withScene(async ({ stage, program, reply, texts }) => {
      await program.find(alert);
      expect(await reply({ id: 'mo-1', from: DUTY, text: '1' })).toBe('acknowledged');
      const answer = stage.sms.sent.at(-1)?.id ?? '';
      expect(answer).toMatch(/^re_/);
      texts();
      const thanks = { id: 'mo-2', from: DUTY, text: '1', noticeId: answer };
      expect(await reply(thanks)).toBe('repeated');
      expect(texts()).toEqual([]);
      await program.find(other);
      expect(await reply({ ...thanks, id: 'mo-3' })).toBe('ambiguous');
      expect((await program.desk.get(other.alertId, ALL)).status).toBe('new');
    }));

  test('of an officer nothing was sent to finds nothing', () =>
    withScene(async ({ reply, texts }) => {
      expect(await reply({ from: DUTY, text: '1' })).toBe('nothing-open');
      expect(texts()).toEqual(['【准绳】目前没有待您确认的预警，详情请登录平台查看。']);
    }));

  test('to the alert a call was about counts for one side of it', () =>
    withScene(async ({ program, reply, texts }) => {
      const grave = raised('cc-000003', { ruleId: 'offence' });
      await program.find(grave);
      const named = `1 ${referenceOf(grave.alertId)}`;
      expect(await reply({ from: DUTY, text: named })).toBe('partly');
      expect(await reply({ from: '13980818002', text: named })).toBe('acknowledged');
      expect(texts()).toHaveLength(2);
      expect((await program.desk.get(grave.alertId, ALL)).status).toBe('acknowledged');
    }));

  test('is answered once when the program stops between deed and answer', () =>
    withScene(async ({ stage, program, reply, texts }) => {
      await program.find(alert);
      texts();
      stage.sms.behaviour = 'busy';
      expect(await reply({ from: DUTY, text: '1' })).toBe('acknowledged');
      expect(texts()).toEqual([]);
      stage.sms.behaviour = 'accept';
      await program.pass(1);
      expect(texts()).toHaveLength(1);
      await program.pass(5);
      expect(texts()).toEqual([]);
    }));

  test('leaves nothing of what it said in the records', () =>
    withScene(async ({ stage, program, reply }) => {
      await program.find(alert);
      await reply({ from: DUTY, text: '张三不在家' });
      const rows = await stage.records.db.selectFrom('smsReply').selectAll().execute();
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain('张三');
    }));
});

test('whatever is told, a bare reply acts on at most one alert, which is open, or the last one sent', () => {
  const toldOf = (index: number, isOpen: boolean, channel: 'sms' | 'push'): Told =>
    ({
      alert: { id: `al_${String(index).padStart(6, '0')}` },
      notice: { id: `nt_${index}`, channel },
      isOpen,
    }) as Told;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), fc.constantFrom('sms' as const, 'push' as const)), {
        maxLength: 6,
      }),
      fc.array(fc.nat(5), { maxLength: 3 }),
      (states, earlier) => {
        const told = states.map(([isOpen, channel], index) => toldOf(index, isOpen, channel));
        const before = earlier.map((index) => told[index]?.alert.id ?? null);
        const read = { kind: 'acknowledge' } as const;
        const { outcome, about } = decideReply(read, { told, before });
        const open = told.filter(({ isOpen, notice }) => isOpen && notice.channel === 'sms');
        if (open.length > 1) expect(outcome).toBe('ambiguous');
        if (outcome === 'acknowledged' && open.length > 0) expect(about).toBe(open[0]);
        const onlyOther = before.some((id) => id !== null && id !== open[0]?.alert.id);
        if (open.length === 1 && onlyOther) expect(about).toBeUndefined();
      },
    ),
  );
});
