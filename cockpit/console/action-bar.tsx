// The next step, always in reach: at the foot of the alert, under the thumb on a phone. Nothing is done
// by one stray touch; every step opens a sheet that says what it means.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AlertDetail } from '../../app/api/alerts.ts';
import type { Me } from '../../app/api/session.ts';
import { postJson } from '../shared/api.ts';
import { FeedbackSheet } from './answers/feedback-sheet.tsx';
import { refreshAlert } from './answers/use-answer.ts';
import { momentText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { AcknowledgeSheet, CloseSheet } from './action-sheets.tsx';
import { nextSteps, type Step } from './next-step.ts';
import { useKeys } from './use-keys.ts';
import { CONSOLE_WORDS, FEEDBACK_TEXTS } from './words.ts';
import styles from './action-bar.module.css';

const NAMES = {
  acknowledge: CONSOLE_WORDS.acknowledge,
  feedback: CONSOLE_WORDS.feedback,
  close: CONSOLE_WORDS.close,
} as const;

const KEY_OF = { acknowledge: 'A', feedback: 'F', close: 'C' } as const;

export function ActionBar({ me, alert }: { me: Me; alert: AlertDetail }) {
  const say = useSay();
  const [step, setStep] = useState<Step>();
  const { first, also } = nextSteps(alert, me.role);
  const act = useAct(alert, () => setStep(undefined));
  const steps = [...also, ...(first ? [first] : [])];

  const open = (next: Step) => {
    if (!steps.includes(next)) return;
    act.reset();
    setStep(next);
  };
  useKeys({ a: () => open('acknowledge'), f: () => open('feedback'), c: () => open('close') });

  const sheet = {
    alert,
    pending: act.isPending,
    error: act.error,
    onCancel: () => setStep(undefined),
    onSubmit: (body: Record<string, unknown>) => step && act.mutate({ step, body }),
  };

  return (
    <footer className={styles.bar} aria-label={say(CONSOLE_WORDS.actions)}>
      <p className={styles.says} role="status">
        <State me={me} alert={alert} />
      </p>
      {steps.map((one) => (
        <button
          key={one}
          type="button"
          className={one === first ? styles.first : styles.also}
          aria-keyshortcuts={KEY_OF[one]}
          onClick={() => open(one)}
        >
          {say(NAMES[one])}
          <kbd aria-hidden="true">{KEY_OF[one]}</kbd>
        </button>
      ))}
      {step === 'acknowledge' && <AcknowledgeSheet {...sheet} />}
      {step === 'feedback' && <FeedbackSheet {...sheet} />}
      {step === 'close' && <CloseSheet {...sheet} />}
    </footer>
  );
}

/** What has been done so far, in a few words. */
function State({ me, alert }: { me: Me; alert: AlertDetail }) {
  const say = useSay();
  const { waitingFor } = nextSteps(alert, me.role);
  const { closedAtMs, feedback, acknowledgedBy } = alert;
  if (closedAtMs !== null) {
    return `${say(CONSOLE_WORDS.doneClosed)} ${momentText(closedAtMs, alert.recordedAtMs)}`;
  }
  if (waitingFor) {
    const waiting = waitingFor === 'city' ? CONSOLE_WORDS.waitCity : CONSOLE_WORDS.waitCounty;
    return `${say(CONSOLE_WORDS.yourPartDone)} · ${say(waiting)}`;
  }
  if (feedback) {
    return `${say(CONSOLE_WORDS.feedbackShort)} · ${say(FEEDBACK_TEXTS[feedback.result].name)} · ${say(feedback.by)}`;
  }
  return acknowledgedBy ? `${say(CONSOLE_WORDS.handledBy)} ${say(acknowledgedBy)}` : '';
}

function useAct({ id, acts }: Pick<AlertDetail, 'id' | 'acts'>, onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ step, body }: { step: Step; body: Record<string, unknown> }) =>
      postJson(`/api/alerts/${encodeURIComponent(id)}/${step}`, {
        ...body,
        // Two sides acknowledge beside each other; everything else is about what the officer has read.
        ...(step === 'acknowledge' ? {} : { acts }),
      }),
    onSuccess: () => onDone(),
    // Also after a refusal: somebody else may have acted meanwhile.
    onSettled: () => refreshAlert(queries, id),
  });
}
