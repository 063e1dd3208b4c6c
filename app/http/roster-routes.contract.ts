// The duty roster through the HTTP routes: who may change what, what is refused and how, what follows.

import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anOfficer, DAZHOU_CITY, saveOfficers, XUANHAN } from '../../alerts/findings.fixture.ts';
import { parseRoster } from '../../alerts/roster/load-roster.ts';
import { createRosterOnDuty } from '../../alerts/roster/on-duty.ts';
import { createRosterDesk } from '../../alerts/roster/roster-desk.ts';
import { createCountingIds } from '../../core/ids.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, parseInstant } from '../../core/local-time.ts';
import { silentLogger } from '../../core/logger.ts';
import { regionCode, type RegionCode } from '../../core/region.ts';
import { epochMs, systemClock, type Clock } from '../../core/time.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import type { Records } from '../../warehouse/records.ts';
import type { AccountRole } from '../../warehouse/records-schema.ts';
import { openSession } from '../../warehouse/sessions.ts';
import type { MyDutyAnswer, NumberAsked, RosterAnswer } from '../api/roster.ts';
import type { Problem } from '../api/session.ts';
import { registerRoster } from './roster-routes.ts';
import { createServer } from './server.ts';
import { registerSessions } from './sessions.ts';
import { logAudit } from './access/trail.ts';

const at = (written: string) => parseInstant(written) as number;
const NOW = at('2026-11-23 09:30');

const FILE = parseRoster(
  'roster.yaml',
  `id: test
bureaus:
  - bureau: '511722'
    lines:
      - name: duty
        rotations:
          - { id: day, teams: [li, wang], startsOn: '2026-11-01', hours: { from: '08:30', until: '17:30' } }
          - { id: night, teams: [zhao], startsOn: '2026-11-01', hours: { from: '17:30', until: '08:30' } }
      - name: leader
        rotations:
          - { id: week, teams: [chief], startsOn: '2026-11-02', hours: { from: '08:30', until: '08:30' } }
  - bureau: '511700'
    lines:
      - name: duty
        rotations:
          - { id: all, teams: [city], startsOn: '2026-11-01', hours: { from: '08:30', until: '08:30' } }
`,
);

let records: Records;
let app: FastifyInstance;
let nowMs = NOW;
const cookies = new Map<string, string>();

/** Read anew by every act. */
const settings = { leaderConfirmsSwaps: false };
const clock: Clock = { now: () => epochMs(nowMs), after: systemClock.after };

const setTime = (written: string) => void (nowMs = at(written));

type Person = readonly [string, AccountRole, RegionCode, string?];

const PEOPLE: readonly Person[] = [
  ['city', 'city-officer', DAZHOU_CITY, 'city'],
  ['li', 'county-officer', XUANHAN, 'li'],
  ['wang', 'county-officer', XUANHAN, 'wang'],
  ['zhao', 'county-officer', XUANHAN, 'zhao'],
  ['chief', 'county-officer', XUANHAN, 'chief'],
  ['clerk', 'county-officer', XUANHAN],
  ['dazhu', 'county-officer', regionCode('511724')],
  ['analyst', 'analyst', DAZHOU_CITY],
];

const OFFICERS = [
  anOfficer('li', XUANHAN),
  anOfficer('wang', XUANHAN),
  anOfficer('zhao', XUANHAN),
  anOfficer('sun', XUANHAN),
  anOfficer('untried', XUANHAN, { phone: '0818-2345678' }),
  anOfficer('gone', XUANHAN, { active: 0 }),
  anOfficer('chief', XUANHAN, { role: 'leader' }),
  anOfficer('city', DAZHOU_CITY),
];

/** `openStore` gives records that are empty; they are closed at the end. */
export function describeRosterRoutes(engine: string, openStore: () => Promise<Records>): void {
  describe(`on ${engine}`, () => {
    beforeAll(async () => {
      const ids = createCountingIds();
      records = await openStore();
      await saveOfficers(records.db, OFFICERS);
      app = await createServer({ logger: silentLogger });
      const sessions = { db: records.db, clock: systemClock, ids };
      const guard = registerSessions(app, {
        ...sessions,
        secure: false,
        audit: logAudit(silentLogger),
      });
      const deps = {
        records,
        clock,
        logger: silentLogger,
        file: FILE,
        calendar: createChinaCalendar(),
        localDays: [],
        coverageMs: 60 * DAY_MS,
        get leaderConfirmsSwaps() {
          return settings.leaderConfirmsSwaps;
        },
        numberTrustedForMs: 180 * DAY_MS,
        remindAt: '17:00',
        nextCode: () => '482913',
        codeChannels: ['sms'] as const,
      };
      registerRoster(app, { guard, ...deps, desk: createRosterDesk(deps) });
      for (const [login, role, region, officerId = null] of PEOPLE) {
        const [displayZh, displayEn] = [`${login} 值班员`, `${login} officer`];
        const account = { id: `ac_${login}`, login, role, region, displayZh, displayEn, officerId };
        await records.db
          .insertInto('account')
          .values({ ...account, passwordHash: '-', language: 'zh', active: 1 })
          .execute();
        cookies.set(
          login,
          `plumbline_session=${await openSession(sessions, records.db, account.id)}`,
        );
      }
    });

    afterAll(async () => {
      await app.close();
      await records.close();
    });

    beforeEach(async () => {
      nowMs = NOW;
      settings.leaderConfirmsSwaps = false;
      const { db } = records;
      for (const table of [
        'rosterAct',
        'rosterNoteSeen',
        'rosterNote',
        'phoneCheck',
        'officerMessage',
      ] as const) {
        await db.deleteFrom(table).execute();
      }
      for (const { id, ...officer } of OFFICERS) {
        const phoneVerifiedAtMs = id === 'untried' ? null : epochMs(NOW - 200 * DAY_MS);
        await db
          .updateTable('officer')
          .set({ ...officer, phoneVerifiedAtMs })
          .where('id', '=', id)
          .execute();
      }
    });

    async function ask<Answer>(login: string, url: string, payload?: object) {
      const answer = await app.inject({
        method: payload ? 'POST' : 'GET',
        url: `/api/roster${url}`,
        headers: { cookie: cookies.get(login) ?? '' },
        ...(payload ? { payload } : {}),
      });
      return { status: answer.statusCode, body: answer.json<Answer>() };
    }

    const told = ({ says = { zh: '', en: '' }, detail = '', hint }: Partial<Problem>) =>
      [says.zh, says.en, detail, hint?.zh ?? '', hint?.en ?? ''].join(' | ');

    const change = (login: string, payload: object) =>
      ask<Problem & { id: string }>(login, '/changes', { reason: '外出开会', ...payload });

    const act = (login: string, id: string, name: string) =>
      ask<Problem>(login, `/changes/${id}/acts`, { act: name });

    const page = async (login: string) => (await ask<RosterAnswer>(login, '')).body;

    const span = (from: string, until: string) => ({ fromMs: at(from), untilMs: at(until) });

    /** Li has the days of 23, 25 …; Wang those of 24, 26 … */
    const OVERRIDE = {
      kind: 'override',
      bureau: XUANHAN,
      officer: 'sun',
      insteadOf: 'li',
      ...span('2026-11-25 08:30', '2026-11-25 17:30'),
    };
    const SWAP = {
      kind: 'swap',
      bureau: XUANHAN,
      given: span('2026-11-25 08:30', '2026-11-25 17:30'),
      taken: { officer: 'wang', ...span('2026-11-26 08:30', '2026-11-26 17:30') },
    };
    const LEAVE = {
      kind: 'leave',
      bureau: XUANHAN,
      officer: 'zhao',
      ...span('2026-11-24 17:30', '2026-11-26 08:30'),
    };

    const onDuty = async (time: string) => {
      const roster = await createRosterOnDuty(FILE, createChinaCalendar()).read(
        records.db,
        at(time),
      );
      return (roster.linesOf(XUANHAN)[0] ?? []).map(({ id }) => id).join(' ');
    };

    describe('the page', () => {
      test('has the next two weeks line by line with their true hours, and whom to reach', async () => {
        const { days, lines, officers, coverage, bureaus, me, isConfigured } = await page('li');
        expect([isConfigured, me, bureaus]).toEqual([true, 'li', ['511722']]);
        expect(days).toHaveLength(14);
        expect(days.slice(4, 7).map(({ kind }) => kind)).toEqual([
          'workday',
          'rest-day',
          'rest-day',
        ]);
        expect(lines.map(({ name }) => name)).toEqual(['duty', 'leader']);
        const [night, day] = lines[0]?.turns ?? [];
        expect(night).toMatchObject({
          officer: 'zhao',
          ...span('2026-11-22 17:30', '2026-11-23 08:30'),
        });
        expect(day).toMatchObject({
          officer: 'li',
          ...span('2026-11-23 08:30', '2026-11-23 17:30'),
        });
        expect(coverage.gaps).toEqual([]);
        expect(officers.map(({ id }) => id)).toEqual([
          'chief',
          'li',
          'sun',
          'untried',
          'wang',
          'zhao',
        ]);
        expect(officers.find(({ id }) => id === 'li')).toMatchObject({
          hasAccount: true,
          isStale: true,
        });
        expect(officers.find(({ id }) => id === 'untried')?.verifiedAtMs).toBeNull();
        expect(JSON.stringify(officers)).not.toContain('0818');
      });

      test.each([
        ['a county sees its own only', 'li', '?bureau=511700', 403],
        ['a county without a roster sees that there is none', 'dazhu', '', 200],
        ['the city sees its counties', 'city', '?bureau=511722', 200],
        ['an analyst sees none', 'analyst', '', 403],
        ['nobody sees none', 'nobody', '', 401],
        ['a bureau that is none', 'city', '?bureau=99', 400],
      ])('%s', async (_what, login, query, status) => {
        expect((await ask(login, query)).status).toBe(status);
      });
    });

    describe('somebody else takes over', () => {
      test('from the instant it is made, until it is withdrawn', async () => {
        expect(await onDuty('2026-11-25 10:00')).toBe('li');
        const { body } = await change('clerk', OVERRIDE);
        expect(await onDuty('2026-11-25 10:00')).toBe('sun');
        const [made] = (await page('li')).changes;
        expect(made).toMatchObject({
          id: body.id,
          state: 'in-force',
          reason: '外出开会',
          madeBy: { zh: 'clerk 值班员' },
          may: ['withdrawn'],
        });
        setTime('2026-11-25 12:00');
        expect((await act('li', body.id, 'withdrawn')).status).toBe(200);
        expect(await onDuty('2026-11-25 11:59')).toBe('sun');
        expect(await onDuty('2026-11-25 12:00')).toBe('li');
        expect(told((await act('li', body.id, 'withdrawn')).body)).toContain('已经撤销');
      });

      test.each([
        [
          'backwards',
          { untilMs: OVERRIDE.fromMs },
          400,
          /结束时间不晚于开始时间.*2026-11-25 08:30/,
        ],
        ['over', span('2026-11-22 08:30', '2026-11-22 17:30'), 400, /时段已经过去.*现在以后/],
        ['years ahead', span('2028-11-22 08:30', '2028-11-22 17:30'), 400, /时段过远/],
        ['of an unknown person', { officer: 'suhn' }, 400, /系统中没有此人.*"suhn".*是否为 sun/],
        ['of somebody gone', { officer: 'gone' }, 400, /此人已停用/],
        ['of another bureau', { officer: 'city' }, 400, /不属于该单位/],
        ['by oneself', { officer: 'li' }, 400, /不能是本人.*themselves/],
        ['of who is not on duty', { insteadOf: 'wang' }, 400, /并不值班/],
        ['in a line there is none of', { line: 'deputy' }, 400, /没有这一岗位.*值班员、带班领导/],
        ['in a bureau off the roster', { bureau: '511724' }, 403, /不在您的权限内/],
        ['without a reason', { reason: ' ' }, 400, /请写明事由.*如“外出开会”/],
        ['with a number for an instant', { fromMs: 12 }, 400, /fromMs/],
        ['with an unknown field', { untill: 1 }, 400, /untill/],
        [
          'whose number was never tried',
          { officer: 'untried' },
          409,
          /有时段无人可联系.*宣汉县 Xuanhan · 一、二级 level 1, 2 · 2026-11-25 08:30 – 2026-11-25 17:30: untried 号码未验证/s,
        ],
      ])('is refused when it is %s', async (_what, wrong, status, says) => {
        const answer = await change('li', { ...OVERRIDE, ...wrong });
        expect(answer.status, told(answer.body)).toBe(status);
        expect(told(answer.body)).toMatch(says);
        expect((await page('li')).changes).toEqual([]);
      });

      test('twice for the same turn is refused, and names the first', async () => {
        expect((await change('li', OVERRIDE)).status).toBe(200);
        const again = await change('li', { ...OVERRIDE, officer: 'zhao' });
        expect(again.status).toBe(409);
        expect(told(again.body)).toMatch(/时间重叠.*2026-11-25 08:30 – 2026-11-25 17:30.*先撤销/);
      });

      test('another bureau’s officer is refused, the city is not', async () => {
        expect((await change('dazhu', OVERRIDE)).status).toBe(403);
        expect((await change('analyst', OVERRIDE)).status).toBe(403);
        expect((await change('city', OVERRIDE)).status).toBe(200);
      });
    });

    describe('a leave', () => {
      test('that leaves a gap is refused with the gap; with a stand-in it is taken', async () => {
        const alone = await change('zhao', LEAVE);
        expect(alone.status).toBe(409);
        expect(told(alone.body)).toMatch(
          /宣汉县 Xuanhan · 一、二、三级 level 1, 2, 3 · 2026-11-24 17:30 – 2026-11-25 08:30: 无人值班 nobody on duty/,
        );
        expect((await change('zhao', { ...LEAVE, standIn: 'sun' })).status).toBe(200);
        expect(await onDuty('2026-11-24 20:00')).toBe('sun');
        expect(await onDuty('2026-11-25 10:00')).toBe('li');
      });

      test('keeps the officer from taking over, and what stands in for it from being withdrawn', async () => {
        const cover = await change('zhao', {
          ...OVERRIDE,
          insteadOf: 'zhao',
          ...span('2026-11-24 17:30', '2026-11-26 08:30'),
        });
        expect(cover.status, told(cover.body)).toBe(200);
        expect((await change('zhao', LEAVE)).status).toBe(200);
        const over = await change('li', { ...OVERRIDE, officer: 'zhao' });
        expect(told(over.body)).toMatch(/此人在这一时段请假.*2026-11-24 17:30/);
        const taken = await act('zhao', cover.body.id, 'withdrawn');
        expect(taken.status).toBe(409);
        expect(told(taken.body)).toMatch(/无人可联系.*2026-11-24 17:30 – 2026-11-25 08:30/s);
        const twice = await change('zhao', {
          ...LEAVE,
          ...span('2026-11-25 00:00', '2026-11-27 00:00'),
        });
        expect(told(twice.body)).toContain('时间重叠');
      });
    });

    describe('a swap', () => {
      test('counts once the other has agreed, and is then both turns', async () => {
        const { body } = await change('li', SWAP);
        expect(await onDuty('2026-11-25 10:00')).toBe('li');
        expect((await ask<MyDutyAnswer>('wang', '/mine')).body.requests).toMatchObject([
          { id: body.id, state: 'asked', may: ['agreed', 'declined'] },
        ]);
        expect((await ask<MyDutyAnswer>('li', '/mine')).body.requests).toEqual([]);
        expect((await act('zhao', body.id, 'agreed')).status).toBe(403);
        expect((await act('li', body.id, 'agreed')).status).toBe(403);
        expect((await act('wang', body.id, 'agreed')).status).toBe(200);
        expect(await onDuty('2026-11-25 10:00')).toBe('wang');
        expect(await onDuty('2026-11-26 10:00')).toBe('li');
        expect(told((await act('wang', body.id, 'agreed')).body)).toContain('已经生效');
        expect((await act('zhao', body.id, 'withdrawn')).status).toBe(403);
        expect((await act('li', body.id, 'withdrawn')).status).toBe(200);
        expect(await onDuty('2026-11-25 10:00')).toBe('li');
      });

      test('that is declined or too late changes nothing', async () => {
        const first = await change('li', SWAP);
        expect((await act('wang', first.body.id, 'declined')).status).toBe(200);
        expect(told((await act('wang', first.body.id, 'agreed')).body)).toContain('已被谢绝');
        nowMs += MINUTE_MS;
        const second = await change('li', SWAP);
        setTime('2026-11-25 08:30');
        const late = await act('wang', second.body.id, 'agreed');
        expect([late.status, told(late.body)]).toEqual([
          409,
          expect.stringContaining('班次已经开始'),
        ]);
        expect(await onDuty('2026-11-25 10:00')).toBe('li');
      });

      test('whose turn was changed meanwhile cannot be agreed to', async () => {
        const { body } = await change('li', SWAP);
        await change('clerk', {
          ...LEAVE,
          officer: 'wang',
          standIn: 'sun',
          ...span('2026-11-26 00:00', '2026-11-27 00:00'),
        });
        const answer = await act('wang', body.id, 'agreed');
        expect([answer.status, told(answer.body)]).toEqual([
          400,
          expect.stringContaining('并不值班'),
        ]);
      });

      test.each([
        ['with oneself', 'wang', SWAP, 400, /不能与自己换班/],
        [
          'of turns that are none',
          'li',
          { ...SWAP, given: span('2026-11-25 08:30', '2026-11-25 18:00') },
          400,
          /并不值班.*2026-11-25 18:00/,
        ],
        [
          'of overlapping turns',
          'li',
          { ...SWAP, taken: { officer: 'wang', ...SWAP.given } },
          400,
          /时间重叠/,
        ],
        ['by an account that is no officer', 'clerk', SWAP, 403, /不是值班人员.*可改用调班/],
        [
          'of a turn that has begun',
          'li',
          { ...SWAP, given: span('2026-11-23 08:30', '2026-11-23 17:30') },
          400,
          /已经开始/,
        ],
      ])('%s is refused', async (_what, login, payload, status, says) => {
        const answer = await change(login, payload);
        expect(answer.status, told(answer.body)).toBe(status);
        expect(told(answer.body)).toMatch(says);
      });

      test('waits for the leader where that is configured', async () => {
        settings.leaderConfirmsSwaps = true;
        const { body } = await change('li', SWAP);
        await act('wang', body.id, 'agreed');
        expect(await onDuty('2026-11-25 10:00')).toBe('li');
        expect((await ask<MyDutyAnswer>('chief', '/mine')).body.requests).toMatchObject([
          { id: body.id, state: 'agreed' },
        ]);
        expect((await act('wang', body.id, 'confirmed')).status).toBe(403);
        expect((await act('chief', body.id, 'confirmed')).status).toBe(200);
        expect(await onDuty('2026-11-25 10:00')).toBe('wang');
      });
    });

    describe('handing over', () => {
      const mine = async (login: string) => (await ask<MyDutyAnswer>(login, '/mine')).body;
      const write = (login: string, body: string) =>
        ask<Problem & { id: string }>(login, '/notes', { body });

      test('a note stands unread for who comes on next until it is seen', async () => {
        expect((await write('zhao', '夜间无异常')).status).toBe(200);
        expect((await mine('wang')).unread).toEqual([]);
        const [note] = (await mine('li')).unread;
        expect(note).toMatchObject({ body: '夜间无异常', officer: 'zhao', seenBy: [] });
        expect((await mine('zhao')).unread).toEqual([]);
        await ask('li', `/notes/${note?.id}/seen`, {});
        expect((await mine('li')).unread).toEqual([]);
        expect((await page('city')).notes).toEqual([]);
        expect((await page('li')).notes[0]?.seenBy).toEqual([
          { zh: 'li 值班员', en: 'li officer' },
        ]);
      });

      test('a note nobody has seen stands for later turns, one that was seen does not', async () => {
        const { body } = await write('zhao', '夜间无异常');
        setTime('2026-11-24 09:00');
        expect((await mine('wang')).unread).toHaveLength(1);
        await ask('li', `/notes/${body.id}/seen`, {});
        expect((await mine('wang')).unread).toEqual([]);
      });

      test('two hours after the turn there is nothing to hand over, nor for who has none', async () => {
        setTime('2026-11-23 10:29');
        expect((await write('zhao', '补记一条')).status).toBe(200);
        setTime('2026-11-23 10:31');
        const late = await write('zhao', '补记一条');
        expect([late.status, told(late.body)]).toEqual([
          409,
          expect.stringContaining('没有可交接的班次'),
        ]);
        expect((await write('clerk', '补记一条')).status).toBe(409);
        expect((await write('li', ' ')).status).toBe(400);
        expect((await ask('dazhu', '/notes/rn_x/seen', {})).status).toBe(404);
      });

      test('an account several people use sees its note again when its next turn has begun', async () => {
        await write('city', '大屏重启过一次');
        expect((await mine('city')).unread).toEqual([]);
        setTime('2026-11-24 08:30');
        expect((await mine('city')).unread).toHaveLength(1);
      });

      test('half an hour before its end a turn is to be handed over, until that is done', async () => {
        setTime('2026-11-23 16:59');
        expect((await mine('li')).toHandOver).toBeNull();
        setTime('2026-11-23 17:00');
        expect((await mine('li')).toHandOver).toMatchObject(
          span('2026-11-23 08:30', '2026-11-23 17:30'),
        );
        await write('li', '白班无异常');
        expect((await mine('li')).toHandOver).toBeNull();
      });

      test('tomorrow’s turn is told from the declared time on', async () => {
        expect((await mine('wang')).tomorrow).toBeNull();
        setTime('2026-11-23 17:00');
        expect((await mine('wang')).tomorrow).toMatchObject(
          span('2026-11-24 08:30', '2026-11-24 17:30'),
        );
        expect((await mine('li')).tomorrow).toBeNull();
      });
    });

    describe('a number', () => {
      const askFor = (login: string, payload: object) =>
        ask<Problem & NumberAsked>(login, '/numbers', {
          officer: 'untried',
          channel: 'sms',
          ...payload,
        });
      const enter = (login: string, id: string, code: string) =>
        ask<Problem>(login, `/numbers/${id}`, { code });
      const phoneOf = async (id: string) =>
        records.db.selectFrom('officer').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

      test('is tried by a code, and only then the officer’s', async () => {
        const { body } = await askFor('li', { phone: '+86 138 0000 0000' });
        const [message] = await records.db.selectFrom('officerMessage').selectAll().execute();
        expect(message).toMatchObject({ address: '13800000000', channel: 'sms', state: 'waiting' });
        expect(message?.textZh).toContain('482913');
        expect((await phoneOf('untried')).phone).not.toBe('13800000000');
        expect(told((await enter('li', body.id, '111111')).body)).toMatch(
          /验证码不正确.*还可再试 4 次/,
        );
        expect((await enter('dazhu', body.id, '482913')).status).toBe(403);
        expect((await enter('li', body.id, '482913')).status).toBe(200);
        expect(await phoneOf('untried')).toMatchObject({
          phone: '13800000000',
          phoneVerifiedAtMs: NOW,
        });
        const over = { ...OVERRIDE, officer: 'untried' };
        expect((await change('li', over)).status).toBe(200);
      });

      test('that was asked for is spent after ten minutes or five wrong codes', async () => {
        const first = await askFor('li', {});
        for (let tries = 0; tries < 5; tries++) await enter('li', first.body.id, '000000');
        expect(told((await enter('li', first.body.id, '482913')).body)).toContain('验证码已失效');
        const second = await askFor('li', {});
        nowMs += 10 * MINUTE_MS;
        expect((await enter('li', second.body.id, '482913')).status).toBe(409);
        expect((await phoneOf('untried')).phoneVerifiedAtMs).toBeNull();
      });

      test.each([
        ['12345', /电话号码格式不对.*"12345".*13800000000.*0818-2345678/],
        ['2345678', /格式不对/],
        ['1380000000', /格式不对/],
        ['', /格式不对/],
      ])('"%s" is no number', async (phone, says) => {
        const answer = await askFor('li', { phone });
        expect([answer.status, told(answer.body)]).toEqual([400, expect.stringMatching(says)]);
      });

      test('cannot be tried over a channel there is no provider for', async () => {
        const answer = await askFor('li', { channel: 'phone' });
        expect([answer.status, told(answer.body)]).toEqual([
          409,
          expect.stringMatching(/没有配置电话通道.*channels/),
        ]);
      });

      test('of somebody unknown or another bureau’s is refused, and so is the sixth code in an hour', async () => {
        expect((await askFor('li', { officer: 'nobody' })).status).toBe(404);
        expect((await askFor('li', { officer: 'city' })).status).toBe(403);
        for (let codes = 0; codes < 5; codes++) {
          expect((await askFor('li', {})).status).toBe(200);
          nowMs += MINUTE_MS;
        }
        expect(told((await askFor('li', {})).body)).toContain('过于频繁');
        nowMs += HOUR_MS;
        expect((await askFor('li', {})).status).toBe(200);
      });
    });

    test('the routes are described', async () => {
      const answer = await app.inject({ url: '/api/openapi.json' });
      const { paths } = answer.json<{ paths: Record<string, object> }>();
      expect(
        Object.keys(paths)
          .filter((path) => path.startsWith('/api/roster'))
          .toSorted(),
      ).toEqual(
        [
          '/api/roster/',
          '/api/roster/changes',
          '/api/roster/changes/{id}/acts',
          '/api/roster/mine',
          '/api/roster/notes',
          '/api/roster/notes/{id}/seen',
          '/api/roster/numbers',
          '/api/roster/numbers/{id}',
        ].map((path) => path.replace(/\/$/, '')),
      );
    });
  });
}
