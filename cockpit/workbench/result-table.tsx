// The answer as a table: every figure with how it stands to the one before, and the way to its records.

import type { MetricAnswerBody, MetricChange, MetricList } from '../../app/api/metrics.ts';
import type { Text } from '../../core/text.ts';
import { isSuppressedIn, labelOf, type Namer } from '../../models/workbench/name-cells.ts';
import { useSay } from '../shared/language.tsx';
import { changeText, figureText, isSpoken } from './figure-text.ts';
import { BENCH_WORDS } from './words.ts';
import styles from './workbench-page.module.css';

/** More rows than this are in the file, not on the page. */
const ROWS_MAX = 120;

/** A figure of an answer. */
export type CellAt = { readonly row: number; readonly metric: string };

export function ResultTable({
  result,
  nameOf,
  metrics,
  open,
}: {
  result: MetricAnswerBody;
  nameOf: Namer;
  metrics: MetricList['metrics'];
  open(at: CellAt): void;
}) {
  const say = useSay();
  const isSuppressed = isSuppressedIn(result);
  const { columns, rows, comparison } = result;
  const values = columns.filter(({ type }) => type === 'value');
  const withRecords = new Set(metrics.flatMap(({ id, hasRecords }) => (hasRecords ? [id] : [])));
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={say(BENCH_WORDS.table)}>
        <table className={styles.table}>
          <thead>
            <tr>
              {columns.map(({ id, name, type, unit }) => (
                <Heads
                  key={id}
                  {...{ name, unit }}
                  isFigure={type === 'value'}
                  compared={type === 'value' && comparison !== undefined}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, ROWS_MAX).map((cells, row) => (
              <tr key={labelOf(result, row, nameOf)}>
                {columns.map(({ id, type, unit }, i) => {
                  const cell = cells[i] ?? null;
                  if (type !== 'value') return <td key={id}>{nameOf(i, cell)}</td>;
                  const isOpen = withRecords.has(id) && typeof cell === 'number' && cell !== 0;
                  return (
                    <Figures
                      key={id}
                      value={isSuppressed(row, i) ? 'suppressed' : (cell as number | null)}
                      unit={unit}
                      change={comparison?.rows[row]?.[values.findIndex((one) => one.id === id)]}
                      open={isOpen ? () => open({ row, metric: id }) : undefined}
                      label={labelOf(result, row, nameOf)}
                    />
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.hint}>
        {rows.length > ROWS_MAX && `${say(BENCH_WORDS.rowsShown(ROWS_MAX, rows.length))} · `}
        {say(withRecords.size > 0 ? BENCH_WORDS.toRecords : BENCH_WORDS.withoutRecords)}
      </p>
    </>
  );
}

function Heads({
  name,
  unit,
  isFigure,
  compared,
}: {
  name: Text;
  unit: Text | undefined;
  isFigure: boolean;
  compared: boolean;
}) {
  const say = useSay();
  return (
    <>
      <th scope="col" data-figure={isFigure}>
        {say(name)} {unit && !isSpoken(unit) && <small>{say(unit)}</small>}
      </th>
      {compared && (
        <>
          <th scope="col" data-figure="true">
            {say(BENCH_WORDS.before)}
          </th>
          <th scope="col" data-figure="true">
            {say(BENCH_WORDS.change)}
          </th>
        </>
      )}
    </>
  );
}

function Figures({
  value,
  unit,
  change,
  open,
  label,
}: {
  value: number | null | 'suppressed';
  unit: Text | undefined;
  change: MetricChange | undefined;
  open: (() => void) | undefined;
  label: string;
}) {
  const say = useSay();
  return (
    <>
      {value === 'suppressed' ? (
        <td className={styles.kept}>{say(BENCH_WORDS.suppressed)}</td>
      ) : (
        <td data-figure="true">
          {open ? (
            <button
              type="button"
              aria-label={`${say(BENCH_WORDS.records)} ${label} ${say(figureText(value, unit))}`}
              onClick={open}
            >
              {say(figureText(value, unit))}
            </button>
          ) : (
            say(figureText(value, unit))
          )}
        </td>
      )}
      {change && (
        <>
          <td data-figure="true">{say(figureText(change.before, unit))}</td>
          <td data-figure="true" data-weak={change.notes.length > 0}>
            {say(changeText(change))}
          </td>
        </>
      )}
    </>
  );
}
