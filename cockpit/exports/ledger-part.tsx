// The ledger: a search, its entries the newest first, and one of them in full.

import { useInfiniteQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { LedgerEntry, LedgerPage } from '../../app/api/exports.ts';
import { localDateTime, parseInstant } from '../../core/local-time.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { addressOf, EXPORTS_PATH, navigate, useQueryText } from '../shared/router.ts';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { EntryBox } from './entry-box.tsx';
import { EXPORT_WORDS as W, FILE_STATES, sizeText } from './words.ts';
import styles from './exports-page.module.css';

const FIELDS = ['whose', 'kind', 'text', 'from', 'until'] as const;

type Asked = Readonly<Record<string, string>>;

export function LedgerPart() {
  const say = useSay();
  const address = useQueryText();
  const given = new URLSearchParams(address);
  const asked: Asked = Object.fromEntries(FIELDS.map((name) => [name, given.get(name) ?? '']));
  const { data, error, fetchNextPage, hasNextPage, isFetching } = useInfiniteQuery({
    queryKey: ['exports', asked],
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam }) =>
      getJson<LedgerPage>(`/api/exports?${queryOf(asked, pageParam)}`, signal),
    getNextPageParam: ({ next }) => next,
  });
  usePage('exports', { ready: data !== undefined || error !== null });
  const entries = data?.pages.flatMap((page) => page.entries) ?? [];
  const open = entries.find(({ number }) => number === given.get('number'));
  const [first] = data?.pages ?? [];
  return (
    <main className={open ? styles.columns : styles.found}>
      <div className={styles.found}>
        {first && <SearchForm key={address} page={first} asked={asked} />}
        {error && (
          <p className={styles.wrong} role="alert">
            {say(problemIn(error).says)}
          </p>
        )}
        {!data && !error && <p role="status">{say(WORDS.loading)}</p>}
        {data && entries.length === 0 && <p className={styles.empty}>{say(W.none)}</p>}
        {entries.length > 0 && (
          <Entries entries={entries} asked={asked} openNumber={open?.number} />
        )}
        {hasNextPage && (
          <p className={styles.acts}>
            <button type="button" disabled={isFetching} onClick={() => void fetchNextPage()}>
              {say(W.more)}
            </button>
          </p>
        )}
      </div>
      {open && (
        <EntryBox entry={open} onClose={() => navigate(EXPORTS_PATH, { query: { ...asked } })} />
      )}
    </main>
  );
}

function queryOf(asked: Asked, after: string | null): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value === '') continue;
    const isTime = name === 'from' || name === 'until';
    const atMs = isTime ? parseInstant(value.replace('T', ' ')) : undefined;
    if (!isTime) query.set(name, value);
    else if (atMs !== undefined) query.set(name, String(atMs));
  }
  if (after !== null) query.set('after', after);
  return query.toString();
}

function SearchForm({ page, asked }: { page: LedgerPage; asked: Asked }) {
  const say = useSay();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const query = Object.fromEntries(FIELDS.map((name) => [name, String(form.get(name) ?? '')]));
    navigate(EXPORTS_PATH, { query });
  };
  return (
    <form className={styles.search} onSubmit={submit} aria-label={say(W.search)}>
      {page.mayAll && (
        <label className={styles.field}>
          {say(W.whose)}
          <select name="whose" defaultValue={asked['whose']}>
            <option value="">{say(W.own)}</option>
            <option value="all">{say(W.all)}</option>
          </select>
        </label>
      )}
      <label className={styles.field}>
        {say(W.kind)}
        <select name="kind" defaultValue={asked['kind']}>
          <option value="">{say(W.any)}</option>
          {page.kinds.map(({ kind, name }) => (
            <option key={kind} value={kind}>
              {say(name)}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.field}>
        {say(W.number)}
        <input name="text" defaultValue={asked['text']} maxLength={80} autoComplete="off" />
      </label>
      {(['from', 'until'] as const).map((name) => (
        <label key={name} className={styles.field}>
          {say(W[name])}
          <input name={name} type="datetime-local" defaultValue={asked[name]} />
        </label>
      ))}
      <div className={styles.acts}>
        <button type="submit" className={styles.go}>
          {say(W.find)}
        </button>
        <button type="button" onClick={() => navigate(EXPORTS_PATH)}>
          {say(W.clear)}
        </button>
      </div>
    </form>
  );
}

function Entries({
  entries,
  asked,
  openNumber,
}: {
  entries: readonly LedgerEntry[];
  asked: Asked;
  openNumber: string | undefined;
}) {
  const say = useSay();
  const heads = [W.madeAt, W.code, W.kind, W.exporter, W.purpose, W.size, W.state];
  return (
    <div className={styles.scroll} role="region" aria-label={say(W.ledger)} tabIndex={0}>
      <table className={`${styles.table} ${styles.cards}`}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head.en} scope="col">
                {say(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => {
            const query = { ...asked, number: entry.number };
            return (
              <tr key={entry.number} data-open={entry.number === openNumber}>
                <td data-head={say(W.madeAt)}>{localDateTime(entry.madeAtMs).slice(0, 16)}</td>
                <th scope="row">
                  <a
                    href={addressOf(EXPORTS_PATH, query, '')}
                    onClick={(event) => {
                      event.preventDefault();
                      navigate(EXPORTS_PATH, { query });
                    }}
                  >
                    {entry.number}
                  </a>
                </th>
                <td data-head={say(W.kind)}>
                  {say(entry.kindName)} <span className={styles.format}>{entry.format}</span>
                </td>
                <td data-head={say(W.exporter)}>
                  {say(entry.exporter)}
                  {entry.isOwn && <span className={styles.mine}>{say(W.mine)}</span>}
                </td>
                <td className={styles.why} data-head={say(W.purpose)}>
                  {entry.purpose}
                </td>
                <td data-head={say(W.size)}>{say(sizeText(entry))}</td>
                <td data-head={say(W.state)}>
                  <span className={entry.state === 'broken-off' ? styles.waiting : undefined}>
                    {say(FILE_STATES[entry.state])}
                  </span>
                  {entry.approvedBy && (
                    <span className={styles.hint}>
                      {' '}
                      · {say(W.approvedBy)} {say(entry.approvedBy)}
                    </span>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
