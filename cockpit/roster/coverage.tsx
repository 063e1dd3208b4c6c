// Whether somebody can be reached at every minute to come, or when not and why.

import type { RosterAnswer } from '../../app/api/roster.ts';
import { dateText } from '../shared/format.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import { StateMark } from '../shared/marks.tsx';
import { LEVEL_NAMES } from '../shared/words.ts';
import { REASONS, ROSTER_WORDS, turnText } from './words.ts';
import styles from './coverage.module.css';

type Gap = RosterAnswer['coverage']['gaps'][number];

export function Coverage({ page }: { page: RosterAnswer }) {
  const say = useSay();
  const { gaps, untilMs } = page.coverage;
  const until = `${say(ROSTER_WORDS.coveredUntil)} ${say(dateText(untilMs))}`;
  if (gaps.length === 0) {
    return (
      <p className={styles.covered}>
        <StateMark state="ok" />
        <span>{say(ROSTER_WORDS.covered)}</span>
        <span className={styles.until}>{until}</span>
      </p>
    );
  }
  const alike = Map.groupBy(gaps, ({ fromMs, untilMs: ends }) => `${fromMs} ${ends}`);
  return (
    <section className={styles.gaps} aria-labelledby="roster-gaps">
      <h2 id="roster-gaps">
        <StateMark state="bad" />
        {say(ROSTER_WORDS.gaps)}
        <span className={styles.until}>{until}</span>
      </h2>
      <ul>
        {[...alike].map(([key, same]) => (
          <GapLine key={key} same={same} page={page} />
        ))}
      </ul>
    </section>
  );
}

function GapLine({ same, page }: { same: readonly Gap[]; page: RosterAnswer }) {
  const say = useSay();
  const language = useLanguage();
  const first = same[0] as Gap;
  const nameOf = (id: string) => page.officers.find((one) => one.id === id)?.name ?? id;
  const why = new Map(
    same.flatMap(({ unreachable }) => unreachable).map((one) => [one.officer, one.because]),
  );
  const joint = language === 'zh' ? '、' : ', ';
  return (
    <li>
      <span>{say(turnText(first))}</span>
      <span>{same.map(({ level }) => say(LEVEL_NAMES[level])).join(joint)}</span>
      <span>
        {why.size === 0
          ? say(ROSTER_WORDS.nobody)
          : [...why].map(([id, because]) => `${nameOf(id)} ${say(REASONS[because])}`).join(joint)}
      </span>
    </li>
  );
}
