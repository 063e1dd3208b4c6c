// Requests for large exports: what waits for a second person's word, and what became of the others.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ExportRequest } from '../../app/api/exports.ts';
import { regionName } from '../../core/region.ts';
import { getJson, postJson, problemIn } from '../shared/api.ts';
import { useDeps } from '../shared/deps.tsx';
import { momentText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { AboutRow } from './about-row.tsx';
import { EXPORT_WORDS as W, REQUEST_STATES, sizeText } from './words.ts';
import styles from './exports-page.module.css';

const PATH = '/api/exports/requests';
const AGAIN_MS = 15_000;

export function RequestsPart() {
  const say = useSay();
  const queries = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['export-requests'],
    queryFn: ({ signal }) => getJson<{ requests: ExportRequest[] }>(PATH, signal),
    refetchInterval: AGAIN_MS,
  });
  usePage('exports', { ready: data !== undefined || error !== null });
  const act = useMutation({
    mutationFn: ({
      id,
      body,
    }: {
      id: string;
      body: { decision: string; note: string } | undefined;
    }) => postJson(`${PATH}/${encodeURIComponent(id)}/${body ? 'decide' : 'withdraw'}`, body ?? {}),
    onSettled: () => queries.invalidateQueries({ queryKey: ['export-requests'] }),
  });
  const failed = act.error ?? (data ? null : error);
  return (
    <main className={styles.found}>
      {failed && (
        <p className={styles.wrong} role="alert">
          {say(problemIn(failed).says)}
        </p>
      )}
      {!data && !error && <p role="status">{say(WORDS.loading)}</p>}
      {data?.requests.length === 0 && <p className={styles.empty}>{say(W.noRequests)}</p>}
      <ul className={styles.requests} aria-label={say(W.requests)}>
        {data?.requests.map((request) => (
          <Request
            key={request.id}
            request={request}
            isBusy={act.isPending}
            onDecide={(decision, note) => act.mutate({ id: request.id, body: { decision, note } })}
            onWithdraw={() => act.mutate({ id: request.id, body: undefined })}
          />
        ))}
      </ul>
    </main>
  );
}

function Request({
  request,
  isBusy,
  onDecide,
  onWithdraw,
}: {
  request: ExportRequest;
  isBusy: boolean;
  onDecide: (decision: 'approved' | 'refused', note: string) => void;
  onWithdraw: () => void;
}) {
  const say = useSay();
  const { serverClock } = useDeps();
  const [note, setNote] = useState('');
  const { state, may, decidedBy } = request;
  const nowMs = serverClock.now();
  const isAlive = state === 'waiting' || state === 'approved';
  return (
    <li className={styles.box} data-off={!isAlive}>
      <h2>
        <span>
          {say(request.title)} <span className={styles.format}>{request.format}</span>
        </span>
        <b className={state === 'waiting' ? styles.waiting : undefined}>
          {say(REQUEST_STATES[state])}
        </b>
      </h2>
      <dl className={styles.facts}>
        <dt>{say(W.requestedBy)}</dt>
        <dd>
          {say(request.requestedBy)} · {say(regionName(request.region))} ·{' '}
          {momentText(request.requestedAtMs, nowMs)}
          {request.isOwn && <span className={styles.mine}>{say(W.mine)}</span>}
        </dd>
        <dt>{say(W.size)}</dt>
        <dd>{say(sizeText(request))}</dd>
        <AboutRow about={request.about} />
        <dt>{say(W.purpose)}</dt>
        <dd>{request.purpose}</dd>
        <dt>{say(W.reason)}</dt>
        <dd>{request.reason}</dd>
        {decidedBy && (
          <>
            <dt>{say(W.decidedBy)}</dt>
            <dd>
              {say(decidedBy)}
              {request.decidedAtMs !== null && ` · ${momentText(request.decidedAtMs, nowMs)}`}
              {request.note !== '' && ` · ${request.note}`}
            </dd>
          </>
        )}
        {isAlive && (
          <>
            <dt>{say(W.lapsesAt)}</dt>
            <dd>{momentText(request.untilMs, nowMs)}</dd>
          </>
        )}
      </dl>
      {request.isOwn && isAlive && <p className={styles.hint}>{say(W.useIt)}</p>}
      {may.decide && (
        <label className={styles.field}>
          {say(W.note)}
          <input value={note} maxLength={300} onChange={({ target }) => setNote(target.value)} />
        </label>
      )}
      {(may.decide || may.withdraw) && (
        <p className={styles.acts}>
          {may.decide && (
            <>
              <button
                type="button"
                className={styles.go}
                disabled={isBusy}
                onClick={() => onDecide('approved', note)}
              >
                {say(W.approve)}
              </button>
              <button type="button" disabled={isBusy} onClick={() => onDecide('refused', note)}>
                {say(W.refuse)}
              </button>
            </>
          )}
          {may.withdraw && (
            <button type="button" disabled={isBusy} onClick={onWithdraw}>
              {say(W.withdraw)}
            </button>
          )}
        </p>
      )}
    </li>
  );
}
