// Two weeks as a table, days by lines: who, when, what kind of day it is. One's own turns stand out, and so
// does whoever cannot be telephoned. A turn is a button: pressing it lets somebody take it over.

import type { RosterAnswer } from '../../app/api/roster.ts';
import { DAY_MS } from '../../core/local-time.ts';
import { useSay } from '../shared/language.tsx';
import {
  DAY_MARKS,
  hoursText,
  LINE_NAMES,
  ROSTER_WORDS,
  shortDay,
  turnText,
  weekdayName,
} from './words.ts';
import styles from './roster-table.module.css';

export type Line = RosterAnswer['lines'][number];
export type Turn = Line['turns'][number] & { readonly line: Line['name'] };

export function RosterTable({
  page,
  onTurn,
}: {
  page: RosterAnswer;
  onTurn: (turn: Turn) => void;
}) {
  const say = useSay();
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{say(ROSTER_WORDS.day)}</th>
          {page.lines.map(({ name }) => (
            <th key={name} scope="col">
              {say(LINE_NAMES[name])}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {page.days.map((day, index) => (
          <tr key={day.date} data-kind={day.kind} data-today={index === 0}>
            <DayCell day={day} isToday={index === 0} />
            {page.lines.map((line) => (
              <td key={line.name}>
                <span className={styles.line}>{say(LINE_NAMES[line.name])}</span>
                <Turns page={page} line={line} day={day} isFirst={index === 0} onTurn={onTurn} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DayCell({ day, isToday }: { day: RosterAnswer['days'][number]; isToday: boolean }) {
  const say = useSay();
  const mark = DAY_MARKS[day.kind];
  return (
    <th scope="row">
      <span className={styles.date}>{say(shortDay(day.startMs))}</span>{' '}
      <span className={styles.weekday}>{say(weekdayName(day.startMs))}</span>{' '}
      {isToday && <span className={styles.today}>{say(ROSTER_WORDS.today)}</span>}{' '}
      {mark && <span className={styles.mark}>{day.name ?? say(mark)}</span>}
    </th>
  );
}

function Turns({
  page,
  line,
  day,
  isFirst,
  onTurn,
}: {
  page: RosterAnswer;
  line: Line;
  day: RosterAnswer['days'][number];
  isFirst: boolean;
  onTurn: (turn: Turn) => void;
}) {
  const say = useSay();
  const { startMs } = day;
  const turns = line.turns.filter(
    ({ fromMs, untilMs }) =>
      (fromMs >= startMs && fromMs < startMs + DAY_MS) ||
      // What began before stands on the first day as long as it lasts.
      (isFirst && fromMs < startMs && untilMs > page.nowMs),
  );
  const lasting = line.turns.find(
    ({ fromMs, untilMs }) => fromMs < startMs && untilMs >= startMs + DAY_MS,
  );
  if (turns.length === 0) {
    return lasting ? (
      <span className={styles.lasting}>{nameOf(page, lasting.officer)}</span>
    ) : (
      <span className={styles.none}>{say(vacancyText(page, startMs))}</span>
    );
  }
  return (
    <ul className={styles.turns}>
      {turns.map((turn) => (
        <li key={`${turn.officer} ${turn.fromMs}`}>
          <TurnButton page={page} turn={{ ...turn, line: line.name }} onTurn={onTurn} />
        </li>
      ))}
    </ul>
  );
}

/** An empty line is a gap where nobody at all can be reached on that day; else others are called. */
const vacancyText = ({ coverage }: RosterAnswer, startMs: number) =>
  coverage.gaps.some(({ fromMs, untilMs }) => fromMs < startMs + DAY_MS && untilMs > startMs)
    ? ROSTER_WORDS.nobody
    : ROSTER_WORDS.vacant;

function TurnButton({
  page,
  turn,
  onTurn,
}: {
  page: RosterAnswer;
  turn: Turn;
  onTurn: (turn: Turn) => void;
}) {
  const say = useSay();
  const officer = page.officers.find(({ id }) => id === turn.officer);
  const isMine = turn.officer === page.me;
  const isNow = turn.fromMs <= page.nowMs && page.nowMs < turn.untilMs;
  const isOver = turn.untilMs <= page.nowMs;
  const isUntried = officer !== undefined && officer.verifiedAtMs === null;
  return (
    <button
      type="button"
      className={styles.turn}
      data-mine={isMine}
      data-now={isNow}
      disabled={isOver}
      title={say(turnText(turn))}
      onClick={() => onTurn(turn)}
    >
      <span className={styles.hours}>{say(hoursText(turn))}</span>
      <span className={styles.name}>{officer?.name ?? turn.officer}</span>
      {isMine && <span className={styles.me}>{say(ROSTER_WORDS.mine)}</span>}
      {isNow && <span className={styles.now}>{say(ROSTER_WORDS.onDuty)}</span>}
      {turn.changeId !== null && (
        <span className={styles.changed}>{say(ROSTER_WORDS.changed)}</span>
      )}
      {isUntried && (
        <span className={styles.untried}>
          {say(officer.phoneEnd === null ? ROSTER_WORDS.noNumber : ROSTER_WORDS.notTried)}
        </span>
      )}
    </button>
  );
}

const nameOf = (page: RosterAnswer, id: string): string =>
  page.officers.find((one) => one.id === id)?.name ?? id;
