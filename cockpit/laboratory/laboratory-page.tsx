// The page of the index laboratory: which index, what the server knows of it, and what to say when it knows nothing.

import { useQuery } from '@tanstack/react-query';
import type { CellsAnswer, DefinitionsAnswer } from '../../app/api/indices.ts';
import type { Me } from '../../app/api/session.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { LABORATORY_PATH, navigate, useQueryText } from '../shared/router.ts';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { monthBefore } from './compare.ts';
import { Laboratory } from './laboratory.tsx';
import { inputOf, type IndexEntry } from './read-input.ts';
import { LAB_WORDS } from './words.ts';
import styles from './laboratory-page.module.css';

/** Two years and the month before: what a change is looked at over. */
const MONTHS_MAX = 25;

export function LaboratoryPage({ me }: { me: Me }) {
  const say = useSay();
  const asked = new URLSearchParams(useQueryText()).get('index');
  const definitions = useQuery({
    queryKey: ['index-definitions'],
    queryFn: ({ signal }) => getJson<DefinitionsAnswer>('/api/indices/definitions', signal),
  });
  const known = definitions.data?.definitions;
  const entry = known?.find(({ id }) => id === asked) ?? known?.[0];
  const cells = useQuery({
    queryKey: ['index-cells', entry?.id, entry?.version, entry?.periods?.last],
    queryFn: ({ signal }) => readInput(entry as IndexEntry, signal),
    enabled: entry !== undefined && entry.periods !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { data } = cells;
  const error = definitions.error ?? cells.error;
  const isEmpty = known !== undefined && entry?.periods == null;
  usePage('laboratory', { ready: data !== undefined || isEmpty || error !== null });
  const problem = error && !data ? problemIn(error) : undefined;
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.laboratory} />
      {problem ? (
        <main className={styles.problem} role="alert">
          <h1>{say(problem.says)}</h1>
          {problem.hint && <p>{say(problem.hint)}</p>}
        </main>
      ) : data && entry ? (
        <Laboratory key={entry.id} input={data} isSynthetic={entry.isSynthetic}>
          {known && known.length > 1 && <IndexPicker known={known} chosen={entry.id} />}
        </Laboratory>
      ) : isEmpty ? (
        <main className={styles.problem} role="status">
          <h1>{say(LAB_WORDS.noIndex)}</h1>
          <p>{say(LAB_WORDS.noIndexHint)}</p>
        </main>
      ) : (
        <main className={styles.problem} role="status">
          {say(WORDS.loading)}
        </main>
      )}
    </div>
  );
}

async function readInput(entry: IndexEntry, signal: AbortSignal) {
  const last = entry.periods?.last ?? '';
  const earliest = monthBefore(last, MONTHS_MAX - 1);
  const first = entry.periods?.first ?? earliest;
  const asked = new URLSearchParams({ of: 'values', from: first > earliest ? first : earliest });
  const path = `/api/indices/${encodeURIComponent(entry.id)}/cells?${asked}`;
  return inputOf(entry, await getJson<CellsAnswer>(path, signal));
}

function IndexPicker({ known, chosen }: { known: readonly IndexEntry[]; chosen: string }) {
  const say = useSay();
  return (
    <label className={styles.inline}>
      <span>{say(LAB_WORDS.index)}</span>
      <select
        value={chosen}
        onChange={(event) => navigate(LABORATORY_PATH, { query: { index: event.target.value } })}
      >
        {known.map(({ id, title }) => (
          <option key={id} value={id}>
            {say(title)}
          </option>
        ))}
      </select>
    </label>
  );
}
