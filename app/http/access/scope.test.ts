// The data scope on every part that keeps something by unit: whatever an officer was granted, what lies outside
// of it is refused and in the trail, what lies within is not; sideways, upwards, and back to one's own things.

import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDesk } from '../../../alerts/desk.ts';
import { createDrillDesk } from '../../../alerts/drills/drill-desk.ts';
import {
  anOfficer,
  DAZHOU_CITY,
  DAZHU,
  ruleTexts,
  saveOfficers,
  XUANHAN,
} from '../../../alerts/findings.fixture.ts';
import { changeBodyColumn } from '../../../alerts/roster/plan-changes.ts';
import { createRosterDesk } from '../../../alerts/roster/roster-desk.ts';
import { openMemoryRecords } from '../../../alerts/scenario.fixture.ts';
import { createSilenceDesk } from '../../../alerts/silences/silence-desk.ts';
import { SILENCE_LIMITS } from '../../../alerts/silences/silence.ts';
import { ANSWER_DEFAULTS } from '../../../alerts/tasks/task-options.ts';
import { basisFact } from '../../../core/basis.fixture.ts';
import { createCountingIds } from '../../../core/ids.ts';
import { DAY_MS } from '../../../core/local-time.ts';
import { silentLogger } from '../../../core/logger.ts';
import { createOrderBook } from '../../../core/order-book.ts';
import { orderFact } from '../../../core/order.fixture.ts';
import { openExports } from '../../exports/export-desk.fixture.ts';
import { isWithin, type RegionCode } from '../../../core/region.ts';
import { subjectKey } from '../../../core/subject.ts';
import { epochMs, systemClock } from '../../../core/time.ts';
import { createChinaCalendar } from '../../../datasets/workdays.ts';
import { changeAccountAccess } from '../../../security/access/account-access-store.ts';
import type { GrantedScope } from '../../../security/access/data-scope.ts';
import type { AuditEntry } from '../../../security/audit/audit-entry.ts';
import { createBasisDesk } from '../../../security/basis/basis-desk.ts';
import { addProposal } from '../../../security/basis/basis-store.ts';
import { createVoidDesk } from '../../../security/basis/void-desk.ts';
import { findAccount, type Account } from '../../../warehouse/accounts.ts';
import { loadOrderFacts, saveOrderFacts } from '../../../warehouse/order-store.ts';
import type { Records } from '../../../warehouse/records.ts';
import type { AccountRole } from '../../../warehouse/records-schema.ts';
import { openSession } from '../../../warehouse/sessions.ts';
import { createReportDesk } from '../../reports/report-desk.ts';
import { registerBases } from '../basis-routes.ts';
import { registerDrills } from '../drill-routes.ts';
import { registerReports } from '../report-routes.ts';
import { registerRetention } from '../retention-routes.ts';
import { registerRoster } from '../roster-routes.ts';
import { createServer } from '../server.ts';
import { registerSessions } from '../sessions.ts';
import { registerSilences } from '../silence-routes.ts';
import { registerVoids } from '../void-routes.ts';

/** The wall clock: sessions last by it. */
const clock = systemClock;
const NOW = clock.now();

const PEOPLE = [
  ['city', 'city-officer', DAZHOU_CITY, 'leader'],
  ['xuanhan', 'county-officer', XUANHAN, 'county-officer'],
  ['analyst', 'analyst', DAZHOU_CITY, null],
  ['system', 'system-administrator', DAZHOU_CITY, null],
] as const satisfies readonly (readonly [string, AccountRole, RegionCode, unknown])[];

type Login = (typeof PEOPLE)[number][0];

const UNITS = { city: DAZHOU_CITY, xuanhan: XUANHAN, dazhu: DAZHU } as const;
type Unit = keyof typeof UNITS;

let records: Records;
let app: FastifyInstance;
const cookies = new Map<Login, string>();
const told: AuditEntry[] = [];

const personOf = (unit: Unit) => subjectKey(`dz-${unit}`);

beforeAll(async () => {
  records = await openMemoryRecords();
  const { db } = records;
  const ids = createCountingIds();
  await saveOfficers(db, [
    ...PEOPLE.flatMap(([login, , region, role]) =>
      role === null ? [] : [anOfficer(login, region, { role })],
    ),
    anOfficer('of-dazhu', DAZHU, {}),
  ]);
  for (const [login, role, region, officer] of PEOPLE) {
    await db
      .insertInto('account')
      .values({
        id: `ac_${login}`,
        login,
        passwordHash: '',
        displayZh: login,
        displayEn: login,
        role,
        region,
        language: 'zh',
        officerId: officer === null ? null : login,
        active: 1,
      })
      .execute();
    await changeAccountAccess(db, `ac_${login}`, { isDemo: 1 });
    const token = await openSession({ clock, ids }, db, `ac_${login}`);
    cookies.set(login, `plumbline_session=${token}`);
  }
  for (const unit of Object.keys(UNITS) as Unit[]) await seed(unit);

  app = await createServer({ logger: silentLogger });
  const audit = {
    record: (_trx: unknown, entry: AuditEntry) => {
      told.push(entry);
      return Promise.resolve();
    },
  };
  const guard = registerSessions(app, { db, records, clock, ids, secure: false, audit });
  const desk = createDesk({
    records,
    clock,
    ruleTexts,
    answers: ANSWER_DEFAULTS,
    onChanged: () => {},
  });
  registerSilences(app, {
    guard,
    desk,
    clock,
    db,
    limits: SILENCE_LIMITS,
    silences: createSilenceDesk({ records, clock, logger: silentLogger }),
    ruleIds: () => ['area-exit'],
    ruleTexts,
  });
  registerDrills(app, {
    guard,
    db,
    clock,
    rules: () => [],
    desk: createDrillDesk({ records, clock, ids, ruleIds: () => [], onChanged: () => {} }),
  });
  const calendar = createChinaCalendar();
  const reports = createReportDesk({
    db,
    clock,
    calendar,
    roster: undefined,
    budget: 5,
    exports: openExports({ records, clock }),
  });
  const city = (await findAccount(db, 'ac_city')) as Account;
  for (const [unit, region] of Object.entries(UNITS)) {
    const { id } = await reports.make({ region, purpose: '局务会' }, { ...city, id: 'ac_other' });
    await db
      .updateTable('report')
      .set({ id: `re_${unit}` })
      .where('id', '=', id)
      .execute();
  }
  registerReports(app, { guard, db, clock, desk: reports });
  const orders = createOrderBook(await loadOrderFacts(db));
  registerBases(app, {
    guard,
    records,
    orders,
    clock,
    audit,
    keptAfterEndMs: DAY_MS,
    mirror: { log: undefined as never, olap: undefined },
    desk: createBasisDesk({ records, clock, audit, frameOf: loadOrderFacts, onConfirmed() {} }),
  });
  registerVoids(app, {
    guard,
    records,
    clock,
    desk: createVoidDesk({ records, clock, audit, frameOf: loadOrderFacts, onConfirmed() {} }),
  });
  const retention = { person: 1, alerts: 1, tracks: 1, log: 1, messages: 1, duty: 1 };
  registerRetention(app, {
    guard,
    records,
    clock,
    audit,
    periods: { ...retention, sessions: 1, backtests: 1, audit: 1 },
    unconfirmedMs: DAY_MS,
    oldestIn: () => Promise.resolve(undefined),
  });
  const roster = {
    records,
    clock,
    logger: silentLogger,
    file: undefined,
    calendar,
    localDays: [],
    coverageMs: DAY_MS,
    leaderConfirmsSwaps: false,
    numberTrustedForMs: DAY_MS,
    remindAt: '17:00',
    nextCode: () => '482913',
    codeChannels: ['sms'] as const,
  };
  registerRoster(app, { guard, ...roster, desk: createRosterDesk(roster) });
  await app.ready();
});

afterAll(async () => {
  await app.close();
  await records.close();
});

beforeEach(() => {
  told.length = 0;
});

/** One thing of every kind in a unit, by somebody who is none of the askers. */
async function seed(unit: Unit): Promise<void> {
  const { db } = records;
  const region = UNITS[unit];
  const by = 'ac_other';
  const [fromMs, untilMs] = [epochMs(NOW - DAY_MS), epochMs(NOW + DAY_MS)];
  await db
    .insertInto('silence')
    .values({
      id: `si_${unit}`,
      matcher: JSON.stringify({ levels: [3], rules: ['area-exit'] }) as never,
      region,
      coversOpen: 0,
      needsApproval: 0,
      author: by,
      authorRole: 'county-officer',
      reason: '设备检修',
      fromMs,
      untilMs,
      createdAtMs: fromMs,
    })
    .execute();
  await db
    .insertInto('drill')
    .values({
      id: `dr_${unit}`,
      alertId: `al_${unit}`,
      level: 2,
      ruleId: 'area-exit',
      region,
      purpose: '季度演练',
      startedBy: by,
      startedAtMs: fromMs,
      appendedAtMs: null,
      endedAtMs: null,
      endedBy: null,
    })
    .execute();
  const subject = personOf(unit);
  const order = orderFact(subject, { atMs: fromMs, county: region });
  await saveOrderFacts(db, [order]);
  const { action, article, documentNumber, approvedBy, sources, area } = basisFact(subject, {
    atMs: fromMs,
  });
  await addProposal(db, {
    id: `bp_${unit}`,
    subject,
    basisId: `bs_${unit}`,
    county: region,
    paper: {
      action,
      basisId: `bs_${unit}`,
      article,
      documentNumber,
      approvedBy,
      sources,
      area,
      fromMs,
      untilMs,
    },
    reason: '核查需要',
    proposedBy: by,
    proposedAtMs: fromMs,
    confirmer: by,
    decision: null,
    decidedBy: null,
    decidedAtMs: null,
    decisionNote: null,
    publishedAtMs: null,
  });
  await db
    .insertInto('voidProposal')
    .values({
      id: `vo_${unit}`,
      subject,
      orderId: order.orderId,
      county: region,
      because: 'order-void',
      documentNumber: '（2026）川17撤1号',
      reason: '决定书已被撤销',
      proposedBy: by,
      proposedAtMs: fromMs,
      confirmer: by,
      decision: null,
      decidedBy: null,
      decidedAtMs: null,
      decisionNote: null,
      publishedAtMs: null,
    })
    .execute();
  await db
    .insertInto('retentionHold')
    .values({
      id: `hold_${unit}`,
      subject,
      alertId: null,
      reason: '检察机关调取',
      documentNumber: '达检调1号',
      placedBy: by,
      placedAtMs: epochMs(NOW),
      untilMs,
      approvedBy: null,
      approvedAtMs: null,
      liftedBy: null,
      liftedAtMs: null,
      liftReason: null,
    })
    .execute();
  const officer = unit === 'dazhu' ? 'of-dazhu' : unit;
  await db
    .insertInto('rosterAct')
    .values({
      id: `ra_${unit}`,
      changeId: `ch_${unit}`,
      act: 'made',
      bureau: region,
      body: changeBodyColumn.encode({ kind: 'leave', bureau: region, officer, fromMs, untilMs }),
      untilMs,
      reason: '外出开会',
      actedBy: by,
      atMs: fromMs,
    } as never)
    .execute();
}

type Way = {
  readonly name: string;
  readonly method?: 'GET' | 'POST';
  readonly url: (unit: Unit) => string;
  readonly body?: (unit: Unit) => object;
  /** Whose it is, where somebody's own things are theirs whatever the unit. */
  readonly owner?: (unit: Unit) => string;
  /** It adds up over the unit and all below it. */
  readonly whole?: true;
  /** Administrators have it for every unit. */
  readonly administrators?: readonly Login[];
  readonly leadersOnly?: true;
  readonly analysts?: true;
};

const later = NOW + DAY_MS / 2;
const basisWords = { reason: '不再需要', documentNumber: '' };

const WAYS: readonly Way[] = [
  {
    name: 'silence: end',
    url: (unit) => `/api/silences/si_${unit}/end`,
    body: () => ({ reason: '检修结束' }),
  },
  { name: 'silence: approve', url: (unit) => `/api/silences/si_${unit}/approve`, body: () => ({}) },
  {
    name: 'silence: propose',
    url: () => '/api/silences',
    body: (unit) => ({
      // Too short a reason: asked for, not set.
      matcher: { levels: [3], counties: [UNITS[unit]] },
      reason: '短',
      untilMs: later,
    }),
  },
  {
    name: 'silence: preview',
    url: () => '/api/silences/preview',
    body: (unit) => ({ matcher: { levels: [3], counties: [UNITS[unit]] } }),
  },
  { name: 'drill: look', method: 'GET', url: (unit) => `/api/drills/dr_${unit}` },
  { name: 'drill: end', url: (unit) => `/api/drills/dr_${unit}/end` },
  {
    name: 'drill: start',
    url: () => '/api/drills',
    body: (unit) => ({ level: 2, ruleId: 'none', region: UNITS[unit], purpose: '季度演练' }),
  },
  {
    name: 'report: look',
    method: 'GET',
    url: (unit) => `/api/reports?region=${UNITS[unit]}&period=1999-W01`,
    whole: true,
    analysts: true,
  },
  {
    name: 'report: kept',
    method: 'GET',
    url: (unit) => `/api/reports/kept/re_${unit}`,
    whole: true,
    analysts: true,
  },
  {
    name: 'report: file',
    url: (unit) => `/api/reports/kept/re_${unit}/files`,
    body: () => ({ format: 'pdf', purpose: '局务会' }),
    whole: true,
    analysts: true,
  },
  {
    name: 'roster: change',
    url: () => '/api/roster/changes',
    body: (unit) => ({
      kind: 'leave',
      bureau: UNITS[unit],
      officer: 'nobody',
      fromMs: NOW,
      untilMs: later,
      reason: '外出开会',
    }),
  },
  {
    name: 'roster: act',
    url: (unit) => `/api/roster/changes/ch_${unit}/acts`,
    body: () => ({ act: 'withdrawn', reason: '不开了' }),
    owner: (unit) => unit,
  },
  {
    name: 'roster: number',
    url: () => '/api/roster/numbers',
    // No channel of that kind: asked for, not sent.
    body: (unit) => ({ officer: unit === 'dazhu' ? 'of-dazhu' : unit, channel: 'phone' }),
    owner: (unit) => unit,
  },
  {
    name: 'basis: record',
    url: () => '/api/bases/lift',
    body: (unit) => ({ subject: personOf(unit), basisId: 'none', ...basisWords }),
  },
  {
    name: 'basis: decide',
    url: (unit) => `/api/bases/bp_${unit}/decide`,
    body: () => ({ decision: 'confirmed', note: '' }),
  },
  {
    name: 'void: record',
    url: () => '/api/voids',
    // No document: asked for, not recorded.
    body: (unit) => ({
      subject: personOf(unit),
      because: 'order-void',
      documentNumber: '',
      confirmer: 'ac_other',
      reason: '决定书已被撤销',
    }),
  },
  {
    name: 'void: decide',
    url: (unit) => `/api/voids/vo_${unit}/decide`,
    body: () => ({ decision: 'confirmed', note: '' }),
  },
  {
    name: 'hold: place',
    url: () => '/api/retention/holds',
    // Over already: asked for, not placed.
    body: (unit) => ({
      subject: personOf(unit),
      reason: '检察机关调取',
      documentNumber: '达检调2号',
      untilMs: NOW,
    }),
    leadersOnly: true,
  },
  {
    name: 'hold: lift',
    url: (unit) => `/api/retention/holds/hold_${unit}/lift`,
    body: () => ({ reason: '案件已办结' }),
    leadersOnly: true,
  },
];

const GRANTS: readonly (readonly [string, GrantedScope | null])[] = [
  ['that of the role', null],
  ['own', { kind: 'own' }],
  ['unit', { kind: 'unit' }],
  ['unit and below', { kind: 'unit-and-below' }],
  ['a list of the other county', { kind: 'list', units: [DAZHU] }],
];

/** What the words of docs/access.md say, written down plainly. */
function reachesOf(login: 'city' | 'xuanhan', granted: GrantedScope | null) {
  const own = login === 'city' ? DAZHOU_CITY : XUANHAN;
  return (region: RegionCode, owner: string | undefined): boolean => {
    switch (granted?.kind) {
      case 'own':
        return owner === login;
      case 'list':
        return granted.units.includes(region);
      case 'unit':
        return region === own;
      case 'unit-and-below':
        return isWithin(region, own);
      case undefined:
        return login === 'city' ? isWithin(region, own) : region === own;
    }
  };
}

async function ask(login: Login | undefined, way: Way, unit: Unit) {
  told.length = 0;
  const answer = await app.inject({
    method: way.method ?? 'POST',
    url: way.url(unit),
    headers: {
      'x-purpose': 'daily-supervision',
      ...(login === undefined ? {} : { cookie: cookies.get(login) ?? '' }),
    },
    ...(way.body ? { payload: way.body(unit) } : {}),
  });
  const refusal = told.find(({ action }) => action === 'access.refused');
  return { status: answer.statusCode, refusal, body: answer.body };
}

describe.each(GRANTS)('granted %s', (_name, granted) => {
  beforeAll(async () => {
    for (const login of ['city', 'xuanhan'] as const) {
      const scope = granted === null ? null : JSON.stringify(granted);
      await changeAccountAccess(records.db, `ac_${login}`, { scope });
    }
  });

  test.each(WAYS.map((way) => ({ ...way })))('$name', async (way) => {
    for (const login of ['city', 'xuanhan'] as const) {
      if (way.leadersOnly && login !== 'city') continue;
      const reaches = reachesOf(login, granted);
      for (const unit of Object.keys(UNITS) as Unit[]) {
        const parts = way.whole && unit === 'city' ? Object.values(UNITS) : [UNITS[unit]];
        const isAllowed =
          way.whole && unit === 'city' && granted?.kind === 'unit'
            ? false
            : parts.every((region) => reaches(region, way.owner?.(unit)));
        const { status, refusal, body } = await ask(login, way, unit);
        const what = `${login}, ${unit}: ${status} ${body.slice(0, 200)}`;
        expect(status, what).toBeLessThan(500);
        if (isAllowed) {
          expect(refusal, what).toBeUndefined();
          continue;
        }
        expect([403, 404], what).toContain(status);
        expect(refusal, what).toMatchObject({
          actor: `ac_${login}`,
          outcome: 'refused',
          detail: { because: 'outside-scope' },
        });
      }
    }
  });

  test('lists hold what is within, and for silences what hides something from them', async () => {
    for (const login of ['city', 'xuanhan'] as const) {
      const reaches = reachesOf(login, granted);
      const get = async (url: string) => {
        const headers = { cookie: cookies.get(login) ?? '', 'x-purpose': 'daily-supervision' };
        const answer = await app.inject({ url, headers });
        expect(answer.statusCode, `${url} ${answer.body}`).toBe(200);
        return answer.json<{ [list: string]: { id: string; subject?: string }[] }>();
      };
      const within = (prefix: string) =>
        (Object.keys(UNITS) as Unit[])
          .filter((unit) => reaches(UNITS[unit], undefined))
          .map((unit) => `${prefix}_${unit}`);
      const idsOf = (list: readonly { id: string }[] | undefined) =>
        (list ?? []).map(({ id }) => id).toSorted();
      expect(idsOf((await get('/api/drills'))['drills'])).toEqual(within('dr').toSorted());
      expect(idsOf((await get('/api/bases'))['proposals'])).toEqual(within('bp').toSorted());
      expect(idsOf((await get('/api/voids'))['voids'])).toEqual(within('vo').toSorted());
      const silences = new Set([...within('si'), ...(login === 'xuanhan' ? ['si_city'] : [])]);
      expect(new Set(idsOf((await get('/api/silences'))['silences']))).toEqual(silences);
      if (login !== 'city') continue;
      expect(idsOf((await get('/api/retention'))['holds'])).toEqual(within('hold').toSorted());
    }
  });
});

describe('upwards', () => {
  test.each(WAYS.map((way) => ({ ...way })))('$name', async (way) => {
    for (const login of ['analyst', 'system', 'xuanhan'] as const) {
      if (login === 'xuanhan' && !way.leadersOnly) continue;
      if (login === 'analyst' && way.analysts) continue;
      const { status, refusal } = await ask(login, way, 'xuanhan');
      expect([status, refusal?.detail], login).toEqual([
        403,
        expect.objectContaining({ because: 'role-lacks-function' }),
      ]);
      expect(refusal).toMatchObject({ actor: `ac_${login}`, outcome: 'refused' });
    }
    expect((await ask(undefined, way, 'xuanhan')).status).toBe(401);
  });
});
