// The strip along the bottom: every part of the system with its state, so that a quiet city can be told
// from a dead part.

import type { PartHealth, Wall } from '../../app/api/wall.ts';
import { spanText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { StateMark } from '../shared/marks.tsx';
import { PART_STATES, WORDS } from '../shared/words.ts';
import { behindText, WALL_WORDS } from './words.ts';
import styles from './parts-strip.module.css';

const MARKS = { ok: 'ok', behind: 'warn', down: 'bad' } as const;

/** A lag shorter than this is the ordinary rhythm of batches. */
const BEHIND_MS_TOLD = 2_000;

export function PartsStrip({ wall }: { wall: Wall | undefined }) {
  const say = useSay();
  return (
    <footer className={styles.strip} aria-label={say(WALL_WORDS.parts)}>
      <ul>
        {(wall?.parts ?? []).map((part) => (
          <li key={part.part} data-state={part.state}>
            <StateMark state={MARKS[part.state]} />
            <span className={styles.name}>{say(part.name)}</span>
            <span className={styles.state}>{say(stateText(part))}</span>
          </li>
        ))}
        {!wall && <li>{say(WORDS.noData)}</li>}
      </ul>
      <p>{say(WORDS.mapCredit)}</p>
    </footer>
  );
}

function stateText({ state, behindMs, says }: PartHealth) {
  if (state === 'ok') return PART_STATES.ok;
  if (behindMs !== null && behindMs >= BEHIND_MS_TOLD) return behindText(spanText(behindMs));
  return says;
}
