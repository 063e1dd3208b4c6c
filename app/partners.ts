// Who may push observations to us, and with what token. Only the hash of a token is kept.

import { z } from 'zod';
import type { Partner } from '../connectors/http-push/push.ts';
import { contentHash, contentId } from '../core/ids.ts';
import { ARRIVAL_KINDS } from '../core/observation.ts';
import { sourceSchema } from '../core/source.ts';
import { jsonColumn } from '../warehouse/json-column.ts';
import type { RecordsDb } from '../warehouse/records.ts';
import { flag } from '../warehouse/records-schema.ts';

const sourcesColumn = jsonColumn(z.array(sourceSchema).readonly());
const kindsColumn = jsonColumn(z.array(z.enum(ARRIVAL_KINDS)).readonly());

export type NewPartner = Omit<Partner, 'id'> & { readonly name: string; readonly token: string };

/** Adds a partner, or changes what the one of that name may push. */
export async function savePartner(db: RecordsDb, partner: NewPartner): Promise<void> {
  const row = {
    id: contentId('pt', [partner.name]),
    name: partner.name,
    tokenHash: contentHash(partner.token),
    sources: sourcesColumn.encode([...partner.sources]),
    kinds: kindsColumn.encode([...partner.kinds]),
    trusted: flag(partner.trusted),
  };
  await db
    .insertInto('partner')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

/** The partner a token belongs to. */
export async function findPartner(db: RecordsDb, token: string): Promise<Partner | undefined> {
  const row = await db
    .selectFrom('partner')
    .selectAll()
    .where('tokenHash', '=', contentHash(token))
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    id: row.id,
    sources: sourcesColumn.decode(row.sources),
    // A basis is recorded here by two persons; no partner brings one, whatever it was given.
    kinds: kindsColumn.decode(row.kinds).filter((kind) => kind !== 'basis'),
    trusted: row.trusted === 1,
  };
}
