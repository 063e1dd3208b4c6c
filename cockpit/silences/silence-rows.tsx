// Silences one below the other: what each covers, who is behind it, what it hides, and what one may do.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Me } from '../../app/api/session.ts';
import type { SilenceAnswer, SilenceList } from '../../app/api/silences.ts';
import { regionName } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { CLASS_NAMES, LEVEL_NAMES } from '../shared/words.ts';
import { countOf, SILENCE_STATES, SILENCE_WORDS } from './words.ts';
import styles from './silence-rows.module.css';

export function SilenceRows({
  title,
  none,
  silences,
  data,
  me,
}: {
  title: Text;
  none: Text;
  silences: readonly SilenceAnswer[];
  data: SilenceList;
  me: Me;
}) {
  const say = useSay();
  return (
    <section className={styles.section}>
      <h2>
        {say(title)} <span>{silences.length}</span>
      </h2>
      {silences.length === 0 ? (
        <p className={styles.none}>{say(none)}</p>
      ) : (
        <ol>
          {silences.map((silence) => (
            <Row key={silence.id} silence={silence} rules={data.rules} me={me} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Row({
  silence,
  rules,
  me,
}: {
  silence: SilenceAnswer;
  rules: SilenceList['rules'];
  me: Me;
}) {
  const say = useSay();
  const { state, matcher, reason, fromMs, untilMs, approved, ended, hidesNow, hid } = silence;
  return (
    <li className={styles.row} data-state={state}>
      <div className={styles.head}>
        <b className={styles.state}>{say(SILENCE_STATES[state])}</b>
        <span className={styles.scope}>{say(scopeText(matcher, rules))}</span>
        <span className={styles.hidden}>
          {state === 'active' && (
            <span data-some={hidesNow > 0}>
              {say(SILENCE_WORDS.hidesNow)} <b>{say(countOf(hidesNow))}</b>
            </span>
          )}
          {approved !== null || !silence.needsApproval ? (
            <span>
              {say(SILENCE_WORDS.hid)} {say(countOf(hid))}
            </span>
          ) : null}
        </span>
      </div>
      <p className={styles.reason}>{reason}</p>
      <p className={styles.facts}>
        <span>
          {say(dayClockText(fromMs))} – {say(dayClockText(untilMs))}
        </span>
        <span>
          {say(SILENCE_WORDS.author)} {say(silence.authorName)}
        </span>
        {approved && (
          <span>
            {say(SILENCE_WORDS.approved)} {say(approved.name)} {say(dayClockText(approved.atMs))}
            {approved.reason !== '' && `（${approved.reason}）`}
          </span>
        )}
        {ended && (
          <span>
            {say(approved || !silence.needsApproval ? SILENCE_WORDS.ended : SILENCE_WORDS.refused)}{' '}
            {say(ended.name)} {say(dayClockText(ended.atMs))}
            {ended.reason !== '' && `（${ended.reason}）`}
          </span>
        )}
        {silence.coversOpen && <span>{say(SILENCE_WORDS.coversOpen)}</span>}
      </p>
      {(silence.may.approve || silence.may.end) && <Acts silence={silence} me={me} />}
    </li>
  );
}

function Acts({ silence, me }: { silence: SilenceAnswer; me: Me }) {
  const say = useSay();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: (act: 'approve' | 'end') =>
      postJson<SilenceAnswer>(`/api/silences/${encodeURIComponent(silence.id)}/${act}`, { reason }),
    onSuccess: () => setReason(''),
    onSettled: () => queries.invalidateQueries({ queryKey: ['silences'] }),
  });
  const problem = error ? problemIn(error) : undefined;
  const endName =
    silence.state !== 'pending'
      ? SILENCE_WORDS.end
      : silence.author === me.accountId
        ? SILENCE_WORDS.withdraw
        : SILENCE_WORDS.refuse;
  return (
    <div className={styles.acts}>
      <input
        type="text"
        aria-label={say(SILENCE_WORDS.actReason)}
        placeholder={say(SILENCE_WORDS.actReason)}
        maxLength={300}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
      {silence.may.approve && (
        <button
          type="button"
          className={styles.approve}
          disabled={isPending}
          onClick={() => mutate('approve')}
        >
          {say(SILENCE_WORDS.approve)}
        </button>
      )}
      {silence.may.end && (
        <button type="button" disabled={isPending} onClick={() => mutate('end')}>
          {say(endName)}
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

/** `二级、三级 · 电子定位装置失去联系 · 宣汉县`. */
function scopeText(
  { levels, rules, counties, classes, subjects }: SilenceAnswer['matcher'],
  known: SilenceList['rules'],
): Text {
  const listed = (names: readonly Text[]) =>
    text(names.map(({ zh }) => zh).join('、'), names.map(({ en }) => en).join(', '));
  const parts = [
    listed(levels.map((level) => LEVEL_NAMES[level])),
    rules && listed(rules.map((id) => known.find((rule) => rule.id === id)?.title ?? text(id, id))),
    counties && listed(counties.map((county) => regionName(county))),
    classes && listed(classes.map((klass) => CLASS_NAMES[klass])),
    subjects && listed(subjects.map((key) => text(key, key))),
  ].filter((part) => part !== undefined);
  return text(parts.map(({ zh }) => zh).join(' · '), parts.map(({ en }) => en).join(' · '));
}
