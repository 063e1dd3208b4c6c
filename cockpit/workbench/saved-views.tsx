// Views kept under a name, and the way to keep this one.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  SCHEDULES,
  VISIBILITIES,
  type NewView,
  type SavedView,
  type Schedule,
  type Visibility,
} from '../../app/api/saved-views.ts';
import { deletePath, postJson, problemIn } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { addressOf, navigate, useQueryText, WORKBENCH_PATH } from '../shared/router.ts';
import { WORDS } from '../shared/words.ts';
import { BENCH_WORDS, SCHEDULE_NAMES, VISIBILITY_NAMES } from './words.ts';
import { useSavedViews, VIEWS } from './use-saved-views.ts';
import styles from './workbench-page.module.css';

export function SavedViews({ query }: { query: Readonly<Record<string, string>> }) {
  const say = useSay();
  const queries = useQueryClient();
  const [title, setTitle] = useState('');
  const [visibility, setVisibility] = useState<Visibility>('private');
  const { data, error } = useSavedViews();
  const again = () => queries.invalidateQueries({ queryKey: VIEWS });
  const keep = useMutation({
    mutationFn: (given: NewView) => postJson<SavedView>('/api/views', given),
    onSuccess: () => {
      setTitle('');
      return again();
    },
  });
  const remove = useMutation({
    mutationFn: (id: string) => deletePath(`/api/views/${encodeURIComponent(id)}`),
    onSettled: again,
  });
  const plan = useMutation({
    mutationFn: ({ id, schedule }: { id: string; schedule: Schedule }) =>
      postJson<SavedView>(`/api/views/${encodeURIComponent(id)}/schedule`, { schedule }),
    onSettled: again,
  });
  const failure = keep.error ?? remove.error ?? plan.error ?? error;
  const problem = failure ? problemIn(failure) : undefined;
  return (
    <section className={styles.box} aria-labelledby="saved">
      <h2 id="saved">{say(BENCH_WORDS.saved)}</h2>
      {problem && (
        <p className={styles.wrong} role="alert">
          {say(problem.says)} {problem.hint && say(problem.hint)}
        </p>
      )}
      {data?.views.length === 0 && <p className={styles.hint}>{say(BENCH_WORDS.noSaved)}</p>}
      {!data && !error && <p className={styles.hint}>{say(WORDS.loading)}</p>}
      <ul className={styles.views}>
        {data?.views.map((view) => (
          <Row
            key={view.id}
            view={view}
            remove={() => remove.mutate(view.id)}
            plan={(schedule) => plan.mutate({ id: view.id, schedule })}
          />
        ))}
      </ul>
      <form
        className={styles.saving}
        onSubmit={(event) => {
          event.preventDefault();
          keep.mutate({ title, visibility, query: `?${new URLSearchParams(query)}` });
        }}
      >
        <label className={styles.field}>
          <span>{say(BENCH_WORDS.title)}</span>
          <input
            required
            maxLength={60}
            value={title}
            onChange={(event) => setTitle(event.target.value)}
          />
        </label>
        <label className={styles.field}>
          <span>{say(BENCH_WORDS.visibility)}</span>
          <select
            value={visibility}
            onChange={(event) => setVisibility(event.target.value as Visibility)}
          >
            {VISIBILITIES.map((one) => (
              <option key={one} value={one}>
                {say(VISIBILITY_NAMES[one])}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" disabled={keep.isPending}>
          {say(BENCH_WORDS.save)}
        </button>
      </form>
    </section>
  );
}

function Row({
  view,
  remove,
  plan,
}: {
  view: SavedView;
  remove(): void;
  plan(schedule: Schedule): void;
}) {
  const say = useSay();
  const present = useQueryText();
  const [sure, setSure] = useState(false);
  const query = Object.fromEntries(new URLSearchParams(view.query));
  return (
    <li>
      <a
        href={addressOf(WORKBENCH_PATH, query, present)}
        onClick={(event) => {
          event.preventDefault();
          navigate(WORKBENCH_PATH, { query });
        }}
      >
        {view.title}
      </a>
      <small>
        {say(VISIBILITY_NAMES[view.visibility])} · {say(view.ownerName)} ·{' '}
        {say(dayClockText(view.savedAtMs))}
      </small>
      {view.isMine ? (
        <span className={styles.acts}>
          <select
            aria-label={`${say(BENCH_WORDS.schedule)} ${view.title}`}
            value={view.schedule}
            onChange={(event) => plan(event.target.value as Schedule)}
          >
            {SCHEDULES.map((schedule) => (
              <option key={schedule} value={schedule}>
                {say(SCHEDULE_NAMES[schedule])}
              </option>
            ))}
          </select>
          <button
            type="button"
            aria-label={`${say(sure ? BENCH_WORDS.removeAgain : BENCH_WORDS.remove)} ${view.title}`}
            onClick={sure ? remove : () => setSure(true)}
          >
            {say(sure ? BENCH_WORDS.removeAgain : BENCH_WORDS.remove)}
          </button>
        </span>
      ) : (
        view.schedule !== 'none' && <small>{say(SCHEDULE_NAMES[view.schedule])}</small>
      )}
    </li>
  );
}
