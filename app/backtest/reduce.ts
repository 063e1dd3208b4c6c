// From the alerts of both sides, some persons at a time, to the figures of the report.

import type { Level } from '../../core/finding.ts';
import { CHINA_OFFSET_MS, DAY_MS, HOUR_MS } from '../../core/local-time.ts';
import type { RegionCode } from '../../core/region.ts';
import {
  SAMPLES_MAX,
  SHIFTS,
  type BacktestReport,
  type MinutesPerLevel,
} from '../api/backtest-report.ts';
import { CHANGE_KINDS, type ChangeKind } from '../api/backtests.ts';
import type { ReplayedAlert } from '../replay/to-alerts.ts';
import { changeOf, type Change } from './changes.ts';
import { compareAlerts, type AlertPair } from './compare-alerts.ts';
import { SIDES, type Side } from './finding-spool.ts';
import { createSmallest } from './smallest.ts';
import { isWithdrawn, levelOf } from './standing.ts';

type Stretch = { readonly fromMs: number; readonly untilMs: number };
type Both<Value> = Record<Side, Value>;
type Figures = Pick<
  BacktestReport,
  'totals' | 'byLevel' | 'byCounty' | 'byShift' | 'load' | 'samples'
>;

export type Reduction = {
  /** Takes the alerts of some persons, of both sides; each person once. */
  add(alerts: Readonly<Both<readonly ReplayedAlert[]>>): void;
  figures(): Figures;
};

const SHIFT_MS = 8 * HOUR_MS;
const LEVELS: readonly Level[] = [1, 2, 3];

export function createReduction(
  { fromMs, untilMs, minutesPerLevel }: Stretch & { readonly minutesPerLevel: MinutesPerLevel },
  onChange: (change: Change) => void = () => {},
): Reduction {
  const totals = { added: 0, removed: 0, regraded: 0, kept: 0, moved: 0 };
  const withdrawn = zero();
  const byLevel = new Map<Level, Both<number>>(LEVELS.map((level) => [level, zero()]));
  /** By county, and within it by the running number of the shift. */
  const byCounty = new Map<RegionCode, Map<number, Counted>>();
  const added = createSmallest<ReplayedAlert>(SAMPLES_MAX, ({ id }) => id);
  const removed = createSmallest<ReplayedAlert>(SAMPLES_MAX, ({ id }) => id);
  const regraded = createSmallest<AlertPair>(SAMPLES_MAX, ({ after }) => after.id);

  const cellOf = ({ region, openedAtMs }: ReplayedAlert): Counted => {
    const shifts = byCounty.get(region) ?? new Map<number, Counted>();
    byCounty.set(region, shifts);
    const shift = Math.floor((openedAtMs + CHINA_OFFSET_MS) / SHIFT_MS);
    const cell = shifts.get(shift) ?? nothing();
    shifts.set(shift, cell);
    return cell;
  };

  const count = (side: Side, alert: ReplayedAlert) => {
    (byLevel.get(levelOf(alert)) as Both<number>)[side]++;
    cellOf(alert)[side]++;
  };

  const change = (alerts: Parameters<typeof changeOf>[0]) => {
    const made = changeOf(alerts);
    // A pair belongs where and when it is told now.
    cellOf((alerts.after ?? alerts.before) as ReplayedAlert)[made.kind]++;
    onChange(made);
  };

  return {
    add(alerts) {
      const inside = (side: Side) => {
        const raised = alerts[side].filter(
          ({ openedAtMs }) => openedAtMs >= fromMs && openedAtMs < untilMs,
        );
        const standing = raised.filter((alert) => !isWithdrawn(alert));
        withdrawn[side] += raised.length - standing.length;
        return standing;
      };
      const [before, after] = [inside('baseline'), inside('candidate')];
      for (const alert of before) count('baseline', alert);
      for (const alert of after) count('candidate', alert);
      const compared = compareAlerts(before, after);
      for (const name of ['added', 'removed', 'regraded', 'kept'] as const) {
        totals[name] += compared[name].length;
      }
      totals.moved += compared.kept.filter((pair) => pair.before.id !== pair.after.id).length;
      for (const alert of compared.added) {
        added.offer(alert);
        change({ after: alert });
      }
      for (const alert of compared.removed) {
        removed.offer(alert);
        change({ before: alert });
      }
      for (const pair of compared.regraded) {
        regraded.offer(pair);
        change(pair);
      }
    },
    figures() {
      const alerts = zero();
      for (const some of byLevel.values()) for (const side of SIDES) alerts[side] += some[side];
      const days = (untilMs - fromMs) / DAY_MS;
      const load = (side: Side) => {
        const minutes = LEVELS.reduce(
          (sum, level) => sum + (byLevel.get(level)?.[side] ?? 0) * minutesPerLevel[level],
          0,
        );
        return {
          alertsPerDay: rounded(alerts[side] / days),
          officerMinutesPerDay: rounded(minutes / days),
        };
      };
      const counties = [...byCounty].sort(([a], [b]) => (a < b ? -1 : 1));
      return {
        totals: { alerts, ...totals, withdrawn },
        byLevel: [...byLevel].map(([level, some]) => ({ level, alerts: some })),
        byCounty: counties.map(([region, shifts]) => ({ region, ...sumOver(shifts.values()) })),
        byShift: counties.flatMap(([region, shifts]) =>
          SHIFTS.map((shift, number) => {
            const own = [...shifts].filter(([at]) => at % 3 === number).map(([, some]) => some);
            return {
              region,
              shift,
              shifts: shiftsTouched({ fromMs, untilMs }, number),
              ...sumOver(own),
              most: {
                baseline: Math.max(0, ...own.map((some) => some.baseline)),
                candidate: Math.max(0, ...own.map((some) => some.candidate)),
              },
            };
          }),
        ),
        load: { baseline: load('baseline'), candidate: load('candidate') },
        samples: {
          added: added.chosen().sort(byOpening).map(writable),
          removed: removed.chosen().sort(byOpening).map(writable),
          regraded: regraded
            .chosen()
            .sort((a, b) => byOpening(a.after, b.after))
            .map(({ before, after }) => ({ before: writable(before), after: writable(after) })),
        },
      };
    },
  };
}

/** What happened in one shift of one county. */
type Counted = Both<number> & Record<ChangeKind, number>;

const zero = (): Both<number> => ({ baseline: 0, candidate: 0 });

const nothing = (): Counted => ({ ...zero(), added: 0, removed: 0, regraded: 0 });

function sumOver(cells: Iterable<Counted>) {
  const sum = nothing();
  for (const cell of cells) {
    for (const name of [...SIDES, ...CHANGE_KINDS]) sum[name] += cell[name];
  }
  const { baseline, candidate, ...changed } = sum;
  return { alerts: { baseline, candidate }, ...changed };
}

const writable = ({ corrections, ...alert }: ReplayedAlert) => ({
  ...alert,
  evidence: [...alert.evidence],
  ...(corrections ? { corrections: [...corrections] } : {}),
});

const byOpening = (a: ReplayedAlert, b: ReplayedAlert): number =>
  a.openedAtMs - b.openedAtMs || (a.id < b.id ? -1 : 1);

/** Three places: what is read, and no noise of binary fractions. */
const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

/** How many shifts of this part of the day a stretch touches. */
function shiftsTouched({ fromMs, untilMs }: Stretch, number: number): number {
  const firstShift = Math.floor((fromMs + CHINA_OFFSET_MS) / SHIFT_MS);
  const lastShift = Math.floor((untilMs - 1 + CHINA_OFFSET_MS) / SHIFT_MS);
  const upTo = (shift: number) => Math.floor((shift - number) / 3);
  return upTo(lastShift) - upTo(firstShift - 1);
}
