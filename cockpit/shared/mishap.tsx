// When a page cannot be shown: what happened, in the reader's language, and the one thing to do. A wall
// has nobody to press a button, so it loads itself anew after a while.

import { Component, type ReactNode } from 'react';
import type { Clock, Timer } from '../../core/time.ts';
import type { Text } from '../../core/text.ts';
import { problemIn } from './api.ts';
import { useSay } from './language.tsx';
import { SIGN_IN_PATH } from './router.ts';
import { WORDS } from './words.ts';
import styles from './mishap.module.css';

const RELOAD_MS = 15_000;

/** Catches what a page throws while drawing. */
export class Mishap extends Component<
  { clock: Clock; children: ReactNode },
  { error: unknown; failed: boolean }
> {
  override state = { error: undefined, failed: false };
  #reload: Timer | undefined;

  static getDerivedStateFromError(error: unknown) {
    return { error, failed: true };
  }

  override componentDidCatch() {
    this.#reload = this.props.clock.after(RELOAD_MS, () => location.reload());
  }

  override componentWillUnmount() {
    this.#reload?.cancel();
  }

  override render() {
    return this.state.failed ? <Failure error={this.state.error} /> : this.props.children;
  }
}

export function Failure({
  error,
  says,
  toStart = false,
}: {
  error?: unknown;
  says?: Text;
  toStart?: boolean;
}) {
  const say = useSay();
  const problem = problemIn(error);
  return (
    <main className={styles.failure}>
      <h1>{say(says ?? problem.says)}</h1>
      {!says && problem.hint && <p>{say(problem.hint)}</p>}
      {toStart ? (
        <a href={SIGN_IN_PATH}>{say(WORDS.toStart)}</a>
      ) : (
        <button type="button" onClick={() => location.reload()}>
          {say(WORDS.reload)}
        </button>
      )}
    </main>
  );
}
