// Where a figure comes from: the receipt of the official one with formula, weights, version, hash of the data, SQL
// and the command that computes it again; and of a trial every value, score and contribution.

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ReceiptAnswer } from '../../app/api/indices.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { UNKNOWN } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { WORDS } from '../shared/words.ts';
import { saveFile } from '../reports/save-file.ts';
import { figureText } from './grade-mark.tsx';
import { contributionsTo, planOf, type LabInput, type LabStep, type Variant } from './lab-model.ts';
import { AGGREGATION_NAMES, EFFICACY_NAMES, LAB_WORDS } from './words.ts';
import styles from './laboratory-parts.module.css';

type Of = {
  readonly input: LabInput;
  readonly variant: Variant;
  readonly step: LabStep;
  readonly region: number;
  readonly period: number;
};

export function ReceiptDialog({
  isOfficial,
  close,
  ...of
}: Of & { isOfficial: boolean; close(): void }) {
  const say = useSay();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { input, region, period } = of;
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="receipt" onClose={close}>
      <header className={styles.head}>
        <h2 id="receipt">{say(LAB_WORDS.receiptOf)}</h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          {say(LAB_WORDS.close)}
        </button>
      </header>
      <p>
        {input.regions[region] && say(input.regions[region].name)} · {input.periods[period]}
      </p>
      <OfficialReceipt {...of} />
      <TrialParts {...of} isOfficial={isOfficial} />
    </dialog>
  );
}

function OfficialReceipt({ input, region, period }: Of) {
  const say = useSay();
  const { definition } = input;
  const [node, setNode] = useState(definition.top);
  const code = input.regions[region]?.code ?? '';
  const month = input.periods[period] ?? '';
  const { data, error } = useQuery({
    queryKey: ['index-receipt', definition.id, month, code, node],
    queryFn: ({ signal }) => {
      const asked = new URLSearchParams({ region: code, period: month, node });
      const path = `/api/indices/${encodeURIComponent(definition.id)}/receipt?${asked}`;
      return getJson<ReceiptAnswer>(path, signal);
    },
  });
  const problem = error ? problemIn(error) : undefined;
  return (
    <section className={styles.part} aria-labelledby="official-receipt">
      <h3 id="official-receipt">{say(LAB_WORDS.officialReceipt)}</h3>
      <label className={styles.inline}>
        <span>{say(LAB_WORDS.node)}</span>
        <select value={node} onChange={(event) => setNode(event.target.value)}>
          {[...Object.entries(definition.nodes), ...Object.entries(definition.indicators)].map(
            ([name, { title }]) => (
              <option key={name} value={name}>
                {say(title)}
              </option>
            ),
          )}
        </select>
      </label>
      {problem && (
        <p className={styles.notice} role="alert">
          <b>{say(problem.says)}</b> {problem.hint && say(problem.hint)}
        </p>
      )}
      {!data && !problem && <p role="status">{say(WORDS.loading)}</p>}
      {data && <ReceiptFacts input={input} answer={data} />}
    </section>
  );
}

function ReceiptFacts({ input, answer }: { input: LabInput; answer: ReceiptAnswer }) {
  const say = useSay();
  const { receipt, rows } = answer;
  const titleOf = (name: string) =>
    (input.definition.nodes[name] ?? input.definition.indicators[name])?.title;
  return (
    <>
      <dl className={styles.facts}>
        <dt>{say(receipt.indicatorValue === null ? LAB_WORDS.figure : LAB_WORDS.score)}</dt>
        <dd>
          <b>{receipt.value ?? UNKNOWN}</b>
        </dd>
        {receipt.indicatorValue !== null && (
          <>
            <dt>{say(LAB_WORDS.value)}</dt>
            <dd>{receipt.indicatorValue}</dd>
          </>
        )}
        <dt>{say(LAB_WORDS.version)}</dt>
        <dd>
          {receipt.index} {receipt.version}
        </dd>
        <dt>{say(LAB_WORDS.reference)}</dt>
        <dd>
          {receipt.reference
            ? `${receipt.reference.id} (${receipt.reference.from} – ${receipt.reference.until})`
            : UNKNOWN}
        </dd>
        <dt>{say(LAB_WORDS.snapshot)}</dt>
        <dd className={styles.code}>{receipt.inputHash}</dd>
        <dt>{say(LAB_WORDS.weights)}</dt>
        <dd>
          {receipt.weights.length === 0
            ? UNKNOWN
            : receipt.weights.map(({ of, weight }) => {
                const title = titleOf(of);
                return (
                  <span key={of} className={styles.weight}>
                    {title ? say(title) : of} <b>{Number((100 * weight).toFixed(2))}%</b>
                  </span>
                );
              })}
        </dd>
      </dl>
      <h4>{say(LAB_WORDS.formula)}</h4>
      <pre tabIndex={0}>{receipt.formula.join('\n')}</pre>
      <h4>{say(LAB_WORDS.command)}</h4>
      <pre tabIndex={0}>
        {`npm run plumbline -- index verify-receipt receipt.json\nnpm run plumbline -- index receipt ${receipt.figure} --out receipt.json`}
      </pre>
      <details>
        <summary>{say(LAB_WORDS.sql)}</summary>
        <pre tabIndex={0}>{receipt.sql.join(';\n\n')}</pre>
      </details>
      <p className={styles.acts}>
        <button
          type="button"
          onClick={() =>
            saveFile(
              new Blob([`${JSON.stringify(receipt, null, 1)}\n`], { type: 'application/json' }),
              'receipt.json',
            )
          }
        >
          {say(LAB_WORDS.saveReceipt)}
        </button>
        <small className={styles.hint}>
          {say(rows ? LAB_WORDS.incidents(rows.total) : LAB_WORDS.noIncidents)}
        </small>
      </p>
    </>
  );
}

function TrialParts({ input, variant, step, region, isOfficial }: Of & { isOfficial: boolean }) {
  const say = useSay();
  const parts = contributionsTo(planOf(input, variant), step, region);
  return (
    <section className={styles.part} aria-labelledby="trial-parts">
      <h3 id="trial-parts">
        {say(LAB_WORDS.trialParts)} · {figureText(step.figures[region])}
      </h3>
      <p className={styles.hint}>
        {say(EFFICACY_NAMES[variant.points.kind])} · {say(AGGREGATION_NAMES[variant.aggregation])}
        {!isOfficial && ` · ${say(LAB_WORDS.notPublished)}`}
      </p>
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
    </section>
  );
}
