// What watches over the alerts part and shows that it works: drills, canaries, the watchdog.

import type { Channel } from '../../alerts/channels/channel.ts';
import { readCanaries, startCanary, type CanaryArrival } from '../../alerts/canary/run-canary.ts';
import { DRILL_DEFAULTS, startDrills } from '../../alerts/drills/run-drills.ts';
import type { DutyOfficers } from '../../alerts/duty-officers.ts';
import { dueTasks } from '../../alerts/tasks/task-store.ts';
import { startWatchdog, type Watchdog } from '../../alerts/watch/run-watch.ts';
import { STALL_KINDS, type StallKind, type WatchLimits } from '../../alerts/watch/stalls.ts';
import { wordsOf } from '../../alerts/watch/tell-operators.ts';
import { text } from '../../core/text.ts';
import type { Foundation } from '../foundation.ts';
import type { Health, PartReport } from '../health.ts';

export type WatchRole = {
  wakeDrills(): void;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
};

export async function startWatchRole(
  foundation: Foundation,
  health: Health,
  parts: {
    readonly channels: readonly Channel[];
    readonly dutyOfficers: DutyOfficers;
    readonly onChanged: (alertIds: readonly string[]) => void;
  },
): Promise<WatchRole> {
  const { config, records, clock, speed, metrics } = foundation;
  const { canary, drills, watchdog: settings, operators } = config.alerts;
  const hasCanaries = canary.every > 0;
  const canaries = hasCanaries
    ? startCanary(foundation, { everyMs: canary.every })
    : { ended: new Promise<never>(() => {}), stop: () => Promise.resolve() };
  const drilling = startDrills(
    { ...foundation, onChanged: parts.onChanged },
    { ...DRILL_DEFAULTS, longestMs: drills.longest },
  );
  const watchdog = startWatchdog(
    { ...foundation, ...parts, hasCanaries, overdueTasks: dueTasks },
    { everyMs: settings.every, limits: limitsOf(foundation), operators },
  );
  let arrived: CanaryArrival[] = await readCanaries(records.db);
  let readAtMs = clock.now();
  health.add('watchdog', async () => {
    // Screens ask every second; canaries are a matter of minutes.
    if (clock.now() - readAtMs >= CANARIES_READ_MS * speed) {
      readAtMs = clock.now();
      arrived = await readCanaries(records.db);
    }
    return reportOf(watchdog, { everyMs: settings.every * speed, nowAtMs: clock.now() });
  });
  metrics.watched(() => ({
    stalls: countsOf(watchdog),
    canaryLatencyMs: most(arrived.map(({ latencyMs }) => latencyMs)),
    canaryAgeMs: most(arrived.map(({ sentAtMs }) => clock.now() - sentAtMs)),
  }));
  return {
    wakeDrills: drilling.wake,
    ended: Promise.race([canaries.ended, drilling.ended, watchdog.ended]),
    async stop() {
      await watchdog.stop();
      await drilling.stop();
      await canaries.stop();
    },
  };
}

const CANARIES_READ_MS = 10_000;

/** What providers and programs take is real time; the clock of a fast demo must not make it late. */
function limitsOf({ config, speed }: Foundation): WatchLimits {
  const { watchdog, canary } = config.alerts;
  return {
    unreachedMs: watchdog.unreached * speed,
    rungLateMs: watchdog.rungLate * speed,
    noticeLateMs: watchdog.noticeLate * speed,
    uncertainMs: watchdog.uncertain * speed,
    outboxLateMs: watchdog.outboxLate * speed,
    findingsLateMs: watchdog.findingsLate * speed,
    taskLateMs: watchdog.noticeLate * speed,
    canaryEveryMs: canary.every,
    canariesMissedMax: canary.missedMax,
  };
}

/** The system itself does not do its work. What a person or a provider does not do is no reason to start it anew. */
const GRAVE: readonly string[] = ['canary', 'findings'] satisfies StallKind[];

/** Looks that may be missed before the watchdog itself counts as down. */
const BLIND_LOOKS_MAX = 4;

function reportOf(
  watchdog: Watchdog,
  { everyMs, nowAtMs }: { everyMs: number; nowAtMs: number },
): PartReport {
  const lookedAtMs = watchdog.lookedAtMs();
  if (lookedAtMs === null) return { state: 'behind', behindMs: null };
  const behindMs = Math.max(0, nowAtMs - lookedAtMs);
  if (behindMs > BLIND_LOOKS_MAX * everyMs + 10_000) {
    return { state: 'down', behindMs, says: text('监视中断', 'not looking') };
  }
  const stalls = watchdog.lasting();
  const [first] = stalls;
  if (!first) return { state: 'ok', behindMs: 0 };
  const isGrave = stalls.some(({ kind }) => GRAVE.includes(kind));
  const { zh, en } = wordsOf(first.kind);
  const more = stalls.length === 1 ? ['', ''] : [`等${stalls.length}项`, ` +${stalls.length - 1}`];
  return {
    state: isGrave ? 'down' : 'behind',
    behindMs: null,
    says: text(`${zh}${more[0]}`, `${en}${more[1]}`),
  };
}

function countsOf(watchdog: Watchdog): Record<string, number> {
  const lasting = watchdog.lasting();
  return Object.fromEntries(
    STALL_KINDS.map((kind) => [kind, lasting.filter((stall) => stall.kind === kind).length]),
  );
}

const most = (values: readonly number[]): number | null =>
  values.length === 0 ? null : Math.max(...values);
