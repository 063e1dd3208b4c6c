// One random world of alerts, from a seed: findings in any order and repeatedly, providers that lie, people who
// do not pick up, programs that die, rosters and clocks that change. After a while the world heals. What must
// hold whatever happened is checked at the end; the same seed gives the same world to the byte.

import { sql } from 'kysely';
import type { AlertEvent } from '../core/alert-event.ts';
import { UserError } from '../core/errors.ts';
import type { CorrectedFinding, Finding, Level, RaisedFinding } from '../core/finding.ts';
import { createRandom, type Random } from '../core/random.ts';
import { decodeLines } from '../ingest/log.ts';
import type { Records } from '../warehouse/records.ts';
import type { OutboxTable } from '../warehouse/records-schema.ts';
import {
  anOfficer,
  cleared,
  corrected,
  DAZHOU_CITY,
  DAZHU,
  raised,
  XUANHAN,
} from './findings.fixture.ts';
import { createLyingProvider, HONEST, type LyingProvider } from './lying-provider.fixture.ts';
import { parseRouting } from './routing/load-routing.ts';
import { ALERTS_DEFAULTS } from './run.ts';
import { appendFindings } from './scenario.fixture.ts';
import { openVirtualStage, type Seen, type VirtualStage } from './virtual-stage.fixture.ts';

/** What can go wrong in a world; each can be left out to see whether a failure needs it. */
export const TROUBLES = [
  'crashes',
  'lies',
  'receipts',
  'people',
  'outages',
  'roster',
  'clock',
  'corrections',
  'repeats',
  'desk',
] as const;

export type Trouble = (typeof TROUBLES)[number];

export type WorldOptions = { readonly seed: number; readonly without?: readonly Trouble[] };

export type WorldEnd = {
  /** What should not be; empty in a good world. */
  readonly wrong: readonly string[];
  /** Everything that happened, and every row at the end. */
  readonly trace: readonly string[];
  readonly starts: number;
  /** Alerts of level 1 that count, and how they ended. */
  readonly levelOne: number;
  readonly alarms: number;
  /** Notices that were told by another one. */
  readonly carried: number;
};

const SECOND = 1_000;
/** Until then things go wrong; from then on the world is honest, and everybody answers. */
const TROUBLE_MS = 180 * SECOND;
/** The last rung of the slowest alert, with time to answer. */
const END_MS = 490 * SECOND;
const QUIET_MS = 70 * SECOND;
/** Longer than the ladder of level 3. */
const LEAP_MS = 9 * 3_600 * SECOND;

/** The ladder of level 1 in fewer minutes, so that a world is short. */
const PLAN = parseRouting(
  'simulation',
  `id: simulation
routes:
  - name: fast
    match: { levels: [1] }
    ladder:
      - { after: 20s, to: next-line }
      - { after: 40s, to: leaders }
      - { after: 90s, to: bureau-above }
      - { after: 150s, to: all-again }
      - { after: 210s, to: all-again }
  - name: fast-2
    match: { levels: [2] }
    ladder: [{ after: 2m, to: bureau-above }, { after: 3m, to: leaders }]
`,
);

/** The same where alerts of several persons share notices. */
const GROUPED_PLAN = parseRouting(
  'simulation',
  `id: simulation-groups
routes:
  - name: fast
    match: { levels: [1] }
    ladder:
      - { after: 20s, to: next-line }
      - { after: 40s, to: leaders }
      - { after: 90s, to: bureau-above }
      - { after: 150s, to: all-again }
      - { after: 210s, to: all-again }
    group: { by: [county], wait: 5s, interval: 10s, max: 3 }
  - name: fast-2
    match: { levels: [2] }
    ladder: [{ after: 2m, to: bureau-above }, { after: 3m, to: leaders }]
    group: { by: [], wait: 20s, interval: 30s, max: 2 }
  - name: slow
    match: { levels: [3] }
    group: { by: [rule], wait: 40s, interval: 1m }
`,
);

const isGrouped = (seed: number): boolean => seed % 3 === 0;

const ALERTS = {
  sender: {
    ...ALERTS_DEFAULTS.sender,
    leaseMs: 15 * SECOND,
    attemptsMax: 8,
    backoffMsMax: 10 * SECOND,
  },
};

/** Runs a world. `records` are emptied at first. */
export async function simulate(
  records: Records,
  { seed, without = [] }: WorldOptions,
): Promise<WorldEnd> {
  const world = createRandom(`world ${seed}`);
  const has = (trouble: Trouble) => !without.includes(trouble);
  const trace: string[] = [];
  let now = () => 0;
  const say = (line: string) => void trace.push(`${now()} ${line}`);
  await empty(records);
  const providers: LyingProvider[] = [];
  const stage = await openVirtualStage({
    records,
    officers: officersOf(world.fork('officers')),
    partitions: 2,
    pollMs: 15 * SECOND,
    routing: { plan: isGrouped(seed) ? GROUPED_PLAN : PLAN, calendar: undefined },
    seed: `seed ${seed}`,
    alerts: ALERTS,
    wrapProvider(plain) {
      const provider = createLyingProvider(plain, { seed: `provider ${seed}`, say });
      providers.push(provider);
      return provider.channel;
    },
    onSeen: (one) => one.kind === 'logged' && say(`log ${one.event} ${JSON.stringify(one.fields)}`),
  });
  now = () => stage.elapsedMs();
  // Some worlds have a provider of calls that never does anything, and says it did.
  const isLost = has('lies') && world.fork('lost').chance(0.1);
  try {
    const findings = findingsOf(world.fork('findings'), has);
    await stage.start();
    setTroubles(world, { stage, providers, has, isLost });
    await follow(stage, scheduleOf(world, { stage, providers, findings, has, isLost, say }));
    await stage.pass(END_MS - stage.elapsedMs());
    // The ladders of a shift, all at once.
    stage.jump(LEAP_MS);
    await stage.pass(QUIET_MS);
    const before = stage.seen.length;
    await stage.pass(QUIET_MS);
    const late = stage.seen.slice(before).map((one) => `not quiet at the end: ${nameOf(one)}`);
    const end = await judge({ stage, providers, findings });
    trace.push(...(await rowsOf(records)));
    return { ...end, wrong: [...end.wrong, ...late], trace, starts: stage.starts() };
  } finally {
    await stage.remove();
  }
}

type World = {
  readonly stage: VirtualStage;
  readonly providers: readonly LyingProvider[];
  readonly findings: readonly Finding[];
  readonly has: (trouble: Trouble) => boolean;
  readonly isLost: boolean;
  readonly say: (line: string) => void;
};

type Deed = { readonly atMs: number; readonly run: () => Promise<unknown> };

async function follow(stage: VirtualStage, deeds: readonly Deed[]): Promise<void> {
  for (const { atMs, run } of deeds.toSorted((a, b) => a.atMs - b.atMs)) {
    await stage.pass(Math.max(0, atMs - stage.elapsedMs()));
    await run();
    await stage.settle();
  }
}

function setTroubles(
  world: Random,
  { stage, providers, has, isLost }: Pick<World, 'stage' | 'providers' | 'has' | 'isLost'>,
): void {
  const chance = world.fork('honesty');
  for (const provider of providers) {
    const lies = chance.pick([0, 0.1, 0.4, 0.8]);
    const unruly = chance.pick([0, 0.3, 0.8]);
    const answering = chance.pick([0, 0.3, 0.9]);
    provider.become({
      lies: has('lies') ? lies : 0,
      unruly: has('receipts') ? unruly : 0,
      answering: has('people') ? answering : 1,
    });
    if (chance.chance(0.3)) stage.delayMs[provider.channel.kind] = chance.int(25 * SECOND);
    if (isLost && provider.channel.kind === 'phone') provider.become('lost');
  }
}

function scheduleOf(world: Random, given: World): Deed[] {
  const { stage, providers, findings, has, isLost, say } = given;
  const deeds: Deed[] = findingDeeds(world.fork('order'), given);
  const at = (chance: Random) => chance.int(TROUBLE_MS);
  if (has('crashes')) deeds.push(...crashDeeds(world.fork('crashes'), stage, say));
  const outages = world.fork('outages');
  for (const provider of providers) {
    if (!has('outages') || !outages.chance(0.4)) continue;
    const fromMs = at(outages);
    const set = (isDown: boolean) => async () => {
      provider.isDown = isDown;
    };
    deeds.push({ atMs: fromMs, run: set(true) });
    deeds.push({ atMs: Math.min(TROUBLE_MS, fromMs + outages.int(90 * SECOND)), run: set(false) });
  }
  const roster = world.fork('roster');
  if (has('roster')) {
    for (let change = roster.int(4); change > 0; change--) {
      deeds.push({
        atMs: at(roster),
        run: () => changeRoster(stage, roster.fork(`${change}`), say),
      });
    }
  }
  const clock = world.fork('clock');
  if (has('clock') && clock.chance(0.3)) {
    const by = clock.int(60 * SECOND) - 30 * SECOND;
    deeds.push({ atMs: at(clock), run: async () => (say(`clock ${by}`), stage.jump(by)) });
  }
  const desk = world.fork('desk');
  const raisedOnes = findings.filter(({ kind }) => kind === 'raised') as RaisedFinding[];
  if (has('desk') && raisedOnes.length > 0) {
    for (let act = desk.int(4); act > 0; act--) {
      const { alertId } = desk.pick(raisedOnes);
      const side = desk.pick(['city', 'county'] as const);
      deeds.push({ atMs: at(desk), run: () => acknowledge(stage, { alertId, side, say }) });
    }
  }
  deeds.push({
    atMs: TROUBLE_MS,
    async run() {
      say('the world heals');
      for (const provider of providers) {
        const { kind } = provider.channel;
        if (!(isLost && kind === 'phone')) provider.become(HONEST);
        stage.delayMs[kind] = 0;
      }
      await stage.kill();
      await stage.start();
    },
  });
  return deeds;
}

function crashDeeds(chance: Random, stage: VirtualStage, say: (line: string) => void): Deed[] {
  const deeds: Deed[] = [];
  for (let crash = chance.int(4); crash > 0; crash--) {
    const atMs = chance.int(TROUBLE_MS - 40 * SECOND);
    const points = 1 + chance.int(60);
    deeds.push({ atMs, run: async () => stage.life().killIn(points) });
    deeds.push({
      atMs: atMs + 1 + chance.int(40 * SECOND),
      async run() {
        say('start');
        await stage.kill();
        await stage.start();
      },
    });
  }
  return deeds;
}

/** Findings come about when they happen, those of a partition in their order, some of them again. */
function findingDeeds(chance: Random, { stage, findings, has }: World): Deed[] {
  const startMs = Math.min(...findings.map(({ atMs }) => atMs));
  const deeds = findings.map((finding) => ({
    atMs: finding.atMs - startMs + chance.int(2 * SECOND),
    run: () => appendFindings(stage.log, [finding]),
  }));
  if (!has('repeats')) return deeds;
  const again = findings
    .filter(() => chance.chance(0.3))
    .map((finding) => ({
      atMs: Math.min(TROUBLE_MS, finding.atMs - startMs + 2 * SECOND + chance.int(60 * SECOND)),
      run: () => appendFindings(stage.log, [finding]),
    }));
  return [...deeds, ...again];
}

const RULES = ['offence', 'offence', 'offence', 'area-exit', 'terminal-silent', 'ticket-outside'];

function findingsOf(chance: Random, has: (trouble: Trouble) => boolean): Finding[] {
  const findings: Finding[] = [];
  for (let left = 1 + chance.int(5); left > 0; left--) {
    const atMin = chance.int(120) / 60;
    const one = raised(`cc-${chance.int(3)}`, {
      ruleId: chance.pick(RULES),
      atMin,
      key: `${left}`,
      late: chance.chance(0.1),
      region: chance.pick([XUANHAN, XUANHAN, DAZHU]),
    });
    findings.push(one);
    if (chance.chance(0.3)) findings.push(cleared(one, atMin + chance.int(30) / 60));
    if (chance.chance(0.4) && has('corrections')) {
      findings.push(...correctionsOf(one, atMin, chance.fork(`${left}`)));
    }
  }
  return findings;
}

function correctionsOf(one: RaisedFinding, atMin: number, chance: Random): CorrectedFinding[] {
  const first = atMin + (1 + chance.int(30)) / 60;
  if (chance.chance(0.5)) {
    const level = chance.pick<Level>([1, 2, 3]);
    return [corrected(one, { atMin: first, outcome: 'regraded', level })];
  }
  const back = { outcome: 'regraded', was: 'withdrawn', reason: 'met-again' } as const;
  return [
    corrected(one, { atMin: first }),
    ...(chance.chance(0.5)
      ? [corrected(one, { atMin: first + (1 + chance.int(20)) / 60, ...back })]
      : []),
  ];
}

function officersOf(chance: Random) {
  const all = [
    { id: 'city', region: DAZHOU_CITY, share: 0.95 },
    { id: 'city-leader', region: DAZHOU_CITY, share: 0.5 },
    { id: 'xuanhan', region: XUANHAN, share: 0.9 },
    { id: 'xuanhan-2', region: XUANHAN, share: 0.3 },
    { id: 'xuanhan-leader', region: XUANHAN, share: 0.5 },
    { id: 'dazhu', region: DAZHU, share: 0.8 },
  ];
  return all
    .filter(({ share }) => chance.chance(share))
    .map(({ id, region }) =>
      anOfficer(id, region, {
        ...(id.endsWith('leader') ? { role: 'leader' as const } : {}),
        ...(chance.chance(0.05) ? { phone: null } : {}),
      }),
    );
}

async function changeRoster(
  { records: { db } }: VirtualStage,
  chance: Random,
  say: (line: string) => void,
): Promise<void> {
  const region = chance.pick([DAZHOU_CITY, XUANHAN, DAZHU]);
  const officers = await db.selectFrom('officer').select('id').orderBy('id').execute();
  if (chance.chance(0.5) || officers.length === 0) {
    const id = `new-${chance.int(1_000)}`;
    say(`joins ${id}`);
    await db
      .insertInto('officer')
      .values(anOfficer(id, region))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return;
  }
  const { id } = chance.pick(officers);
  say(`leaves ${id}`);
  await db.updateTable('officer').set({ active: 0 }).where('id', '=', id).execute();
}

async function acknowledge(
  { desk }: VirtualStage,
  of: { alertId: string; side: 'city' | 'county'; say: (line: string) => void },
): Promise<void> {
  const { alertId, side, say } = of;
  const by = {
    accountId: `ac_${side}`,
    role: `${side}-officer` as const,
    region: DAZHOU_CITY,
    note: '',
  };
  const outcome = await desk.acknowledge(alertId, by).then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof UserError) return error.code;
      throw error;
    },
  );
  say(`desk ${side} ${alertId} ${outcome}`);
}

const nameOf = (one: Seen): string =>
  one.kind === 'sent' ? `${one.channel} ${one.notice.recipient}` : one.event;

/** What must hold at the end of every world. */
async function judge({
  stage,
  providers,
  findings,
}: Pick<World, 'stage' | 'providers' | 'findings'>): Promise<
  Pick<WorldEnd, 'wrong' | 'levelOne' | 'alarms' | 'carried'>
> {
  const { db } = stage.records;
  const wrong = providers.flatMap((provider) => provider.wrongs);
  if (stage.failure() !== undefined) wrong.push(`the program ended: ${String(stage.failure())}`);
  if (!stage.isRunning()) wrong.push('no program runs at the end');
  const acted = new Set(providers.flatMap((provider) => [...provider.acted]));
  const alerts = await db.selectFrom('alert').selectAll().orderBy('id').execute();
  const notices = await db.selectFrom('outbox').selectAll().orderBy('id').execute();
  const events = await db.selectFrom('alertEvent').selectAll().orderBy('seq').execute();
  const raises = new Set(
    (await db.selectFrom('alertRaise').select('id').execute()).map(({ id }) => id),
  );
  for (const finding of findings) {
    if (finding.kind === 'raised' && !raises.has(finding.alertId)) {
      wrong.push(`finding ${finding.alertId} has no alert`);
    }
  }
  for (const { id, state, channel } of notices) {
    if (['waiting', 'sending', 'uncertain'].includes(state))
      wrong.push(`${channel} ${id} is ${state}`);
  }
  wrong.push(...wrongInGroups(notices));
  const rungs = await db
    .selectFrom('escalation')
    .selectAll()
    .where('state', '=', 'waiting')
    // The last rung of level 1 comes again and again, as long as nobody answers.
    .where('round', '=', 0)
    .execute();
  wrong.push(...rungs.map(({ alertId, step }) => `rung ${step} of ${alertId} was never climbed`));
  const alarms = new Set(
    stage.seen.flatMap((one) =>
      one.kind === 'logged' && one.level === 'error' ? [String(one.fields['alertId'])] : [],
    ),
  );
  // Written down with the alert: what a program logs, it may die before it logs.
  for (const { alertId, kind, body } of events) {
    if (kind === 'escalated' && body.includes('"to":"operators"')) alarms.add(alertId);
  }
  let levelOne = 0;
  for (const alert of alerts) {
    const own = notices.filter(({ alertId }) => alertId === alert.id);
    const rang = own.filter(({ id, carriedBy }) => acted.has(carriedBy ?? id));
    const isCalled = rang.some(({ channel }) => channel === 'phone');
    const isTaken = alert.status !== 'new' || alert.withdrawnAtMs !== null;
    // What a provider took and lost is asked about at level 1 alone.
    const isTried = own.some(({ state }) => state !== 'cancelled');
    if (!isTried && !isTaken && !alarms.has(alert.id)) {
      wrong.push(`level ${alert.level} ${alert.id}: nobody was to hear of it, and no alarm`);
    }
    if (alert.level !== 1 || alert.late === 1 || isTaken) continue;
    levelOne++;
    if (!isCalled && !alarms.has(alert.id)) {
      wrong.push(`level 1 ${alert.id}: no telephone rang, and no alarm`);
    }
  }
  wrong.push(
    ...(await wrongInLog(
      stage,
      events.map(({ id }) => id),
    )),
  );
  const carried = notices.filter(({ carriedBy }) => carriedBy !== null).length;
  return { wrong, levelOne, alarms: alarms.size, carried };
}

/** What is carried is what its carrier is, of its kind and to its person, and carries nothing itself. */
function wrongInGroups(notices: readonly OutboxTable[]): string[] {
  const byId = new Map(notices.map((notice) => [notice.id, notice]));
  const wrong: string[] = [];
  for (const notice of notices) {
    const { id, carriedBy, carries, state, recipient, channel, groupKey, exercise } = notice;
    if (carriedBy === null || state === 'cancelled') continue;
    const carrier = byId.get(carriedBy);
    const isAlike =
      carrier?.recipient === recipient &&
      carrier.channel === channel &&
      carrier.groupKey === groupKey &&
      carrier.exercise === exercise &&
      groupKey !== null;
    if (!carrier || !isAlike) wrong.push(`${channel} ${id} is carried by what is not its like`);
    if (carrier?.carriedBy !== null || carries !== null)
      wrong.push(`${channel} ${id} is carried by what is carried, or carries itself`);
    if (carrier?.state !== state)
      wrong.push(`${channel} ${id} is ${state}, what carries it ${carrier?.state}`);
  }
  return wrong;
}

/** The log holds every event once, in the order of its number. */
async function wrongInLog({ log }: VirtualStage, ids: readonly string[]): Promise<string[]> {
  const { end } = await log.bounds('alert-events', 0);
  const records = await log.read('alert-events', 0, { offset: 0, recordsMax: end });
  const logged = records
    .flatMap(({ payload }) => decodeLines<AlertEvent>(payload))
    .map(({ id }) => id);
  return logged.join(' ') === ids.join(' ')
    ? []
    : [`the log holds ${logged.length} events, the records ${ids.length}`];
}

const KEPT = [
  'alert',
  'alertEvent',
  'outbox',
  'escalation',
  'alertRaise',
  'alertCorrection',
] as const;

async function rowsOf({ db }: Records): Promise<string[]> {
  const rows: string[] = [];
  for (const table of KEPT) {
    const all = await db.selectFrom(table).selectAll().orderBy('id').execute();
    rows.push(...all.map((row) => `${table} ${JSON.stringify(row)}`));
  }
  return rows;
}

/** Empties every table but the one that says which migrations have run. */
async function empty({ db }: Records): Promise<void> {
  const tables = (await db.introspection.getTables()).map(({ name }) => name);
  await sql`pragma foreign_keys = off`.execute(db);
  for (const name of tables) {
    if (!name.startsWith('kysely')) await sql`delete from ${sql.table(name)}`.execute(db);
  }
  await sql`delete from sqlite_sequence`.execute(db).catch(() => {});
  await sql`pragma foreign_keys = on`.execute(db);
}
