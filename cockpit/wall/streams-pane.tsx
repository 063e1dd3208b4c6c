// The feeds into the system: what came in the last minute, what was refused, and how long ago anything
// came at all.

import { text, type Text } from '../../core/text.ts';
import type { StreamHealth, Wall } from '../../app/api/wall.ts';
import { useTimed } from '../shared/deps.tsx';
import { countText, UNKNOWN } from '../shared/format.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import { StateMark } from '../shared/marks.tsx';
import { STREAM_STATES, WORDS } from '../shared/words.ts';
import { NothingKnown, Pane } from './pane.tsx';
import { WALL_WORDS } from './words.ts';
import styles from './streams-pane.module.css';

const MARKS = { ok: 'ok', quiet: 'unknown', slow: 'warn', silent: 'bad' } as const;

export function StreamsPane({ wall }: { wall: Wall | undefined }) {
  const say = useSay();
  return (
    <Pane title={WALL_WORDS.streams} note={say(WALL_WORDS.perMinute)}>
      {wall && wall.streams.length > 0 ? (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">{say(WALL_WORDS.streams)}</span>
              </th>
              <th scope="col">{say(WALL_WORDS.admitted)}</th>
              <th scope="col">{say(WALL_WORDS.refused)}</th>
              <th scope="col">{say(WALL_WORDS.lastHeard)}</th>
              <th scope="col">{say(WALL_WORDS.state)}</th>
            </tr>
          </thead>
          <tbody>
            {wall.streams.map((stream) => (
              <StreamRow key={stream.source} stream={stream} />
            ))}
          </tbody>
        </table>
      ) : (
        <NothingKnown says={WORDS.noData} />
      )}
    </Pane>
  );
}

function StreamRow({ stream }: { stream: StreamHealth }) {
  const say = useSay();
  const language = useLanguage();
  const { name, admittedPerMinute, refusedPerMinute, lastReceivedAtMs, state } = stream;
  const age = useTimed((nowMs) =>
    lastReceivedAtMs === null ? UNKNOWN : shortAge(nowMs - lastReceivedAtMs)[language],
  );
  return (
    <tr data-state={state}>
      <th scope="row">{say(name)}</th>
      <td>{countText(admittedPerMinute)}</td>
      <td className={styles.refused}>{countText(refusedPerMinute)}</td>
      <td className={styles.age}>{age}</td>
      <td className={styles.state}>
        <StateMark state={MARKS[state]} />
        {say(STREAM_STATES[state])}
      </td>
    </tr>
  );
}

/** One coarse unit, so that a feed that lives does not tick: under ten seconds is "now". */
function shortAge(ms: number): Text {
  const seconds = Math.floor(ms / 10_000) * 10;
  const minutes = Math.floor(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  if (seconds < 10) return text('刚刚', 'now');
  if (minutes < 1) return text(`${seconds} 秒`, `${seconds} s`);
  if (minutes < 120) return text(`${minutes} 分`, `${minutes} min`);
  if (hours < 48) return text(`${hours} 小时`, `${hours} h`);
  return text(`${Math.floor(hours / 24)} 天`, `${Math.floor(hours / 24)} d`);
}
