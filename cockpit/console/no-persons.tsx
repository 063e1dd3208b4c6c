// What an account sees here that may not see alerts about persons.

import type { Me } from '../../app/api/session.ts';
import { text } from '../../core/text.ts';
import { useSay } from '../shared/language.tsx';
import { REPORTS_PATH, RULES_PATH, WALL_PATH } from '../shared/router.ts';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import styles from './console-page.module.css';

const SAYS = text(
  '这个账号不能查看涉及个人的预警。大屏上的统计仍可查看。',
  'This account may not see alerts about persons. The counts on the wall stay open to it.',
);

export function NoPersons({ me }: { me: Me }) {
  const say = useSay();
  usePage('console', { ready: true });
  return (
    <main className={styles.nothing}>
      <h1>{say(me.name)}</h1>
      <p>{say(SAYS)}</p>
      {me.role === 'analyst' && <a href={REPORTS_PATH}>{say(WORDS.reports)}</a>}
      <a href={WALL_PATH}>{say(WORDS.wall)}</a>
      <a href={RULES_PATH}>{say(WORDS.rules)}</a>
    </main>
  );
}
