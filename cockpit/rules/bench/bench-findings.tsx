// What the rule says about what is on the bench, finding by finding, each with the points it rests on.

import type { ReactNode } from 'react';
import type { Benched } from '../../../app/api/bench.ts';
import { localDateTime } from '../../../core/local-time.ts';
import { text, type Text } from '../../../core/text.ts';
import { distanceText, spanText } from '../../shared/format.ts';
import { useSay } from '../../shared/language.tsx';
import { LevelMark } from '../../shared/marks.tsx';
import { LEVEL_NAMES } from '../../shared/words.ts';
import { BENCH_WORDS, FINDING_KINDS, REASONS, VALUES } from './words.ts';
import styles from './bench.module.css';

export type BenchFinding = Benched['findings'][number];

export function BenchFindings({
  findings,
  chosen,
  choose,
  whyNot,
}: {
  findings: readonly BenchFinding[];
  chosen: number | undefined;
  choose: (index: number) => void;
  /** Stands under the list: why the rule did not speak where one expected it to. */
  whyNot?: ReactNode;
}) {
  const say = useSay();
  return (
    <>
      {findings.length === 0 && <p className={styles.note}>{say(BENCH_WORDS.nothing)}</p>}
      <ol className={styles.findings} aria-label={say(BENCH_WORDS.findings)}>
        {findings.map((finding, index) => (
          // Two findings may say the same at the same instant; their order is what tells them apart.
          <li key={index}>
            <button
              type="button"
              aria-pressed={chosen === index}
              data-level={finding.kind === 'raised' ? finding.level : undefined}
              onClick={() => choose(index)}
            >
              <span className={styles.when}>{localDateTime(finding.atMs)}</span>
              <b>
                {finding.kind === 'raised' && finding.level && (
                  <LevelMark level={finding.level} open label={false} />
                )}
                {say(FINDING_KINDS[finding.kind] as Text)}
                {finding.kind === 'raised' &&
                  finding.level &&
                  ` ${say(LEVEL_NAMES[finding.level])}`}
              </b>
              <span className={styles.why}>
                {say(detailOf(finding))}
                {finding.evidence.length > 0 && (
                  <i>
                    {say(BENCH_WORDS.points)} {rangesOf(finding.evidence)}
                  </i>
                )}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {whyNot && <div className={styles.whyNot}>{whyNot}</div>}
    </>
  );
}

function detailOf({ because, values }: BenchFinding): Text {
  const parts = [
    ...(because === null ? [] : [REASONS[because] ?? text(because, because)]),
    ...Object.entries(values).map(([name, value]) => valueText(name, value)),
  ];
  return text(parts.map(({ zh }) => zh).join('，'), parts.map(({ en }) => en).join(', '));
}

function valueText(name: string, value: string | number | boolean): Text {
  const said =
    typeof value === 'number' && name.endsWith('Ms')
      ? spanText(value)
      : typeof value === 'number' && /[a-z]M$/.test(name)
        ? distanceText(value)
        : text(String(value), String(value));
  const words = VALUES[name] ?? text(name, name);
  return text(`${words.zh} ${said.zh}`, `${words.en} ${said.en}`);
}

/** `2–4, 7`, counted from 1. */
export function rangesOf(indexes: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const index of indexes) {
    const last = ranges.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges.map(([a, b]) => (a === b ? `${a + 1}` : `${a + 1}–${b + 1}`)).join(', ');
}
