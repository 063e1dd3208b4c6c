// Today's handling: what came, what was closed and how many were true, what leave covered, how long
// people and the system took.

import type { ReactNode } from 'react';
import type { Wall } from '../../app/api/wall.ts';
import type { Text } from '../../core/text.ts';
import { countText, latencyText, shareText, shortSpanText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { LEVEL_NAMES } from '../shared/words.ts';
import { LEVELS } from './levels.ts';
import { Pane } from './pane.tsx';
import { WALL_WORDS } from './words.ts';
import styles from './today-pane.module.css';

export function TodayPane({ wall }: { wall: Wall | undefined }) {
  const say = useSay();
  const today = wall?.today;
  return (
    <Pane title={WALL_WORDS.today}>
      <dl className={styles.facts}>
        <Fact name={WALL_WORDS.opened}>
          {LEVELS.map((level) => (
            <span key={level} className={styles.level}>
              <LevelMark level={level} open={false} label={false} />
              <span className="visually-hidden">{say(LEVEL_NAMES[level])}</span>
              {countText(today?.opened[level])}
            </span>
          ))}
        </Fact>
        <Fact name={WALL_WORDS.onLeave}>{countText(today?.suppressedByLeave)}</Fact>
        <Fact name={WALL_WORDS.closedToday} note={say(WALL_WORDS.confirmed)}>
          <Pair
            a={countText(today?.closed)}
            b={today ? shareText(today.confirmedTrue, today.closed) : countText(undefined)}
          />
        </Fact>
        <Fact name={WALL_WORDS.acknowledgeTime} note={say(WALL_WORDS.acknowledgeQuantiles)}>
          <Pair
            a={say(shortSpanText(seconds(today?.acknowledgeP50S)))}
            b={say(shortSpanText(seconds(today?.acknowledgeP90S)))}
          />
        </Fact>
        <Fact name={WALL_WORDS.latency} note={say(WALL_WORDS.latencyQuantiles)}>
          <Pair
            a={say(latencyText(wall?.alertLatencyP50Ms))}
            b={say(latencyText(wall?.alertLatencyP99Ms))}
          />
        </Fact>
      </dl>
    </Pane>
  );
}

function Fact({ name, note, children }: { name: Text; note?: string; children: ReactNode }) {
  const say = useSay();
  return (
    <div className={styles.fact}>
      <dt>
        {say(name)}
        {note !== undefined && <span>{note}</span>}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

const Pair = ({ a, b }: { a: string; b: string }) => (
  <>
    <span>{a}</span>
    <span className={styles.stroke}>/</span>
    <span>{b}</span>
  </>
);

const seconds = (value: number | null | undefined) =>
  value === null || value === undefined ? value : value * 1_000;
