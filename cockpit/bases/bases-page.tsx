// The page of legal bases: what waits for a second person, which bases end soonest or have ended, what the
// gate refused, and the form to record one.

import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import type { Bases, ListedBasis } from '../../app/api/bases.ts';
import type { Me } from '../../app/api/session.ts';
import { NoPersons } from '../console/no-persons.tsx';
import { getJson, problemIn } from '../shared/api.ts';
import { countText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { addressOf, basisPath } from '../shared/router.ts';
import { seesPersons } from '../shared/session.ts';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { BasisForm } from './basis-form.tsx';
import { BasisRows } from './basis-rows.tsx';
import { ProposalRows } from './proposal-rows.tsx';
import { VoidRows } from './void-order.tsx';
import { RefusalTable } from './refusal-table.tsx';
import { BASIS_WORDS } from './words.ts';
import styles from './bases-page.module.css';

const POLL_MS = 10_000;

export function BasesPage({ me }: { me: Me }) {
  return seesPersons(me.role) ? <BasesOf me={me} /> : <NoPersons me={me} />;
}

function BasesOf({ me }: { me: Me }) {
  const say = useSay();
  const [renewing, setRenewing] = useState<ListedBasis>();
  const { data, error } = useQuery({
    queryKey: ['bases'],
    queryFn: ({ signal }) => getJson<Bases>('/api/bases', signal),
    refetchInterval: POLL_MS,
  });
  usePage('bases', { ready: data !== undefined || error !== null });
  const problem = error && !data ? problemIn(error) : undefined;
  const waiting = data?.proposals.filter(({ decision }) => decision === null) ?? [];
  const decided = data?.proposals.filter(({ decision }) => decision !== null).slice(0, 5) ?? [];
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={BASIS_WORDS.title} />
      <div className={styles.columns}>
        <main className={styles.main}>
          <div className={styles.intro}>
            <h1>{say(BASIS_WORDS.title)}</h1>
            <p>{say(BASIS_WORDS.hint)}</p>
          </div>
          {problem && (
            <p className={styles.problem} role="alert">
              <b>{say(problem.says)}</b> {problem.hint && say(problem.hint)}
            </p>
          )}
          {!data && !problem && <p role="status">{say(WORDS.loading)}</p>}
          {data && (
            <>
              <Figures data={data} />
              <LookUp />
              <ProposalRows
                title={BASIS_WORDS.waiting}
                none={BASIS_WORDS.waitingNone}
                proposals={waiting}
              />
              <VoidRows />
              <BasisRows
                title={BASIS_WORDS.expired}
                none={BASIS_WORDS.expiredNone}
                bases={data.expired}
                count={data.counts.expired}
              />
              <BasisRows
                title={BASIS_WORDS.expiring}
                none={BASIS_WORDS.expiringNone}
                bases={data.expiring}
                count={data.counts.expiring}
                onRenew={setRenewing}
              />
              {decided.length > 0 && (
                <ProposalRows
                  title={BASIS_WORDS.decided}
                  none={BASIS_WORDS.waitingNone}
                  proposals={decided}
                />
              )}
              <RefusalTable refusals={data.refusals} />
            </>
          )}
        </main>
        {data && (
          <BasisForm
            key={renewing?.basisId ?? 'new'}
            {...{ data, renewing }}
            onDone={() => setRenewing(undefined)}
          />
        )}
      </div>
    </div>
  );
}

function Figures({ data: { counts } }: { data: Bases }) {
  const say = useSay();
  const figures = [
    [BASIS_WORDS.persons, counts.persons],
    [BASIS_WORDS.monitoring, counts.monitoring],
    [BASIS_WORDS.recorded, counts.recorded],
    [BASIS_WORDS.expiringCount, counts.expiring, 'warn'],
    [BASIS_WORDS.expiredCount, counts.expired, 'alarm'],
  ] as const;
  return (
    <dl className={styles.figures}>
      {figures.map(([name, count, tone]) => (
        <div key={name.en} data-tone={count > 0 ? tone : undefined}>
          <dt>{say(name)}</dt>
          <dd>{countText(count)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** To the page of a person by their key. */
function LookUp() {
  const say = useSay();
  const [key, setKey] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const subject = key.trim();
    if (subject !== '') location.assign(addressOf(basisPath(subject), {}, location.search));
  };
  return (
    <form className={styles.look} onSubmit={submit}>
      <label>
        <span>{say(BASIS_WORDS.findPerson)}</span>
        <input
          type="text"
          value={key}
          placeholder={say(BASIS_WORDS.key)}
          onChange={({ target }) => setKey(target.value)}
        />
      </label>
      <button type="submit" disabled={key.trim() === ''}>
        {say(BASIS_WORDS.go)}
      </button>
    </form>
  );
}
