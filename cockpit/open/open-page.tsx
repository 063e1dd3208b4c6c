// The supervisor's view: everything that is open, by how long it has been so, with who has it. Where only what
// is new is looked at, a backlog grows unseen; here the oldest stands first. The filter is in the address.

import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { OpenView } from '../../app/api/open-alerts.ts';
import type { Me } from '../../app/api/session.ts';
import { regionName } from '../../core/region.ts';
import { NoPersons } from '../console/no-persons.tsx';
import { getJson, problemIn } from '../shared/api.ts';
import { countText, dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { navigate, OPEN_PATH, useQueryText } from '../shared/router.ts';
import { seesPersons } from '../shared/session.ts';
import { usePage } from '../shared/use-page.ts';
import { LEVEL_NAMES, WORDS } from '../shared/words.ts';
import { bandName, sumOf } from './open-counts.ts';
import { filterOf, FILTER_NAMES, NOTHING_FILTERED, type OpenFilter } from './open-filter.ts';
import { OpenMatrix } from './open-matrix.tsx';
import { OpenRows, UndecidedObjections } from './open-rows.tsx';
import { OPEN_WORDS as W } from './words.ts';
import styles from './open-page.module.css';

const POLL_MS = 30_000;

export function OpenPage({ me }: { me: Me }) {
  return seesPersons(me.role) ? <Page me={me} /> : <NoPersons me={me} />;
}

function Page({ me }: { me: Me }) {
  const say = useSay();
  const address = useQueryText();
  const filter = useMemo(() => filterOf(address), [address]);
  const { data, error, hasNextPage, fetchNextPage } = useOpen(filter);
  usePage('open', { ready: data !== undefined || error !== null });
  const first = data?.pages[0];
  const choose = (next: Partial<OpenFilter>) =>
    navigate(OPEN_PATH, { query: { ...NOTHING_FILTERED, ...next }, replace: true });
  const problem = error ? problemIn(error) : undefined;
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={W.title} />
      <main className={styles.main}>
        <header className={styles.head}>
          <h1>{say(W.title)}</h1>
          <p>{say(W.lead)}</p>
        </header>
        {problem && (
          <div className={styles.problem} role="alert">
            <b>{say(problem.says)}</b>
            {problem.hint && <p>{say(problem.hint)}</p>}
          </div>
        )}
        {first ? (
          <>
            <Totals view={first} filter={filter} onChoose={choose} />
            <UndecidedObjections objections={first.objections} />
            <OpenMatrix counts={first.counts} filter={filter} onChoose={choose} />
            <FilterLine filter={filter} onClear={() => choose({})} />
            <OpenRows rows={data.pages.flatMap(({ rows }) => rows)} atMs={first.atMs} />
            {hasNextPage && (
              <button type="button" className={styles.more} onClick={() => void fetchNextPage()}>
                {say(W.more)}
              </button>
            )}
          </>
        ) : (
          !problem && <p role="status">{say(WORDS.loading)}</p>
        )}
      </main>
    </div>
  );
}

function useOpen(filter: OpenFilter) {
  const query = new URLSearchParams();
  for (const name of FILTER_NAMES) {
    const value = filter[name];
    if (value !== undefined) query.set(name, value);
  }
  const asked = query.toString();
  return useInfiniteQuery({
    queryKey: ['open', asked],
    queryFn: ({ signal, pageParam }) => {
      const before = pageParam === '' ? '' : `&before=${encodeURIComponent(pageParam)}`;
      return getJson<OpenView>(`/api/open?${asked}${before}`, signal);
    },
    initialPageParam: '',
    getNextPageParam: ({ before }) => before ?? undefined,
    refetchInterval: POLL_MS,
    placeholderData: (shown) => shown,
  });
}

function Totals({
  view,
  filter,
  onChoose,
}: {
  view: OpenView;
  filter: OpenFilter;
  onChoose: (next: Partial<OpenFilter>) => void;
}) {
  const say = useSay();
  const { counts, withdrawn, objections, atMs } = view;
  const all = sumOf(counts);
  return (
    <ul className={styles.totals}>
      {([1, 2, 3] as const).map((level) => {
        const sum = sumOf(counts.filter((count) => count.level === level));
        return (
          <li key={level} data-level={level}>
            <button
              type="button"
              aria-pressed={filter.level === String(level)}
              onClick={() => onChoose({ level: String(level) })}
            >
              <LevelMark level={level} open={sum.alerts > 0} label={false} />
              <span>{say(LEVEL_NAMES[level])}</span>
              <b>{countText(sum.alerts)}</b>
            </button>
          </li>
        );
      })}
      <li data-warns={all.overdue > 0}>
        <button
          type="button"
          aria-pressed={filter.overdue !== undefined}
          onClick={() => onChoose({ overdue: 'true' })}
        >
          <span>{say(W.overdue)}</span>
          <b>{countText(all.overdue)}</b>
        </button>
      </li>
      <li data-warns={objections.some(({ isOverdue }) => isOverdue)}>
        <p>
          <span>{say(W.objections)}</span>
          <b>{countText(objections.length)}</b>
        </p>
      </li>
      <li>
        <button
          type="button"
          aria-pressed={filter.withdrawn !== undefined}
          onClick={() => onChoose({ withdrawn: 'true' })}
        >
          <span>{say(W.toClose)}</span>
          <b>{countText(withdrawn)}</b>
        </button>
      </li>
      <li className={styles.asOf}>
        {say(W.asOf)} {say(dayClockText(atMs))}
      </li>
    </ul>
  );
}

function FilterLine({ filter, onClear }: { filter: OpenFilter; onClear: () => void }) {
  const say = useSay();
  const { region, band, level, overdue, withdrawn } = filter;
  const parts = [
    region && regionName(region),
    band && bandName(Number(band)),
    (level === '1' || level === '2' || level === '3') && LEVEL_NAMES[Number(level) as 1 | 2 | 3],
    overdue && W.overdue,
    withdrawn && W.toClose,
  ].filter((part) => typeof part === 'object');
  if (parts.length === 0) return null;
  return (
    <p className={styles.filter} role="status">
      {say(W.filtered)}：{parts.map((part) => say(part)).join(' · ')}
      <button type="button" onClick={onClear}>
        {say(W.showAll)}
      </button>
    </p>
  );
}
