// What should have moved and did not, since when, and how canaries fare.

import type { Me } from '../../app/api/session.ts';
import type { StallAnswer, WatchAnswer } from '../../app/api/watch.ts';
import { problemIn } from '../shared/api.ts';
import { dayClockText, latencyText, spanText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { LevelMark, StateMark } from '../shared/marks.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { alertPath } from '../shared/router.ts';
import { usePage } from '../shared/use-page.ts';
import { LEVEL_NAMES, WORDS } from '../shared/words.ts';
import { useWatch } from './use-watch.ts';
import { canaryEveryText, WATCH_WORDS, whatText } from './words.ts';
import styles from './watch-page.module.css';

export function WatchPage({ me }: { me: Me }) {
  const say = useSay();
  const { data, error } = useWatch();
  usePage('watch', { ready: data !== undefined || error !== null });
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.watch} />
      <main className={styles.main}>
        <p className={styles.lead}>{say(WATCH_WORDS.lead)}</p>
        {!data && (
          <p role={error ? 'alert' : 'status'}>
            {say(error ? problemIn(error).says : WORDS.loading)}
          </p>
        )}
        {data && <Lasting watch={data} />}
        {data && <Canaries watch={data} />}
        {data && <Past watch={data} />}
      </main>
    </div>
  );
}

function Lasting({ watch: { lasting, atMs } }: { watch: WatchAnswer }) {
  const say = useSay();
  return (
    <section className={styles.box} aria-labelledby="lasting">
      <h1 id="lasting">
        <StateMark state={lasting.length === 0 ? 'ok' : 'bad'} />
        {say(WATCH_WORDS.lasting)}
      </h1>
      {lasting.length === 0 ? (
        <p>{say(WATCH_WORDS.none)}</p>
      ) : (
        <Stalls stalls={lasting} label="lasting" nowMs={atMs} />
      )}
    </section>
  );
}

function Past({ watch: { past, atMs } }: { watch: WatchAnswer }) {
  const say = useSay();
  return (
    <section className={styles.box} aria-labelledby="past">
      <h2 id="past">{say(WATCH_WORDS.past)}</h2>
      {past.length === 0 ? (
        <p className={styles.hint}>{say(WATCH_WORDS.pastNone)}</p>
      ) : (
        <Stalls stalls={past} label="past" nowMs={atMs} />
      )}
    </section>
  );
}

function Stalls({
  stalls,
  label,
  nowMs,
}: {
  stalls: readonly StallAnswer[];
  label: string;
  nowMs: number;
}) {
  const say = useSay();
  return (
    <div className={styles.scroll} role="region" aria-labelledby={label} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{say(WATCH_WORDS.kind)}</th>
            <th scope="col">{say(WATCH_WORDS.alert)}</th>
            <th scope="col">{say(WATCH_WORDS.since)}</th>
            <th scope="col">{say(WATCH_WORDS.lasted)}</th>
            <th scope="col">{say(WATCH_WORDS.details)}</th>
          </tr>
        </thead>
        <tbody>
          {stalls.map((stall) => (
            <tr key={stall.id}>
              <th scope="row">{say(stall.name)}</th>
              <td>
                <OfAlert stall={stall} />
              </td>
              <td>{say(dayClockText(stall.sinceMs))}</td>
              <td>{say(spanText((stall.overAtMs ?? nowMs) - stall.sinceMs))}</td>
              <td>{say(whatText(stall.what)) || '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OfAlert({ stall: { alertId, reference, level } }: { stall: StallAnswer }) {
  const say = useSay();
  if (reference === null) return '—';
  const words = (
    <>
      {level !== null && <LevelMark level={level} open label={false} />}
      {level !== null && <span>{say(LEVEL_NAMES[level])}</span>} {reference}
    </>
  );
  if (alertId === null) return <span className={styles.alert}>{words}</span>;
  return (
    <a className={styles.alert} href={alertPath(alertId)}>
      {words}
    </a>
  );
}

function Canaries({ watch: { canary } }: { watch: WatchAnswer }) {
  const say = useSay();
  const { everyMs, partitions } = canary;
  return (
    <section className={styles.box} aria-labelledby="canaries">
      <h2 id="canaries">{say(WATCH_WORDS.canary)}</h2>
      <p className={styles.hint}>
        {say(everyMs === null ? WATCH_WORDS.canaryOff : canaryEveryText(spanText(everyMs)))}
      </p>
      {everyMs !== null && partitions.length === 0 && <p>{say(WATCH_WORDS.canaryNone)}</p>}
      {partitions.length > 0 && (
        <div className={styles.scroll} role="region" aria-labelledby="canaries" tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{say(WATCH_WORDS.partition)}</th>
                <th scope="col">{say(WATCH_WORDS.last)}</th>
                <th scope="col">{say(WATCH_WORDS.latency)}</th>
              </tr>
            </thead>
            <tbody>
              {partitions.map(({ partition, sentAtMs, latencyMs }) => (
                <tr key={partition}>
                  <th scope="row">{partition}</th>
                  <td>{say(dayClockText(sentAtMs))}</td>
                  <td>{say(latencyText(latencyMs))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
