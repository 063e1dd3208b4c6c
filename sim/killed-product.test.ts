// The whole program is killed at twenty random moments while the city lives, a partner pushes and a
// provider takes calls. At the end the stores must agree with each other and with what both outsiders saw.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { STEPS_OF_CORRECTION, STEPS_OF_RUNG, TASK_STEPS } from '../alerts/notify.ts';
import { STEP_OF_WATCHDOG } from '../alerts/watch/tell-leaders.ts';
import type { AlertEvent } from '../core/alert-event.ts';
import { secureIds } from '../core/ids.ts';
import { minuteOfDay } from '../core/local-time.ts';
import { silentLogger } from '../core/logger.ts';
import { createRandom, createUnseededRandom } from '../core/random.ts';
import { ioClock, sleep, systemClock } from '../core/time.ts';
import type { OutboxTable } from '../warehouse/records-schema.ts';
import { loadLatestSnapshot } from '../warehouse/snapshots.ts';
import {
  countNames,
  countsIn,
  judgeAgain,
  openStores,
  readAlertEvents,
  readFindings,
  readObservations,
  repeated,
  type Stores,
} from './audit.fixture.ts';
import { openDemoGateway, type DemoGateway } from './demo-gateway.ts';
import {
  BOOKING_SOURCE,
  demoPersons,
  POSITION_SOURCE,
  startPartner,
  type Partner,
} from './partner.fixture.ts';
import { createSite, type Running, type Site } from './product.fixture.ts';

const KILLS = 20;
/** How long the program lives once it is ready, and how long it is let start when it is killed before. */
const LIFE_MS_MAX = 2_500;
const START_MS_MAX = 3_000;
const HAND_OVER_MS = 3_000;
/** With fewer every telephone is a bracelet. */
const PERSONS = 2_000;
const SECRET = 'a secret of the provider';
const CITY = ['up', '--demo', '--persons', String(PERSONS)] as const;

const seed = process.env['SEED'] ?? String(createUnseededRandom().int(1e9));
const random = createRandom(`killed ${seed}`);

let site: Site;
let gateway: DemoGateway;
let partner: Partner;
let stores: Stores;

/** Errors the program logged, over all its lives. */
const complaints: string[] = [];

beforeAll(async () => {
  gateway = await openDemoGateway(
    { clock: systemClock, random: random.fork('gateway'), ids: secureIds, logger: silentLogger },
    // People answer their telephones, and reports come twice and out of order.
    {
      port: 0,
      secret: SECRET,
      behaviour: { answerAfterMs: 400, duplicates: true, shuffles: true },
    },
  );
  const provider = { url: gateway.apiUrl, secret: SECRET };
  site = await createSite({
    // Nothing is held back: in the end everything is to have gone out.
    channels: { phone: provider, sms: provider, perPerson: {} },
    // Canaries count nowhere, and this counts everything.
    alerts: { canary: { every: '0s' } },
    rules: { snapshotEvery: '1s' },
  });
  await liveAndBeKilled();
  stores = await openStores(site.dataFolder);
}, 400_000);

afterAll(async () => {
  await stores?.close();
  await gateway?.close();
  await site?.remove();
});

async function liveAndBeKilled(): Promise<void> {
  const moments: string[] = [];
  process.stderr.write(`killed-product: SEED=${seed}\n`);
  partner = startPartner(
    { random: random.fork('partner') },
    { url: site.url, persons: demoPersons({ seed: 'dazhou', size: PERSONS }) },
  );
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const program = await site.start(...CITY);
      const isStarting = random.chance(0.25);
      const afterMs = random.int(isStarting ? START_MS_MAX : LIFE_MS_MAX);
      moments.push(`${isStarting ? 'start' : 'ready'}+${afterMs}`);
      if (!isStarting) await program.ready();
      await sleep(ioClock, afterMs);
      expect(program.isRunning(), `alive before kill ${kill}: ${await program.printed()}`).toBe(
        true,
      );
      program.signal('SIGKILL');
      await program.ended;
      await noteComplaints(program);
    }
    process.stderr.write(`killed-product: ${moments.join(', ')}\n`);
    const last = await site.start(...CITY);
    await last.ready();
    await partner.finish();
    await stopGracefully(last);
  } finally {
    await partner.finish();
  }
  // The city is gone; what it and the partner left is worked off.
  const settling = await site.start('up');
  await settling.ready();
  await untilSettled(settling);
  // Nor does anybody answer any more.
  await gateway.close();
  await untilSettled(settling);
  await stopGracefully(settling);
}

/** Everything there is by now has gone its way, and nothing waits to be sent. */
async function untilSettled(program: Running): Promise<void> {
  const fromMs = systemClock.now();
  for (;;) {
    const { parts } = await program.health();
    // What one part makes of it the next has still to take.
    const sinceMs = systemClock.now() - fromMs - HAND_OVER_MS;
    const isSettled = parts.every(({ part, behindMs }) =>
      part === 'gateway' ? behindMs === 0 : behindMs !== null && behindMs < sinceMs,
    );
    if (isSettled) return;
    await sleep(ioClock, 250);
  }
}

async function stopGracefully(program: Running): Promise<void> {
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
  await noteComplaints(program);
}

async function noteComplaints(program: Running): Promise<void> {
  const lines = (await program.printed()).split('\n');
  complaints.push(...lines.filter((line) => /"level":"(error|fatal)"|^\s+at |Error/.test(line)));
}

test('the program never complained of itself', () => {
  expect(complaints).toEqual([]);
});

test('what was acknowledged is in the log once, and in the warehouse once', async () => {
  const { positions, facts } = await readObservations(stores.log);
  const sequences = positions
    .filter(({ source }) => source === POSITION_SOURCE)
    .map(({ sequence }) => sequence);
  const bookings = facts.flatMap((fact) =>
    fact.kind === 'booking' && fact.source === BOOKING_SOURCE
      ? [Number(fact.bookingId.slice(2))]
      : [],
  );
  const { acknowledged, requests } = partner;
  expect(requests.acknowledged).toBeGreaterThan(KILLS);
  expect(requests.sent).toBeGreaterThan(requests.acknowledged);
  expect(sequences.toSorted(byNumber)).toEqual(acknowledged.positions.toSorted(byNumber));
  expect(bookings.toSorted(byNumber)).toEqual(acknowledged.bookings.toSorted(byNumber));
  const stored = await stores.olap.rows<{ sequence: number }>(
    `SELECT sequence FROM position WHERE source = '${POSITION_SOURCE}' ORDER BY sequence`,
  );
  expect(stored.map(({ sequence }) => sequence)).toEqual(acknowledged.positions.toSorted(byNumber));
  const booked = await stores.olap.rows<{ number: number }>(
    `SELECT toUInt32(substring(JSONExtractString(body, 'bookingId'), 3)) AS number FROM fact
     WHERE source = '${BOOKING_SOURCE}' ORDER BY number`,
  );
  expect(booked.map(({ number }) => number)).toEqual(acknowledged.bookings.toSorted(byNumber));
});

test('no observation is in the log twice, whoever reported it', async () => {
  const { positions, facts } = await readObservations(stores.log);
  expect(positions.length).toBeGreaterThan(partner.acknowledged.positions.length);
  expect(repeated(positions.map(({ key }) => key))).toEqual([]);
  expect(repeated(facts.map(({ id }) => id))).toEqual([]);
});

test('log and warehouse hold the same', async () => {
  const { log, olap } = stores;
  const { positions, facts, tallies } = await readObservations(log);
  const count = (sql: string) => countsIn(olap, sql);
  expect(
    await count('SELECT log_offset AS name, count() AS count FROM position GROUP BY name'),
  ).toEqual(countNames(positions.map(({ offset }) => offset)));
  expect(await count('SELECT kind AS name, count() AS count FROM fact GROUP BY name')).toEqual(
    countNames(facts.map(({ kind }) => kind)),
  );
  expect(await count('SELECT id AS name, count() AS count FROM fact GROUP BY name')).toEqual(
    countNames(facts.map(({ id }) => id)),
  );
  expect(
    await count(
      "SELECT concat(source, ' ', reason) AS name, sum(count) AS count FROM tally GROUP BY name",
    ),
  ).toEqual(tallies);
  expect(
    await count(
      'SELECT kind AS name, sum(observations) AS count FROM observation_minute GROUP BY name',
    ),
  ).toEqual(countNames([...positions.map(() => 'position'), ...facts.map(({ kind }) => kind)]));
  expect(await count('SELECT id AS name, count() AS count FROM finding GROUP BY name')).toEqual(
    countNames((await readFindings(log)).map(({ id }) => id)),
  );
  expect(await count('SELECT id AS name, count() AS count FROM alert_event GROUP BY name')).toEqual(
    countNames((await readAlertEvents(log)).map(({ id }) => id)),
  );
});

test('the rules said what an engine says that was never stopped', async () => {
  const { log, records } = stores;
  const { records: observations } = await readObservations(log);
  const snapshot = await loadLatestSnapshot(records.db, {
    consumer: 'rules',
    partition: 0,
    format: 'rules/2',
  });
  const judged = observations.filter(({ offset }) => offset < (snapshot?.nextOffset ?? 0));
  const rest = observations.slice(judged.length).map(({ kind }) => kind);
  expect(rest.filter((kind) => kind !== 'tick')).toEqual([]);
  const findings = await readFindings(log);
  const again = judgeAgain(judged);
  const idsOf = (list: typeof findings) => [...new Set(list.map(({ id }) => id))].toSorted();
  expect(idsOf(again).length).toBeGreaterThan(KILLS);
  expect(idsOf(findings)).toEqual(idsOf(again));
  // The same finding again is the same to the last letter.
  const bodies = new Map(again.map((finding) => [finding.id, JSON.stringify(finding)]));
  expect(findings.filter((finding) => bodies.get(finding.id) !== JSON.stringify(finding))).toEqual(
    [],
  );
});

test('each finding has its effect once: no alert is missing and none there twice', async () => {
  const { log, records } = stores;
  const findings = await readFindings(log);
  const raised = new Set(
    findings.flatMap((finding) => (finding.kind === 'raised' ? [finding.alertId] : [])),
  );
  const raises = await records.db.selectFrom('alertRaise').select(['id', 'alertId']).execute();
  expect(raises.map(({ id }) => id).toSorted()).toEqual([...raised].toSorted());
  const alerts = await records.db.selectFrom('alert').select('id').execute();
  expect(new Set(raises.map(({ alertId }) => alertId))).toEqual(
    new Set(alerts.map(({ id }) => id)),
  );
  const suppressed = findings.filter(({ kind }) => kind === 'suppressed').map(({ id }) => id);
  const kept = await records.db.selectFrom('suppressedFinding').select('id').execute();
  expect(kept.map(({ id }) => id).toSorted()).toEqual([...new Set(suppressed)].toSorted());

  const rows = await records.db.selectFrom('alertEvent').select('id').orderBy('seq').execute();
  const events = await readAlertEvents(log);
  expect(events.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  const opened = events.filter(({ kind }) => kind === 'opened').map(({ alertId }) => alertId);
  expect(opened.toSorted()).toEqual(alerts.map(({ id }) => id).toSorted());
});

test('everyone was told once of each alert, and the provider saw no second order', async () => {
  const notices = await stores.records.db.selectFrom('outbox').selectAll().execute();
  const whatTo = (notice: OutboxTable) =>
    `${notice.alertId} ${notice.recipient} ${notice.channel} ${occasionOf(notice)}`;
  // Tried again is who did not pick up, and nobody else.
  const isTry = ({ step }: OutboxTable) =>
    step < TASK_STEPS && step % STEPS_OF_RUNG > 0 && !isOfWatchdog(step);
  const firsts = notices.filter((notice) => !isTry(notice));
  expect(repeated(firsts.map(whatTo))).toEqual([]);
  const missed = new Set(
    notices.filter(({ state }) => state === 'failed').map((one) => `${whatTo(one)} ${one.step}`),
  );
  expect(
    notices.filter((one) => isTry(one) && !missed.has(`${whatTo(one)} ${one.step - 1}`)),
  ).toEqual([]);
  expect(unexplained(notices, await readAlertEvents(stores.log))).toEqual([]);
  // A push in the hands of a sender that was killed is anyone's once its lease is over, and one that waits for
  // others of its group, or at night for the end of the quiet hours, is sent when its time has come; not before.
  const isHeld = ({ channel, level, state, ...until }: OutboxTable) => {
    const isQuiet =
      level === 3 && until.attempts === 0 && minuteOfDay(until.nextAttemptAtMs) === QUIET_UNTIL;
    const quietUntilMs = isQuiet ? until.nextAttemptAtMs : 0;
    const untilMs =
      state === 'waiting' ? Math.max(until.groupUntilMs ?? 0, quietUntilMs) : until.leasedUntilMs;
    return channel === 'push' && untilMs !== null && untilMs > systemClock.now() - HELD_MS;
  };
  const unsettled = notices.filter(
    (notice) => ['waiting', 'sending', 'uncertain'].includes(notice.state) && !isHeld(notice),
  );
  expect(unsettled).toEqual([]);
  const replies = await stores.records.db.selectFrom('smsReply').select('id').execute();
  // After five in the afternoon officers are told of tomorrow's turn as well, each once.
  const messages = await stores.records.db.selectFrom('officerMessage').select('id').execute();
  const answers = new Set([...replies, ...messages].map(({ id }) => id));
  const all = gateway.items();
  expect(repeated(all.map(({ order }) => order.key).filter((key) => answers.has(key)))).toEqual([]);
  const items = all.filter(({ order }) => !answers.has(order.key));
  const byKey = new Map(notices.map((notice) => [notice.id, notice]));
  const ordered = items.map(({ order }) => byKey.get(order.key));
  expect(ordered.filter((notice) => notice === undefined)).toEqual([]);
  const orderedFirst = ordered.filter((notice) => notice !== undefined && !isTry(notice));
  expect(repeated(orderedFirst.map((notice) => (notice ? whatTo(notice) : '')))).toEqual([]);
  const fetched = notices.filter(({ channel }) => channel !== 'push');
  expect(fetched.length).toBeGreaterThan(KILLS);
  const went = fetched
    .filter(({ state, carriedBy }) => state !== 'cancelled' && carriedBy === null)
    .map(({ id }) => id);
  expect(items.map(({ order }) => order.key).toSorted()).toEqual(
    expect.arrayContaining(went.toSorted()),
  );
});

/**
 * What a person is told once of: the alert as it opened or as it became, each rung of its ladder, each turn of its
 * task. An alert that repeats made graver, say, is pushed to the same officer once more, and rightly.
 */
function occasionOf({ step, round }: Pick<OutboxTable, 'step' | 'round'>): string {
  if (step >= TASK_STEPS) return `task ${step}`;
  const became = Math.floor(step / STEPS_OF_CORRECTION);
  if (isOfWatchdog(step)) return `became ${became} watchdog`;
  const rung = Math.floor((step % STEPS_OF_CORRECTION) / STEPS_OF_RUNG);
  return `became ${became} rung ${rung} round ${round}`;
}

const isOfWatchdog = (step: number): boolean => step % STEPS_OF_CORRECTION === STEP_OF_WATCHDOG;

const BECAME: readonly AlertEvent['kind'][] = ['corrected', 'regraded', 'unsilenced'];

/** Alerts of which more was told than their timeline has reasons for. */
function unexplained(notices: readonly OutboxTable[], events: readonly AlertEvent[]): string[] {
  const eventsOf = Map.groupBy(events, ({ alertId }) => alertId);
  const wrong: string[] = [];
  for (const [alertId, own] of Map.groupBy(notices, (notice) => notice.alertId)) {
    const alarms = own.filter(({ step }) => step < TASK_STEPS);
    const became = new Set(alarms.map(({ step }) => Math.floor(step / STEPS_OF_CORRECTION)));
    const rungs = new Set(alarms.map(occasionOf).filter((one) => !one.includes(' rung 0 ')));
    const kinds = (eventsOf.get(alertId) ?? []).map(({ kind }) => kind);
    const changes = kinds.filter((kind) => BECAME.includes(kind)).length;
    const climbed = kinds.filter((kind) => kind === 'escalated').length;
    if (became.size > changes + 1) wrong.push(`${alertId} was told anew without a reason`);
    if (rungs.size > climbed) wrong.push(`${alertId} was told by a rung nobody climbed`);
  }
  return wrong;
}

/** Between the end of the last program and this look at what it left. */
const HELD_MS = 30_000;

/** Minutes after midnight when sim/demo-routing.yaml lets level 3 go out again. */
const QUIET_UNTIL = 7 * 60;

const byNumber = (a: number, b: number) => a - b;
