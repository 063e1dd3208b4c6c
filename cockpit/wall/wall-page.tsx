// ⑨ The supervision wall: one sheet, seen whole from eight metres, running for weeks.

import { useEffect, useState } from 'react';
import type { Me } from '../../app/api/session.ts';
import { useDeps } from '../shared/deps.tsx';
import { problemIn } from '../shared/api.ts';
import { secondText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { useStaleSeconds } from '../shared/live-badge.tsx';
import { SIGN_IN_PATH } from '../shared/router.ts';
import { seesPersons } from '../shared/session.ts';
import { ToSignIn } from '../shared/to-sign-in.tsx';
import { usePage } from '../shared/use-page.ts';
import { AgesPane } from './ages-pane.tsx';
import { CountiesPane } from './counties-pane.tsx';
import { FeedPane } from './feed-pane.tsx';
import { GraveBand } from './grave-band.tsx';
import { LevelsPane } from './levels-pane.tsx';
import { MinutesPane } from './minutes-pane.tsx';
import { msUntilNight } from './night.ts';
import { PartsStrip } from './parts-strip.tsx';
import { StreamsPane } from './streams-pane.tsx';
import { TodayPane } from './today-pane.tsx';
import { useWall } from './use-wall.ts';
import { WallHeader } from './wall-header.tsx';
import { WallMap } from './wall-map.tsx';
import { WALL_WORDS } from './words.ts';
import styles from './wall-page.module.css';

export function WallPage({ me }: { me: Me | null }) {
  const [known, setKnown] = useState(me);
  if (me !== null && me !== known) setKnown(me);
  if (known === null) return <ToSignIn />;
  return <Wall known={known} ended={me === null} />;
}

function Wall({ known, ended }: { known: Me; ended: boolean }) {
  const say = useSay();
  const { state, points, status, error } = useWall();
  const [mapReady, setMapReady] = useState(false);
  const wall = state?.wall;
  const staleSeconds = useStaleSeconds(
    state && { atMs: state.wall.atMs, receivedAtMs: state.receivedAtMs },
  );
  const stale = staleSeconds !== undefined;
  usePage('wall', { ready: mapReady && wall !== undefined });
  useNightlyReload();

  return (
    <div className={styles.wall} data-stale={stale}>
      <WallHeader status={status} staleSeconds={staleSeconds} toConsole={seesPersons(known.role)} />
      <GraveBand alerts={wall?.alerts ?? []} />
      <main className={styles.main}>
        <div className={styles.left}>
          <LevelsPane wall={wall} />
          <AgesPane wall={wall} />
          <CountiesPane wall={wall} />
          <TodayPane wall={wall} />
        </div>
        <div className={styles.centre}>
          <WallMap wall={wall} points={points} onReady={() => setMapReady(true)} />
          <MinutesPane wall={wall} />
        </div>
        <div className={styles.right}>
          <FeedPane wall={wall} />
          <StreamsPane wall={wall} />
        </div>
      </main>
      {(ended || stale || (!wall && error !== null)) && (
        <p className={styles.notice} role="status">
          {ended ? (
            <>
              {say(WALL_WORDS.sessionEnded)} ·{' '}
              <a href={SIGN_IN_PATH}>{say(WALL_WORDS.signInAgain)}</a>
            </>
          ) : wall ? (
            `${say(WALL_WORDS.stoppedAt)} ${secondText(wall.atMs)}`
          ) : (
            `${say(WALL_WORDS.unreachable)} · ${say(problemIn(error).says)}`
          )}
        </p>
      )}
      <PartsStrip wall={wall} />
    </div>
  );
}

/** Starts afresh once a night, as a net below everything that was meant to run for weeks. */
function useNightlyReload(): void {
  const { clock, serverClock } = useDeps();
  useEffect(() => {
    const timer = clock.after(msUntilNight(serverClock.now()), () => location.reload());
    return () => timer.cancel();
  }, [clock, serverClock]);
}
