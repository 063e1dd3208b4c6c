// Guesses at the password of somebody who is signed in: counted for the session's own account, so that a stolen
// session cannot try passwords one after another, and locks nobody out at the door.

import { UserError } from '../../../core/errors.ts';
import { text } from '../../../core/text.ts';
import { failureKeys } from '../../../security/access/lock-out.ts';
import { forgiveAttempt, takeAttempt } from '../../../security/access/sign-in-store.ts';
import type { Account } from '../../../warehouse/accounts.ts';
import type { AccessDeps } from '../sessions.ts';

export type OwnGuess = {
  readonly account: Account;
  readonly address: string;
  /** What the trail calls it, and a guess that was wrong. */
  readonly action: string;
  readonly fault: 'wrong-password' | 'wrong-code';
};

/**
 * Runs what looks at a password or code. Throws UserError `too-many` without running it while the account has to
 * wait; a wrong guess, which `run` says by UserError `forbidden`, is counted and told to the trail.
 */
export async function countGuess<Answer>(
  { records, clock, settings, trail }: AccessDeps,
  { account: { id, login }, address, action, fault }: OwnGuess,
  run: () => Promise<Answer>,
): Promise<Answer> {
  const nowAtMs = clock.now();
  const device = `session ${id}`;
  const keys = failureKeys({ login, address, device }, settings.lockOut);
  const tellRefused = (because: string) =>
    trail.tell({ actor: id, action, outcome: 'refused', detail: { because } });
  const { waitUntilMs } = await takeAttempt(records, { keys, nowAtMs, settings: settings.lockOut });
  if (waitUntilMs > nowAtMs) {
    await tellRefused('locked-out');
    throw tooMany();
  }
  const forgive = () => records.transaction((trx) => forgiveAttempt(trx, keys));
  try {
    const answer = await run();
    await forgive();
    return answer;
  } catch (error) {
    if (error instanceof UserError && error.code === 'forbidden') await tellRefused(fault);
    else await forgive();
    throw error;
  }
}

const tooMany = () =>
  new UserError('too-many', text('验证失败次数过多，请稍后再试', 'too many wrong answers; wait'));
