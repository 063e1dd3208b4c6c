// A vault over given records, with keys in memory-like folders and an audit that remembers.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCountingIds } from '../../core/ids.ts';
import { regionCode } from '../../core/region.ts';
import { subjectKey } from '../../core/subject.ts';
import { createManualClock } from '../../core/time.ts';
import type { Records } from '../../warehouse/records.ts';
import type { Audit, AuditEntry } from '../audit/audit-entry.ts';
import { openKeyStore, type KeyStore } from '../crypto/key-store.ts';
import type { SuiteName } from '../crypto/suite.ts';
import { createSuites } from '../crypto/suites.ts';
import { createBareKeys } from '../crypto/wrap-by-key.ts';
import { checkOf } from './id-number.ts';
import type { LookLimits } from './look-limits.ts';
import { createRequestDesk } from './requests.ts';
import { createRevealDesk } from './reveal.ts';
import { createVault, type VaultEntry } from './vault.ts';

export const START_MS = Date.UTC(2026, 10, 27, 4);
export const [XUANHAN, DAXIAN, DAZHOU] = ['511722', '511703', '511700'].map(regionCode) as [
  ReturnType<typeof regionCode>,
  ReturnType<typeof regionCode>,
  ReturnType<typeof regionCode>,
];

export const LIMITS: LookLimits = {
  personsPerHourMax: 10,
  personsAtOnceMax: 3,
  personsPerRequestMax: 20,
  shownMs: 60_000,
  requestMs: 3_600_000,
};

export type VaultStage = ReturnType<typeof openVaultStage>;

export function openVaultStage(
  records: Records,
  {
    suite = 'gm',
    limits = LIMITS,
    keys: given,
  }: { suite?: SuiteName; limits?: LookLimits; keys?: KeyStore } = {},
) {
  const clock = createManualClock(START_MS);
  const suites = createSuites();
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-vault-'));
  const keys =
    given ??
    openKeyStore({ clock, suite, wrapper: createBareKeys(suites.gm) }, join(folder, 'keys'));
  const entries: AuditEntry[] = [];
  const audit: Audit = {
    async record(_trx, entry) {
      entries.push(entry);
    },
  };
  const ids = createCountingIds();
  const vault = createVault({ records, keys, clock, suites });
  const reveal = { vault, audit, clock, ids, limits };
  return {
    clock,
    suites,
    keys,
    audit,
    entries,
    vault,
    records,
    rotation: { records, keys, clock, audit, vault },
    desk: createRevealDesk(reveal),
    requests: createRequestDesk(reveal),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** A checksum-correct number of an area that is nowhere. */
export function inventedIdNumber(sequence: number): string {
  const digits = `98172219900101${String(sequence).padStart(3, '0')}`;
  return digits + checkOf(digits);
}

export const anEntry = (number: number, change: Partial<VaultEntry> = {}): VaultEntry => ({
  subject: subjectKey(`cc-${String(number).padStart(6, '0')}`),
  county: XUANHAN,
  synthetic: true,
  identity: {
    name: `王演示${number}`,
    'id-number': inventedIdNumber(number),
    phone: `120${String(number).padStart(8, '0')}`,
    address: `达州市宣汉县演示镇${number}号`,
  },
  ...change,
});

export const COUNTY_READER = { accountId: 'xuanhan', region: XUANHAN };
export const SECOND_READER = { accountId: 'xuanhan-second', region: XUANHAN };
export const OTHER_READER = { accountId: 'dachuan', region: DAXIAN };
export const CITY_READER = { accountId: 'city', region: DAZHOU };
export const GROUNDS = { purpose: 'daily-supervision', reason: '核实设备离线原因' };
