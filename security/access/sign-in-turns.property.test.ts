// Turns at signing in: never more at once than allowed, first come first served, refused beyond the bound, and
// no turn is lost when somebody fails.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { createSignInTurns } from './sign-in-turns.ts';

test('turns are bounded, in order and never lost', async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 0, max: 6 }),
    fc.array(
      fc.oneof(
        fc.constant('come' as const),
        fc.record({ ends: fc.nat({ max: 20 }), fails: fc.boolean() }),
      ),
      { maxLength: 40 },
    ),
    async (atOnceMax, waitingMax, steps) => {
      const turns = createSignInTurns({ atOnceMax, waitingMax });
      const running: { number: number; end: (fails: boolean) => void }[] = [];
      const begun: number[] = [];
      const admitted: number[] = [];
      const outcomes: Promise<unknown>[] = [];
      let came = 0;
      let ended = 0;
      const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
      for (const step of steps) {
        if (step === 'come') {
          const number = came++;
          const hasRoom = admitted.length - ended < atOnceMax + waitingMax;
          const outcome = turns
            .take(async () => {
              begun.push(number);
              await new Promise<void>((resolve, reject) => {
                running.push({
                  number,
                  end: (fails) => (fails ? reject(new Error('failed')) : resolve()),
                });
              });
            })
            .catch((error: unknown) => error);
          if (hasRoom) {
            admitted.push(number);
            outcomes.push(outcome);
          } else expect(await outcome).toBeInstanceOf(UserError);
        } else if (running.length > 0) {
          const [one] = running.splice(step.ends % running.length, 1);
          one?.end(step.fails);
          ended++;
        }
        await settle();
        expect(running.length).toBe(Math.min(atOnceMax, admitted.length - ended));
      }
      while (running.length > 0) {
        running.shift()?.end(false);
        await settle();
      }
      await Promise.all(outcomes);
      expect(begun).toEqual(admitted);
    },
  );
  await fc.assert(property, { numRuns: 60 });
});
