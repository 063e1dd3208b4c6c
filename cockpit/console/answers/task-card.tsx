// Who is responsible for the alert and until when, and what may be done about that: assign, hand over, accept,
// open again. The server has the last word; this only keeps people from pressing what it would refuse.

import type { AlertDetail } from '../../../app/api/alerts.ts';
import type { Me } from '../../../app/api/session.ts';
import { useTimed } from '../../shared/deps.tsx';
import { dayClockText } from '../../shared/format.ts';
import { useLanguage, useSay } from '../../shared/language.tsx';
import { Section } from '../section.tsx';
import { ANSWER_WORDS as W, bureauName, CAME_BY_NAMES, dueText } from './answer-words.ts';
import { AssignSheet, HandOverSheet, OfferSheet, ReasonSheet } from './task-sheets.tsx';
import { useAnswer } from './use-answer.ts';
import styles from './answers.module.css';

type TaskSheet = 'assign' | 'hand-over' | 'accept' | 'decline' | 'take-back' | 'reopen';

const NAMES: Readonly<Record<TaskSheet, (typeof W)[keyof typeof W]>> = {
  assign: W.assign,
  'hand-over': W.handOver,
  accept: W.accept,
  decline: W.decline,
  'take-back': W.takeBack,
  reopen: W.reopen,
};

export function TaskCard({ me, alert }: { me: Me; alert: AlertDetail }) {
  const say = useSay();
  const answer = useAnswer<TaskSheet>(alert);
  const now = useTimed((nowMs) => Math.floor(nowMs / 60_000) * 60_000);
  const { task } = alert;
  const acts = actsOf(alert, me, now);
  if (!task && acts.length === 0) return null;
  const { sheet, send, props } = answer;
  return (
    <Section title={W.task}>
      <div className={styles.card}>
        {task ? <Facts alert={alert} task={task} nowMs={now} /> : <p>{say(W.noTask)}</p>}
        {alert.reopenUntilMs !== null && acts.includes('reopen') && (
          <p className={styles.quiet}>
            {say(W.reopenUntil)} {say(dayClockText(alert.reopenUntilMs))}
          </p>
        )}
        {acts.length > 0 && (
          <div className={styles.acts}>
            {acts.map((act) => (
              <button
                key={act}
                type="button"
                className={act === 'accept' ? styles.first : undefined}
                onClick={() => answer.open(act)}
              >
                {say(NAMES[act])}
              </button>
            ))}
          </div>
        )}
      </div>
      {sheet === 'assign' && (
        <AssignSheet {...props} me={me} alert={alert} onSubmit={(body) => send('assign', body)} />
      )}
      {sheet === 'hand-over' && (
        <HandOverSheet {...props} alert={alert} onSubmit={(body) => send('hand-over', body)} />
      )}
      {sheet === 'accept' && (
        <OfferSheet
          {...props}
          title={W.accept}
          hint={W.acceptHint}
          onSubmit={(body) => send('accept', body)}
        />
      )}
      {sheet === 'take-back' && (
        <OfferSheet
          {...props}
          title={W.takeBack}
          hint={W.takeBackHint}
          onSubmit={(body) => send('take-back', body)}
        />
      )}
      {sheet === 'decline' && (
        <ReasonSheet
          {...props}
          title={W.decline}
          hint={W.declineHint}
          onSubmit={(body) => send('decline', body)}
        />
      )}
      {sheet === 'reopen' && (
        <ReasonSheet
          {...props}
          title={W.reopen}
          hint={W.reopenHint}
          onSubmit={(body) => send('reopen', body)}
        />
      )}
    </Section>
  );
}

function Facts({
  alert,
  task,
  nowMs,
}: {
  alert: AlertDetail;
  task: NonNullable<AlertDetail['task']>;
  nowMs: number;
}) {
  const say = useSay();
  const language = useLanguage();
  const runs = alert.status !== 'closed' && alert.withdrawnAtMs === null;
  const isOverdue = runs && task.dueAtMs <= nowMs;
  const { offer } = task;
  return (
    <>
      <dl className={styles.facts}>
        <dt>{say(W.officer)}</dt>
        <dd>
          <b>{say(task.officer?.name ?? W.nobody)}</b>
          <span className={styles.quiet}>{say(bureauName(task.bureau))}</span>
        </dd>
        <dt>{say(W.since)}</dt>
        <dd>
          {say(dayClockText(task.sinceMs))}
          <span className={styles.quiet}>{say(CAME_BY_NAMES[task.cameBy])}</span>
        </dd>
        <dt>{say(W.due)}</dt>
        <dd>
          {say(dayClockText(task.dueAtMs))}
          {runs && (
            <span className={isOverdue ? styles.overdue : styles.quiet}>
              {dueText(task.dueAtMs, nowMs)[language]}
            </span>
          )}
        </dd>
      </dl>
      {isOverdue && (task.leaderToldAtMs ?? task.remindedAtMs) !== null && (
        <p className={styles.quiet}>
          {say(task.leaderToldAtMs === null ? W.reminded : W.leaderTold)}{' '}
          {say(dayClockText(task.leaderToldAtMs ?? task.remindedAtMs ?? 0))}
        </p>
      )}
      {offer && (
        <div className={styles.offer}>
          <p>
            <b>{say(W.onItsWay)}</b> {say(offer.by.name)} →{' '}
            {say(offer.officer?.name ?? bureauName(offer.bureau))} · {say(dayClockText(offer.atMs))}
          </p>
          {offer.note !== '' && <blockquote>{offer.note}</blockquote>}
        </div>
      )}
    </>
  );
}

/** What this officer may do now, as far as the page can know. */
function actsOf(
  { status, withdrawnAtMs, region, task, reopenUntilMs, timeline }: AlertDetail,
  me: Me,
  nowMs: number,
): TaskSheet[] {
  const isMe = (id: string | undefined) => id === me.accountId || id === me.officerId;
  if (status === 'closed') {
    const closer = timeline.findLast(({ kind }) => kind === 'closed')?.actor;
    const may = isMe(closer) || me.leads || me.region !== region;
    return may && reopenUntilMs !== null && nowMs <= reopenUntilMs ? ['reopen'] : [];
  }
  if (withdrawnAtMs !== null) return [];
  if (!task) return ['assign'];
  const isOwnBureau = task.bureau === me.region;
  const holds = isMe(task.officer?.id);
  if (task.offer) {
    const { bureau, officer, by } = task.offer;
    const toMe = bureau === me.region && (officer === null || isMe(officer.id));
    const mine = holds || isMe(by.id) || (me.leads && isOwnBureau);
    return [
      ...(toMe ? (['accept', 'decline'] as const) : []),
      ...(mine ? (['take-back'] as const) : []),
    ];
  }
  if (!isOwnBureau) return [];
  return holds || me.leads ? ['assign', 'hand-over'] : ['assign'];
}
