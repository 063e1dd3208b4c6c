// Who must acknowledge and who has: for level 1 the city and the county, else the county.

import type { AlertDetail } from '../../app/api/alerts.ts';
import { useSay } from '../shared/language.tsx';
import { StateMark } from '../shared/marks.tsx';
import { momentText } from '../shared/format.ts';
import { WORDS } from '../shared/words.ts';
import { CONSOLE_WORDS } from './words.ts';
import styles from './awaited.module.css';

type Side = AlertDetail['awaiting'][number];

const NAMES = { city: CONSOLE_WORDS.cityBureau, county: CONSOLE_WORDS.countyBureau } as const;

export function Awaited({
  alert,
  className,
}: {
  alert: AlertDetail;
  className: string | undefined;
}) {
  const say = useSay();
  const sides: readonly Side[] = alert.level === 1 ? ['city', 'county'] : ['county'];
  return (
    <section className={className} aria-label={say(CONSOLE_WORDS.ladder)}>
      <ul className={styles.sides}>
        {sides.map((side) => {
          const waits = alert.status === 'new' && alert.awaiting.includes(side);
          const atMs = waits ? undefined : acknowledgedAt(alert, side);
          return (
            <li key={side} data-waits={waits}>
              <StateMark state={waits ? 'warn' : 'ok'} />
              <b>{say(NAMES[side])}</b>
              <span>
                {waits ? say(CONSOLE_WORDS.waitingFor) : say(WORDS.acknowledged)}
                {atMs !== undefined && ` ${momentText(atMs, alert.recordedAtMs)}`}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** When a side acknowledged: what the timeline says, else when the whole alert counted as acknowledged. */
function acknowledgedAt({ timeline, acknowledgedAtMs }: AlertDetail, side: Side) {
  const own = timeline.find(
    ({ kind, details }) =>
      (kind === 'answered' || kind === 'acknowledged') && details['side'] === side,
  );
  return own?.atMs ?? acknowledgedAtMs ?? undefined;
}
