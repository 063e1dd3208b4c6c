// The page of silences: what hides alerts now and who said so, and the form for another one.

import { useQuery } from '@tanstack/react-query';
import type { Me } from '../../app/api/session.ts';
import type { SilenceList } from '../../app/api/silences.ts';
import { NoPersons } from '../console/no-persons.tsx';
import { getJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { seesPersons } from '../shared/session.ts';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { SilenceForm } from './silence-form.tsx';
import { SilenceRows } from './silence-rows.tsx';
import { countOf, SILENCE_WORDS } from './words.ts';
import styles from './silences-page.module.css';

/** What a silence hides changes while one looks. */
const POLL_MS = 5_000;

export function SilencesPage({ me }: { me: Me }) {
  return seesPersons(me.role) ? <Silences me={me} /> : <NoPersons me={me} />;
}

function Silences({ me }: { me: Me }) {
  const say = useSay();
  const { data, error } = useQuery({
    queryKey: ['silences'],
    queryFn: ({ signal }) => getJson<SilenceList>('/api/silences', signal),
    refetchInterval: POLL_MS,
  });
  usePage('silences', { ready: data !== undefined || error !== null });
  const problem = error && !data ? problemIn(error) : undefined;
  const [current, past] = split(data);
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={SILENCE_WORDS.title} />
      <div className={styles.columns}>
        <main className={styles.main}>
          <div className={styles.intro}>
            <h1>{say(SILENCE_WORDS.title)}</h1>
            <p>{say(SILENCE_WORDS.hint)}</p>
            {data && (
              <p className={styles.count} data-some={data.silenced > 0}>
                {say(SILENCE_WORDS.hiddenNow)} <b>{say(countOf(data.silenced))}</b>
              </p>
            )}
          </div>
          {problem && (
            <p className={styles.problem} role="alert">
              <b>{say(problem.says)}</b> {problem.hint && say(problem.hint)}
            </p>
          )}
          {!data && !problem && <p role="status">{say(WORDS.loading)}</p>}
          {data && (
            <>
              <SilenceRows
                title={SILENCE_WORDS.current}
                none={SILENCE_WORDS.none}
                silences={current}
                {...{ me, data }}
              />
              <SilenceRows
                title={SILENCE_WORDS.past}
                none={SILENCE_WORDS.nonePast}
                silences={past}
                {...{ me, data }}
              />
            </>
          )}
        </main>
        {data && <SilenceForm me={me} data={data} />}
      </div>
    </div>
  );
}

const IS_CURRENT = ['pending', 'scheduled', 'active'];

function split(data: SilenceList | undefined) {
  const all = data?.silences ?? [];
  const isCurrent = ({ state }: (typeof all)[number]) => IS_CURRENT.includes(state);
  return [all.filter(isCurrent), all.filter((one) => !isCurrent(one))] as const;
}
