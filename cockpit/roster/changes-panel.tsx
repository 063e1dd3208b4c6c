// What was changed and what waits: each change with who, when, why, how far it has come, and what the reader
// may do about it.

import type { RosterAnswer, RosterChangeAnswer } from '../../app/api/roster.ts';
import { text, type Text } from '../../core/text.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { ProblemNote } from './problem-note.tsx';
import { useRosterAct } from './use-roster-act.ts';
import { ACT_NAMES, KIND_NAMES, ROSTER_WORDS, STATE_NAMES, turnText } from './words.ts';
import styles from './panels.module.css';

export function ChangesPanel({ page }: { page: RosterAnswer }) {
  const say = useSay();
  const { changes } = page;
  if (changes.length === 0) return <p className={styles.hint}>{say(ROSTER_WORDS.noChanges)}</p>;
  return (
    <ul className={styles.list}>
      {changes.map((change) => (
        <Change key={change.id} change={change} page={page} />
      ))}
    </ul>
  );
}

function Change({ change, page }: { change: RosterChangeAnswer; page: RosterAnswer }) {
  const say = useSay();
  const nameOf = (id: string) => page.officers.find((one) => one.id === id)?.name ?? id;
  const isOver = change.state === 'declined' || change.state === 'withdrawn';
  const waits = change.state === 'asked' || change.state === 'agreed';
  return (
    <li data-over={isOver}>
      <p className={styles.top}>
        <span className={styles.what}>
          {say(KIND_NAMES[change.body.kind])} · {say(peopleIn(change.body, nameOf))}
        </span>
        <span className={styles.state} data-waits={waits}>
          {say(STATE_NAMES[change.state])}
        </span>
      </p>
      {timesIn(change.body).map((when) => (
        <p key={when.zh}>{say(when)}</p>
      ))}
      <p className={styles.hint}>
        {change.reason} · {say(change.madeBy)} {say(dayClockText(change.madeAtMs))}
      </p>
      <ChangeActs change={change} />
    </li>
  );
}

/** The buttons for what the reader may do, each asking the server. */
export function ChangeActs({ change }: { change: RosterChangeAnswer }) {
  const say = useSay();
  const act = useRosterAct<{ act: RosterChangeAnswer['may'][number] }>(
    () => `/api/roster/changes/${encodeURIComponent(change.id)}/acts`,
  );
  if (change.may.length === 0) return null;
  return (
    <>
      <div className={styles.acts}>
        {change.may.map((name) => (
          <button
            key={name}
            type="button"
            className={name === 'agreed' || name === 'confirmed' ? styles.main : undefined}
            disabled={act.isPending}
            onClick={() => act.mutate({ act: name })}
          >
            {say(ACT_NAMES[name])}
          </button>
        ))}
      </div>
      <ProblemNote error={act.error} />
    </>
  );
}

export function peopleIn(body: RosterChangeAnswer['body'], nameOf: (id: string) => string): Text {
  switch (body.kind) {
    case 'swap': {
      const [one, other] = [nameOf(body.given.officer), nameOf(body.taken.officer)];
      return text(`${one} ⇄ ${other}`, `${one} ⇄ ${other}`);
    }
    case 'override': {
      const taker = nameOf(body.officer);
      const from = body.insteadOf;
      return from === undefined
        ? text(`${taker} 顶替全体`, `${taker} for everyone`)
        : text(`${taker} 顶 ${nameOf(from)}`, `${taker} for ${nameOf(from)}`);
    }
    case 'leave': {
      const away = nameOf(body.officer);
      const standIn = body.standIn;
      return standIn === undefined
        ? text(away, away)
        : text(`${away}（${nameOf(standIn)} 顶班）`, `${away} (${nameOf(standIn)} stands in)`);
    }
  }
}

export const timesIn = (body: RosterChangeAnswer['body']): Text[] =>
  body.kind === 'swap' ? [turnText(body.given), turnText(body.taken)] : [turnText(body)];
