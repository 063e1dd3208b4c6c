// Regions by rank under the variant, with how far each moved against what it is compared with, and beside it what
// is official. Only the rows in sight are on the page, so that a slider is followed at once over all counties.

import { memo, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { ResultsAnswer } from '../../app/api/indices.ts';
import { UNKNOWN } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { useRowWindow } from '../shared/window-rows.ts';
import { figureText, GradeMark } from './grade-mark.tsx';
import type { LabInput, LabRanks } from './lab-model.ts';
import { LAB_WORDS } from './words.ts';
import styles from './laboratory-parts.module.css';

/** Pixels; the style sheet says the same. */
const ROW_HEIGHT = 44;

export type Interval = { readonly low: number; readonly high: number };

export type ResultsProps = {
  readonly input: LabInput;
  readonly step: LabRanks;
  readonly against: LabRanks;
  /** Of a region by its place; undefined when they are not known for this variant. */
  readonly intervalOf: ((region: number) => Interval | undefined) | undefined;
  readonly official: ResultsAnswer | undefined;
  readonly chosen: number;
  choose(region: number): void;
};

export function ResultsTable(props: ResultsProps) {
  const { input, step, against, intervalOf, official, chosen, choose } = props;
  const say = useSay();
  const box = useRef<HTMLDivElement>(null);
  const [search, setSearch] = useState('');
  const ordered = useMemo(() => orderOf(step), [step]);
  const wanted = search.trim().toLowerCase();
  const found = wanted === '' ? ordered : ordered.filter((i) => isCalled(input.regions[i], wanted));
  const { first, end, before, after } = useRowWindow(box, {
    count: found.length,
    rowHeight: ROW_HEIGHT,
  });
  const move = (by: number) => {
    const next = found[Math.min(found.length - 1, Math.max(0, found.indexOf(chosen) + by))];
    if (next === undefined) return;
    choose(next);
    const top = found.indexOf(next) * ROW_HEIGHT;
    const element = box.current;
    if (!element) return;
    if (top < element.scrollTop) element.scrollTop = top;
    const lowest = top + 2 * ROW_HEIGHT - element.clientHeight;
    if (lowest > element.scrollTop) element.scrollTop = lowest;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(by);
  };
  return (
    <>
      {input.regions.length > 12 && (
        <label className={styles.search}>
          <span className="visually-hidden">{say(LAB_WORDS.search)}</span>
          <input
            type="search"
            placeholder={say(LAB_WORDS.search)}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          <small>
            {found.length} / {input.regions.length}
          </small>
        </label>
      )}
      {found.length === 0 ? (
        <p className={styles.hint}>{say(LAB_WORDS.noRegion)}</p>
      ) : (
        <div
          ref={box}
          className={styles.scroll}
          tabIndex={0}
          role="region"
          aria-label={say(LAB_WORDS.results)}
          onKeyDown={onKeyDown}
        >
          <table className={styles.table} aria-rowcount={found.length + 1}>
            <thead>
              <tr>
                <th scope="col">{say(LAB_WORDS.rank)}</th>
                <th scope="col">{say(LAB_WORDS.shift)}</th>
                <th scope="col">{say(LAB_WORDS.region)}</th>
                <th scope="col">{say(LAB_WORDS.tried)}</th>
                <th scope="col">{say(LAB_WORDS.grade)}</th>
                <th scope="col">{say(LAB_WORDS.officially)}</th>
                {intervalOf && <th scope="col">{say(LAB_WORDS.interval)}</th>}
              </tr>
            </thead>
            <tbody>
              {before > 0 && <Room height={before} />}
              {Array.from(found.subarray(first, end), (i, at) => {
                const rank = step.ranks[i] ?? 0;
                const interval = rank > 0 ? intervalOf?.(i) : undefined;
                // A row stays where it is and another region comes into it: nothing has to be moved.
                return (
                  <Row
                    key={at}
                    {...{ input, official, choose, rank }}
                    region={i}
                    row={first + at + 2}
                    isChosen={i === chosen}
                    figure={figureText(step.figures[i])}
                    grade={step.grades[i] ?? -1}
                    was={against.grades[i] ?? -1}
                    rankBefore={against.ranks[i] ?? 0}
                    interval={intervalOf ? intervalText(interval) : undefined}
                  />
                );
              })}
              {after > 0 && <Room height={after} />}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

/** What rows out of sight would take. An attribute, because the page may not style inline. */
const Room = ({ height }: { height: number }) => (
  <tr aria-hidden="true">
    <td colSpan={7} height={height} className={styles.room} />
  </tr>
);

type RowProps = Pick<ResultsProps, 'input' | 'official' | 'choose'> & {
  readonly region: number;
  readonly row: number;
  readonly isChosen: boolean;
  readonly rank: number;
  readonly rankBefore: number;
  readonly figure: string;
  readonly grade: number;
  readonly was: number;
  /** Undefined when there is no column of intervals. */
  readonly interval: string | undefined;
};

/** Of plain values, so that a row is drawn anew only when one of them changed. */
const Row = memo(function Row({
  input,
  official,
  choose,
  region,
  row,
  isChosen,
  rank,
  rankBefore,
  figure,
  grade,
  was,
  interval,
}: RowProps) {
  const say = useSay();
  const before = input.definition.grading.bands[was];
  const { code, name } = input.regions[region] as LabInput['regions'][number];
  return (
    <tr data-chosen={isChosen} aria-rowindex={row}>
      <td>{rank || UNKNOWN}</td>
      <td>
        <Shift is={rank} was={rankBefore} />
      </td>
      <th scope="row">
        <button type="button" aria-pressed={isChosen} onClick={() => choose(region)}>
          {say(name)}
        </button>
      </th>
      <td>{figure}</td>
      <td>
        <GradeMark input={input} grade={grade} />
        {grade !== was && before && (
          <small className={styles.hint}>
            {' '}
            {say(LAB_WORDS.was)} {say(before.name)}
          </small>
        )}
      </td>
      <td>
        <Official {...{ official, code }} top={input.definition.top} />
      </td>
      {interval !== undefined && <td>{interval}</td>}
    </tr>
  );
});

/** The figure that counts, how it came to stand, and how long it has been the worst grade. */
const Official = memo(function Official({
  official,
  code,
  top,
}: {
  official: ResultsAnswer | undefined;
  code: string;
  top: string;
}) {
  const say = useSay();
  const result = official?.regions.find(({ region }) => region === code);
  if (!official || !result) return UNKNOWN;
  const { index, computed, published, grade, worstPeriods, escalation } = result;
  const restated = restatedFrom(official, { code, top });
  const differs = published !== null && computed !== null && Math.abs(published - computed) > 1e-9;
  return (
    <span className={styles.official}>
      {figureText(index)} {grade && say(grade.name)}
      {published !== null && (
        <small
          className={styles.mark}
          data-restated={restated !== undefined}
          title={
            restated === undefined ? undefined : `${say(LAB_WORDS.was)} ${figureText(restated)}`
          }
        >
          {say(restated === undefined ? LAB_WORDS.frozen : LAB_WORDS.restated)}
        </small>
      )}
      {differs && (
        <small className={styles.down}>
          {say(LAB_WORDS.nowComputed)} {figureText(computed)}
        </small>
      )}
      {worstPeriods > 0 && (
        <small className={styles.down}>
          {say(escalation?.name ?? LAB_WORDS.worstFor(worstPeriods))}
        </small>
      )}
    </span>
  );
});

/** The first published index of a region that was restated; undefined when it never was. */
function restatedFrom(
  { restatements }: ResultsAnswer,
  { code, top }: { code: string; top: string },
): number | null | undefined {
  for (const { changes } of [...restatements].sort((a, b) => a.number - b.number)) {
    const change = changes.find(({ region, node }) => region === code && node === top);
    if (change) return change.before;
  }
  return undefined;
}

function Shift({ is, was }: { is: number; was: number }) {
  if (is === 0 || was === 0 || is === was) return <span className={styles.hint}>{UNKNOWN}</span>;
  const better = was - is;
  return (
    <span className={better > 0 ? styles.up : styles.down}>
      {better > 0 ? `↑ ${better}` : `↓ ${-better}`}
    </span>
  );
}

const intervalText = (interval: Interval | undefined): string => {
  if (!interval) return UNKNOWN;
  const { low, high } = interval;
  return low === high ? String(low) : `${low}–${high}`;
};

const isCalled = (region: LabInput['regions'][number] | undefined, wanted: string): boolean =>
  region !== undefined &&
  (region.code.startsWith(wanted) ||
    `${region.name.zh} ${region.name.en}`.toLowerCase().includes(wanted));

/** By rank, equals in the order they come in; those without a figure last. Counted out, not sorted: at every step. */
function orderOf({ ranks }: LabRanks): Uint32Array {
  const last = ranks.length + 1;
  const next = new Uint32Array(last + 2);
  const add = (at: number, by: number) => (next[at] = (next[at] as number) + by);
  for (const rank of ranks) add((rank || last) + 1, 1);
  for (let i = 1; i < next.length; i++) add(i, next[i - 1] as number);
  const ordered = new Uint32Array(ranks.length);
  for (const [region, rank] of ranks.entries()) ordered[add(rank || last, 1) - 1] = region;
  return ordered;
}
