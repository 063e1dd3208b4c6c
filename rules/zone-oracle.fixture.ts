// What a zone rule must say, worked out slowly: one person, plain arrays, rings walked edge by edge, and
// the windows of a schedule found by looking at every minute. Shares no code with the rule it judges.

import type { LngLat } from '../core/geo.ts';
import type { LeaveFact, OrderFact, Position } from '../core/observation.ts';
import { leavesIn } from './frame-oracle.fixture.ts';
import type { ZoneParams } from './kinds/zone-params.ts';

export type Shape =
  | { circle: { lng: number; lat: number; radiusM: number } }
  | { polygon: readonly (readonly LngLat[])[] };

export type OracleEvent = ({ position: Position } | { order: OrderFact } | { leave: LeaveFact }) & {
  /** Everything that happened up to here was seen before; without it, nothing of the sort is known. */
  readonly seenToMs?: number;
};

export type OracleWorld = {
  readonly params: ZoneParams;
  /** What the rule makes of whoever stands under the order; undefined for somebody it does not look at. */
  readonly gradeOf: (order: OrderFact) => { level: number | undefined } | undefined;
  readonly excusedByLeave: boolean;
  readonly areaOf: (order: OrderFact) => readonly Shape[];
  readonly zones: readonly (Shape & { id: string; kind: string })[];
  /** True when the schedule of the rule holds at an instant; every minute is looked at. */
  readonly inSchedule: (atMs: number) => boolean;
  readonly fromMs: number;
  readonly untilMs: number;
};

type Seen = Position & { side: 'there' | 'contrary' | 'well'; surely: boolean; windowMs: number };
type Window = { fromMs: number; untilMs: number };
type Episode = { openedAtMs: number; weak: boolean; endMs: number; graded: boolean };

const MINUTE = 60_000;

/** The findings about one person, as lines: instant, what, and the instants of its evidence. */
export function judgeBySlowness(world: OracleWorld, events: readonly OracleEvent[]): string[] {
  const { params } = world;
  const crosses = params.relation === 'enter' || params.relation === 'exit';
  const wantsInside = params.relation === 'inside' || params.relation === 'enter';
  const lastsMs = params.insideFor ?? params.outsideFor ?? Infinity;
  const out: { atMs: number; line: string }[] = [];
  const orders: OrderFact[] = [];
  const leaves: LeaveFact[] = [];
  let newestMs = 0;
  let doneMs = world.fromMs;
  // On time.
  let phase: 'clear' | 'counting' | 'raised' | 'excused' | 'present' = 'clear';
  let run: Seen[] = [];
  let contraryInRow = 0;
  let episode: Episode | undefined;
  let from: Seen | undefined;
  /** When the latest episode that ended with its order did so. */
  let endedMs = -Infinity;
  // Late.
  let lateRun: Seen[] = [];
  let lateFrom: Seen | undefined;
  let lateEpisodes: Episode[] = [];
  const raisedWindows: number[] = [];

  const say = (atMs: number, what: string, evidence: readonly Position[] = []) =>
    out.push({ atMs, line: `${atMs} ${what} [${evidence.map((one) => one.atMs).join(' ')}]` });

  const clear = (one: Episode | undefined, atMs: number, by?: Position) => {
    if (!one?.graded) return;
    say(Math.max(atMs, one.openedAtMs), 'cleared', by ? [by] : []);
  };

  const orderAt = (atMs: number) => {
    const known = orders.filter((order) => startOf(order) <= atMs);
    const last = known.toSorted((a, b) => startOf(a) - startOf(b)).at(-1);
    return last && last.action !== 'end' && atMs < last.untilMs ? last : undefined;
  };

  const shapesFor = (order: OrderFact | undefined): Shape[] => {
    if (!order || !world.gradeOf(order)) return [];
    if (params.zone === 'order-area') return [...world.areaOf(order)];
    const { curfew, prohibitedZones = [] } = order.conditions;
    if (params.zone === 'home') return curfew ? [{ circle: curfew.home }] : [];
    return world.zones.filter(({ id, kind }) =>
      params.zone === 'prohibited'
        ? prohibitedZones.includes(id)
        : 'ids' in (params.zone as object)
          ? (params.zone as { ids: string[] }).ids.includes(id)
          : (params.zone as { kind: string }).kind === kind,
    );
  };

  const hasSchedule = params.zone === 'home' || params.schedule !== undefined;
  const windowsFor = (order: OrderFact | undefined): Window[] => {
    if (!hasSchedule) return [{ fromMs: -Infinity, untilMs: Infinity }];
    const curfew = order?.conditions.curfew;
    const name = params.zone === 'home' ? `${curfew?.from} ${curfew?.until}` : '';
    let windows = windowsByName.get(name);
    if (!windows) {
      const isIn =
        params.zone === 'home'
          ? (atMs: number) => inDaily(atMs, curfew ?? { from: '00:00', until: '00:00' })
          : world.inSchedule;
      windows = minuteByMinute(world.fromMs - 1_440 * MINUTE, world.untilMs + 2_880 * MINUTE, isIn);
      windowsByName.set(name, windows);
    }
    return windows;
  };
  const windowsByName = new Map<string, Window[]>();

  /** The window a fix counts for: the one it lies in, or one that opens shortly after. */
  const windowFor = (atMs: number): { open: boolean; untilMs: number } | undefined => {
    const windows = windowsFor(orderAt(atMs));
    const inside = windows.find((one) => one.fromMs <= atMs && atMs < one.untilMs);
    if (inside) return { open: true, untilMs: inside.untilMs };
    const next = windows.find((one) => one.fromMs > atMs);
    if (!next || next.fromMs - atMs > (params.freshFor ?? 0)) return undefined;
    return { open: false, untilMs: next.untilMs };
  };

  const proofIn = (fixes: readonly Seen[]): Seen[] | undefined => {
    const [first, last] = [fixes[0], fixes.at(-1)];
    if (!first || !last) return undefined;
    if (params.fixesMin === 1) return [last];
    if (fixes.length > 1 && last.atMs - first.atMs >= lastsMs) return [first, last];
    if (fixes.length < params.fixesMin) return undefined;
    return [first, ...fixes.slice(1).slice(-(params.fixesMin - 1))];
  };

  const coveredByLeave = (fix: Position, atMs: number): boolean => {
    if (!world.excusedByLeave) return false;
    const covers = (leave: LeaveFact) =>
      atMs < leave.fromMs + leave.transitMs ||
      atMs >= leave.untilMs - leave.transitMs ||
      fix.region === undefined ||
      leave.regions.includes(fix.region);
    const now = leavesIn(leaves, atMs);
    const ended = leavesIn(leaves, atMs - params.leaveGrace).filter(
      (leave) => !now.some(({ leaveId }) => leaveId === leave.leaveId),
    );
    return [...now, ...ended].some(covers);
  };

  const levelAt = (atMs: number): number | undefined => {
    const order = orderAt(atMs);
    return order && world.gradeOf(order)?.level;
  };

  const tell = (what: string, atMs: number, evidence: readonly Seen[], weak: boolean) => {
    const level = levelAt(atMs);
    if (level === undefined) say(atMs, 'suppressed ungraded');
    else say(atMs, `${what} ${weak ? Math.max(3, level) : level}`, evidence);
  };

  const settle = (proof: Seen[], atMs: number, windowMs: number) => {
    const weak = proof.every(({ fix }) => fix === 'cell');
    const last = proof.at(-1) as Seen;
    const covered = coveredByLeave(last, atMs);
    run = [];
    if (phase === 'raised') {
      const unproven = crosses && from?.windowMs !== windowMs;
      if (weak || covered || unproven || episode?.openedAtMs === atMs) return;
      clear(episode, atMs, last);
    }
    const before = from?.windowMs === windowMs ? from : undefined;
    if (crosses && !before) {
      phase = 'present';
      return;
    }
    if (covered) {
      phase = 'excused';
      say(atMs, 'suppressed leave');
      return;
    }
    tell('raised', atMs, [...(before && crosses ? [before] : []), ...proof], weak);
    openEpisode(atMs, weak, windowMs);
  };

  const openEpisode = (atMs: number, weak: boolean, windowMs: number) => {
    phase = 'raised';
    contraryInRow = 0;
    const level = levelAt(atMs);
    const lowered = weak && (level ?? 3) < 3;
    episode = { openedAtMs: atMs, weak: lowered, endMs: windowMs, graded: level !== undefined };
    if (hasSchedule) raisedWindows.push(windowMs);
  };

  /** Lets windows open and close, and orders end, up to and at an instant. */
  const advance = (untilMs: number) => {
    const order = orderAt(doneMs) ?? orders.at(-1);
    const instants = new Set<number>();
    for (const { fromMs, untilMs: endMs } of windowsFor(order)) instants.add(fromMs).add(endMs);
    for (const one of orders) instants.add(one.untilMs);
    for (const atMs of [...instants].sort((a, b) => a - b)) {
      if (atMs <= doneMs || atMs > untilMs) continue;
      const inForce = shapesFor(orderAt(atMs)).length > 0;
      const now = inForce ? windowFor(atMs) : undefined;
      const closes = windowsFor(orderAt(atMs)).some((one) => one.untilMs === atMs);
      if (!inForce || (closes && !now?.open)) {
        if (episode) endedMs = atMs;
        clear(episode, atMs);
        [episode, phase, run] = [undefined, 'clear', []];
        // A late fix of before the end still says where the person crossed from.
        if (!inForce) from = undefined;
      } else if (now?.open && hasSchedule && phase === 'counting' && !crosses) {
        const proof = run.at(-1)?.windowMs === now.untilMs ? proofIn(run) : undefined;
        if (proof) settle(proof, atMs, now.untilMs);
      }
    }
    endLate(untilMs);
    doneMs = Math.max(doneMs, untilMs);
  };

  /** Late alerts end with their window and with the order, whenever that was. */
  const endLate = (untilMs: number) => {
    lateEpisodes = lateEpisodes.filter((one) => {
      const ends = [one.endMs, ...orders.flatMap((order) => [startOf(order), order.untilMs])]
        .filter((atMs) => atMs > one.openedAtMs && atMs <= untilMs)
        .filter((atMs) => atMs >= one.endMs || shapesFor(orderAt(atMs)).length === 0);
      if (ends.length > 0) clear(one, Math.min(...ends));
      return ends.length === 0;
    });
  };

  const seenAs = (position: Position): Seen | undefined => {
    const shapes = shapesFor(orderAt(position.atMs));
    if (shapes.length === 0 || !params.fixKinds.includes(position.fix)) return undefined;
    const unplaced = ['noFix', 'impossibleSpeed', 'staleFix'];
    if (position.labels.some((label) => unplaced.includes(label))) return undefined;
    const window = windowFor(position.atMs);
    if (!window) return undefined;
    const signedM = signedByWalking(shapes, position.lng, position.lat);
    const thereM = wantsInside ? signedM : -signedM;
    const sureM = (position.accuracyM ?? 0) + params.marginM;
    const side =
      thereM > sureM
        ? 'there'
        : thereM > 0
          ? undefined
          : -thereM >= params.rearmM
            ? 'well'
            : 'contrary';
    if (!side) return undefined;
    return { ...position, side, surely: -thereM > sureM, windowMs: window.untilMs };
  };

  const takeThere = (fix: Seen, open: boolean) => {
    contraryInRow = 0;
    if (phase === 'present') return;
    if (crosses && !open) {
      from = undefined;
      return;
    }
    if (phase === 'raised' && !episode?.weak) return;
    if (phase === 'excused' && coveredByLeave(fix, fix.atMs)) return;
    if (phase !== 'raised') phase = 'counting';
    run = [...run.filter((one) => one.windowMs === fix.windowMs), fix];
    if (!open) return;
    const proof = proofIn(run);
    if (proof) settle(proof, fix.atMs, fix.windowMs);
  };

  const takeContrary = (fix: Seen, open: boolean) => {
    for (const one of lateEpisodes) clear(one, fix.atMs, fix);
    lateEpisodes = [];
    run = [];
    if (phase === 'counting') phase = 'clear';
    if (crosses && fix.surely) {
      const before = from?.windowMs === fix.windowMs ? from : undefined;
      from = fix;
      if (params.crossing && open && before && phase === 'clear' && passes(before, fix)) {
        const weak = before.fix === 'cell' && fix.fix === 'cell';
        tell('raised', fix.atMs, [before, fix], weak);
        openEpisode(fix.atMs, weak, fix.windowMs);
        return;
      }
    }
    if (fix.side !== 'well' || phase === 'clear') return;
    contraryInRow++;
    if (contraryInRow < params.clearFixesMin) return;
    contraryInRow = 0;
    phase = 'clear';
    clear(episode, fix.atMs, fix);
    episode = undefined;
  };

  const passes = (before: Seen, after: Seen): boolean => {
    const tookMs = after.atMs - before.atMs;
    if (tookMs <= 0 || tookMs > params.crossingWithin) return false;
    const lengthM = haversineM(before.lng, before.lat, after.lng, after.lat);
    if ((lengthM / tookMs) * 3_600 > params.crossingKmhMax) return false;
    const steps = Math.ceil(lengthM / 25);
    const sureM = Math.max(before.accuracyM ?? 0, after.accuracyM ?? 0) + params.marginM;
    const shapes = shapesFor(orderAt(after.atMs));
    for (let step = 1; step < steps; step++) {
      const lng = before.lng + ((after.lng - before.lng) * step) / steps;
      const lat = before.lat + ((after.lat - before.lat) * step) / steps;
      if (signedByWalking(shapes, lng, lat) > sureM) return true;
    }
    return false;
  };

  const takeLate = (fix: Seen, open: boolean) => {
    if (fix.side !== 'there') {
      lateRun = [];
      if (crosses && fix.surely) lateFrom = fix;
      if (!hasSchedule) {
        for (const one of lateEpisodes) clear(one, fix.atMs, fix);
        lateEpisodes = [];
      }
      return;
    }
    if (!open) return;
    if (hasSchedule && raisedWindows.includes(fix.windowMs)) return;
    if (!hasSchedule && (phase === 'raised' || endedMs > fix.atMs)) return;
    if (!hasSchedule && lateEpisodes.length > 0) return;
    const last = lateRun.at(-1);
    if (last && (last.windowMs !== fix.windowMs || last.atMs > fix.atMs)) lateRun = [];
    lateRun.push(fix);
    const proof = proofIn(lateRun);
    if (!proof) return;
    lateRun = [];
    const before =
      lateFrom?.windowMs === fix.windowMs && lateFrom.atMs <= (proof[0] as Seen).atMs
        ? lateFrom
        : undefined;
    if (crosses && !before) return;
    if (coveredByLeave(fix, fix.atMs)) {
      say(fix.atMs, 'suppressed leave');
      return;
    }
    const weak = proof.every((one) => one.fix === 'cell');
    tell('raised late', fix.atMs, [...(before ? [before] : []), ...proof], weak);
    const graded = levelAt(fix.atMs) !== undefined;
    lateEpisodes.push({ openedAtMs: fix.atMs, weak, endMs: fix.windowMs, graded });
    if (hasSchedule) raisedWindows.push(fix.windowMs);
  };

  const takeOrder = (order: OrderFact) => {
    advance(order.atMs);
    const fromMs = startOf(order);
    const describe = (atMs: number) => {
      const inForce = orderAt(atMs);
      const curfew = params.zone === 'home' ? inForce?.conditions.curfew : undefined;
      return JSON.stringify([shapesFor(inForce), curfew]);
    };
    orders.push(order);
    [run, lateRun, from, lateFrom] = [[], [], undefined, undefined];
    if (shapesFor(orderAt(fromMs)).length > 0 && describe(fromMs) === describe(fromMs - 1)) return;
    clear(episode, fromMs);
    for (const one of lateEpisodes) clear(one, fromMs);
    [episode, phase, lateEpisodes] = [undefined, 'clear', []];
  };

  for (const event of events) {
    if (event.seenToMs !== undefined) advance(event.seenToMs);
    if ('order' in event) takeOrder(event.order);
    else if ('leave' in event) {
      advance(event.leave.atMs);
      leaves.push(event.leave);
    } else {
      const { position } = event;
      const late = position.atMs < newestMs;
      newestMs = Math.max(newestMs, position.atMs);
      if (!late) advance(position.atMs);
      const fix = seenAs(position);
      if (!fix) continue;
      const open = windowFor(position.atMs)?.open === true;
      if (late) {
        endLate(position.receivedAtMs);
        takeLate(fix, open);
        endLate(position.receivedAtMs);
      } else {
        if (fix.side === 'there') takeThere(fix, open);
        else takeContrary(fix, open);
        // Windows and orders that ended since end this as well.
        doneMs = Math.min(doneMs, position.atMs);
      }
    }
  }
  advance(world.untilMs);
  return out.map(({ line }) => line).sort();
}

const startOf = (order: OrderFact): number =>
  order.action === 'start' ? order.fromMs : order.atMs;

function minuteByMinute(
  fromMs: number,
  untilMs: number,
  isIn: (atMs: number) => boolean,
): Window[] {
  const windows: Window[] = [];
  let openedMs: number | undefined;
  for (let atMs = Math.ceil(fromMs / MINUTE) * MINUTE; atMs <= untilMs; atMs += MINUTE) {
    if (isIn(atMs)) openedMs ??= atMs;
    else if (openedMs !== undefined) {
      windows.push({ fromMs: openedMs, untilMs: atMs });
      openedMs = undefined;
    }
  }
  if (openedMs !== undefined) windows.push({ fromMs: openedMs, untilMs: Infinity });
  return windows;
}

/** Local time of day within a daily window, which may span midnight. */
export function inDaily(atMs: number, { from, until }: { from: string; until: string }): boolean {
  const minute = (Math.floor(atMs / MINUTE) + 8 * 60) % 1_440;
  const now = CLOCK[minute] as string;
  return from < until ? from <= now && now < until : now >= from || now < until;
}

/** Every minute of a day as a clock shows it. */
const CLOCK = Array.from(
  { length: 1_440 },
  (_, minute) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`,
);

/** Metres to the nearest border of any of the shapes, positive inside. */
export function signedByWalking(shapes: readonly Shape[], lng: number, lat: number): number {
  return Math.max(...shapes.map((shape) => signedOf(shape, lng, lat)));
}

function signedOf(shape: Shape, lng: number, lat: number): number {
  if ('circle' in shape) {
    return shape.circle.radiusM - haversineM(shape.circle.lng, shape.circle.lat, lng, lat);
  }
  const perLat = (Math.PI / 180) * RADIUS_M;
  const perLng = perLat * Math.cos((lat * Math.PI) / 180);
  let inside = false;
  let nearest = Infinity;
  for (const ring of shape.polygon) {
    for (let i = 0; i < ring.length; i++) {
      const [aLng, aLat] = ring[i] as LngLat;
      const [bLng, bLat] = ring[(i + 1) % ring.length] as LngLat;
      const below = aLat <= lat;
      if (below !== bLat <= lat) {
        const at = aLng + ((bLng - aLng) * (lat - aLat)) / (bLat - aLat);
        if (at > lng) inside = !inside;
      }
      const [ax, ay] = [(aLng - lng) * perLng, (aLat - lat) * perLat];
      const [dx, dy] = [(bLng - aLng) * perLng, (bLat - aLat) * perLat];
      const length2 = dx * dx + dy * dy;
      const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length2));
      nearest = Math.min(nearest, Math.hypot(ax + along * dx, ay + along * dy));
    }
  }
  return inside ? nearest : -nearest;
}

const RADIUS_M = 6_371_008.8;

export function haversineM(aLng: number, aLat: number, bLng: number, bLat: number): number {
  const rad = Math.PI / 180;
  const h =
    Math.sin(((bLat - aLat) * rad) / 2) ** 2 +
    Math.cos(aLat * rad) * Math.cos(bLat * rad) * Math.sin(((bLng - aLng) * rad) / 2) ** 2;
  return 2 * RADIUS_M * Math.atan2(Math.sqrt(h), Math.sqrt(1 - h));
}
