// Opens the key store and the vault as they are configured.

import { isAbsolute, join } from 'node:path';
import type { Clock } from '../core/time.ts';
import type { KeyWrapper } from '../security/crypto/key-wrapper.ts';
import { openKeyStore, type KeyStore } from '../security/crypto/key-store.ts';
import { createSuites, type Suites } from '../security/crypto/suites.ts';
import { createCommandWrapper } from '../security/crypto/wrap-by-command.ts';
import { createBareKeys, createKeyWrapper } from '../security/crypto/wrap-by-key.ts';
import { createVault, type Vault } from '../security/vault/vault.ts';
import type { Records } from '../warehouse/records.ts';
import { inDataFolder, type Config } from './config.ts';
import type { Secrets } from './secrets.ts';

export type OpenedVault = {
  readonly suites: Suites;
  readonly keys: KeyStore;
  readonly vault: Vault;
};

type Parts = {
  readonly config: Config;
  readonly clock: Clock;
  readonly records: Records;
  readonly secrets: Secrets;
};

/** Throws UserError when key files can be read by others. */
export function openVault({ records, ...parts }: Parts): OpenedVault {
  const { suites, keys } = openKeys(parts);
  return { suites, keys, vault: createVault({ records, keys, clock: parts.clock, suites }) };
}

/** The keys alone, for what needs no records. Throws UserError when key files can be read by others. */
export function openKeys({
  config,
  clock,
  secrets,
}: Omit<Parts, 'records'>): Omit<OpenedVault, 'vault'> {
  const { suite, keys: settings } = config.crypto;
  const suites = createSuites();
  const folder = isAbsolute(settings.folder)
    ? settings.folder
    : join(inDataFolder(config, '.'), settings.folder);
  const wrapper = wrapperOf(settings.protection, suites, secrets);
  return { suites, keys: openKeyStore({ clock, suite, wrapper }, folder) };
}

function wrapperOf(
  protection: Config['crypto']['keys']['protection'],
  suites: Suites,
  secrets: Secrets,
): KeyWrapper {
  // Wrapping does not follow the suite: files stay readable when another is chosen.
  switch (protection.kind) {
    case 'secret':
      return createKeyWrapper(suites.gm, secrets.key('keys are wrapped by'));
    case 'file':
      return createBareKeys(suites.gm);
    case 'command': {
      const [program, ...rest] = protection.command;
      return createCommandWrapper({
        command: [program, ...rest],
        timeLimitMs: protection.timeLimit,
      });
    }
  }
}
