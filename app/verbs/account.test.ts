import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { readAccountAccess } from '../../security/access/account-access-store.ts';
import { decodeEntry } from '../../security/audit/record-format.ts';
import { authenticate } from '../../warehouse/accounts.ts';
import { openRecords } from '../../warehouse/records.ts';
import { loadConfig, type Config } from '../config.ts';
import { recordsOptions } from '../foundation.ts';
import { createFirstAccount, resetAccount } from './account.ts';

let folder = '';
let config: Config;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-account-'));
  config = loadConfig({ base: { dataFolder: folder, logLevel: 'silent' } }, {});
});
afterAll(() => rm(folder, { recursive: true }));

const ASKED = {
  login: 'sa',
  role: 'security-administrator',
  region: '511700',
  name: '安全员',
  nameEn: 'Security',
};

const passwordIn = (lines: readonly string[]) => (lines[0] ?? '').split(': ')[1] ?? '';

test('the first of a role is made once, must change its password, and is found a way back in', async () => {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  await createFirstAccount(config, ASKED, print);
  await expect(createFirstAccount(config, { ...ASKED, login: 'sb' }, print)).rejects.toThrow(
    'somebody has this role already',
  );
  await expect(
    createFirstAccount(config, { ...ASKED, role: 'city-officer' }, print),
  ).rejects.toThrow('administrators only');
  const again: string[] = [];
  await resetAccount(config, 'sa', (line) => void again.push(line));
  const deps = { logger: silentLogger, random: createUnseededRandom() };
  const records = await openRecords(deps, recordsOptions(config));
  try {
    expect(
      await authenticate(records.db, { login: 'sa', password: passwordIn(lines) }),
    ).toBeUndefined();
    const account = await authenticate(records.db, { login: 'sa', password: passwordIn(again) });
    expect(account?.role).toBe('security-administrator');
    expect(await readAccountAccess(records.db, account?.id ?? '')).toMatchObject({
      mustChangePassword: 1,
      totpSinceMs: null,
    });
  } finally {
    await records.close();
  }
});

test('an administrator changed by hand is put back by a reset on the server, and the trail says what it was', async () => {
  const deps = { logger: silentLogger, random: createUnseededRandom() };
  const records = await openRecords(deps, recordsOptions(config));
  try {
    const change = { role: 'system-administrator', active: 0 } as const;
    await records.db.updateTable('account').set(change).where('login', '=', 'sa').execute();
    const lines: string[] = [];
    await resetAccount(config, 'sa', (line) => void lines.push(line));
    expect(lines[0]).toContain('put back: role active');
    const row = await records.db
      .selectFrom('account')
      .select(['role', 'active'])
      .where('login', '=', 'sa')
      .executeTakeFirst();
    expect(row).toEqual({ role: 'security-administrator', active: 1 });
    const told = await records.db.selectFrom('auditPending').select('body').execute();
    expect(told.map(({ body }) => decodeEntry(body))).toContainEqual(
      expect.objectContaining({
        action: 'account.put-back',
        detail: expect.objectContaining({ fields: 'role active' }) as unknown,
      }),
    );
  } finally {
    await records.close();
  }
});
