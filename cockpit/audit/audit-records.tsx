// Searching the trail: what is asked for stands in the address, so that a search can be passed on.

import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import type { AuditPage, AuditRecordAnswer, AuditStatus } from '../../app/api/audit.ts';
import { localDateTime, parseInstant } from '../../core/local-time.ts';
import { getJson, postForFile, problemIn } from '../shared/api.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import { AUDIT_PATH, navigate, useQueryText } from '../shared/router.ts';
import { saveFile } from '../reports/save-file.ts';
import { ACTION_NAMES, AUDIT_WORDS, nameOf, OUTCOME_NAMES, PURPOSE_NAMES } from './words.ts';
import styles from './audit-page.module.css';

const FIELDS = ['actor', 'action', 'subject', 'purpose', 'outcome', 'from', 'until'] as const;

export function AuditRecords({ status }: { status: AuditStatus }) {
  const say = useSay();
  const address = useQueryText();
  const given = new URLSearchParams(address);
  const asked = Object.fromEntries(FIELDS.map((name) => [name, given.get(name) ?? '']));
  const { data, error, fetchNextPage, hasNextPage, isFetching } = useInfiniteQuery({
    queryKey: ['audit', 'records', asked],
    initialPageParam: null as number | null,
    queryFn: ({ signal, pageParam }) =>
      getJson<AuditPage>(`/api/audit/records?${queryOf(asked, pageParam)}`, signal),
    getNextPageParam: ({ next }) => next,
    // Every search is recorded: it is made when somebody makes it, and not again by itself.
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const records = data?.pages.flatMap((page) => page.records) ?? [];
  return (
    <section className={styles.box} aria-labelledby="records">
      <h2 id="records">{say(AUDIT_WORDS.records)}</h2>
      <SearchForm key={address} status={status} asked={asked} />
      <p className={styles.hint}>{say(AUDIT_WORDS.own)}</p>
      {error && <p role="alert">{say(problemIn(error).says)}</p>}
      {data && records.length === 0 && <p>{say(AUDIT_WORDS.nothing)}</p>}
      {records.length > 0 && <AuditTable records={records} label={say(AUDIT_WORDS.records)} />}
      {hasNextPage && (
        <p className={styles.acts}>
          <button type="button" disabled={isFetching} onClick={() => void fetchNextPage()}>
            {say(AUDIT_WORDS.more)}
          </button>
        </p>
      )}
      <Taking asked={asked} status={status} />
    </section>
  );
}

type Asked = Readonly<Record<string, string>>;

function queryOf(asked: Asked, before: number | null): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value === '') continue;
    const isTime = name === 'from' || name === 'until';
    const atMs = isTime ? parseInstant(value.replace('T', ' ')) : undefined;
    if (!isTime) query.set(name, value);
    else if (atMs !== undefined) query.set(name, String(atMs));
  }
  if (before !== null) query.set('before', String(before));
  return query.toString();
}

function SearchForm({ status, asked }: { status: AuditStatus; asked: Asked }) {
  const say = useSay();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const query = Object.fromEntries(FIELDS.map((name) => [name, String(form.get(name) ?? '')]));
    navigate(AUDIT_PATH, { query });
  };
  const choice = (
    name: 'actor' | 'action' | 'purpose' | 'outcome',
    options: readonly (readonly [string, string])[],
  ) => (
    <label>
      {say(AUDIT_WORDS[name])}
      <select name={name} defaultValue={asked[name]}>
        <option value="">{say(AUDIT_WORDS.anyone)}</option>
        {options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
  const named = (names: Readonly<Record<string, Parameters<typeof say>[0]>>) =>
    Object.entries(names).map(([code, name]) => [code, say(name)] as const);
  return (
    <form className={styles.search} onSubmit={submit} aria-label={say(AUDIT_WORDS.search)}>
      {choice(
        'actor',
        status.actors.map(({ id, name }) => [id, say(name)] as const),
      )}
      {choice('action', named(ACTION_NAMES))}
      <label>
        {say(AUDIT_WORDS.subject)}
        <input name="subject" defaultValue={asked['subject']} maxLength={64} autoComplete="off" />
      </label>
      {choice('purpose', named(PURPOSE_NAMES))}
      {choice('outcome', named(OUTCOME_NAMES))}
      {(['from', 'until'] as const).map((name) => (
        <label key={name}>
          {say(AUDIT_WORDS[name])}
          <input name={name} type="datetime-local" defaultValue={asked[name]} />
        </label>
      ))}
      <div className={styles.acts}>
        <button type="submit" className={styles.mainAct}>
          {say(AUDIT_WORDS.find)}
        </button>
        <button type="button" onClick={() => navigate(AUDIT_PATH, { query: {} })}>
          {say(AUDIT_WORDS.clear)}
        </button>
      </div>
    </form>
  );
}

/** Records of the trail, one to a line. */
export function AuditTable({
  records,
  label,
}: {
  records: readonly AuditRecordAnswer[];
  label: string;
}) {
  const say = useSay();
  return (
    <div className={styles.scroll} role="region" aria-label={label} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{say(AUDIT_WORDS.place)}</th>
            <th scope="col">{say(AUDIT_WORDS.time)}</th>
            <th scope="col">{say(AUDIT_WORDS.actor)}</th>
            <th scope="col">{say(AUDIT_WORDS.action)}</th>
            <th scope="col">{say(AUDIT_WORDS.outcome)}</th>
            <th scope="col">{say(AUDIT_WORDS.subject)}</th>
            <th scope="col">{say(AUDIT_WORDS.purpose)}</th>
            <th scope="col">{say(AUDIT_WORDS.details)}</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={record.position} data-outcome={record.outcome}>
              <th scope="row">{record.position}</th>
              <td>{localDateTime(record.atMs)}</td>
              <td>{record.actorName ? say(record.actorName) : record.actor}</td>
              <td>{say(nameOf(ACTION_NAMES, record.action))}</td>
              <td>{say(nameOf(OUTCOME_NAMES, record.outcome))}</td>
              <td>{subjectsText(record.subjects)}</td>
              <td>{record.purpose === null ? '—' : say(nameOf(PURPOSE_NAMES, record.purpose))}</td>
              <td>
                <Details record={record} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const subjectsText = (subjects: readonly string[]): string =>
  subjects.length > 2 ? `${subjects[0]} +${subjects.length - 1}` : subjects.join(' ') || '—';

function Details({ record }: { record: AuditRecordAnswer }) {
  const say = useSay();
  return (
    <details className={styles.details}>
      <summary>{say(AUDIT_WORDS.details)}</summary>
      <dl>
        {record.reason !== null && (
          <>
            <dt>{say(AUDIT_WORDS.reason)}</dt>
            <dd>{record.reason}</dd>
          </>
        )}
        {record.subjects.length > 2 && (
          <>
            <dt>{say(AUDIT_WORDS.subject)}</dt>
            <dd>{record.subjects.join(' ')}</dd>
          </>
        )}
        {Object.entries(record.detail).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{String(value ?? '—')}</dd>
          </div>
        ))}
        <dt>{say(AUDIT_WORDS.hash)}</dt>
        <dd className={styles.code}>{record.hash}</dd>
      </dl>
    </details>
  );
}

function Taking({ asked, status }: { asked: Asked; status: AuditStatus }) {
  const say = useSay();
  const language = useLanguage();
  const [purpose, setPurpose] = useState('');
  const timeOf = (name: 'from' | 'until') =>
    parseInstant((asked[name] ?? '').replace('T', ' ')) as number | undefined;
  const take = useMutation({
    mutationFn: (what: 'trail' | 'csv' | 'xlsx') =>
      what === 'trail'
        ? postForFile('/api/audit/export', {
            from: timeOf('from') ?? 0,
            until: timeOf('until') ?? status.atMs + 1,
            purpose,
          })
        : postForFile('/api/audit/records/export', {
            ...Object.fromEntries(new URLSearchParams(queryOf(asked, null))),
            format: what,
            language,
            purpose,
          }),
    onSuccess: ({ file, name }) => saveFile(file, name),
  });
  return (
    <form
      className={`${styles.search} ${styles.taking}`}
      aria-label={say(AUDIT_WORDS.take)}
      onSubmit={(event) => {
        event.preventDefault();
        // Which of the buttons it was.
        const { submitter } = event.nativeEvent as SubmitEvent;
        const what = (submitter as HTMLButtonElement | null)?.value;
        take.mutate(what === 'csv' || what === 'xlsx' ? what : 'trail');
      }}
    >
      <label>
        {say(AUDIT_WORDS.takeFor)}
        <input
          value={purpose}
          onChange={(event) => setPurpose(event.target.value)}
          minLength={2}
          maxLength={60}
          required
        />
      </label>
      <div className={styles.acts}>
        <button type="submit" disabled={take.isPending}>
          {say(take.isPending ? AUDIT_WORDS.taking : AUDIT_WORDS.take)}
        </button>
        {(['xlsx', 'csv'] as const).map((format) => (
          <button key={format} type="submit" value={format} disabled={take.isPending}>
            {say(AUDIT_WORDS.takeRecords(format.toUpperCase()))}
          </button>
        ))}
      </div>
      <p className={styles.hint}>{say(AUDIT_WORDS.takeHint)}</p>
      {take.error && <p role="alert">{say(problemIn(take.error).says)}</p>}
    </form>
  );
}
