// Fills the vault of the demonstration in the background: the city lives meanwhile, and a restart goes on
// with whoever is missing.

import type { Logger } from '../core/logger.ts';
import { sleep, systemClock } from '../core/time.ts';
import type { Vault } from '../security/vault/vault.ts';
import { inventIdentity, type Resident } from '../sim/city/identities.ts';
import type { Records } from '../warehouse/records.ts';

const BATCH = 100;
/** So that others get their turn at the records. */
const PAUSE_MS = 50;

export function fillVault(
  { vault, records, logger }: { vault: Vault; records: Records; logger: Logger },
  persons: readonly Resident[],
): { readonly filled: Promise<void>; stop(): Promise<void> } {
  const stopping = new AbortController();
  const fill = async () => {
    const rows = await records.db.selectFrom('vaultPerson').select('subject').execute();
    const known = new Set<string>(rows.map(({ subject }) => subject));
    const missing = persons.filter(({ key }) => !known.has(key));
    for (let at = 0; at < missing.length; at += BATCH) {
      await sleep(systemClock, PAUSE_MS, stopping.signal);
      await vault.put(
        missing.slice(at, at + BATCH).map((person) => ({
          subject: person.key,
          county: person.county,
          synthetic: true,
          identity: inventIdentity(person),
        })),
      );
    }
  };
  const filled = fill().catch((error: unknown) => {
    if (!stopping.signal.aborted) logger.error('demo.vault-not-filled', { cause: String(error) });
  });
  return {
    filled,
    async stop() {
      stopping.abort();
      await filled;
    },
  };
}
