// What waits for the officer on duty beside alerts: the note of the turn before until it is seen, a turn that
// ends and is to be handed over, a swap that wants an answer, and that tomorrow is one's turn. Nothing is shown when nothing waits.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { MyDutyAnswer } from '../../app/api/roster.ts';
import type { Text } from '../../core/text.ts';
import { getJson, postJson } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { ROSTER_PATH } from '../shared/router.ts';
import { handOverText, ROSTER_WORDS, tomorrowText } from '../roster/words.ts';
import styles from './duty-strip.module.css';

const POLL_MS = 30_000;

export function DutyStrip() {
  const say = useSay();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['roster', 'mine'],
    queryFn: ({ signal }) => getJson<MyDutyAnswer>('/api/roster/mine', signal),
    refetchInterval: POLL_MS,
    // Alerts matter more than this strip: where it cannot be had, it is not there.
    retry: false,
  });
  const see = useMutation({
    mutationFn: (id: string) => postJson(`/api/roster/notes/${encodeURIComponent(id)}/seen`, {}),
    onSettled: () => queries.invalidateQueries({ queryKey: ['roster', 'mine'] }),
  });
  if (!data) return null;
  const { unread } = data;
  const hints = hintsOf(data);
  if (unread.length === 0 && hints.length === 0) return null;
  return (
    <div className={styles.strip} role="status">
      {unread.map(({ id, body, writtenBy, atMs }) => (
        <div key={id} className={styles.item}>
          <p>
            <strong>{say(ROSTER_WORDS.noteFrom)}</strong>{' '}
            <span className={styles.by}>
              {say(writtenBy)} {say(dayClockText(atMs))}
            </span>{' '}
            {body}
          </p>
          <button type="button" disabled={see.isPending} onClick={() => see.mutate(id)}>
            {say(ROSTER_WORDS.seen)}
          </button>
        </div>
      ))}
      {hints.length > 0 && (
        <div className={styles.item}>
          <p>{hints.map(say).join(' · ')}</p>
          <a href={ROSTER_PATH}>{say(ROSTER_WORDS.toRoster)}</a>
        </div>
      )}
    </div>
  );
}

const hintsOf = ({ toHandOver, requests, tomorrow }: MyDutyAnswer): Text[] => [
  ...(toHandOver === null ? [] : [handOverText(toHandOver)]),
  ...(requests.length === 0 ? [] : [ROSTER_WORDS.swapAsked]),
  ...(tomorrow === null ? [] : [tomorrowText(tomorrow)]),
];
