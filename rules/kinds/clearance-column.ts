// What `clearanceM` says of every row of a run, worked out once for all rules that watch the same zones.

import type { PositionRun } from '../frame.ts';
import type { Zone } from '../../core/zone.ts';

const columns = new WeakMap<PositionRun, Map<string, Int32Array>>();

/** Clearances by row; 0 for rows without an order. The zone is one for all, or goes by `run.areas`. */
export function clearancesOf(
  run: PositionRun,
  name: string,
  zone: Zone | readonly Zone[],
): Int32Array {
  let byName = columns.get(run);
  if (!byName) {
    byName = new Map();
    columns.set(run, byName);
  }
  let column = byName.get(name);
  if (!column) {
    column = Array.isArray(zone) ? measureAreas(run, zone) : measureZone(run, zone as Zone);
    byName.set(name, column);
  }
  return column;
}

function measureAreas({ batch, classes, areas }: PositionRun, zones: readonly Zone[]): Int32Array {
  const { lng, lat, length } = batch;
  const column = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    if (classes[row] === 0) continue;
    const zone = zones[areas[row] as number] as Zone;
    column[row] = zone.clearanceM(lng[row] as number, lat[row] as number);
  }
  return column;
}

function measureZone({ batch, classes }: PositionRun, zone: Zone): Int32Array {
  const { lng, lat, length } = batch;
  const column = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    if (classes[row] === 0) continue;
    column[row] = zone.clearanceM(lng[row] as number, lat[row] as number);
  }
  return column;
}
