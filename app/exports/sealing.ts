// Seals for commands: the keys are opened as they are configured, the product need not run.

import { systemClock } from '../../core/time.ts';
import {
  createExportSealer,
  EXPORT_SEAL_KEYS,
  exportSealKeys,
  type ExportSealKey,
  type SealExport,
} from '../../security/exports/export-seal.ts';
import { inDataFolder, type Config } from '../config.ts';
import { openKeys } from '../open-vault.ts';
import { openSecrets } from '../secrets.ts';

const openSealKeys = (config: Config) =>
  openKeys({
    config,
    clock: systemClock,
    secrets: openSecrets(inDataFolder(config, 'secret.key')),
  });

export const sealerOf = (config: Config): SealExport =>
  createExportSealer({ ...openSealKeys(config), site: config.crypto.site });

/** The public keys seals of this installation are verified with, the newest last. */
export async function sealKeysOf(config: Config): Promise<ExportSealKey[]> {
  const { keys, suites } = openSealKeys(config);
  // Whoever asks before the first export gets the key it will be sealed with.
  await keys.current(EXPORT_SEAL_KEYS);
  return exportSealKeys(keys, suites);
}
