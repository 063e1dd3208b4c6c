// The answer as a table: every figure with how it stands to the one before, and the way to its records.

import { useSay } from '../shared/language.tsx';
import type { MetricsResult } from './contract.ts';
import { isSuppressedIn, labelOf, type Namer } from './shape-result.ts';
import { BENCH_WORDS, changeText } from './words.ts';
import styles from './workbench-page.module.css';

/** More rows than this are in the file, not on the page. */
const ROWS_MAX = 120;

export function ResultTable({
  result,
  nameOf,
  open,
}: {
  result: MetricsResult;
  nameOf: Namer;
  open(row: number): void;
}) {
  const say = useSay();
  const isSuppressed = isSuppressedIn(result);
  const { columns, rows, comparison } = result;
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={say(BENCH_WORDS.chart)}>
        <table className={styles.table}>
          <thead>
            <tr>
              {columns.map(({ id, name, type, unit }) => (
                <th key={id} scope="col" data-figure={type === 'metric'}>
                  {say(name)} {unit && <small>{say(unit)}</small>}
                </th>
              ))}
              <th scope="col">{say(BENCH_WORDS.records)}</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, ROWS_MAX).map((cells, row) => (
              <tr key={labelOf(result, row, nameOf)}>
                {columns.map(({ id, type }, i) => {
                  if (type !== 'metric') return <td key={id}>{nameOf(i, cells[i] ?? null)}</td>;
                  if (isSuppressed(row, i)) {
                    return (
                      <td key={id} className={styles.kept}>
                        {say(BENCH_WORDS.suppressed)}
                      </td>
                    );
                  }
                  const change = changeText(comparison?.rows[row]?.[i]);
                  return (
                    <td key={id} data-figure="true">
                      {figureText(cells[i])} {change && <small>{say(change)}</small>}
                    </td>
                  );
                })}
                <td>
                  <button
                    type="button"
                    aria-label={`${say(BENCH_WORDS.records)} ${labelOf(result, row, nameOf)}`}
                    onClick={() => open(row)}
                  >
                    {say(BENCH_WORDS.records)}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > ROWS_MAX && (
        <p className={styles.hint}>{say(BENCH_WORDS.rowsShown(ROWS_MAX, rows.length))}</p>
      )}
    </>
  );
}

const figureText = (cell: string | number | null | undefined): string =>
  typeof cell === 'number' ? String(Number(cell.toPrecision(6))) : '—';
