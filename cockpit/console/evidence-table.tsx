// The evidence line by line: when it happened, when it arrived, from where, what it says. Numbers tie the
// fixes to the map.

import type { AlertDetail } from '../../app/api/alerts.ts';
import { isFrameKind, type Observation } from '../../core/observation.ts';
import { localDate } from '../../core/local-time.ts';
import { dateText, dayClockText, latencyText, secondText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { describeObservation, sourceName } from './describe-observation.ts';
import { Section } from './section.tsx';
import { arrivalText, CONSOLE_WORDS } from './words.ts';
import styles from './evidence-table.module.css';

export function EvidenceTable({ alert }: { alert: Pick<AlertDetail, 'openedAtMs' | 'evidence'> }) {
  const say = useSay();
  const day = localDate(alert.openedAtMs);
  return (
    <Section title={CONSOLE_WORDS.evidence} hint={CONSOLE_WORDS.evidenceHint}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{say(CONSOLE_WORDS.order)}</th>
            <th scope="col">{say(CONSOLE_WORDS.time)}</th>
            <th scope="col">{say(CONSOLE_WORDS.source)}</th>
            <th scope="col">{say(CONSOLE_WORDS.content)}</th>
          </tr>
        </thead>
        <tbody>
          {alert.evidence.map((seen, index) => (
            <tr key={seen.id}>
              <td className={styles.number}>{index + 1}</td>
              <td className={styles.time}>
                {isPaper(seen) ? (
                  say(dateText(seen.atMs))
                ) : (
                  <>
                    {localDate(seen.atMs) === day
                      ? secondText(seen.atMs)
                      : say(dayClockText(seen.atMs))}
                    <Arrival seen={seen} />
                  </>
                )}
              </td>
              <td className={styles.source}>{say(sourceName(seen))}</td>
              <td className={styles.content}>
                {say(describeObservation(seen))}
                {seen.kind === 'position' && (
                  <span className={styles.degrees}>
                    {seen.lng.toFixed(5)}, {seen.lat.toFixed(5)}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

/** Orders and leaves hold from a day on, often long ago; when their record came in says nothing. */
const isPaper = ({ kind }: Observation): boolean => isFrameKind(kind);

/** How long after it happened the observation reached the system. */
function Arrival({ seen }: { seen: Observation }) {
  const say = useSay();
  const ms = seen.receivedAtMs - seen.atMs;
  if (ms < 0) return null;
  return <span className={styles.arrival}>{say(arrivalText(latencyText(ms)))}</span>;
}
