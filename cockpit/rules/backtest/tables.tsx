// The result as tables: by county, by shift of the officers, by level. Each change has its sign.

import type { BacktestReport } from '../../../app/api/backtest-report.ts';
import { regionName } from '../../../core/region.ts';
import { text } from '../../../core/text.ts';
import { countText, UNKNOWN } from '../../shared/format.ts';
import { useSay } from '../../shared/language.tsx';
import { LevelMark } from '../../shared/marks.tsx';
import { LEVEL_NAMES } from '../../shared/words.ts';
import { Panel } from '../panel.tsx';
import {
  BACKTEST_WORDS,
  becauseText,
  CHANGE_NAMES,
  CHANGES,
  SHIFT_NAMES,
  SUPPRESSED_NAMES,
} from './words.ts';
import rules from '../rules-page.module.css';
import styles from './backtest.module.css';

export function CountyTable({ report: { byCounty, totals } }: { report: BacktestReport }) {
  const say = useSay();
  return (
    <Panel title={BACKTEST_WORDS.byCounty}>
      <table className={rules.table}>
        <thead>
          <tr>
            <th scope="col">{say(BACKTEST_WORDS.county)}</th>
            <th scope="col" className={rules.number}>
              {say(BACKTEST_WORDS.before)}
            </th>
            <th scope="col" className={rules.number}>
              {say(BACKTEST_WORDS.after)}
            </th>
            <th scope="col" className={rules.number}>
              {say(BACKTEST_WORDS.change)}
            </th>
            {CHANGES.map((kind) => (
              <th key={kind} scope="col" className={rules.number}>
                {say(CHANGE_NAMES[kind])}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {byCounty.map((row) => (
            <CountyRow key={row.region} name={say(regionName(row.region))} row={row} />
          ))}
          <CountyRow name={say(BACKTEST_WORDS.city)} row={totals} isSum />
        </tbody>
      </table>
    </Panel>
  );
}

type Row = Pick<BacktestReport['byCounty'][number], 'alerts' | 'added' | 'removed' | 'regraded'>;

function CountyRow({ name, row, isSum = false }: { name: string; row: Row; isSum?: boolean }) {
  const { alerts } = row;
  return (
    <tr className={isSum ? styles.sum : undefined}>
      <th scope="row">{name}</th>
      <td className={rules.number}>{countText(alerts.baseline)}</td>
      <td className={rules.number}>{countText(alerts.candidate)}</td>
      <td className={rules.number}>{signed(alerts.candidate - alerts.baseline)}</td>
      {CHANGES.map((kind) => (
        <td key={kind} className={rules.number}>
          {countText(row[kind])}
        </td>
      ))}
    </tr>
  );
}

export function ShiftTable({ report: { byShift, byCounty } }: { report: BacktestReport }) {
  const say = useSay();
  const shifts = Object.keys(SHIFT_NAMES) as (keyof typeof SHIFT_NAMES)[];
  return (
    <Panel title={BACKTEST_WORDS.byShift} hint={BACKTEST_WORDS.shiftHint}>
      <table className={`${rules.table} ${styles.shifts}`}>
        <thead>
          <tr>
            <th scope="col">{say(BACKTEST_WORDS.county)}</th>
            {shifts.map((shift) => (
              <th key={shift} scope="col" className={rules.number}>
                {say(SHIFT_NAMES[shift])}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {byCounty.map(({ region }) => (
            <tr key={region}>
              <th scope="row">{say(regionName(region))}</th>
              {shifts.map((shift) => {
                const cell = byShift.find((one) => one.region === region && one.shift === shift);
                return (
                  <td key={shift} className={rules.number}>
                    {cell && <ShiftCell cell={cell} />}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function ShiftCell({ cell }: { cell: BacktestReport['byShift'][number] }) {
  const say = useSay();
  const { shifts, alerts, most } = cell;
  if (shifts === 0) return <span className={rules.quiet}>{UNKNOWN}</span>;
  const average = (value: number) => (value / shifts).toFixed(1);
  const changed = CHANGES.filter((kind) => cell[kind] > 0);
  return (
    <>
      {average(alerts.baseline)} → {average(alerts.candidate)} <small>({most.candidate})</small>
      <span className={styles.changed}>
        {changed.map((kind) => `${say(CHANGE_NAMES[kind])} ${cell[kind]}`).join(' · ')}
      </span>
    </>
  );
}

export function LevelTable({ report: { byLevel, suppressed } }: { report: BacktestReport }) {
  const say = useSay();
  const reasons = [
    ...new Set([...Object.keys(suppressed.baseline), ...Object.keys(suppressed.candidate)]),
  ].sort();
  return (
    <Panel title={BACKTEST_WORDS.byLevel}>
      <table className={rules.table}>
        <thead>
          <tr>
            <th scope="col">{say(BACKTEST_WORDS.level)}</th>
            <th scope="col" className={rules.number}>
              {say(BACKTEST_WORDS.before)}
            </th>
            <th scope="col" className={rules.number}>
              {say(BACKTEST_WORDS.after)}
            </th>
            <th scope="col" className={rules.number}>
              {say(BACKTEST_WORDS.change)}
            </th>
          </tr>
        </thead>
        <tbody>
          {byLevel.map(({ level, alerts }) => (
            <tr key={level}>
              <th scope="row">
                <span className={rules.level} data-level={level}>
                  <LevelMark level={level} open label={false} />
                  {say(LEVEL_NAMES[level])}
                </span>
              </th>
              <Both {...alerts} />
            </tr>
          ))}
          {reasons.map((reason) => (
            <tr key={reason}>
              <th scope="row">
                {say(
                  becauseText(
                    BACKTEST_WORDS.suppressed,
                    SUPPRESSED_NAMES[reason] ?? text(reason, reason),
                  ),
                )}
              </th>
              <Both
                baseline={suppressed.baseline[reason] ?? 0}
                candidate={suppressed.candidate[reason] ?? 0}
              />
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Both({ baseline, candidate }: { baseline: number; candidate: number }) {
  return (
    <>
      <td className={rules.number}>{countText(baseline)}</td>
      <td className={rules.number}>{countText(candidate)}</td>
      <td className={rules.number}>{signed(candidate - baseline)}</td>
    </>
  );
}

/** `+12`, `−5`, `0`: to one place where it has one. */
export function signed(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  const written = Number.isInteger(rounded) ? countText(Math.abs(rounded)) : Math.abs(rounded);
  return rounded > 0 ? `+${written}` : rounded < 0 ? `−${written}` : '0';
}
