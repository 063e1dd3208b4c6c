// What is kept where and for how long, who is on hold, and what was deleted. For administrators.

import { useQuery } from '@tanstack/react-query';
import type { RetentionAnswer } from '../../app/api/retention.ts';
import type { Me } from '../../app/api/session.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { countText, dateText, dayClockText, UNKNOWN } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { HoldForm, HoldRows } from './holds.tsx';
import { daysText, RETENTION_WORDS, ruleText, STORE_NAMES } from './words.ts';
import styles from './retention-page.module.css';

export function RetentionPage({ me }: { me: Me }) {
  const say = useSay();
  const { data, error } = useQuery({
    queryKey: ['retention'],
    queryFn: ({ signal }) => getJson<RetentionAnswer>('/api/retention', signal),
    refetchInterval: 30_000,
  });
  usePage('retention', { ready: data !== undefined || error !== null });
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.retention} />
      <main className={styles.main}>
        <p className={styles.hint}>{say(RETENTION_WORDS.lead)}</p>
        {!data && (
          <p role={error ? 'alert' : 'status'}>
            {say(error ? problemIn(error).says : WORDS.loading)}
          </p>
        )}
        {data && (
          <>
            <Persons data={data} />
            <section className={styles.box} aria-labelledby="holds">
              <h2 id="holds">{say(RETENTION_WORDS.holds)}</h2>
              <HoldRows holds={data.holds} />
              {me.rights?.includes('retention.hold') && <HoldForm />}
            </section>
            <Certificates data={data} />
            <Declaration data={data} />
          </>
        )}
      </main>
    </div>
  );
}

function Persons({
  data: { persons, nextPersonAtMs, running, places },
}: {
  data: RetentionAnswer;
}) {
  const say = useSay();
  const facts = [
    [RETENTION_WORDS.due, countText(persons.due)],
    [RETENTION_WORDS.period, countText(persons.period)],
    [RETENTION_WORDS.openAlert, countText(persons['open-alert'])],
    [RETENTION_WORDS.held, countText(persons.hold)],
    [RETENTION_WORDS.nextPerson, nextPersonAtMs === null ? UNKNOWN : say(dateText(nextPersonAtMs))],
    [RETENTION_WORDS.running, countText(running.length)],
  ] as const;
  return (
    <section className={styles.box} aria-labelledby="persons">
      <h1 id="persons">{say(RETENTION_WORDS.persons)}</h1>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name.en}>
            <dt>{say(name)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {running.map(({ id, rule, stage }) => (
        <p key={id} className={styles.hint}>
          {say(RETENTION_WORDS.running)}: {say(ruleText(rule, 'period-over', places))} · {stage}
        </p>
      ))}
    </section>
  );
}

function Certificates({ data: { certificates, places } }: { data: RetentionAnswer }) {
  const say = useSay();
  return (
    <section className={styles.box} aria-labelledby="certificates">
      <h2 id="certificates">{say(RETENTION_WORDS.certificates)}</h2>
      {certificates.length === 0 ? (
        <p className={styles.hint}>{say(RETENTION_WORDS.noCertificates)}</p>
      ) : (
        <div className={styles.scroll} role="region" aria-labelledby="certificates" tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{say(RETENTION_WORDS.when)}</th>
                <th scope="col">{say(RETENTION_WORDS.rule)}</th>
                <th scope="col">{say(RETENTION_WORDS.rows)}</th>
                <th scope="col">{say(RETENTION_WORDS.hash)}</th>
              </tr>
            </thead>
            <tbody>
              {certificates.map(({ id, rule, because, rows, contentHash, atMs }) => (
                <tr key={id}>
                  <td>{say(dayClockText(atMs))}</td>
                  <th scope="row">{say(ruleText(rule, because, places))}</th>
                  <td>{countText(rows)}</td>
                  <td>
                    <code title={contentHash}>{contentHash.slice(0, 16)}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Declaration({ data: { places } }: { data: RetentionAnswer }) {
  const say = useSay();
  return (
    <section className={styles.box} aria-labelledby="declaration">
      <h2 id="declaration">{say(RETENTION_WORDS.declaration)}</h2>
      <div className={styles.scroll} role="region" aria-labelledby="declaration" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{say(RETENTION_WORDS.holdsWhat)}</th>
              <th scope="col">{say(RETENTION_WORDS.where)}</th>
              <th scope="col">{say(RETENTION_WORDS.length)}</th>
              <th scope="col">{say(RETENTION_WORDS.from)}</th>
              <th scope="col">{say(RETENTION_WORDS.oldest)}</th>
              <th scope="col">{say(RETENTION_WORDS.next)}</th>
              <th scope="col">{say(RETENTION_WORDS.how)}</th>
            </tr>
          </thead>
          <tbody>
            {places.map(({ store, name, holds, personal }) => (
              <tr key={`${store}.${name}`}>
                <th scope="row">{say(holds)}</th>
                <td>
                  {say(STORE_NAMES[store])} <code>{name}</code>
                </td>
                {personal ? (
                  <>
                    <td>
                      {personal.periodMs === null ? UNKNOWN : say(daysText(personal.periodMs))}
                    </td>
                    <td>{say(personal.clock)}</td>
                    <td>
                      {personal.oldestAtMs === null ? UNKNOWN : say(dateText(personal.oldestAtMs))}
                    </td>
                    <td>
                      {personal.nextAtMs === null ? UNKNOWN : say(dateText(personal.nextAtMs))}
                    </td>
                    <td>{say(personal.deleted)}</td>
                  </>
                ) : (
                  <td colSpan={5} className={styles.hint}>
                    {say(RETENTION_WORDS.nobody)}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
