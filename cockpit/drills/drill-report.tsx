// What one drill showed.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { DrillAnswer, DrillListAnswer, DrillReportAnswer } from '../../app/api/drills.ts';
import { regionName } from '../../core/region.ts';
import { getJson, postJson, problemIn } from '../shared/api.ts';
import { dayClockText, latencyText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { LevelMark, StateMark } from '../shared/marks.tsx';
import { alertPath } from '../shared/router.ts';
import { LEVEL_NAMES, WORDS } from '../shared/words.ts';
import {
  codeText,
  DRILL_WORDS,
  missText,
  REACH_NAMES,
  rungText,
  SIDE_NAMES,
  STATE_NAMES,
  VIA_NAMES,
} from './words.ts';
import styles from './drills-page.module.css';

const LOOK_MS = 2_000;

export function DrillReport({ id, rules }: { id: string; rules: DrillListAnswer['rules'] }) {
  const say = useSay();
  const { data, error } = useQuery({
    queryKey: ['drills', id],
    queryFn: ({ signal }) =>
      getJson<DrillReportAnswer>(`/api/drills/${encodeURIComponent(id)}`, signal),
    refetchInterval: ({ state }) => (state.data?.drill.state === 'ended' ? false : LOOK_MS),
  });
  if (!data) {
    return (
      <p className={styles.nothing} role={error ? 'alert' : 'status'}>
        {say(error ? problemIn(error).says : WORDS.loading)}
      </p>
    );
  }
  const reached = data.persons.filter(({ reachedAfterMs }) => reachedAfterMs !== null).length;
  const isOver = data.drill.state === 'ended';
  return (
    <article className={styles.report} aria-labelledby="drill-title">
      <Head drill={data.drill} rules={rules} />
      <dl className={styles.figures}>
        <Figure name={say(DRILL_WORDS.opened)} value={say(latencyText(data.openedAfterMs))} />
        <Figure name={say(DRILL_WORDS.reached)} value={`${reached} / ${data.persons.length}`} />
        <Figure
          name={say(DRILL_WORDS.acknowledged)}
          value={
            data.acknowledgedAfterMs === null
              ? say(DRILL_WORDS.notYet)
              : say(latencyText(data.acknowledgedAfterMs))
          }
        />
      </dl>
      <section aria-labelledby="missed">
        <h2 id="missed">{say(DRILL_WORDS.missed)}</h2>
        {!isOver && <p className={styles.hint}>{say(DRILL_WORDS.stillRunning)}</p>}
        <ul className={styles.missed}>
          {data.missed.length === 0 && (
            <li>
              <StateMark state="ok" />
              {say(DRILL_WORDS.nothingMissed)}
            </li>
          )}
          {data.missed.map((miss) => (
            <li key={say(missText(miss))}>
              <StateMark state={isOver ? 'bad' : 'warn'} />
              {say(missText(miss))}
            </li>
          ))}
        </ul>
      </section>
      {data.sides.length > 0 && <Sides sides={data.sides} />}
      {data.persons.length > 0 && <Persons persons={data.persons} />}
    </article>
  );
}

function Head({ drill, rules }: { drill: DrillAnswer; rules: DrillListAnswer['rules'] }) {
  const say = useSay();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => postJson<DrillAnswer>(`/api/drills/${encodeURIComponent(drill.id)}/end`, {}),
    onSettled: () => queries.invalidateQueries({ queryKey: ['drills'] }),
  });
  const title = rules.find(({ id }) => id === drill.ruleId)?.title;
  return (
    <header className={styles.head} data-level={drill.level}>
      <LevelMark level={drill.level} open={drill.state !== 'ended'} label={false} />
      <div>
        <p className={styles.state}>
          {say(LEVEL_NAMES[drill.level])} · {say(STATE_NAMES[drill.state])}
        </p>
        <h1 id="drill-title">
          {drill.purpose}
          <small>
            {say(regionName(drill.region))} · {title ? say(title) : drill.ruleId}
          </small>
        </h1>
        <p className={styles.facts}>
          <span>
            {say(WORDS.reference)} <b>{drill.reference}</b>
          </span>
          <span>
            {say(DRILL_WORDS.startedBy)} {say(drill.startedBy)}
          </span>
          <span>
            {say(DRILL_WORDS.startedAt)} {say(dayClockText(drill.startedAtMs))}
          </span>
          {drill.endedAtMs !== null && (
            <span>
              {say(DRILL_WORDS.endedAt)} {say(dayClockText(drill.endedAtMs))}{' '}
              {say(drill.endedBy ?? DRILL_WORDS.byLimit)}
            </span>
          )}
        </p>
      </div>
      <div className={styles.acts}>
        <a className={styles.link} href={alertPath(drill.alertId)}>
          {say(DRILL_WORDS.alert)}
        </a>
        {drill.state !== 'ended' && (
          <button type="button" disabled={end.isPending} onClick={() => end.mutate()}>
            {say(DRILL_WORDS.end)}
          </button>
        )}
        {end.error && (
          <p className={styles.wrong} role="alert">
            {say(problemIn(end.error).says)}
          </p>
        )}
      </div>
    </header>
  );
}

const Figure = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

function Sides({ sides }: { sides: DrillReportAnswer['sides'] }) {
  const say = useSay();
  return (
    <section aria-labelledby="sides">
      <h2 id="sides">{say(DRILL_WORDS.sides)}</h2>
      <ul className={styles.missed}>
        {sides.map(({ side, acknowledgedAfterMs, by, via }) => (
          <li key={side}>
            <StateMark state={acknowledgedAfterMs === null ? 'warn' : 'ok'} />
            {say(SIDE_NAMES[side])}{' '}
            {acknowledgedAfterMs === null ? (
              say(DRILL_WORDS.notYet)
            ) : (
              <>
                <b>{say(latencyText(acknowledgedAfterMs))}</b>
                {by && <span>{say(by)}</span>}
                {via && VIA_NAMES[via] && <span>{say(VIA_NAMES[via])}</span>}
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const CHANNELS = ['phone', 'sms', 'push'] as const;

function Persons({ persons }: { persons: DrillReportAnswer['persons'] }) {
  const say = useSay();
  return (
    <section aria-labelledby="persons">
      <h2 id="persons">{say(DRILL_WORDS.persons)}</h2>
      <div className={styles.scroll} role="region" aria-labelledby="persons" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{say(DRILL_WORDS.person)}</th>
              <th scope="col">{say(DRILL_WORDS.when)}</th>
              {CHANNELS.map((channel) => (
                <th key={channel} scope="col">
                  {say(DRILL_WORDS[channel])}
                </th>
              ))}
              <th scope="col" className={styles.number}>
                {say(DRILL_WORDS.reachedAfter)}
              </th>
            </tr>
          </thead>
          <tbody>
            {persons.map((person) => (
              <tr key={`${person.rung} ${person.officer.zh}`}>
                <th scope="row">{say(person.officer)}</th>
                <td>{say(person.rung === 0 ? DRILL_WORDS.first : rungText(person.rung))}</td>
                {CHANNELS.map((channel) => (
                  <td key={channel}>
                    <Way person={person} channel={channel} />
                  </td>
                ))}
                <td className={styles.number}>{say(latencyText(person.reachedAfterMs))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const MARKS = {
  answered: 'ok',
  delivered: 'ok',
  sent: 'warn',
  waiting: 'warn',
  failed: 'bad',
  'not-needed': 'unknown',
} as const;

function Way({
  person,
  channel,
}: {
  person: DrillReportAnswer['persons'][number];
  channel: (typeof CHANNELS)[number];
}) {
  const say = useSay();
  const reach = person.reaches.find((one) => one.channel === channel);
  if (!reach) return <span className={styles.none}>—</span>;
  const at = reach.reachedAfterMs ?? reach.sentAfterMs;
  return (
    <span className={styles.way}>
      <StateMark state={MARKS[reach.state]} />
      {say(REACH_NAMES[reach.state])}
      {at !== null && <span className={styles.hint}>{say(latencyText(at))}</span>}
      {reach.code !== null && reach.state === 'failed' && (
        <span className={styles.hint}>{say(codeText(reach.code))}</span>
      )}
    </span>
  );
}
