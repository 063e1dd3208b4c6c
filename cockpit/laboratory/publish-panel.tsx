// How the figures of the month stand: not published, waiting for a second person, published, restated and why.
// Whoever may does the next step here; the server decides again who may.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { memo, useState } from 'react';
import type { PublicationAnswer, ResultsAnswer } from '../../app/api/indices.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { figureText } from './grade-mark.tsx';
import type { LabInput } from './lab-model.ts';
import { LAB_WORDS } from './words.ts';
import styles from './laboratory-parts.module.css';

/** As the server has it. */
const REASON_LEAST = 4;
const REASON_MOST = 500;
const CHANGES_MAX = 6;

type Act = { readonly act: 'publish' | 'restate' | 'approve'; readonly body: object };

/** Not drawn anew while a slider moves: nothing here hangs on the variant. */
export const PublishPanel = memo(function PublishPanel({
  input,
  results,
}: {
  input: LabInput;
  results: ResultsAnswer;
}) {
  const say = useSay();
  const { publication, proposal, restatements, isOutdated, may, period, id } = results;
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: ({ act: name, body }: Act) =>
      postJson<PublicationAnswer>(`/api/indices/${encodeURIComponent(id)}/${name}`, body),
    onSettled: () => queries.invalidateQueries({ queryKey: ['index-results', id] }),
  });
  const problem = act.error ? problemIn(act.error) : undefined;
  const restates = publication !== null;
  const mayPropose = may.propose && !proposal && (!restates || isOutdated);
  return (
    <section className={styles.box} aria-labelledby="publishing">
      <h2 id="publishing">
        {say(LAB_WORDS.publishing)} · {period}
      </h2>
      <PublicationState results={results} />
      {isOutdated && <p className={styles.notice}>{say(LAB_WORDS.outdated)}</p>}
      {proposal && (
        <>
          <Entry input={input} entry={proposal} />
          {proposal.may.decide ? (
            <Decision entry={proposal} run={act.mutate} isBusy={act.isPending} />
          ) : (
            <p className={styles.hint}>
              {say(may.decide ? LAB_WORDS.ownProposal : LAB_WORDS.waitsFor)}
            </p>
          )}
        </>
      )}
      {mayPropose && (
        <ReasonForm
          key={`${period} ${restates}`}
          restates={restates}
          isBusy={act.isPending}
          send={(reason) =>
            act.mutate({ act: restates ? 'restate' : 'publish', body: { period, reason } })
          }
        />
      )}
      {problem && (
        <p className={styles.notice} role="alert">
          <b>{say(problem.says)}</b> {problem.hint && say(problem.hint)}
        </p>
      )}
      {publication && publication.kind === 'first' && <Entry input={input} entry={publication} />}
      {restatements.map((entry) => (
        <Entry key={entry.id} input={input} entry={entry} />
      ))}
      {!may.propose && !may.decide && <p className={styles.hint}>{say(LAB_WORDS.mayNot)}</p>}
    </section>
  );
});

export function PublicationState({
  results: { publication, proposal, restatements },
}: {
  results: ResultsAnswer;
}) {
  const say = useSay();
  return (
    <p className={styles.states}>
      <span data-state={publication ? 'published' : 'none'}>
        {say(publication ? LAB_WORDS.statePublished : LAB_WORDS.stateNone)}
      </span>
      {restatements.length > 0 && (
        <span data-state="restated">{say(LAB_WORDS.stateRestated(restatements.length))}</span>
      )}
      {proposal && <span data-state="waits">{say(LAB_WORDS.stateWaits)}</span>}
    </p>
  );
}

function ReasonForm({
  restates,
  isBusy,
  send,
}: {
  restates: boolean;
  isBusy: boolean;
  send(reason: string): void;
}) {
  const say = useSay();
  const [reason, setReason] = useState('');
  const isShort = reason.trim().length < REASON_LEAST;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isShort) send(reason.trim());
      }}
    >
      <label>
        <span>{say(LAB_WORDS.reason)}</span>
        <textarea
          rows={2}
          maxLength={REASON_MOST}
          placeholder={say(LAB_WORDS.reasonHint)}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <button type="submit" disabled={isShort || isBusy}>
        {say(restates ? LAB_WORDS.restate : LAB_WORDS.propose)}
      </button>
    </form>
  );
}

function Decision({
  entry,
  run,
  isBusy,
}: {
  entry: PublicationAnswer;
  run(act: Act): void;
  isBusy: boolean;
}) {
  const say = useSay();
  const [note, setNote] = useState('');
  const decide = (decision: 'publish' | 'refuse') =>
    run({ act: 'approve', body: { publication: entry.id, decision, note: note.trim() } });
  return (
    <form className={styles.form} onSubmit={(event) => event.preventDefault()}>
      <label>
        <span>{say(LAB_WORDS.note)}</span>
        <textarea
          rows={2}
          maxLength={REASON_MOST}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <div className={styles.acts}>
        <button type="button" disabled={isBusy} onClick={() => decide('publish')}>
          {say(LAB_WORDS.approve)}
        </button>
        <button type="button" disabled={isBusy} onClick={() => decide('refuse')}>
          {say(LAB_WORDS.refuse)}
        </button>
      </div>
    </form>
  );
}

/** A proposal or what became of it: who, when, why, and what it changes. */
function Entry({ input, entry }: { input: LabInput; entry: PublicationAnswer }) {
  const say = useSay();
  const { kind, number, proposedBy, proposedAtMs, decidedBy, decidedAtMs, reason, note } = entry;
  const tops = entry.changes.filter(({ node }) => node === input.definition.top);
  const nameOf = (code: string) => input.regions.find((one) => one.code === code)?.name;
  return (
    <article className={styles.entry}>
      <h3>{say(kind === 'first' ? LAB_WORDS.first : LAB_WORDS.restatement(number))}</h3>
      <p>{reason}</p>
      <p className={styles.hint}>
        {say(LAB_WORDS.proposedBy)} {say(proposedBy)} · {say(dayClockText(proposedAtMs))}
        {decidedBy && decidedAtMs !== null && (
          <>
            <br />
            {say(LAB_WORDS.decidedBy)} {say(decidedBy)} · {say(dayClockText(decidedAtMs))}
            {note && ` · ${note}`}
          </>
        )}
      </p>
      {kind === 'restatement' && (
        <>
          <p className={styles.hint}>{say(LAB_WORDS.changesOf(entry.changes.length))}</p>
          <ul className={styles.changes}>
            {tops.slice(0, CHANGES_MAX).map(({ region, before, after }) => {
              const name = nameOf(region);
              return (
                <li key={region}>
                  <span>{name ? say(name) : region}</span>
                  <s>{figureText(before)}</s> <b>{figureText(after)}</b>
                </li>
              );
            })}
          </ul>
          {tops.length > CHANGES_MAX && (
            <p className={styles.hint}>{say(LAB_WORDS.otherChanges(tops.length - CHANGES_MAX))}</p>
          )}
        </>
      )}
      <p className={styles.hash}>
        {say(LAB_WORDS.version)} {entry.version} · {say(LAB_WORDS.hash)} {entry.hash.slice(0, 16)}
      </p>
    </article>
  );
}
