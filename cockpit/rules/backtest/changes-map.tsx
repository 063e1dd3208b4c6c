// Where a change of a rule tells: each alert that is not what it was as a mark, the counties shaded by what
// it comes to. What is chosen is told in words below.

import { lazy, Suspense, useState } from 'react';
import type { BacktestReport } from '../../../app/api/backtest-report.ts';
import type { Change, ChangeKind } from '../../../app/api/backtests.ts';
import { localDateTime } from '../../../core/local-time.ts';
import { regionName } from '../../../core/region.ts';
import { problemIn } from '../../shared/api.ts';
import { useSay } from '../../shared/language.tsx';
import { useGeo } from '../../shared/map/geo.ts';
import { WORDS } from '../../shared/words.ts';
import { Panel } from '../panel.tsx';
import { ChangeMark } from './change-mark.tsx';
import { LevelChange } from './samples.tsx';
import { BACKTEST_WORDS, CHANGE_NAMES, CHANGES, shownText, withoutPlaceText } from './words.ts';
import styles from './backtest.module.css';

// Map drawing weighs more than all the rest: words and tables come first.
const DrawnChanges = lazy(async () => ({
  default: (await import('./drawn-changes.tsx')).DrawnChanges,
}));

export function ChangesMap({
  report,
  changes,
  sampled,
  chosen,
  onChoose,
  onReady,
}: {
  report: BacktestReport;
  changes: readonly Change[];
  /** Ids of those with evidence. */
  sampled: readonly string[];
  chosen: string | undefined;
  onChoose: (id: string) => void;
  onReady: () => void;
}) {
  const say = useSay();
  const { geo, error } = useGeo();
  const [shown, setShown] = useState<readonly ChangeKind[]>(CHANGES);
  const [picked, setPicked] = useState<Change>();
  const placed = changes.filter(({ place }) => place !== null);
  const net = new Map(
    report.byCounty.map(({ region, alerts }) => [
      region as string,
      alerts.candidate - alerts.baseline,
    ]),
  );
  return (
    <Panel title={BACKTEST_WORDS.map} hint={BACKTEST_WORDS.mapHint}>
      <div className={styles.map}>
        {geo ? (
          <Suspense>
            <DrawnChanges
              {...{ geo, net, chosen, sampled, onReady }}
              changes={placed.filter(({ kind }) => shown.includes(kind))}
              onPick={(change) => {
                setPicked(change);
                if (sampled.includes(change.id)) onChoose(change.id);
              }}
            />
          </Suspense>
        ) : (
          <p className={styles.away}>
            {error === null ? say(WORDS.loading) : say(problemIn(error).says)}
          </p>
        )}
      </div>
      <div className={styles.legend}>
        {CHANGES.map((kind) => (
          <Legend
            key={kind}
            kind={kind}
            isShown={shown.includes(kind)}
            shown={placed.filter((one) => one.kind === kind).length}
            all={report.totals[kind]}
            onToggle={() =>
              setShown(
                shown.includes(kind) ? shown.filter((one) => one !== kind) : [...shown, kind],
              )
            }
          />
        ))}
        <span className={styles.quiet}>
          {say(BACKTEST_WORDS.hasEvidence)}
          {placed.length < changes.length &&
            ` · ${say(withoutPlaceText(changes.length - placed.length))}`}
        </span>
      </div>
      <p className={styles.picked} role="status">
        {picked ? (
          <>
            <ChangeMark kind={picked.kind} /> {say(CHANGE_NAMES[picked.kind])}{' '}
            <LevelChange {...picked} /> · {say(regionName(picked.region))} ·{' '}
            {localDateTime(picked.openedAtMs).slice(0, 16)}
          </>
        ) : (
          say(BACKTEST_WORDS.mapPick)
        )}
        <small>{say(WORDS.mapCredit)}</small>
      </p>
    </Panel>
  );
}

function Legend({
  kind,
  isShown,
  shown,
  all,
  onToggle,
}: {
  kind: ChangeKind;
  isShown: boolean;
  shown: number;
  all: number;
  onToggle: () => void;
}) {
  const say = useSay();
  return (
    <label>
      <input type="checkbox" checked={isShown} onChange={onToggle} />
      <ChangeMark kind={kind} /> {say(CHANGE_NAMES[kind])}
      <small>{say(shownText(shown, all))}</small>
    </label>
  );
}
