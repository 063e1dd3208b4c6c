// Where a figure of the laboratory comes from: every value, score, weight and contribution, to the last digit.

import { useEffect, useRef } from 'react';
import { UNKNOWN } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { contributionsTo, planOf, type LabInput, type LabStep, type Variant } from './lab-model.ts';
import { figureText } from './results-table.tsx';
import { AGGREGATION_NAMES, LAB_WORDS } from './words.ts';
import styles from './laboratory-page.module.css';

export function ReceiptDialog({
  input,
  variant,
  step,
  region,
  period,
  close,
}: {
  input: LabInput;
  variant: Variant;
  step: LabStep;
  region: number;
  period: number;
  close(): void;
}) {
  const say = useSay();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const parts = contributionsTo(planOf(input, variant), step, region);
  const figure = step.figures[region];
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="receipt" onClose={close}>
      <h2 id="receipt">{say(LAB_WORDS.receiptOf)}</h2>
      <p>
        {input.regions[region] && say(input.regions[region].name)} · {input.periods[period]} ·{' '}
        <b>{figureText(figure)}</b>
      </p>
      <p className={styles.hint}>
        {say(LAB_WORDS.version)} {input.version} · {say(AGGREGATION_NAMES[variant.aggregation])}
      </p>
      <p className={styles.hint}>{say(LAB_WORDS.tried)}</p>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={say(LAB_WORDS.receipt)}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{say(LAB_WORDS.indicator)}</th>
              <th scope="col">{say(LAB_WORDS.value)}</th>
              <th scope="col">{say(LAB_WORDS.score)}</th>
              <th scope="col">{say(LAB_WORDS.contribution)}</th>
            </tr>
          </thead>
          <tbody>
            {parts.map(({ indicator, points }) => {
              const found = step.result.indicators.get(indicator);
              const value = found?.values[region];
              return (
                <tr key={indicator}>
                  <th scope="row">
                    {say(input.definition.indicators[indicator]?.title ?? LAB_WORDS.indicator)}
                  </th>
                  <td>{value === undefined || Number.isNaN(value) ? UNKNOWN : value.toFixed(4)}</td>
                  <td>{figureText(found?.scores[region])}</td>
                  <td>{points.toFixed(4)}</td>
                </tr>
              );
            })}
            <tr>
              <th scope="row">{say(LAB_WORDS.sum)}</th>
              <td />
              <td />
              <td>{parts.reduce((sum, { points }) => sum + points, 0).toFixed(4)}</td>
            </tr>
          </tbody>
        </table>
      </div>
      <button type="button" onClick={() => dialog.current?.close()}>
        {say(LAB_WORDS.close)}
      </button>
    </dialog>
  );
}
