// What was done about the alert, oldest first.

import { Fragment } from 'react';
import type { AlertDetail } from '../../app/api/alerts.ts';
import { localDate } from '../../core/local-time.ts';
import { dayClockText, secondText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { StateMark } from '../shared/marks.tsx';
import { Section } from './section.tsx';
import { timelineItems } from './timeline-items.ts';
import { CONSOLE_WORDS } from './words.ts';
import styles from './timeline.module.css';

export function Timeline({ alert }: { alert: AlertDetail }) {
  const say = useSay();
  const day = localDate(alert.recordedAtMs);
  return (
    <Section title={CONSOLE_WORDS.timeline}>
      <ol className={styles.items}>
        {timelineItems(alert).map(({ id, atMs, title, more, note, mark }) => (
          <li key={id}>
            <time>{localDate(atMs) === day ? secondText(atMs) : say(dayClockText(atMs))}</time>
            <StateMark state={mark} />
            <div>
              <p>
                <b>{say(title)}</b>
                {more.map((part, index) => (
                  // A part is broken only where it is longer than a line.
                  <Fragment key={index}>
                    {' '}
                    <span>
                      {say(part)}
                      {index < more.length - 1 && ' ·'}
                    </span>
                  </Fragment>
                ))}
              </p>
              {note !== undefined && <blockquote>{note}</blockquote>}
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}
