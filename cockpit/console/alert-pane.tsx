// One alert in full: what happened, what is asked, who must acknowledge, the evidence, what was done, and
// the next step. The order is the order of the officer's questions.

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { AlertDetail } from '../../app/api/alerts.ts';
import type { Me } from '../../app/api/session.ts';
import { regionName } from '../../core/region.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { useTimed } from '../shared/deps.tsx';
import { ageText, dayClockText, latencyText } from '../shared/format.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import type { LiveStatus } from '../shared/live/live-stream.ts';
import { LevelMark } from '../shared/marks.tsx';
import { CLASS_PERSONS, LEVEL_DUTIES, LEVEL_NAMES, WORDS } from '../shared/words.ts';
import { ActionBar } from './action-bar.tsx';
import { Findings } from './answers/findings.tsx';
import { Objections } from './answers/objections.tsx';
import { TaskCard } from './answers/task-card.tsx';
import { articleText } from './article.ts';
import { Awaited } from './awaited.tsx';
import { CorrectionNote, CorrectionTag } from './correction.tsx';
import { EvidenceMap } from './evidence-map.tsx';
import { EvidenceTable } from './evidence-table.tsx';
import { IdentityCard } from './identity/identity-card.tsx';
import { DecisionsFold } from './decisions.tsx';
import { Timeline } from './timeline.tsx';
import { LeavesChecked, Verify } from './verify.tsx';
import { whatHappened } from './what-happened.ts';
import { WhyNot } from './why-not.tsx';
import { CONSOLE_WORDS, recordedText, repeatsText } from './words.ts';
import styles from './alert-pane.module.css';

const POLL_MS = 5_000;

export function AlertPane({
  me,
  alertId,
  live,
  onBack,
  onReady,
}: {
  me: Me;
  alertId: string;
  live: LiveStatus;
  onBack: () => void;
  onReady: (ready: boolean) => void;
}) {
  const say = useSay();
  const { data: alert, error } = useQuery({
    queryKey: ['alert', alertId],
    queryFn: ({ signal }) =>
      getJson<AlertDetail>(`/api/alerts/${encodeURIComponent(alertId)}`, signal),
    refetchInterval: live.phase === 'live' ? false : POLL_MS,
  });
  const [mapReady, setMapReady] = useState(false);
  const ready = (alert !== undefined && mapReady) || error !== null;
  useEffect(() => {
    onReady(ready);
    return () => onReady(false);
  }, [ready, onReady]);

  return (
    <main className={styles.pane}>
      <button type="button" className={styles.back} onClick={onBack}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M15 4l-8 8 8 8" />
        </svg>
        {say(CONSOLE_WORDS.back)}
      </button>
      {alert ? (
        <Sheets me={me} alert={alert} onMapReady={() => setMapReady(true)} />
      ) : (
        <div className={styles.away} role="status">
          {error === null ? (
            <p>{say(WORDS.loading)}</p>
          ) : (
            <>
              <h1>{say(problemIn(error).says)}</h1>
              {problemIn(error).hint && <p>{say(problemIn(error).hint!)}</p>}
            </>
          )}
        </div>
      )}
    </main>
  );
}

function Sheets({ me, alert, onMapReady }: { me: Me; alert: AlertDetail; onMapReady: () => void }) {
  const say = useSay();
  const stands = alert.withdrawnAtMs === null;
  return (
    <>
      <div className={styles.scroll}>
        <Head alert={alert} />
        <div className={styles.columns}>
          <div className={styles.column}>
            <section className={styles.lead} aria-labelledby="happened">
              <h2 id="happened" className="visually-hidden">
                {say(CONSOLE_WORDS.happened)}
              </h2>
              <CorrectionNote alert={alert} />
              {alert.isDrill && <p className={styles.drill}>{say(CONSOLE_WORDS.drillNote)}</p>}
              <p>{say(whatHappened(alert))}</p>
              <dl className={styles.asked}>
                <dt>{say(CONSOLE_WORDS.duty)}</dt>
                <dd>{say(alert.duty)}</dd>
                <dt>{say(CONSOLE_WORDS.article)}</dt>
                <dd>{say(articleText(alert.article))}</dd>
              </dl>
            </section>
            {stands && <Awaited alert={alert} className={styles.onPhone} />}
            <EvidenceMap alert={alert} onReady={onMapReady} />
            <EvidenceTable alert={alert} />
          </div>
          <div className={styles.column}>
            {stands && <Awaited alert={alert} className={styles.onDesk} />}
            {/* Nobody stands behind the person of a drill. */}
            {!alert.isDrill && <IdentityCard key={alert.subject} subject={alert.subject} />}
            <TaskCard me={me} alert={alert} />
            <Findings alert={alert} />
            <Timeline alert={alert} />
            <Objections me={me} alert={alert} />
            <DecisionsFold alert={alert} />
            <LeavesChecked alert={alert} />
            {/* No rule said a drill. */}
            {!alert.isDrill && <Verify alert={alert} />}
            {!alert.isDrill && <WhyNot alert={alert} />}
          </div>
        </div>
      </div>
      <ActionBar me={me} alert={alert} />
    </>
  );
}

function Head({ alert }: { alert: AlertDetail }) {
  const say = useSay();
  const language = useLanguage();
  const age = useTimed((nowMs) => ageText(nowMs - alert.openedAtMs)[language]);
  const title = useRef<HTMLHeadingElement>(null);
  const { level, status, repeats } = alert;
  const stands = alert.withdrawnAtMs === null;
  const waits = status === 'new' && stands;
  return (
    <header
      className={styles.head}
      data-level={level}
      data-status={waits || status !== 'new' ? status : 'withdrawn'}
    >
      <LevelMark level={level} open={waits} label={false} />
      <div>
        <p className={styles.level}>
          {say(LEVEL_NAMES[level])} · {say(LEVEL_DUTIES[level])}
        </p>
        <h1 ref={title} tabIndex={-1}>
          <CorrectionTag alert={alert} />
          {stands ? say(alert.title) : <s>{say(alert.title)}</s>}
        </h1>
        <p className={styles.facts}>
          <span>
            {say(regionName(alert.region))} · {say(CLASS_PERSONS[alert.subjectClass])} ·{' '}
            <b>{alert.subject}</b>
          </span>
          <span>
            {say(WORDS.reference)} <b>{alert.reference}</b>
          </span>
          <span>
            {say(CONSOLE_WORDS.opened)} {say(dayClockText(alert.openedAtMs))}
          </span>
          <span>{say(recordedText(latencyText(alert.recordedAtMs - alert.openedAtMs)))}</span>
          {repeats > 0 && <span>{say(repeatsText(repeats))}</span>}
          {alert.late && (
            <span title={say(CONSOLE_WORDS.lateHint)}>{say(CONSOLE_WORDS.lateHint)}</span>
          )}
        </p>
      </div>
      <p className={styles.state}>
        <b>{age}</b>
        <span>
          {say(
            waits
              ? WORDS.unacknowledged
              : status === 'closed'
                ? WORDS.closed
                : stands
                  ? WORDS.acknowledged
                  : CONSOLE_WORDS.withdrawn,
          )}
          {alert.clearedAtMs !== null && ` · ${say(WORDS.cleared)}`}
        </span>
      </p>
    </header>
  );
}
