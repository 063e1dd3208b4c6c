// One line a rule: what it grades, how often it speaks, what that costs, how often it was right.

import type { RuleSummary } from '../../app/api/rules.ts';
import { SUBJECT_CLASSES } from '../../core/order.ts';
import { UNKNOWN } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { navigate, rulePath } from '../shared/router.ts';
import { CLASS_NAMES, LEVEL_NAMES, WORDS } from '../shared/words.ts';
import { Panel } from './panel.tsx';
import { RULE_WORDS, STATUS_NAMES } from './words.ts';
import styles from './rules-page.module.css';

export function RuleTable({ rules }: { rules: readonly RuleSummary[] }) {
  const say = useSay();
  // What speaks most costs most: first what the officers hear every day.
  const sorted = rules.toSorted(
    (a, b) =>
      b.alerts.officerMinutesPerDay - a.alerts.officerMinutesPerDay || (a.id < b.id ? -1 : 1),
  );
  return (
    <Panel title={WORDS.rules} hint={RULE_WORDS.rulesHint}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{say(RULE_WORDS.rule)}</th>
            <th scope="col">{say(RULE_WORDS.state)}</th>
            {SUBJECT_CLASSES.map((one) => (
              <th key={one} scope="col" className={styles.classes}>
                {say(CLASS_NAMES[one])}
              </th>
            ))}
            <th scope="col" className={styles.number}>
              {say(RULE_WORDS.perDay)}
            </th>
            <th scope="col" className={styles.number}>
              {say(RULE_WORDS.minutes)}
            </th>
            <th scope="col" className={styles.number}>
              {say(RULE_WORDS.precision)}
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((rule) => (
            <tr key={rule.id}>
              <td>
                <a
                  href={rulePath(rule.id)}
                  onClick={(event) => {
                    event.preventDefault();
                    navigate(rulePath(rule.id));
                  }}
                >
                  {say(rule.title)}
                </a>
                <small>{rule.id}</small>
              </td>
              <td data-status={rule.status}>{say(STATUS_NAMES[rule.status])}</td>
              {SUBJECT_CLASSES.map((one) => {
                const level = rule.level[one];
                return (
                  <td key={one} className={styles.classes}>
                    {level === undefined ? (
                      <span className={styles.quiet}>{UNKNOWN}</span>
                    ) : (
                      <span className={styles.level} data-level={level}>
                        <LevelMark level={level} open label={false} />
                        {say(LEVEL_NAMES[level])}
                      </span>
                    )}
                  </td>
                );
              })}
              <td className={styles.number}>{smallText(rule.alerts.perDay)}</td>
              <td className={styles.number}>{smallText(rule.alerts.officerMinutesPerDay)}</td>
              <td className={styles.number}>
                <Share {...rule.feedback} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

/** Small numbers keep what tells them apart. */
const smallText = (value: number): string =>
  value === 0 ? '0' : value < 10 ? value.toFixed(2) : value.toFixed(0);

/** A share always with the number it rests on; without any it is unknown, not zero. */
function Share({ given, confirmed, shareConfirmed }: RuleSummary['feedback']) {
  if (shareConfirmed === null) return <span className={styles.quiet}>{UNKNOWN}</span>;
  return (
    <>
      {Math.round(shareConfirmed * 100)}%{' '}
      <small>
        {confirmed}/{given}
      </small>
    </>
  );
}
