import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countFailure,
  FAILURES_KEPT_MS,
  failureKeys,
  waitUntilMs,
  type Failures,
} from './lock-out.ts';

const SETTINGS = { free: 5, waitMax: 900_000, addressFactor: 10 };

test('whatever comes when: the wait never shrinks while failures go on, and never passes its limit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: FAILURES_KEPT_MS }), { maxLength: 60 }),
      (pauses) => {
        let nowMs = 1_000_000;
        let state: Failures | undefined;
        let before = 0;
        for (const pause of pauses) {
          nowMs += pause;
          state = countFailure(state, nowMs);
          const wait = Math.max(0, waitUntilMs(state, SETTINGS.free, SETTINGS) - nowMs);
          expect(wait).toBeGreaterThanOrEqual(before);
          expect(wait).toBeLessThanOrEqual(SETTINGS.waitMax);
          if (state.failures < SETTINGS.free) expect(wait).toBe(0);
          else expect(wait).toBeGreaterThan(0);
          before = wait;
        }
      },
    ),
  );
});

test('after a quiet hour the count begins anew', () => {
  const old = { failures: 40, lastAtMs: 0 };
  expect(countFailure(old, FAILURES_KEPT_MS + 1)).toEqual({
    failures: 1,
    lastAtMs: FAILURES_KEPT_MS + 1,
  });
});

test('a known device shares no count with strangers, and a login is the same in any case', () => {
  const at = (given: Partial<Parameters<typeof failureKeys>[0]>) =>
    failureKeys({ login: 'city', address: '10.0.0.1', device: undefined, ...given }, SETTINGS).map(
      ({ keyHash }) => keyHash,
    );
  const device = at({ device: 'd1' });
  expect(device).toHaveLength(1);
  expect(at({})).not.toContain(device[0]);
  expect(at({ login: 'CITY' })).toEqual(at({}));
  // Another address is another count for the pair, the same one for the login everywhere.
  expect(at({ address: '10.0.0.2' })[0]).not.toBe(at({})[0]);
  expect(at({ address: '10.0.0.2' })[1]).toBe(at({})[1]);
});
