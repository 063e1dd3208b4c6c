// The part that keeps the audit trail: where screens are served, for there is one such process.

import { ioClock } from '../../core/time.ts';
import { createFolderWitness } from '../../security/audit/folder-witness.ts';
import { createInstanceWitness } from '../../security/audit/instance-witness.ts';
import { openKeyFile } from '../../security/audit/key-file.ts';
import { startAuditKeeper, type AuditKeeper } from '../../security/audit/keeper.ts';
import { createSigner, type Signer } from '../../security/audit/signer.ts';
import { inDataFolder, type Config } from '../config.ts';
import type { Foundation } from '../foundation.ts';

export type AuditRole = AuditKeeper & { readonly signer: Signer };

export async function startAuditRole(foundation: Foundation): Promise<AuditRole> {
  const { config, records, clock, logger } = foundation;
  const { hash, sealEvery, checkpointEvery, verifyEvery } = config.audit;
  const signer = openAuditSigner(config);
  const keeper = await startAuditKeeper({
    records,
    engine: config.records.kind,
    clock,
    timer: ioClock,
    logger,
    hashing: hash,
    signer,
    sealEveryMs: sealEvery,
    checkpointEveryMs: checkpointEvery,
    verifyEveryMs: verifyEvery,
    witnesses: config.audit.witnesses.map((witness) =>
      witness.kind === 'folder' ? createFolderWitness(witness) : createInstanceWitness(witness),
    ),
  });
  return { ...keeper, signer };
}

/** The key of the installation, made when there is none. Throws UserError. */
export function openAuditSigner(config: Config): Signer {
  const { keyFile, signature } = config.audit;
  return createSigner(openKeyFile(keyFile ?? inDataFolder(config, 'audit.key'), signature));
}
