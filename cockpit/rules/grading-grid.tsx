// The grading table: kinds of event by class of person. What has no level says so, what is not collected too.

import type { GradingAnswer } from '../../app/api/rules.ts';
import { SUBJECT_CLASSES } from '../../core/order.ts';
import { useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { navigate, rulePath } from '../shared/router.ts';
import { CLASS_NAMES, LEVEL_NAMES } from '../shared/words.ts';
import { Panel } from './panel.tsx';
import { RULE_WORDS } from './words.ts';
import styles from './rules-page.module.css';

export function GradingGrid({ table }: { table: GradingAnswer['table'] }) {
  const say = useSay();
  if (!table) return <p className={styles.quiet}>{say(RULE_WORDS.noTable)}</p>;
  return (
    <Panel title={table.title} hint={RULE_WORDS.tableHint}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{say(RULE_WORDS.event)}</th>
            {SUBJECT_CLASSES.map((one) => (
              <th key={one} scope="col" className={styles.centre}>
                {say(CLASS_NAMES[one])}
              </th>
            ))}
            <th scope="col">{say(RULE_WORDS.watchedBy)}</th>
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row.id} data-collected={row.collected}>
              <td>
                {say(row.title)}
                {row.note && <small>{say(row.note)}</small>}
              </td>
              {SUBJECT_CLASSES.map((one) => {
                const level = row.level[one];
                return (
                  <td key={one} className={styles.centre}>
                    {level === undefined ? (
                      <span className={styles.quiet}>{say(RULE_WORDS.ungraded)}</span>
                    ) : (
                      <span className={styles.level} data-level={level}>
                        <LevelMark level={level} open={row.collected !== 'no'} label={false} />
                        {say(LEVEL_NAMES[level])}
                      </span>
                    )}
                  </td>
                );
              })}
              <td>
                {row.collected === 'no' ? (
                  <span className={styles.quiet}>{say(RULE_WORDS.notCollected)}</span>
                ) : (
                  row.rules.map((id) => (
                    <a
                      key={id}
                      className={styles.link}
                      href={rulePath(id)}
                      onClick={(event) => {
                        event.preventDefault();
                        navigate(rulePath(id));
                      }}
                    >
                      {id}
                    </a>
                  ))
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
