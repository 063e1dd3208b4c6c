// One person: why one looks, then every measure in force with its paper and days left, the sources open and
// closed and why, and what is held. The sheet for the person is printed from here.

import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import type { Held, HeldQuery } from '../../app/api/bases.ts';
import { HELD_PURPOSES, type PurposeCode } from '../../app/api/purposes.ts';
import type { Me } from '../../app/api/session.ts';
import { regionName } from '../../core/region.ts';
import { SOURCE_KINDS } from '../../core/source.ts';
import { subjectKey } from '../../core/subject.ts';
import { NoPersons } from '../console/no-persons.tsx';
import { postJson, problemIn } from '../shared/api.ts';
import { countText, dateText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { usePrintMarked, wordsOf } from '../shared/print-marked.ts';
import { addressOf, BASES_PATH } from '../shared/router.ts';
import { seesPersons } from '../shared/session.ts';
import { usePage } from '../shared/use-page.ts';
import { CLASS_NAMES } from '../shared/words.ts';
import { NeedsList } from './needs-list.tsx';
import { VoidOrder } from './void-order.tsx';
import { Measures } from './measures.tsx';
import { PersonSheet } from './person-sheet.tsx';
import { BASIS_WORDS, HELD_TABLES, SOURCE_BECAUSE, STORES, termText } from './words.ts';
import styles from './person-page.module.css';

export function PersonBasisPage({ me, subject }: { me: Me; subject: string }) {
  return seesPersons(me.role) ? <Person me={me} subject={subject} /> : <NoPersons me={me} />;
}

function Person({ me, subject }: { me: Me; subject: string }) {
  const say = useSay();
  usePage('person-basis', { ready: true });
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: (query: HeldQuery) => postJson<Held>('/api/held', query),
  });
  const printing = usePrintMarked();
  const failed = error ?? printing.error;
  const problem = failed ? problemIn(failed) : undefined;
  return (
    <div className={styles.page}>
      <div className={styles.screen}>
        <PageHeader me={me} here={BASIS_WORDS.title} />
        <main className={styles.main}>
          <div className={styles.head}>
            <h1>{subject}</h1>
            <a href={addressOf(BASES_PATH, {}, location.search)}>{say(BASIS_WORDS.back)}</a>
            {data && (
              <button
                type="button"
                disabled={printing.isPending}
                onClick={() =>
                  printing.print({
                    what: 'person-sheet',
                    subject: subjectKey(subject),
                    words: wordsOf(document.querySelector('[data-sheet]')),
                  })
                }
              >
                {say(BASIS_WORDS.print)}
              </button>
            )}
            {data?.order && <VoidOrder subject={subject} />}
          </div>
          {!data && (
            <Purpose
              isPending={isPending}
              onLook={(why) => mutate({ subject: subjectKey(subject), ...why })}
            />
          )}
          {problem && (
            <p className={styles.problem} role="alert">
              <b>{say(problem.says)}</b> {problem.hint && say(problem.hint)}
            </p>
          )}
          {data && <HeldAbout held={data} />}
        </main>
      </div>
      {data && <PersonSheet held={data} mark={printing.mark} />}
    </div>
  );
}

function Purpose({
  isPending,
  onLook,
}: {
  isPending: boolean;
  onLook: (why: Pick<HeldQuery, 'purpose' | 'reason'>) => void;
}) {
  const say = useSay();
  const [purpose, setPurpose] = useState<PurposeCode | ''>('');
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (purpose !== '') onLook({ purpose, reason });
  };
  return (
    <form className={styles.purpose} onSubmit={submit}>
      <h2>{say(BASIS_WORDS.purposeTitle)}</h2>
      <p>{say(BASIS_WORDS.purposeHint)}</p>
      <label>
        <span>{say(BASIS_WORDS.purpose)}</span>
        <select
          value={purpose}
          onChange={({ target }) => setPurpose(target.value as PurposeCode | '')}
        >
          <option value="">{say(BASIS_WORDS.choose)}</option>
          {HELD_PURPOSES.map(({ code, name }) => (
            <option key={code} value={code}>
              {say(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{say(BASIS_WORDS.reason)}</span>
        <input
          type="text"
          value={reason}
          maxLength={300}
          placeholder={say(BASIS_WORDS.reasonHint)}
          onChange={({ target }) => setReason(target.value)}
        />
      </label>
      <button type="submit" disabled={purpose === '' || reason.trim() === '' || isPending}>
        {say(BASIS_WORDS.look)}
      </button>
    </form>
  );
}

function HeldAbout({ held }: { held: Held }) {
  const say = useSay();
  const { order, deleteAtMs } = held;
  return (
    <>
      {order && (
        <p className={styles.order}>
          <span>{say(CLASS_NAMES[order.subjectClass])}</span>
          <span>{say(regionName(order.county))}</span>
          <span>
            {say(BASIS_WORDS.supervision)} {say(termText(order.fromMs, order.untilMs))}
            {!order.inForce && say(BASIS_WORDS.notInForce)}
          </span>
          {deleteAtMs !== null && (
            <span>
              {say(BASIS_WORDS.deleteAt)} {say(dateText(deleteAtMs))}
            </span>
          )}
        </p>
      )}
      <Measures measures={held.measures} />
      <div className={styles.sources}>
        <Sources
          title={BASIS_WORDS.openSources}
          sources={held.sources.filter(({ open }) => open)}
        />
        <Sources
          title={BASIS_WORDS.closedSources}
          sources={held.sources.filter(({ open }) => !open)}
        />
      </div>
      <Mirror held={held} />
      {order && order.subjectClass !== 'cc' && <NeedsList />}
    </>
  );
}

function Sources({
  title,
  sources,
}: {
  title: (typeof BASIS_WORDS)['title'];
  sources: Held['sources'];
}) {
  const say = useSay();
  return (
    <section className={styles.section}>
      <h2>
        {say(title)} <span>{sources.length}</span>
      </h2>
      {sources.length === 0 ? (
        <p className={styles.none}>{say(BASIS_WORDS.sourcesNone)}</p>
      ) : (
        <table className={styles.table}>
          <tbody>
            {sources.map(({ source, because, documentNumber, untilMs }) => (
              <tr key={source}>
                <th scope="row">{say(SOURCE_KINDS[source])}</th>
                <td>{say(SOURCE_BECAUSE[because])}</td>
                <td>
                  {documentNumber}
                  {untilMs !== null && <small>{say(dateText(untilMs - 1))}</small>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Mirror({ held: { held, heldIsWhole } }: { held: Held }) {
  const say = useSay();
  return (
    <section className={styles.section}>
      <h2>{say(BASIS_WORDS.held)}</h2>
      <p className={styles.quiet}>
        {say(heldIsWhole ? BASIS_WORDS.heldHint : BASIS_WORDS.heldPart)}
      </p>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{say(BASIS_WORDS.store)}</th>
            <th scope="col">{say(BASIS_WORDS.table)}</th>
            <th scope="col" className={styles.figure}>
              {say(BASIS_WORDS.count)}
            </th>
            <th scope="col">{say(BASIS_WORDS.period)}</th>
          </tr>
        </thead>
        <tbody>
          {held.map(({ store, table, count, fromMs, untilMs }) => (
            <tr key={`${store} ${table}`}>
              <td>{say(STORES[store])}</td>
              <td>{say(HELD_TABLES[table] ?? { zh: table, en: table })}</td>
              <td className={styles.figure}>{countText(count)}</td>
              <td>
                {fromMs !== null && untilMs !== null
                  ? `${say(dateText(fromMs))} – ${say(dateText(untilMs))}`
                  : '—'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
