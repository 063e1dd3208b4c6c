// Whose number was tried, and trying one: a code goes out and is entered here.

import { useState } from 'react';
import type { NumberAsked, RosterAnswer } from '../../app/api/roster.ts';
import { Sheet } from '../console/sheet.tsx';
import { dateText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { ProblemNote } from './problem-note.tsx';
import { useRosterAct } from './use-roster-act.ts';
import { ROSTER_WORDS } from './words.ts';
import styles from './panels.module.css';

type Person = RosterAnswer['officers'][number];

export function NumbersPanel({ page }: { page: RosterAnswer }) {
  const say = useSay();
  const [tried, setTried] = useState<Person>();
  return (
    <section className={styles.box} aria-labelledby="roster-people">
      <h2 id="roster-people">{say(ROSTER_WORDS.people)}</h2>
      <ul className={styles.list}>
        {page.officers.map((person) => (
          <li key={person.id}>
            <div className={styles.person}>
              <span>
                <span>
                  {person.name}
                  {person.isLeader && ` · ${say(ROSTER_WORDS.leaderMark)}`}
                  {person.id === page.me && ` · ${say(ROSTER_WORDS.mine)}`}
                </span>
                <NumberState person={person} />
              </span>
              <button
                type="button"
                className={styles.small}
                aria-label={`${say(nameOfAct(person))} ${person.name}`}
                onClick={() => setTried(person)}
              >
                {say(nameOfAct(person))}
              </button>
            </div>
          </li>
        ))}
      </ul>
      {tried && <NumberSheet person={tried} onClose={() => setTried(undefined)} />}
    </section>
  );
}

const nameOfAct = ({ verifiedAtMs }: Person) =>
  verifiedAtMs === null ? ROSTER_WORDS.verify : ROSTER_WORDS.verifyAgain;

function NumberState({ person }: { person: Person }) {
  const say = useSay();
  const { phoneEnd, verifiedAtMs, isStale } = person;
  if (phoneEnd === null) return <span className={styles.warn}>{say(ROSTER_WORDS.noNumber)}</span>;
  const end = `…${phoneEnd}`;
  if (verifiedAtMs === null) {
    return (
      <span className={styles.warn}>
        {end} {say(ROSTER_WORDS.notTried)}
      </span>
    );
  }
  return (
    <span className={isStale ? styles.warn : styles.hint}>
      {end} {say(isStale ? ROSTER_WORDS.stale : ROSTER_WORDS.verified)}{' '}
      {say(dateText(verifiedAtMs))}
    </span>
  );
}

function NumberSheet({ person, onClose }: { person: Person; onClose: () => void }) {
  const say = useSay();
  const [phone, setPhone] = useState('');
  const [channel, setChannel] = useState<'sms' | 'phone'>('sms');
  const [code, setCode] = useState('');
  const [asked, setAsked] = useState<NumberAsked>();
  const [isDone, setDone] = useState(false);
  const ask = useRosterAct<object, NumberAsked>(() => '/api/roster/numbers', setAsked);
  const enter = useRosterAct<{ code: string }>(
    () => `/api/roster/numbers/${encodeURIComponent(asked?.id ?? '')}`,
    () => setDone(true),
  );
  const wanted = phone.trim();
  return (
    <Sheet
      title={{
        zh: `${ROSTER_WORDS.people.zh} · ${person.name}`,
        en: `${ROSTER_WORDS.people.en} · ${person.name}`,
      }}
      onClose={onClose}
    >
      {isDone ? (
        <div className={styles.form}>
          <p className={styles.done} role="status">
            {say(ROSTER_WORDS.numberDone)}
          </p>
          <button type="button" onClick={onClose}>
            {say(ROSTER_WORDS.close)}
          </button>
        </div>
      ) : (
        <>
          <form
            className={styles.form}
            onSubmit={(event) => {
              event.preventDefault();
              ask.mutate({
                officer: person.id,
                channel,
                ...(wanted === '' ? {} : { phone: wanted }),
              });
            }}
          >
            <label className={styles.field}>
              <span>{say(ROSTER_WORDS.number)}</span>
              <input
                type="tel"
                autoComplete="off"
                value={phone}
                maxLength={40}
                placeholder={say(ROSTER_WORDS.numberKeep)}
                data-first-focus
                onChange={({ target }) => setPhone(target.value)}
              />
            </label>
            <fieldset className={styles.kinds}>
              <legend className="visually-hidden">{say(ROSTER_WORDS.way)}</legend>
              {(['sms', 'phone'] as const).map((kind) => (
                <label key={kind}>
                  <input
                    type="radio"
                    name="channel"
                    checked={channel === kind}
                    onChange={() => setChannel(kind)}
                  />
                  <span>{say(kind === 'sms' ? ROSTER_WORDS.bySms : ROSTER_WORDS.byCall)}</span>
                </label>
              ))}
            </fieldset>
            <button
              type="submit"
              className={asked ? undefined : styles.main}
              disabled={ask.isPending}
            >
              {say(ROSTER_WORDS.getCode)}
            </button>
            <ProblemNote error={ask.error} />
          </form>
          {asked && (
            <form
              className={styles.form}
              onSubmit={(event) => {
                event.preventDefault();
                enter.mutate({ code });
              }}
            >
              <p role="status">{say(ROSTER_WORDS.codeSent)}</p>
              <label className={styles.field}>
                <span>{say(ROSTER_WORDS.code)}</span>
                <input
                  inputMode="numeric"
                  autoComplete="one-time-code"
                  value={code}
                  maxLength={6}
                  onChange={({ target }) => setCode(target.value)}
                />
              </label>
              <button type="submit" className={styles.main} disabled={enter.isPending}>
                {say(ROSTER_WORDS.confirmCode)}
              </button>
              <ProblemNote error={enter.error} />
            </form>
          )}
        </>
      )}
    </Sheet>
  );
}
