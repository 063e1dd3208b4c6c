// Turns at the costly part of signing in. Each check of a password takes 19 MiB and tens of milliseconds of a
// core: more at once than there are cores make everybody slower, and a queue without an end lets anybody take
// the memory. Who waits for a turn holds no attempt against their address yet, so that three hundred people of
// one bureau at the change of shift are no attack.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

export type SignInTurns = {
  /** Runs it as soon as it is its turn. Rejects with UserError `too-many` when too many wait already. */
  take<Result>(run: () => Promise<Result>): Promise<Result>;
};

export type TurnLimits = { readonly atOnceMax: number; readonly waitingMax: number };

export function createSignInTurns({ atOnceMax, waitingMax }: TurnLimits): SignInTurns {
  let running = 0;
  const waiting: (() => void)[] = [];
  return {
    async take(run) {
      if (running < atOnceMax) running++;
      else if (waiting.length >= waitingMax) throw tooManyWait();
      // The turn is handed over as it is: nobody who comes meanwhile takes it.
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await run();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else running--;
      }
    },
  };
}

const tooManyWait = () =>
  new UserError('too-many', text('登录人数过多，请稍后再试', 'too many people sign in just now'), {
    hint: text('请在一分钟后再试', 'Try again in a minute.'),
  });
