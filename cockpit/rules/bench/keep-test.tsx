// Keeps what is on the bench as a test inside the rule's text: the same form, so it runs with every check.

import { useState, type FormEvent } from 'react';
import type { Benched } from '../../../app/api/bench.ts';
import { useSay } from '../../shared/language.tsx';
import type { RuleDraft } from '../use-rule-draft.ts';
import { BENCH_WORDS } from './words.ts';
import styles from './bench.module.css';

export function KeepTest({
  draft,
  test,
  isStale,
}: {
  draft: RuleDraft;
  test: NonNullable<Benched['test']>;
  isStale: boolean;
}) {
  const say = useSay();
  const [name, setName] = useState('');
  const [kept, setKept] = useState<string>();
  const { read } = draft;
  const keep = (event: FormEvent) => {
    event.preventDefault();
    if (read?.kind !== 'readable') return;
    const tests = Array.isArray(read.values['tests']) ? (read.values['tests'] as unknown[]) : [];
    draft.setValue(['tests'], [...tests, { name: name.trim(), ...test }]);
    setKept(name.trim());
    setName('');
  };
  return (
    <form className={styles.keep} onSubmit={keep}>
      <label>
        {say(BENCH_WORDS.keepName)}
        <input
          required
          maxLength={100}
          value={name}
          title={say(BENCH_WORDS.keepHint)}
          onChange={({ target }) => {
            setName(target.value);
            setKept(undefined);
          }}
        />
      </label>
      <button type="submit" disabled={isStale || name.trim() === '' || read?.kind !== 'readable'}>
        {say(BENCH_WORDS.keep)}
      </button>
      <p role="status">{say(kept === undefined ? BENCH_WORDS.keepHint : BENCH_WORDS.kept)}</p>
    </form>
  );
}
