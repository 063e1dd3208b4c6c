// Requests to see many at once, of a day: what waits for a leader, what one may open, what became of the rest.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { BulkRequest, Revealed } from '../../app/api/identities.ts';
import { FIELD_NAMES } from '../console/identity/identity-words.ts';
import { PURPOSE_NAMES } from '../../core/purposes.ts';
import { getJson, postJson, problemIn } from '../shared/api.ts';
import { useDeps } from '../shared/deps.tsx';
import { momentText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { usePage } from '../shared/use-page.ts';
import { AskMany } from './ask-many.tsx';
import { Opened, type Shown } from './opened.tsx';
import { IDENTITIES_WORDS as W, REQUEST_STATES } from './words.ts';
import styles from './identities-page.module.css';

const PATH = '/api/identities/requests';
const AGAIN_MS = 15_000;

export function RequestsPart() {
  const say = useSay();
  const queries = useQueryClient();
  const { serverClock } = useDeps();
  const [shown, setShown] = useState<Shown>();
  const { data, error } = useQuery({
    queryKey: ['identity-requests'],
    queryFn: ({ signal }) => getJson<{ requests: BulkRequest[] }>(PATH, signal),
    refetchInterval: AGAIN_MS,
  });
  usePage('identities', { ready: data !== undefined || error !== null });
  const again = () => queries.invalidateQueries({ queryKey: ['identity-requests'] });
  const decide = useMutation({
    mutationFn: ({ id, decision }: { id: string; decision: 'approved' | 'rejected' }) =>
      postJson(`${PATH}/${encodeURIComponent(id)}/decide`, { decision }),
    onSettled: again,
  });
  const open = useMutation({
    mutationFn: ({ id }: BulkRequest) =>
      postJson<Revealed>(`${PATH}/${encodeURIComponent(id)}/open`, {}),
    // Nothing in clear stays in a cache.
    gcTime: 0,
    onSuccess({ persons, shownMs }, { fields }) {
      setShown({ persons, fields, untilMs: serverClock.now() + shownMs });
      open.reset();
    },
    onSettled: again,
  });
  const failed = decide.error ?? open.error ?? (data ? null : error);
  const problem = failed ? problemIn(failed) : undefined;
  const isBusy = decide.isPending || open.isPending;
  return (
    <div className={`${styles.columns} ${styles.listFirst}`}>
      <AskMany onAsked={again} />
      <main className={styles.found}>
        {problem && (
          <p className={styles.wrong} role="alert">
            {say(problem.says)}
            {problem.hint && <> · {say(problem.hint)}</>}
          </p>
        )}
        {shown && <Opened shown={shown} onHide={() => setShown(undefined)} />}
        {data?.requests.length === 0 && <p className={styles.empty}>{say(W.none)}</p>}
        {data && data.requests.length > 0 && (
          <div className={styles.scroll} role="region" aria-label={say(W.requests)} tabIndex={0}>
            <table className={`${styles.table} ${styles.cards}`}>
              <thead>
                <tr>
                  {[W.requestedAt, W.requestedBy, W.persons, W.fields, W.why, W.state, W.act].map(
                    (head) => (
                      <th key={head.en} scope="col">
                        {say(head)}
                      </th>
                    ),
                  )}
                </tr>
              </thead>
              <tbody>
                {data.requests.map((request) => (
                  <Row
                    key={request.id}
                    request={request}
                    isBusy={isBusy}
                    onDecide={(decision) => decide.mutate({ id: request.id, decision })}
                    onOpen={() => open.mutate(request)}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </main>
    </div>
  );
}

function Row({
  request,
  isBusy,
  onDecide,
  onOpen,
}: {
  request: BulkRequest;
  isBusy: boolean;
  onDecide: (decision: 'approved' | 'rejected') => void;
  onOpen: () => void;
}) {
  const say = useSay();
  const { serverClock } = useDeps();
  const { state, fields, decidedBy, may } = request;
  const isAlive = state === 'waiting' || state === 'approved';
  const purpose = PURPOSE_NAMES[request.purpose as keyof typeof PURPOSE_NAMES];
  return (
    <tr data-off={!isAlive}>
      <th scope="row">{momentText(request.requestedAtMs, serverClock.now())}</th>
      <td data-head={say(W.requestedBy)}>
        {say(request.requestedBy)}
        {request.isOwn && <span className={styles.mine}>{say(W.mine)}</span>}
      </td>
      <td className={styles.number} data-head={say(W.persons)}>
        {request.persons}
      </td>
      <td className={styles.some} data-head={say(W.fields)}>
        {fields.map((field) => (
          <span key={field}>{say(FIELD_NAMES[field])}</span>
        ))}
      </td>
      <td className={styles.why} data-head={say(W.why)}>
        {purpose ? say(purpose) : request.purpose}
        <br />
        <span className={styles.hint}>{request.reason}</span>
      </td>
      <td data-head={say(W.state)}>
        <b className={state === 'waiting' ? styles.waiting : undefined}>
          {say(REQUEST_STATES[state])}
        </b>
        {decidedBy && (
          <span className={styles.hint}>
            <br />
            {say(W.decidedBy)} {say(decidedBy)}
          </span>
        )}
        {isAlive && (
          <span className={styles.hint}>
            <br />
            {say(W.until)} {momentText(request.untilMs, serverClock.now())}
          </span>
        )}
      </td>
      <td>
        <span className={styles.acts}>
          {may.decide && (
            <>
              <button
                type="button"
                className={styles.go}
                disabled={isBusy}
                onClick={() => onDecide('approved')}
              >
                {say(W.approve)}
              </button>
              <button type="button" disabled={isBusy} onClick={() => onDecide('rejected')}>
                {say(W.reject)}
              </button>
            </>
          )}
          {may.open && (
            <button type="button" className={styles.go} disabled={isBusy} onClick={onOpen}>
              {say(W.open)}
            </button>
          )}
        </span>
      </td>
    </tr>
  );
}
