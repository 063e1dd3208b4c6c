// What the ranks of the definition hang on: Sobol indices of each assumption, by itself and with the others.

import { memo } from 'react';
import type { ResultsAnswer } from '../../app/api/indices.ts';
import type { Text } from '../../core/text.ts';
import { useSay } from '../shared/language.tsx';
import type { LabInput } from './lab-model.ts';
import { LAB_WORDS } from './words.ts';
import styles from './laboratory-parts.module.css';

const SHOWN_MAX = 6;

/** Not drawn anew while a slider moves: it is about the definition. */
export const DoubtsBox = memo(function DoubtsBox({
  input: { definition },
  uncertainty,
}: {
  input: LabInput;
  uncertainty: ResultsAnswer['uncertainty'];
}) {
  const say = useSay();
  const nameOf = (factor: string): Text => {
    if (factor === 'points') return LAB_WORDS.factorPoints;
    if (factor === 'aggregation') return LAB_WORDS.factorAggregation;
    const title = (definition.nodes[factor] ?? definition.indicators[factor])?.title;
    return LAB_WORDS.weightOf(title ?? { zh: factor, en: factor });
  };
  const { sobol, samples, meanShift } = uncertainty;
  const shown = sobol.filter(({ total }) => total > 0.005).slice(0, SHOWN_MAX);
  return (
    <section className={styles.box} aria-labelledby="doubts">
      <h2 id="doubts">{say(LAB_WORDS.doubts)}</h2>
      <p className={styles.hint}>
        {say(shown.length > 0 ? LAB_WORDS.doubtsHint : LAB_WORDS.noDoubts)}
      </p>
      <ol className={styles.doubts}>
        {shown.map(({ factor, first, total, firstWithin, totalWithin }) => (
          <li key={factor}>
            <span>{say(nameOf(factor))}</span>
            <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <rect className={styles.whole} width={width(total)} y={1} height={8} />
              <rect className={styles.alone} width={width(first)} y={1} height={8} />
            </svg>
            <b>
              <span>
                {say(LAB_WORDS.firstOrder)} {share(first, firstWithin)}
                <small>{within(firstWithin)}</small>
              </span>
              <span>
                {say(LAB_WORDS.total)} {share(total, totalWithin)}
                <small>{within(totalWithin)}</small>
              </span>
            </b>
          </li>
        ))}
      </ol>
      <p className={styles.hint}>{say(LAB_WORDS.doubtsNote(samples, meanShift))}</p>
    </section>
  );
});

type Within = readonly [number, number];

/** A bar has no length below zero; the figure beside it says what was estimated. */
const width = (value: number): number => 100 * Math.min(1, Math.max(0, value));
const percent = (value: number): string => String(Math.round(100 * value)).replace('-', '−');
/** An estimate that cannot be told from nothing is not given as a figure. */
const share = (value: number, [low]: Within): string => (low <= 0 ? '≈0' : `${percent(value)}%`);
const within = ([low, high]: Within): string => `${percent(low)}…${percent(high)}%`;
