// Some of the alerts that change, with what they rest on: a reader judges a change by cases, not by sums. A
// regraded one is shown as the candidate tells it.

import { lazy, Suspense, useEffect, useRef } from 'react';
import type { BacktestReport, BacktestSample } from '../../../app/api/backtest-report.ts';
import type { ChangeKind } from '../../../app/api/backtests.ts';
import type { Level } from '../../../core/finding.ts';
import { localDateTime } from '../../../core/local-time.ts';
import { regionName } from '../../../core/region.ts';
import { fixesOf } from '../../console/evidence-fixes.ts';
import { areaCodes } from '../../console/evidence-map.tsx';
import { EvidenceTable } from '../../console/evidence-table.tsx';
import { useSay } from '../../shared/language.tsx';
import { LevelMark } from '../../shared/marks.tsx';
import { useGeo } from '../../shared/map/geo.ts';
import { LEVEL_NAMES, WORDS } from '../../shared/words.ts';
import { Panel } from '../panel.tsx';
import { ChangeMark } from './change-mark.tsx';
import { BACKTEST_WORDS, CHANGE_NAMES, evidenceText } from './words.ts';
import rules from '../rules-page.module.css';
import styles from './backtest.module.css';

const DrawnEvidence = lazy(async () => ({
  default: (await import('../../console/drawn-evidence.tsx')).DrawnEvidence,
}));

export type Sample = {
  readonly id: string;
  readonly kind: ChangeKind;
  readonly before: Level | null;
  readonly after: Level | null;
  readonly alert: BacktestSample;
};

/** In the order of the report: by kind, then by time. */
export function samplesOf({ samples }: BacktestReport): Sample[] {
  const { added, removed, regraded } = samples;
  return [
    ...added.map((alert) => sampleOf('added', alert, { after: levelOf(alert) })),
    ...removed.map((alert) => sampleOf('removed', alert, { before: levelOf(alert) })),
    ...regraded.map(({ before, after }) =>
      sampleOf('regraded', after, { before: levelOf(before), after: levelOf(after) }),
    ),
  ];
}

const sampleOf = (
  kind: ChangeKind,
  alert: BacktestSample,
  { before = null, after = null }: { before?: Level | null; after?: Level | null },
): Sample => ({ id: alert.id, kind, before, after, alert });

/** The level that counts in the end. */
const levelOf = ({ level, corrections }: BacktestSample): Level =>
  corrections?.at(-1)?.level ?? level;

export function Samples({
  samples,
  chosen,
  onChoose,
}: {
  samples: readonly Sample[];
  chosen: string | undefined;
  onChoose: (id: string) => void;
}) {
  const say = useSay();
  const sample = samples.find(({ id }) => id === chosen);
  return (
    <>
      <Panel title={BACKTEST_WORDS.samples} hint={BACKTEST_WORDS.samplesHint}>
        {samples.length === 0 ? (
          <p className={rules.empty}>{say(BACKTEST_WORDS.noSamples)}</p>
        ) : (
          <table className={`${rules.table} ${styles.samples}`}>
            <thead>
              <tr>
                <th scope="col">{say(BACKTEST_WORDS.kind)}</th>
                <th scope="col">{say(BACKTEST_WORDS.level)}</th>
                <th scope="col">{say(BACKTEST_WORDS.county)}</th>
                <th scope="col">{say(BACKTEST_WORDS.time)}</th>
                <th scope="col">{say(BACKTEST_WORDS.person)}</th>
                <th scope="col">{say(BACKTEST_WORDS.evidence)}</th>
              </tr>
            </thead>
            <tbody>
              {samples.map((one) => (
                <SampleRow
                  key={`${one.kind} ${one.id}`}
                  sample={one}
                  isChosen={one.id === chosen}
                  onChoose={() => onChoose(one.id)}
                />
              ))}
            </tbody>
          </table>
        )}
      </Panel>
      {sample && <SampleEvidence key={sample.id} sample={sample} />}
    </>
  );
}

function SampleRow({
  sample,
  isChosen,
  onChoose,
}: {
  sample: Sample;
  isChosen: boolean;
  onChoose: () => void;
}) {
  const say = useSay();
  const { alert, kind } = sample;
  return (
    <tr data-chosen={isChosen}>
      <td>
        <span className={styles.state}>
          <ChangeMark kind={kind} /> {say(CHANGE_NAMES[kind])}
        </span>
      </td>
      <td>
        <LevelChange {...sample} />
      </td>
      <td>{say(regionName(alert.region))}</td>
      <td className={styles.nowrap}>{localDateTime(alert.openedAtMs).slice(5, 16)}</td>
      <td>
        <code>{alert.subject}</code>
      </td>
      <td>
        <button type="button" aria-expanded={isChosen} onClick={onChoose}>
          {say(evidenceText(alert.evidence.length))}
        </button>
      </td>
    </tr>
  );
}

export function LevelChange({ before, after }: { before: Level | null; after: Level | null }) {
  const say = useSay();
  const levels = [before, after].filter((level) => level !== null);
  return (
    <span className={styles.levels}>
      {levels.map((level, index) => (
        <span key={index} className={rules.level} data-level={level}>
          {index > 0 && '→ '}
          <LevelMark level={level} open label={false} />
          {say(LEVEL_NAMES[level])}
        </span>
      ))}
    </span>
  );
}

function SampleEvidence({ sample: { alert, kind } }: { sample: Sample }) {
  const say = useSay();
  const { geo } = useGeo();
  const box = useRef<HTMLElement>(null);
  const fixes = fixesOf(alert);
  // Whoever chose it on the map wants to see it; the map is far above.
  useEffect(() => box.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <section ref={box} className={styles.evidence} aria-label={say(BACKTEST_WORDS.evidenceOf)}>
      <p className={styles.evidenceHead}>
        <ChangeMark kind={kind} /> {say(CHANGE_NAMES[kind])} · {say(regionName(alert.region))} ·{' '}
        <code>{alert.subject}</code> · {localDateTime(alert.openedAtMs)} ·{' '}
        {say(BACKTEST_WORDS.article)} {alert.article}
      </p>
      {fixes.length > 0 && (
        <>
          <div className={styles.evidenceMap}>
            {geo && (
              <Suspense>
                <DrawnEvidence
                  geo={geo}
                  fixes={fixes}
                  track={undefined}
                  lit={areaCodes(alert, geo)}
                  onReady={() => {}}
                />
              </Suspense>
            )}
          </div>
          <p className={styles.credit}>{say(WORDS.mapCredit)}</p>
        </>
      )}
      <EvidenceTable alert={alert} />
    </section>
  );
}
