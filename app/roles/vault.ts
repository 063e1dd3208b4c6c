// The vault in the running product: its routes, and the job that seals values anew after a rotation.

import type { FastifyInstance } from 'fastify';
import { sleep, systemClock } from '../../core/time.ts';
import { createRequestDesk } from '../../security/vault/requests.ts';
import { createRevealDesk } from '../../security/vault/reveal.ts';
import { resealSome } from '../../security/vault/rotate.ts';
import type { Foundation } from '../foundation.ts';
import { registerIdentities } from '../http/identity-routes.ts';
import type { Guard } from '../http/sessions.ts';
import { lookLimitsOf } from '../vault-config.ts';

/** How often it is looked whether another process rotated the key. */
const LOOK_MS = 60_000;
/** Between two batches, so that others get their turn at the records. */
const PAUSE_MS = 20;

export function startVault(
  { identities, records, clock, ids, config, logger, audit }: Foundation,
  { app, guard }: { app: FastifyInstance; guard: Guard },
): { stop(): Promise<void> } {
  const { vault, keys } = identities;
  const rotation = { records, keys, clock, audit, vault };
  const reveal = { vault, audit, clock, ids, limits: lookLimitsOf(config.identities) };
  const stopping = new AbortController();
  let wake = () => {};

  const resealAll = async () => {
    while (!stopping.signal.aborted && (await resealSome(rotation))) {
      await sleep(systemClock, PAUSE_MS, stopping.signal);
    }
  };
  const run = async () => {
    while (!stopping.signal.aborted) {
      // What fails now is tried again with the next look; nothing is lost by it.
      await resealAll().catch((error: unknown) => {
        if (!stopping.signal.aborted) logger.error('vault.not-resealed', { cause: String(error) });
      });
      await new Promise<void>((resolve) => {
        const timer = systemClock.after(LOOK_MS, resolve);
        wake = () => {
          timer.cancel();
          resolve();
        };
        if (stopping.signal.aborted) wake();
      });
    }
  };
  registerIdentities(app, {
    guard,
    desk: createRevealDesk(reveal),
    requests: createRequestDesk(reveal),
    rotation,
    onRotated: () => wake(),
  });
  const running = run();
  return {
    async stop() {
      stopping.abort();
      wake();
      await running;
    },
  };
}
