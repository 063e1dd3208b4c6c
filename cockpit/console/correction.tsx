// That an alert was withdrawn or graded anew, said calmly: a tag beside its title, one sentence on top of it.

import type { AlertDetail, AlertSummary } from '../../app/api/alerts.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { correctionSentence } from './correction-sentence.ts';
import { CONSOLE_WORDS } from './words.ts';
import styles from './correction.module.css';

export function CorrectionTag({
  alert: { withdrawnAtMs, correctedBecause },
}: {
  alert: Pick<AlertSummary, 'withdrawnAtMs' | 'correctedBecause'>;
}) {
  const say = useSay();
  if (correctedBecause === null) return null;
  return (
    <span className={styles.tag}>
      {say(withdrawnAtMs === null ? CONSOLE_WORDS.regraded : CONSOLE_WORDS.withdrawn)}
    </span>
  );
}

export function CorrectionNote({ alert }: { alert: AlertDetail }) {
  const say = useSay();
  const sentence = correctionSentence(alert, dayClockText);
  return sentence && <p className={styles.note}>{say(sentence)}</p>;
}
