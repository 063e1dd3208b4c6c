// What somebody recorded: waiting for the person named, or decided. Only who is named sees the button.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProposalAnswer } from '../../app/api/bases.ts';
import { regionName } from '../../core/region.ts';
import type { Text } from '../../core/text.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { BASIS_ACTIONS } from '../console/terms.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { addressOf, basisPath } from '../shared/router.ts';
import { sourcesText } from './basis-rows.tsx';
import { BASIS_WORDS, termText } from './words.ts';
import styles from './basis-rows.module.css';

export function ProposalRows({
  title,
  none,
  proposals,
}: {
  title: Text;
  none: Text;
  proposals: readonly ProposalAnswer[];
}) {
  const say = useSay();
  return (
    <section className={styles.section}>
      <h2>
        {say(title)} <span>{proposals.length}</span>
      </h2>
      {proposals.length === 0 ? (
        <p className={styles.none}>{say(none)}</p>
      ) : (
        <ol>
          {proposals.map((proposal) => (
            <Row key={proposal.id} proposal={proposal} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Row({ proposal }: { proposal: ProposalAnswer }) {
  const say = useSay();
  const { subject, county, action, sources, fromMs, untilMs, decision } = proposal;
  return (
    <li className={styles.row} data-tone={decision === null ? 'calm' : undefined}>
      <div className={styles.head}>
        <b className={styles.left}>{say(BASIS_ACTIONS[action])}</b>
        <a href={addressOf(basisPath(subject), {}, location.search)}>{subject}</a>
        <span>{say(sourcesText(sources))}</span>
        <span className={styles.quiet}>{say(regionName(county))}</span>
      </div>
      <p className={styles.reason}>{proposal.reason}</p>
      <p className={styles.facts}>
        <span>{say(termText(fromMs, untilMs))}</span>
        <span>{proposal.documentNumber}</span>
        <span>{proposal.article}</span>
        <span>
          {say(BASIS_WORDS.approvedBy)} {proposal.approvedBy}
        </span>
      </p>
      <p className={styles.facts}>
        <span>
          {say(BASIS_WORDS.proposedBy)} {say(proposal.proposedBy)}{' '}
          {say(dayClockText(proposal.proposedAtMs))}
        </span>
        {decision === null ? (
          <span>
            {say(BASIS_WORDS.confirmer)} {say(proposal.confirmer)}
          </span>
        ) : (
          <span>
            {say(decision === 'confirmed' ? BASIS_WORDS.confirmed : BASIS_WORDS.refused)}{' '}
            {proposal.decidedBy && say(proposal.decidedBy)}{' '}
            {proposal.decidedAtMs !== null && say(dayClockText(proposal.decidedAtMs))}
            {proposal.decisionNote ? `（${proposal.decisionNote}）` : ''}
          </span>
        )}
      </p>
      {decision === null && <Decide proposal={proposal} />}
    </li>
  );
}

function Decide({ proposal: { id, may } }: { proposal: ProposalAnswer }) {
  const say = useSay();
  const queries = useQueryClient();
  const [note, setNote] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: (decision: 'confirmed' | 'refused') =>
      postJson(`/api/bases/${encodeURIComponent(id)}/decide`, { decision, note }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['bases'] }),
  });
  const problem = error ? problemIn(error) : undefined;
  if (!may.confirm && !may.refuse) return null;
  return (
    <div className={styles.acts}>
      <input
        type="text"
        value={note}
        aria-label={say(BASIS_WORDS.note)}
        placeholder={say(BASIS_WORDS.note)}
        maxLength={300}
        onChange={({ target }) => setNote(target.value)}
      />
      {may.confirm && (
        <button
          type="button"
          className={styles.firm}
          disabled={isPending}
          onClick={() => mutate('confirmed')}
        >
          {say(BASIS_WORDS.confirm)}
        </button>
      )}
      {may.refuse && (
        <button type="button" disabled={isPending} onClick={() => mutate('refused')}>
          {say(BASIS_WORDS.refuse)}
        </button>
      )}
      {problem && (
        <p className={styles.problem} role="alert">
          <b>{say(problem.says)}</b> {problem.hint && say(problem.hint)}
        </p>
      )}
    </div>
  );
}
