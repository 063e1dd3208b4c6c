// What was found, as it counts now and as it was said before, with what was done and what shows it.

import type { AlertDetail } from '../../../app/api/alerts.ts';
import { CAUSES } from '../../../core/alert-cause.ts';
import { dayClockText } from '../../shared/format.ts';
import { useSay } from '../../shared/language.tsx';
import { Section } from '../section.tsx';
import { CONSOLE_WORDS } from '../words.ts';
import { ANSWER_WORDS as W } from './answer-words.ts';
import { PhotoRow } from './photos.tsx';
import styles from './answers.module.css';

export function Findings({ alert }: { alert: AlertDetail }) {
  const say = useSay();
  const { feedbacks, feedback } = alert;
  if (feedbacks.length === 0) return null;
  const now = feedback === null ? undefined : feedbacks.at(-1);
  const before = now ? feedbacks.slice(0, -1) : feedbacks;
  return (
    <Section title={W.found}>
      {now && <Finding alert={alert} finding={now} />}
      {before.length > 0 && (
        <details className={styles.before} open={!now}>
          <summary>
            {say(W.foundBefore)} {before.length}
          </summary>
          {before.toReversed().map((finding) => (
            <Finding key={finding.id} alert={alert} finding={finding} />
          ))}
        </details>
      )}
    </Section>
  );
}

function Finding({
  alert,
  finding,
}: {
  alert: AlertDetail;
  finding: AlertDetail['feedbacks'][number];
}) {
  const say = useSay();
  const { result, note, measures, evidence, photos, by, atMs } = finding;
  const numbers = alert.evidence.flatMap(({ id }, index) =>
    evidence.includes(id) ? [index + 1] : [],
  );
  const shown = alert.photos.filter(({ id }) => photos.includes(id));
  return (
    <div className={styles.card}>
      <p>
        <b>{say(CAUSES[result].name)}</b>{' '}
        <span className={styles.quiet}>
          {say(by)} · {say(dayClockText(atMs))}
        </span>
      </p>
      <dl className={styles.facts}>
        {note !== '' && (
          <>
            <dt>{say(CONSOLE_WORDS.feedbackNote)}</dt>
            <dd>{note}</dd>
          </>
        )}
        {measures !== '' && (
          <>
            <dt>{say(W.measures)}</dt>
            <dd>{measures}</dd>
          </>
        )}
        {numbers.length > 0 && (
          <>
            <dt>{say(W.evidence)}</dt>
            <dd>
              {say(CONSOLE_WORDS.evidence)} {numbers.join(', ')}
            </dd>
          </>
        )}
      </dl>
      {shown.length > 0 && <PhotoRow alertId={alert.id} photos={shown} />}
    </div>
  );
}
