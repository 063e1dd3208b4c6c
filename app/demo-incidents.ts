// The invented public-order figures of the demonstration, written into the warehouse once, month by month,
// beside everything else. Measures come last: where there are some, the incidents are whole.

import { cityIncidents, cityMeasures, SYNTHETIC } from '../sim/city-incidents.ts';
import { encodeBlock, numberColumn, textColumn, wideColumn } from '../warehouse/native-block.ts';
import type { Olap } from '../warehouse/olap.ts';
import { monthAt, monthName, monthStartMs } from './indices/months.ts';

const MONTHS = 25;

/** Fills the tables of indices unless they hold something. */
export async function seedIncidents(
  olap: Olap,
  { seed, nowMs, signal }: { seed: string; nowMs: number; signal: AbortSignal },
): Promise<void> {
  const [known] = await olap.rows<{ n: number }>('SELECT count() AS n FROM index_measure');
  if ((known?.n ?? 0) > 0) return;
  await olap.run(`DELETE FROM incident WHERE origin = '${SYNTHETIC}'`);
  const until = monthAt(nowMs);
  const months = Array.from({ length: MONTHS }, (_, i) => until - MONTHS + i);
  for (const month of months) {
    if (signal.aborted) return;
    const { atMs, region, kind } = cityIncidents(seed, {
      fromMs: monthStartMs(month),
      untilMs: monthStartMs(month + 1),
    });
    await olap.insert(
      'incident',
      encodeBlock(kind.length, [
        wideColumn('at_ms', Array.from(atMs)),
        numberColumn('region', region),
        textColumn('kind', kind),
        textColumn(
          'origin',
          kind.map(() => SYNTHETIC),
        ),
      ]),
    );
  }
  const measures = cityMeasures(seed, months.map(monthName));
  await olap.insert(
    'index_measure',
    encodeBlock(measures.length, [
      numberColumn(
        'region',
        Uint32Array.from(measures, (one) => one.region),
      ),
      textColumn(
        'period',
        measures.map((one) => one.period),
      ),
      textColumn(
        'column',
        measures.map((one) => one.column),
      ),
      numberColumn(
        'value',
        Float64Array.from(measures, (one) => one.value),
      ),
      textColumn(
        'origin',
        measures.map(() => SYNTHETIC),
      ),
    ]),
  );
}
