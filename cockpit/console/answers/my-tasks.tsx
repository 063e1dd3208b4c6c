// What this officer has to do, before everything else: what is offered to them, then their tasks by due time;
// near the end of a shift, what is to be handed over.

import { useQuery } from '@tanstack/react-query';
import type { MyTask, MyTasks as Answer } from '../../../app/api/open-alerts.ts';
import type { Me } from '../../../app/api/session.ts';
import { localClock } from '../../../core/local-time.ts';
import { regionName } from '../../../core/region.ts';
import { text } from '../../../core/text.ts';
import { getJson } from '../../shared/api.ts';
import { useTimed } from '../../shared/deps.tsx';
import { useLanguage, useSay } from '../../shared/language.tsx';
import { LevelMark } from '../../shared/marks.tsx';
import { addressOf, alertPath } from '../../shared/router.ts';
import { ANSWER_WORDS as W, dueText, shiftText } from './answer-words.ts';
import { ChoiceBar, isMineToGive, useChoice } from './hand-over-many.tsx';
import styles from './my-tasks.module.css';

const POLL_MS = 15_000;

export function MyTasks({
  me,
  openId,
  query,
  onOpen,
}: {
  me: Me;
  openId: string | undefined;
  query: Readonly<Record<string, string | undefined>>;
  onOpen: (id: string) => void;
}) {
  const say = useSay();
  const { data } = useQuery({
    queryKey: ['my-tasks'],
    queryFn: ({ signal }) => getJson<Answer>('/api/tasks', signal),
    refetchInterval: POLL_MS,
  });
  const choice = useChoice(data?.tasks ?? []);
  if (!data || data.tasks.length === 0) return null;
  const { tasks, shift, nowAtMs } = data;
  const mine = tasks.filter(isMineToGive);
  return (
    <details className={styles.panel} open>
      <summary>
        {say(W.myTasks)} <b>{tasks.length}</b>
        {tasks.some(({ isOverdue }) => isOverdue) && (
          <span className={styles.overdue}>
            {say(text('含超期', 'some overdue'))} {tasks.filter((one) => one.isOverdue).length}
          </span>
        )}
      </summary>
      {shift && mine.length > 0 && (
        <p className={styles.shift} role="status">
          {say(
            shiftText(localClock(shift.endsAtMs), mine.length, shift.endsAtMs <= nowAtMs, {
              zh: shift.next.map(({ name }) => name.zh).join('、') || '接班人员',
              en: shift.next.map(({ name }) => name.en).join(', ') || 'the next shift',
            }),
          )}
        </p>
      )}
      {(mine.length > 1 || choice.chosen) && <ChoiceBar {...{ me, choice }} />}
      <ol>
        {tasks.map((task) => (
          <Row
            key={task.alert.id}
            task={task}
            choice={choice}
            current={task.alert.id === openId}
            href={addressOf(alertPath(task.alert.id), query, location.search)}
            onOpen={onOpen}
          />
        ))}
      </ol>
    </details>
  );
}

function Row({
  task,
  choice,
  current,
  href,
  onOpen,
}: {
  task: MyTask;
  choice: ReturnType<typeof useChoice>;
  current: boolean;
  href: string;
  onOpen: (id: string) => void;
}) {
  const say = useSay();
  const language = useLanguage();
  const { alert, kind, dueAtMs, isOffered, offeredBy } = task;
  const due = useTimed((nowMs) => dueText(dueAtMs, nowMs)[language]);
  const isOver = useTimed((nowMs) => dueAtMs <= nowMs);
  return (
    <li className={styles.item}>
      {choice.chosen && isMineToGive(task) && (
        <label className={styles.tick}>
          <input
            type="checkbox"
            aria-label={`${say(alert.title)} ${alert.reference}`}
            checked={choice.chosen.includes(task)}
            onChange={() => choice.toggle(alert.id)}
          />
        </label>
      )}
      <a
        className={styles.row}
        href={href}
        data-level={alert.level}
        {...(current ? { 'aria-current': 'true' as const } : {})}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          onOpen(alert.id);
        }}
      >
        <LevelMark level={alert.level} open={alert.status === 'new'} />
        <span className={styles.title}>{say(alert.title)}</span>
        <span className={isOver ? styles.overdue : styles.due}>{due}</span>
        <span className={styles.under}>
          {say(regionName(alert.region))} · {alert.reference}
          {kind === 'offered' && offeredBy && (
            <b>
              {say(W.offeredToMe)} · {say(offeredBy.name)}
            </b>
          )}
          {kind === 'mine' && isOffered && ` · ${say(W.onItsWay)}`}
        </span>
      </a>
    </li>
  );
}
