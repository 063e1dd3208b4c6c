// Several of my tasks to one receiver at once: which ones are chosen, the bar that says so, and the sheet.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { MyTask } from '../../../app/api/open-alerts.ts';
import type { Me } from '../../../app/api/session.ts';
import { postJson } from '../../shared/api.ts';
import { useSay } from '../../shared/language.tsx';
import { ANSWER_WORDS as W, chosenText } from './answer-words.ts';
import { HandOverManySheet } from './task-sheets.tsx';
import styles from './my-tasks.module.css';

/** What can be handed over: mine, and not on its way already. */
export const isMineToGive = ({ kind, isOffered }: MyTask): boolean => kind === 'mine' && !isOffered;

/** Which tasks are chosen; undefined while nobody is choosing. One that is mine no more drops out. */
export function useChoice(tasks: readonly MyTask[]) {
  const [ids, setIds] = useState<ReadonlySet<string>>();
  const chosen = ids && tasks.filter((task) => isMineToGive(task) && ids.has(task.alert.id));
  return {
    chosen,
    begin: () => setIds(new Set()),
    end: () => setIds(undefined),
    all: () => setIds(new Set(tasks.filter(isMineToGive).map(({ alert }) => alert.id))),
    toggle: (id: string) =>
      setIds((before = new Set()) => {
        const after = new Set(before);
        if (!after.delete(id)) after.add(id);
        return after;
      }),
  };
}

export function ChoiceBar({ me, choice }: { me: Me; choice: ReturnType<typeof useChoice> }) {
  const say = useSay();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const act = useMutation({
    mutationFn: (body: Record<string, unknown>) => postJson('/api/tasks/hand-over', body),
    onSuccess: () => {
      setOpen(false);
      choice.end();
    },
    // Also after a refusal: somebody else may have acted meanwhile.
    onSettled: () =>
      Promise.all(
        ['alert', 'alerts', 'grave', 'my-tasks', 'open'].map((key) =>
          queries.invalidateQueries({ queryKey: [key] }),
        ),
      ),
  });
  const { chosen } = choice;
  if (!chosen) {
    return (
      <div className={styles.choice}>
        <button type="button" onClick={choice.begin}>
          {say(W.handOverMany)}
        </button>
      </div>
    );
  }
  return (
    <div className={styles.choice}>
      <span role="status">{say(chosenText(chosen.length))}</span>
      <button type="button" onClick={choice.all}>
        {say(W.chooseAll)}
      </button>
      <button type="button" onClick={choice.end}>
        {say(W.stopChoosing)}
      </button>
      <button
        type="button"
        data-main
        disabled={chosen.length === 0}
        onClick={() => {
          act.reset();
          setOpen(true);
        }}
      >
        {say(W.handOver)}
      </button>
      {isOpen && (
        <HandOverManySheet
          {...{ me, chosen }}
          pending={act.isPending}
          error={act.error}
          onCancel={() => setOpen(false)}
          onSubmit={act.mutate}
        />
      )}
    </div>
  );
}
