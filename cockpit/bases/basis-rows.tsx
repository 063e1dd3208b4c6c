// Bases one below the other, with how much of the term is left and the way to the person.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ListedBasis } from '../../app/api/bases.ts';
import { regionName } from '../../core/region.ts';
import { SOURCE_KINDS } from '../../core/source.ts';
import { text, type Text } from '../../core/text.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { addressOf, basisPath } from '../shared/router.ts';
import { CLASS_NAMES } from '../shared/words.ts';
import { BASIS_WORDS, daysText, MEASURE_STATES, renewalsText } from './words.ts';
import styles from './basis-rows.module.css';

export function BasisRows({
  title,
  none,
  bases,
  count,
  onRenew,
}: {
  title: Text;
  none: Text;
  bases: readonly ListedBasis[];
  count: number;
  onRenew?: (basis: ListedBasis) => void;
}) {
  const say = useSay();
  return (
    <section className={styles.section}>
      <h2>
        {say(title)} <span>{count}</span>
      </h2>
      {bases.length === 0 ? (
        <p className={styles.none}>{say(none)}</p>
      ) : (
        <ol>
          {bases.map((basis) => (
            <Row key={`${basis.subject} ${basis.basisId}`} basis={basis} onRenew={onRenew} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Row({
  basis,
  onRenew,
}: {
  basis: ListedBasis;
  onRenew: ((basis: ListedBasis) => void) | undefined;
}) {
  const say = useSay();
  const [lifting, setLifting] = useState(false);
  const { subject, county, subjectClass, sources, state, daysLeft, untilMs } = basis;
  const { kind, renewals, renewalsMax } = basis;
  const left = daysLeft === null ? MEASURE_STATES[state] : daysText(daysLeft);
  const tone = daysLeft === null ? 'alarm' : daysLeft < 3 ? 'alarm' : 'warn';
  return (
    <li className={styles.row} data-tone={tone}>
      <div className={styles.head}>
        <b className={styles.left}>{say(left)}</b>
        <a href={addressOf(basisPath(subject), {}, location.search)}>{subject}</a>
        <span>{say(sourcesText(sources))}</span>
        <span className={styles.quiet}>
          {say(CLASS_NAMES[subjectClass])} · {say(regionName(county))}
        </span>
      </div>
      <p className={styles.facts}>
        <span>
          {say(BASIS_WORDS.until)} {say(dayClockText(untilMs))}
        </span>
        <span>{basis.documentNumber}</span>
        <span>{basis.article}</span>
        {kind === 'recorded' && (
          <span>
            {say(BASIS_WORDS.renewals)} {say(renewalsText(renewals, renewalsMax))}
          </span>
        )}
      </p>
      {kind === 'recorded' && (
        <div className={styles.acts}>
          {onRenew && (
            <button type="button" onClick={() => onRenew(basis)}>
              {say(BASIS_WORDS.renew)}
            </button>
          )}
          <button type="button" aria-expanded={lifting} onClick={() => setLifting(!lifting)}>
            {say(BASIS_WORDS.lift)}
          </button>
        </div>
      )}
      {lifting && <Lifting {...{ subject, basisId: basis.basisId }} />}
    </li>
  );
}

/** One person may lift: it only closes. */
export function Lifting({ subject, basisId }: { subject: string; basisId: string }) {
  const say = useSay();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => postJson('/api/bases/lift', { subject, basisId, reason }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['bases'] }),
  });
  const problem = error ? problemIn(error) : undefined;
  return (
    <div className={styles.acts}>
      <input
        type="text"
        value={reason}
        aria-label={say(BASIS_WORDS.liftReason)}
        placeholder={say(BASIS_WORDS.liftReason)}
        maxLength={300}
        onChange={({ target }) => setReason(target.value)}
      />
      <button
        type="button"
        className={styles.firm}
        disabled={isPending || reason.trim() === ''}
        onClick={() => mutate()}
      >
        {say(BASIS_WORDS.liftNow)}
      </button>
      {problem && (
        <p className={styles.problem} role="alert">
          <b>{say(problem.says)}</b> {problem.hint && say(problem.hint)}
        </p>
      )}
    </div>
  );
}

export function sourcesText(sources: readonly (keyof typeof SOURCE_KINDS)[]): Text {
  const names = sources.map((source) => SOURCE_KINDS[source]);
  return text(names.map(({ zh }) => zh).join('、'), names.map(({ en }) => en).join(', '));
}
