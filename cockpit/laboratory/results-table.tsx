// Regions by rank under the variant, with how far each moved against what it is compared with.

import { useMemo, useState } from 'react';
import type { RankIntervals } from '../../models/composite/uncertainty.ts';
import { UNKNOWN } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import type { LabInput, LabStep } from './lab-model.ts';
import { LAB_WORDS } from './words.ts';
import styles from './laboratory-page.module.css';

/** More rows than this are not put on a page; the search finds the others. */
const ROWS_MAX = 150;

export type ResultsProps = {
  readonly input: LabInput;
  readonly step: LabStep;
  readonly against: LabStep;
  readonly intervals: RankIntervals | undefined;
  readonly chosen: number;
  choose(region: number): void;
};

export function ResultsTable({ input, step, against, intervals, chosen, choose }: ResultsProps) {
  const say = useSay();
  const [search, setSearch] = useState('');
  const ordered = useMemo(() => orderOf(step), [step]);
  const wanted = search.trim().toLowerCase();
  const found = ordered.filter((i) => {
    const region = input.regions[i];
    return (
      wanted === '' ||
      region?.code.startsWith(wanted) ||
      `${region?.name.zh} ${region?.name.en}`.toLowerCase().includes(wanted)
    );
  });
  const rows = found.slice(0, ROWS_MAX);
  return (
    <>
      <label className={styles.search}>
        <span className="visually-hidden">{say(LAB_WORDS.search)}</span>
        <input
          type="search"
          placeholder={say(LAB_WORDS.search)}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        {rows.length < found.length && (
          <small>{say(LAB_WORDS.shown(rows.length, found.length))}</small>
        )}
      </label>
      {rows.length === 0 ? (
        <p className={styles.hint}>{say(LAB_WORDS.noRegion)}</p>
      ) : (
        <div
          className={styles.scroll}
          tabIndex={0}
          role="region"
          aria-label={say(LAB_WORDS.results)}
        >
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{say(LAB_WORDS.rank)}</th>
                <th scope="col">{say(LAB_WORDS.shift)}</th>
                <th scope="col">{say(LAB_WORDS.region)}</th>
                <th scope="col">{say(LAB_WORDS.index)}</th>
                <th scope="col">{say(LAB_WORDS.grade)}</th>
                {intervals && <th scope="col">{say(LAB_WORDS.interval)}</th>}
              </tr>
            </thead>
            <tbody>
              {rows.map((i) => (
                <tr key={input.regions[i]?.code} data-chosen={i === chosen}>
                  <td>{step.ranks[i] || UNKNOWN}</td>
                  <td>
                    <Shift is={step.ranks[i] ?? 0} was={against.ranks[i] ?? 0} />
                  </td>
                  <th scope="row">
                    <button type="button" aria-pressed={i === chosen} onClick={() => choose(i)}>
                      {input.regions[i] && say(input.regions[i].name)}
                    </button>
                  </th>
                  <td>{figureText(step.figures[i])}</td>
                  <td>
                    <GradeMark input={input} grade={step.grades[i] ?? -1} />
                  </td>
                  {intervals && (
                    <td>{step.ranks[i] ? `${intervals.low[i]}–${intervals.high[i]}` : UNKNOWN}</td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

export const figureText = (figure: number | undefined): string =>
  figure === undefined || Number.isNaN(figure) ? UNKNOWN : figure.toFixed(2);

/** Colour, and the name beside it: nobody has to tell colours apart. */
export function GradeMark({ input, grade }: { input: LabInput; grade: number }) {
  const say = useSay();
  const band = input.definition.grading.bands[grade];
  return band ? (
    <span className={styles.grade} data-colour={band.colour}>
      {say(band.name)}
    </span>
  ) : (
    <span className={styles.hint}>{say(LAB_WORDS.noFigure)}</span>
  );
}

function Shift({ is, was }: { is: number; was: number }) {
  if (is === 0 || was === 0 || is === was) return <span className={styles.same}>{UNKNOWN}</span>;
  const better = was - is;
  return (
    <span className={better > 0 ? styles.up : styles.down}>
      {better > 0 ? `↑ ${better}` : `↓ ${-better}`}
    </span>
  );
}

/** By rank; those without a figure last. */
function orderOf({ ranks }: LabStep): number[] {
  const last = ranks.length + 1;
  return Array.from(ranks.keys()).sort((a, b) => (ranks[a] || last) - (ranks[b] || last));
}
