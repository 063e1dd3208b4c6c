// The promises of the small stores over the records, run against both engines.

import { describe, expect, test } from 'vitest';
import { createCountingIds, secureIds } from '../core/ids.ts';
import { createOrderBook } from '../core/order-book.ts';
import { leaveFact, orderFact } from '../core/order.fixture.ts';
import { regionCode } from '../core/region.ts';
import { subjectKey } from '../core/subject.ts';
import { createManualClock, epochMs } from '../core/time.ts';
import {
  authenticate,
  createAccount,
  findAccount,
  setPassword,
  type NewAccount,
} from './accounts.ts';
import { loadAliasDirectory } from './alias-store.ts';
import { loadCursor, saveCursor } from './cursors.ts';
import { nextOffset, setNextOffset } from './offsets.ts';
import { loadOrderFacts, saveOrderFacts } from './order-store.ts';
import type { Records } from './records.ts';
import {
  INSTALLATION,
  latestActivation,
  latestActivations,
  listActivations,
  listProposals,
  saveActivation,
  saveProposal,
  saveReport,
} from './rule-activation-store.ts';
import { findRuleVersion, listRuleVersions, saveRuleVersion } from './rule-version-store.ts';
import {
  endSession,
  endSessionsOf,
  findSession,
  forgetEndedSessions,
  openSession,
  SESSION_IDLE_MS_MAX,
  SESSION_MS_MAX,
} from './sessions.ts';
import { loadLatestSnapshot, saveSnapshot, SNAPSHOTS_KEPT } from './snapshots.ts';

const START_MS = Date.UTC(2026, 10, 22);

export function describeStores(
  name: string,
  withRecords: (run: (records: Records) => Promise<void>) => Promise<void>,
): void {
  describe(`${name} offsets`, () => {
    const key = { consumer: 'rules', topic: 'observations', partition: 3 } as const;

    test('start at 0 and are kept per consumer, topic and partition', () =>
      withRecords(async ({ db }) => {
        expect(await nextOffset(db, key)).toBe(0);
        await setNextOffset(db, key, 17);
        await setNextOffset(db, { ...key, partition: 4 }, 99);
        await setNextOffset(db, key, 18);
        expect(await nextOffset(db, key)).toBe(18);
        expect(await nextOffset(db, { ...key, consumer: 'alerts' })).toBe(0);
      }));

    test('move with the transaction they are set in, or not at all', () =>
      withRecords(async (records) => {
        const failing = records.transaction(async (trx) => {
          await setNextOffset(trx, key, 5);
          throw new Error('no');
        });
        await expect(failing).rejects.toThrow('no');
        expect(await nextOffset(records.db, key)).toBe(0);
      }));
  });

  describe(`${name} cursors`, () => {
    test('give back what was saved last under their name', () =>
      withRecords(async ({ db }) => {
        const deps = { clock: createManualClock(START_MS) };
        expect(await loadCursor(db, 'bookings')).toBeUndefined();
        await saveCursor(deps, db, { name: 'bookings', value: '第1页' });
        await saveCursor(deps, db, { name: 'bookings', value: '第2页' });
        expect(await loadCursor(db, 'bookings')).toBe('第2页');
      }));
  });

  describe(`${name} snapshots`, () => {
    const snapshot = (offset: number, format = 'rules/1') => ({
      consumer: 'rules',
      partition: 0,
      nextOffset: offset,
      format,
      body: Uint8Array.of(offset, 0, 255),
      savedAtMs: epochMs(START_MS + offset),
    });
    const wanted = { consumer: 'rules', partition: 0, format: 'rules/1' };

    test('the newest one in a known form is loaded', () =>
      withRecords(async ({ db }) => {
        expect(await loadLatestSnapshot(db, wanted)).toBeUndefined();
        await saveSnapshot(db, snapshot(10));
        await saveSnapshot(db, snapshot(20, 'rules/2'));
        const latest = await loadLatestSnapshot(db, wanted);
        expect(latest?.nextOffset).toBe(10);
        expect([...(latest?.body ?? [])]).toEqual([10, 0, 255]);
      }));

    test('older ones are forgotten, those of other partitions are not', () =>
      withRecords(async ({ db }) => {
        await saveSnapshot(db, { ...snapshot(1), partition: 1 });
        for (const offset of [10, 20, 30, 30, 40]) await saveSnapshot(db, snapshot(offset));
        const rows = await db.selectFrom('snapshot').select(['partition', 'nextOffset']).execute();
        expect(rows.filter(({ partition }) => partition === 0).length).toBe(SNAPSHOTS_KEPT);
        expect((await loadLatestSnapshot(db, wanted))?.nextOffset).toBe(40);
        expect((await loadLatestSnapshot(db, { ...wanted, partition: 1 }))?.nextOffset).toBe(1);
      }));
  });

  describe(`${name} orders`, () => {
    const atMs = START_MS;
    const facts = [
      orderFact('cc-000001', { atMs }),
      orderFact('ra-000002', { atMs, category: 'ra', group: 'key' }),
      orderFact('cc-000001', { atMs: atMs + 1_000, action: 'change', county: '511781' }),
      leaveFact('cc-000001', { atMs: atMs + 2_000, fromMs: atMs + 86_400_000 }),
    ];

    test('saved in any order and more than once, they give the same order book', () =>
      withRecords(async (records) => {
        await saveOrderFacts(records.db, facts.toReversed());
        await records.transaction((trx) => saveOrderFacts(trx, facts));
        const loaded = await loadOrderFacts(records.db);
        expect(loaded.length).toBe(facts.length);
        expect(createOrderBook(loaded).facts()).toEqual(createOrderBook(facts).facts());
      }));

    test('more than one statement holds are saved too', () =>
      withRecords(async ({ db }) => {
        const many = Array.from({ length: 1_201 }, (_, i) => orderFact(`cc-${i}`, { atMs }));
        await saveOrderFacts(db, many);
        expect((await loadOrderFacts(db)).length).toBe(1_201);
      }));

    test('those of one person are loaded alone', () =>
      withRecords(async ({ db }) => {
        await saveOrderFacts(db, facts);
        const loaded = await loadOrderFacts(db, subjectKey('cc-000001'));
        expect(loaded.map(({ kind, subject }) => [kind, subject])).toEqual([
          ['order', 'cc-000001'],
          ['order', 'cc-000001'],
          ['leave', 'cc-000001'],
        ]);
      }));

    test('are found by county and class', () =>
      withRecords(async ({ db }) => {
        await saveOrderFacts(db, facts);
        const rows = await db
          .selectFrom('supervisionOrder')
          .select(['subject', 'subjectClass'])
          .where('county', '=', regionCode('511722'))
          .orderBy('subject')
          .execute();
        expect(rows.map((row) => ({ ...row }))).toEqual([
          { subject: 'cc-000001', subjectClass: 'cc' },
          { subject: 'ra-000002', subjectClass: 'raKey' },
        ]);
      }));
  });

  describe(`${name} aliases`, () => {
    const key = Buffer.from('a secret of thirty-two bytes or so');
    const one = { alias: 'terminal:013800000001', subject: subjectKey('cc-000001') };

    test('resolve to the subject they were assigned to last', () =>
      withRecords(async ({ db }) => {
        const directory = await loadAliasDirectory(db, key);
        expect(directory.resolve(one.alias)).toBeUndefined();
        await directory.assign([one, { alias: 'phone:013800000001', subject: subjectKey('cc-2') }]);
        expect(directory.resolve(one.alias)).toBe('cc-000001');
        await directory.assign([{ ...one, subject: subjectKey('cc-000009') }]);
        expect(directory.resolve(one.alias)).toBe('cc-000009');
        const again = await loadAliasDirectory(db, key);
        expect(again.size).toBe(2);
        expect(again.resolve(one.alias)).toBe('cc-000009');
        expect(again.resolve('phone:013800000001')).toBe('cc-2');
        expect(again.resolve('card:013800000001')).toBeUndefined();
      }));

    test('are not kept in clear and mean nothing under another key', () =>
      withRecords(async ({ db }) => {
        await (await loadAliasDirectory(db, key)).assign([one]);
        const rows = await db.selectFrom('alias').selectAll().execute();
        expect(JSON.stringify(rows)).not.toContain('13800000001');
        const other = await loadAliasDirectory(db, Buffer.from('another secret'));
        expect(other.resolve(one.alias)).toBeUndefined();
      }));
  });

  describe(`${name} rule versions`, () => {
    const deps = { clock: createManualClock(START_MS) };
    const version = {
      ruleId: 'county-exit',
      ruleVersion: '1@aaaaaaaaaaaa',
      number: 1,
      contentHash: 'aaaaaaaaaaaaaaaa',
      body: 'title: 离开执行县\n',
    };

    test('are kept once, and a number stands for one content', () =>
      withRecords(async ({ db }) => {
        expect(await saveRuleVersion(deps, db, version)).toEqual({ kind: 'saved' });
        expect(await saveRuleVersion(deps, db, version)).toEqual({ kind: 'known' });
        const edited = { ...version, ruleVersion: '1@bbbbbbbbbbbb', contentHash: 'bbbb' };
        expect(await saveRuleVersion(deps, db, edited)).toEqual({
          kind: 'number-taken',
          by: '1@aaaaaaaaaaaa',
        });
        const next = { ...edited, number: 2, ruleVersion: '2@bbbbbbbbbbbb' };
        expect(await saveRuleVersion(deps, db, next)).toEqual({ kind: 'saved' });
        const listed = await listRuleVersions(db, 'county-exit');
        expect(listed.map(({ number }) => number)).toEqual([2, 1]);
        expect((await findRuleVersion(db, version))?.body).toBe(version.body);
        expect(await findRuleVersion(db, edited)).toBeUndefined();
      }));
  });

  describe(`${name} rule activations`, () => {
    const deps = { clock: createManualClock(START_MS) };
    const shipped = {
      packId: 'dazhou',
      ruleId: 'county-exit',
      ruleVersion: '1@aaaaaaaaaaaa',
      status: 'active' as const,
      proposedBy: INSTALLATION,
      approvedBy: INSTALLATION,
      reportId: null,
      reason: '',
    };
    const key = { packId: 'dazhou', ruleId: 'county-exit' };

    test('are only added to, and the last one counts', () =>
      withRecords(async ({ db }) => {
        // Two processes that start at once put the same in force.
        await saveActivation(deps, db, shipped);
        await saveActivation(deps, db, shipped);
        expect(await listActivations(db, key)).toMatchObject([{ seq: 1, atMs: START_MS }]);
        await saveReport(deps, db, { id: 'r1', body: '{}' });
        const act = { ...shipped, proposedBy: 'ac_1', approvedBy: 'ac_2', reportId: 'r1' };
        await saveActivation(deps, db, { ...act, ruleVersion: '2@bbbbbbbbbbbb' });
        await saveActivation(deps, db, { ...act, ruleVersion: '1@aaaaaaaaaaaa' });
        await saveActivation(deps, db, { ...act, ruleVersion: '2@bbbbbbbbbbbb' });
        await saveActivation(deps, db, { ...act, packId: 'other', ruleVersion: '9@cccccccccccc' });
        const versions = (await listActivations(db, key)).map(({ ruleVersion }) => ruleVersion[0]);
        expect(versions).toEqual(['1', '2', '1', '2']);
        expect((await latestActivation(db, key))?.ruleVersion).toBe('2@bbbbbbbbbbbb');
        const latest = await latestActivations(db, 'dazhou');
        expect([...latest.values()].map(({ ruleVersion }) => ruleVersion)).toEqual([
          '2@bbbbbbbbbbbb',
        ]);
      }));

    test('need a report that is kept', () =>
      withRecords(async ({ db }) => {
        await expect(saveActivation(deps, db, { ...shipped, reportId: 'none' })).rejects.toThrow();
      }));

    test('proposed twice by one person in the same situation it is one proposal', () =>
      withRecords(async ({ db }) => {
        const { packId, ruleId, ruleVersion, status } = shipped;
        const proposal = { packId, ruleId, ruleVersion, status, follows: '', reason: 'a' };
        const first = await saveProposal(deps, db, { ...proposal, proposedBy: 'ac_1' });
        const again = await saveProposal(deps, db, {
          ...proposal,
          proposedBy: 'ac_1',
          reason: 'b',
        });
        expect(again).toEqual(first);
        await saveProposal(deps, db, { ...proposal, proposedBy: 'ac_2' });
        await saveProposal(deps, db, { ...proposal, proposedBy: 'ac_1', follows: 'ra_1' });
        expect((await listProposals(db, key)).length).toBe(3);
      }));
  });

  describe(`${name} accounts`, () => {
    const deps = { ids: createCountingIds() };
    const account: NewAccount = {
      login: '宣汉值班',
      password: 'correct horse battery staple 马',
      displayZh: '宣汉县值班员',
      displayEn: 'Xuanhan duty officer',
      role: 'county-officer',
      region: regionCode('511722'),
      language: 'zh',
    };

    test('open with their password only', () =>
      withRecords(async ({ db }) => {
        const { login, password } = account;
        const created = await createAccount(deps, db, account);
        expect(await createAccount(deps, db, { ...account, password: 'x' })).toBeUndefined();
        expect(await authenticate(db, { login, password })).toEqual(created);
        expect(await authenticate(db, { login, password: `${password} ` })).toBeUndefined();
        expect(await authenticate(db, { login: 'nobody', password })).toBeUndefined();
        const { passwordHash } = await db
          .selectFrom('account')
          .select('passwordHash')
          .executeTakeFirstOrThrow();
        expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
        expect(Object.keys(created ?? {})).not.toContain('passwordHash');
      }));

    test('a changed password replaces the old one; a closed account opens no more', () =>
      withRecords(async ({ db }) => {
        const { login } = account;
        const created = await createAccount(deps, db, account);
        const accountId = created?.id ?? '';
        await setPassword(deps, db, { accountId, password: 'new' });
        expect(await authenticate(db, { login, password: account.password })).toBeUndefined();
        expect((await authenticate(db, { login, password: 'new' }))?.id).toBe(accountId);
        await db.updateTable('account').set({ active: 0 }).execute();
        expect(await authenticate(db, { login, password: 'new' })).toBeUndefined();
        expect((await findAccount(db, accountId))?.active).toBe(0);
      }));
  });

  describe(`${name} sessions`, () => {
    const withSession = (
      run: (
        records: Records,
        at: { clock: ReturnType<typeof createManualClock>; token: string; accountId: string },
      ) => Promise<void>,
    ) =>
      withRecords(async (records) => {
        const clock = createManualClock(START_MS);
        const account = await createAccount({ ids: createCountingIds() }, records.db, {
          login: 'duty',
          password: 'x',
          displayZh: '值班员',
          displayEn: 'duty officer',
          role: 'city-officer',
          region: regionCode('511700'),
          language: 'zh',
        });
        const accountId = account?.id ?? '';
        const token = await openSession({ clock, ids: secureIds }, records.db, accountId);
        await run(records, { clock, token, accountId });
      });

    test('a token finds its account, and is not kept in clear', () =>
      withSession(async ({ db }, { clock, token, accountId }) => {
        expect((await findSession({ clock }, db, token))?.id).toBe(accountId);
        expect(await findSession({ clock }, db, `${token}x`)).toBeUndefined();
        expect(JSON.stringify(await db.selectFrom('session').selectAll().execute())).not.toContain(
          token,
        );
      }));

    test('an unused session ends, a used one lasts until its limit', () =>
      withSession(async ({ db }, { clock, token, accountId }) => {
        const idle = await openSession({ clock, ids: secureIds }, db, accountId);
        const step = SESSION_IDLE_MS_MAX - 1;
        for (let usedMs = step; usedMs < SESSION_MS_MAX; usedMs += step) {
          clock.advance(step);
          expect((await findSession({ clock }, db, token))?.id, `at ${usedMs}`).toBe(accountId);
        }
        expect(await findSession({ clock }, db, idle)).toBeUndefined();
        clock.set(epochMs(START_MS + SESSION_MS_MAX));
        expect(await findSession({ clock }, db, token)).toBeUndefined();
        expect(await forgetEndedSessions({ clock }, db)).toBe(2);
      }));

    test('ends at sign-out, and with its account', () =>
      withSession(async ({ db }, { clock, token, accountId }) => {
        const second = await openSession({ clock, ids: secureIds }, db, accountId);
        await endSession(db, token);
        expect(await findSession({ clock }, db, token)).toBeUndefined();
        expect((await findSession({ clock }, db, second))?.id).toBe(accountId);
        await endSessionsOf(db, accountId);
        expect(await findSession({ clock }, db, second)).toBeUndefined();
        const third = await openSession({ clock, ids: secureIds }, db, accountId);
        await db.updateTable('account').set({ active: 0 }).execute();
        expect(await findSession({ clock }, db, third)).toBeUndefined();
      }));
  });
}
