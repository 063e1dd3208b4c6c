// Level-1 alerts that wait, on top of the console whatever the list is filtered to, until they are
// acknowledged.

import { useQuery } from '@tanstack/react-query';
import type { AlertList } from '../../app/api/alerts.ts';
import { regionName } from '../../core/region.ts';
import { getJson } from '../shared/api.ts';
import { useTimed } from '../shared/deps.tsx';
import { ageText } from '../shared/format.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import type { LiveStatus } from '../shared/live/live-stream.ts';
import { LevelMark } from '../shared/marks.tsx';
import { LEVEL_DUTIES, LEVEL_NAMES } from '../shared/words.ts';
import { CONSOLE_WORDS } from './words.ts';
import styles from './grave-notice.module.css';

const POLL_MS = 5_000;

export function GraveNotice({
  openId,
  onOpen,
  live,
}: {
  /** The alert that is open already needs no second call. */
  openId: string | undefined;
  onOpen: (id: string) => void;
  live: LiveStatus;
}) {
  const { data } = useQuery({
    queryKey: ['grave'],
    queryFn: ({ signal }) => getJson<AlertList>('/api/alerts?status=new&level=1&limit=20', signal),
    refetchInterval: live.phase === 'live' ? 30_000 : POLL_MS,
  });
  const waiting = (data?.alerts ?? []).filter(
    ({ id, withdrawnAtMs }) => id !== openId && withdrawnAtMs === null,
  );
  // What is real hides any drill.
  const real = waiting.filter(({ isDrill }) => !isDrill);
  const shown = real.length > 0 ? real : waiting;
  // The newest: the older ones have been shown, and may wait for the other bureau only.
  const first = shown.at(-1);
  return (
    <div role="alert">
      {first && <Band alert={first} count={shown.length} onOpen={() => onOpen(first.id)} />}
    </div>
  );
}

function Band({
  alert,
  count,
  onOpen,
}: {
  alert: AlertList['alerts'][number];
  count: number;
  onOpen: () => void;
}) {
  const say = useSay();
  const language = useLanguage();
  const age = useTimed((nowMs) => ageText(nowMs - alert.openedAtMs)[language]);
  return (
    <div className={styles.band}>
      <LevelMark level={1} open label={false} />
      <p>
        <strong>
          {say(LEVEL_NAMES[1])} · {say(LEVEL_DUTIES[1])}
        </strong>{' '}
        <span>
          {say(regionName(alert.region))} · {say(alert.title)}
        </span>
        {/* Its minutes must not be read out again and again. */}
        <span aria-hidden="true">
          {' '}
          · {age}
          {count > 1 && ` · +${count - 1}`}
        </span>
      </p>
      <button type="button" onClick={onOpen}>
        {say(CONSOLE_WORDS.showGrave)}
      </button>
    </div>
  );
}
