// ⑨ The alerts as the wall counts them, read from the records: open ones by level, county and age, and
// what today brought. Asked once a second, so it reads only what is open and what is today's. Drills and
// canaries are not on it.

import { CONFIRMING_CAUSES } from '../../core/alert-cause.ts';
import type { Level } from '../../core/finding.ts';
import { startOfLocalDay } from '../../core/local-time.ts';
import type { Observation } from '../../core/observation.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { Wall, WallAlert } from '../api/wall.ts';
import { referenceOf } from '../../alerts/texts.ts';

/** Alerts a wall lists at most. */
const LISTED_MAX = 60;
const PLACES_MAX = 10_000;
/** Upper ends of the age classes of open alerts; the last class has none. */
const AGES_MS = [5 * 60_000, 30 * 60_000, 2 * 3_600_000, 24 * 3_600_000];

type ByLevel = { 1: number; 2: number; 3: number };
const none = (): ByLevel => ({ 1: 0, 2: 0, 3: 0 });

export type AlertBoard = {
  readonly listed: WallAlert[];
  /** Gravest open level of each subject with an open alert. */
  readonly levels: ReadonlyMap<string, Level>;
  readonly openByRegion: ReadonlyMap<string, { open: ByLevel; unacknowledged: ByLevel }>;
  readonly openByAge: number[];
  readonly today: Wall['today'];
};

/** `places` remembers where alerts were from one call to the next; evidence never changes. */
export async function readAlertBoard(
  db: RecordsDb,
  nowMs: number,
  places: Map<string, [number, number] | null>,
): Promise<AlertBoard> {
  const open = await db
    .selectFrom('alert')
    .select([
      'id',
      'level',
      'subject',
      'subjectClass',
      'region',
      'titleZh',
      'titleEn',
      'openedAtMs',
      'recordedAtMs',
      'clearedAtMs',
      'status',
    ])
    .where('status', '!=', 'closed')
    .where('withdrawnAtMs', 'is', null)
    .where('exercise', 'is', null)
    .orderBy('level')
    .orderBy('openedAtMs')
    .execute();
  const levels = new Map<string, Level>();
  const openByRegion = new Map<string, { open: ByLevel; unacknowledged: ByLevel }>();
  const openByAge = [0, 0, 0, 0, 0];
  for (const alert of open) {
    if (!levels.has(alert.subject)) levels.set(alert.subject, alert.level);
    let counts = openByRegion.get(alert.region);
    if (!counts) {
      counts = { open: none(), unacknowledged: none() };
      openByRegion.set(alert.region, counts);
    }
    counts.open[alert.level]++;
    if (alert.status === 'new') counts.unacknowledged[alert.level]++;
    const age = nowMs - alert.recordedAtMs;
    const group = AGES_MS.findIndex((end) => age <= end);
    openByAge[group < 0 ? AGES_MS.length : group]!++;
  }
  const shown = open.slice(0, LISTED_MAX);
  await findPlaces(
    db,
    shown.map(({ id }) => id),
    places,
  );
  return {
    listed: shown.map(({ titleZh, titleEn, subject: _subject, ...alert }) => ({
      ...alert,
      reference: referenceOf(alert.id),
      title: { zh: titleZh, en: titleEn },
      place: places.get(alert.id) ?? null,
    })),
    levels,
    openByRegion,
    openByAge,
    today: await readToday(db, nowMs),
  };
}

/** Where the last fix in the evidence lies, rounded to about a hundred metres; null without one. */
async function findPlaces(
  db: RecordsDb,
  ids: readonly string[],
  places: Map<string, [number, number] | null>,
): Promise<void> {
  const wanted = ids.filter((id) => !places.has(id));
  if (wanted.length === 0) return;
  if (places.size > PLACES_MAX) places.clear();
  const rows = await db
    .selectFrom('alert')
    .select(['id', 'evidence'])
    .where('id', 'in', wanted)
    .execute();
  for (const { id, evidence } of rows) {
    const observations = JSON.parse(evidence) as Observation[];
    const last = observations.findLast((observation) => observation.kind === 'position');
    places.set(id, last ? [round(last.lng), round(last.lat)] : null);
  }
}

const round = (degrees: number) => Math.round(degrees * 1e3) / 1e3;

async function readToday(db: RecordsDb, nowMs: number): Promise<Wall['today']> {
  const since = startOfLocalDay(nowMs);
  const opened = none();
  const byLevel = await db
    .selectFrom('alert')
    .select(['level', (eb) => eb.fn.countAll<number>().as('count')])
    .where('recordedAtMs', '>=', since)
    .where('exercise', 'is', null)
    .groupBy('level')
    .execute();
  for (const { level, count } of byLevel) opened[level] = Number(count);
  const closed = await db
    .selectFrom('alert')
    .select(['feedbackResult', (eb) => eb.fn.countAll<number>().as('count')])
    .where('closedAtMs', '>=', since)
    .where('exercise', 'is', null)
    .groupBy('feedbackResult')
    .execute();
  const suppressed = await db
    .selectFrom('suppressedFinding')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('atMs', '>=', since)
    .where('because', '=', 'leave')
    .executeTakeFirst();
  const answered = await db
    .selectFrom('alert')
    .select(['recordedAtMs', 'acknowledgedAtMs'])
    .where('acknowledgedAtMs', '>=', since)
    .where('exercise', 'is', null)
    .execute();
  const seconds = answered
    .map(({ recordedAtMs, acknowledgedAtMs }) => ((acknowledgedAtMs ?? 0) - recordedAtMs) / 1_000)
    .sort((a, b) => a - b);
  return {
    opened,
    closed: closed.reduce((sum, { count }) => sum + Number(count), 0),
    suppressedByLeave: Number(suppressed?.count ?? 0),
    confirmedTrue: closed
      .filter(({ feedbackResult }) => CONFIRMING_CAUSES.some((code) => code === feedbackResult))
      .reduce((sum, { count }) => sum + Number(count), 0),
    acknowledgeP50S: quantile(seconds, 0.5),
    acknowledgeP90S: quantile(seconds, 0.9),
  };
}

/** The value at a share of an ascending list (nearest rank); null for an empty one. */
export function quantile(ascending: readonly number[], share: number): number | null {
  if (ascending.length === 0) return null;
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] as number;
}
