// Drills: start one, see who was reached when by which channel, and what was missed. Which one is shown stands in
// the address.

import { useQuery } from '@tanstack/react-query';
import type { DrillAnswer, DrillListAnswer } from '../../app/api/drills.ts';
import type { Me } from '../../app/api/session.ts';
import { regionName } from '../../core/region.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { addressOf, DRILLS_PATH, navigate, useQueryText } from '../shared/router.ts';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { DrillReport } from './drill-report.tsx';
import { StartForm } from './start-form.tsx';
import { DRILL_WORDS, STATE_NAMES } from './words.ts';
import styles from './drills-page.module.css';

const LOOK_MS = 3_000;

export function DrillsPage({ me }: { me: Me }) {
  const say = useSay();
  const address = useQueryText();
  const { data, error } = useQuery({
    queryKey: ['drills'],
    queryFn: ({ signal }) => getJson<DrillListAnswer>('/api/drills', signal),
    refetchInterval: LOOK_MS,
  });
  const chosen = new URLSearchParams(address).get('drill') ?? data?.drills[0]?.id;
  usePage('drills', { ready: data !== undefined || error !== null });
  const problem = error && !data ? problemIn(error) : undefined;
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.drills} />
      {problem ? (
        <main className={styles.problem} role="alert">
          <h1>{say(problem.says)}</h1>
          {problem.hint && <p>{say(problem.hint)}</p>}
        </main>
      ) : (
        <div className={styles.columns}>
          <main className={styles.main}>
            {chosen === undefined ? (
              <p className={styles.nothing}>{say(data ? DRILL_WORDS.none : WORDS.loading)}</p>
            ) : (
              <DrillReport key={chosen} id={chosen} rules={data?.rules ?? []} />
            )}
          </main>
          <aside className={styles.aside}>
            {data && <StartForm list={data} />}
            {data && <Drills drills={data.drills} openId={chosen} />}
          </aside>
        </div>
      )}
    </div>
  );
}

function Drills({
  drills,
  openId,
}: {
  drills: readonly DrillAnswer[];
  openId: string | undefined;
}) {
  const say = useSay();
  const present = useQueryText();
  return (
    <section className={styles.box} aria-labelledby="drills">
      <h2 id="drills">{say(DRILL_WORDS.list)}</h2>
      {drills.length === 0 && <p className={styles.hint}>{say(DRILL_WORDS.none)}</p>}
      <ol className={styles.list}>
        {drills.map(({ id, level, region, state, startedAtMs, purpose }) => (
          <li key={id}>
            <a
              href={addressOf(DRILLS_PATH, { drill: id }, present)}
              aria-current={id === openId ? 'page' : undefined}
              onClick={(event) => {
                event.preventDefault();
                navigate(DRILLS_PATH, { query: { drill: id } });
              }}
            >
              <span className={styles.name}>
                <LevelMark level={level} open={state === 'running' || state === 'starting'} />
                {say(regionName(region))} · {purpose}
              </span>
              <span className={styles.hint}>
                {say(dayClockText(startedAtMs))} · {say(STATE_NAMES[state])}
              </span>
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}
