// The duty roster of a bureau: the next two weeks day by day, whether somebody can always be reached, and
// beside it what officers do: change turns, hand over, try their numbers. Which bureau stands in the address.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RosterAnswer } from '../../app/api/roster.ts';
import type { Me } from '../../app/api/session.ts';
import { regionName } from '../../core/region.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { navigate, ROSTER_PATH, useQueryText } from '../shared/router.ts';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { ChangeSheet } from './change-sheet.tsx';
import { ChangesPanel } from './changes-panel.tsx';
import { Coverage } from './coverage.tsx';
import type { ChangeDraft } from './form-parts.tsx';
import { HandoverPanel } from './handover-panel.tsx';
import { NumbersPanel } from './numbers-panel.tsx';
import { RosterTable } from './roster-table.tsx';
import { KIND_NAMES, ROSTER_WORDS } from './words.ts';
import styles from './roster-page.module.css';

const REFRESH_MS = 60_000;

export function RosterPage({ me }: { me: Me }) {
  const say = useSay();
  const bureau = new URLSearchParams(useQueryText()).get('bureau');
  const path = bureau ? `/api/roster?bureau=${encodeURIComponent(bureau)}` : '/api/roster';
  const { data, error } = useQuery({
    queryKey: ['roster', path],
    queryFn: ({ signal }) => getJson<RosterAnswer>(path, signal),
    refetchInterval: REFRESH_MS,
    placeholderData: (before) => before,
  });
  usePage('roster', { ready: data !== undefined || error !== null });
  const problem = error ? problemIn(error) : undefined;
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.roster} />
      {problem ? (
        <main className={styles.problem} role="alert">
          <h1>{say(problem.says)}</h1>
          {problem.detail && <p>{problem.detail}</p>}
          {problem.hint && <p>{say(problem.hint)}</p>}
        </main>
      ) : data ? (
        <Roster key={data.bureau} page={data} />
      ) : (
        <p role="status">{say(WORDS.loading)}</p>
      )}
    </div>
  );
}

function Roster({ page }: { page: RosterAnswer }) {
  const say = useSay();
  const [draft, setDraft] = useState<ChangeDraft>();
  return (
    <div className={styles.columns}>
      <main className={styles.main}>
        <div className={styles.head}>
          <h1>
            {say(regionName(page.bureau))} · {say(ROSTER_WORDS.nextDays)}
          </h1>
          {page.bureaus.length > 1 && <BureauChooser page={page} />}
        </div>
        {page.isConfigured ? (
          <>
            <Coverage page={page} />
            <RosterTable
              page={page}
              onTurn={(turn) => setDraft({ kind: 'override', turn, page })}
            />
          </>
        ) : (
          <div className={styles.empty}>
            <h2>{say(ROSTER_WORDS.notConfigured)}</h2>
            <p>{say(ROSTER_WORDS.notConfiguredHint)}</p>
          </div>
        )}
      </main>
      <aside className={styles.aside}>
        {page.isConfigured && (
          <section className={styles.box} aria-labelledby="roster-changes">
            <h2 id="roster-changes">{say(ROSTER_WORDS.changes)}</h2>
            <div className={styles.acts}>
              {(['override', 'swap', 'leave'] as const).map((kind) => (
                <button key={kind} type="button" onClick={() => setDraft({ kind, page })}>
                  {say(KIND_NAMES[kind])}
                </button>
              ))}
            </div>
            <ChangesPanel page={page} />
          </section>
        )}
        <HandoverPanel page={page} />
        <NumbersPanel page={page} />
      </aside>
      {draft && <ChangeSheet draft={{ ...draft, page }} onClose={() => setDraft(undefined)} />}
    </div>
  );
}

function BureauChooser({ page }: { page: RosterAnswer }) {
  const say = useSay();
  return (
    <label className={styles.bureau}>
      <span>{say(ROSTER_WORDS.bureau)}</span>
      <select
        value={page.bureau}
        onChange={({ target }) => navigate(ROSTER_PATH, { query: { bureau: target.value } })}
      >
        {page.bureaus.map((code) => (
          <option key={code} value={code}>
            {say(regionName(code))}
          </option>
        ))}
      </select>
    </label>
  );
}
