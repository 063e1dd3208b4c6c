// That an alert was withdrawn, graded anew, raised by repeats or is silenced, said calmly: a tag beside its title, one sentence on top of it.

import type { AlertDetail, AlertSummary } from '../../app/api/alerts.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { correctionSentence } from './correction-sentence.ts';
import { CONSOLE_WORDS } from './words.ts';
import styles from './correction.module.css';

export function CorrectionTag({
  alert: { withdrawnAtMs, correctedBecause, silencedBy, repeatsRaisedAtMs },
}: {
  alert: Pick<
    AlertSummary,
    'withdrawnAtMs' | 'correctedBecause' | 'silencedBy' | 'repeatsRaisedAtMs'
  >;
}) {
  const say = useSay();
  const tags = [
    correctedBecause !== null &&
      (withdrawnAtMs === null ? CONSOLE_WORDS.regraded : CONSOLE_WORDS.withdrawn),
    repeatsRaisedAtMs !== null && CONSOLE_WORDS.raised,
    silencedBy !== null && CONSOLE_WORDS.silenced,
  ].filter((tag) => tag !== false);
  return tags.map((tag) => (
    <span key={tag.en} className={styles.tag}>
      {say(tag)}
    </span>
  ));
}

export function CorrectionNote({ alert }: { alert: AlertDetail }) {
  const say = useSay();
  const sentence = correctionSentence(alert, dayClockText);
  return (
    <>
      {sentence && <p className={styles.note}>{say(sentence)}</p>}
      {alert.silencedBy !== null && alert.status === 'new' && (
        <p className={styles.note}>{say(CONSOLE_WORDS.silencedNote)}</p>
      )}
    </>
  );
}
