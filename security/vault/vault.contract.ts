// The promises of the vault, run against both engines of the records.

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Crash, createFaults, faultyRecords } from '../../alerts/faults.fixture.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { subjectKey } from '../../core/subject.ts';
import { saveOrderFacts } from '../../warehouse/order-store.ts';
import type { Records } from '../../warehouse/records.ts';
import { IDENTITY_FIELDS } from '../../warehouse/records-vault.ts';
import type { SuiteName } from '../crypto/suite.ts';
import { resealSome, rotateVaultKey, rotationState } from './rotate.ts';
import { readPersons } from './sealed-values.ts';
import {
  anEntry,
  CITY_READER,
  COUNTY_READER,
  DAXIAN,
  GROUNDS,
  inventedIdNumber,
  LIMITS,
  openVaultStage,
  OTHER_READER,
  SECOND_READER,
  type VaultStage,
} from './vault.fixture.ts';

export function describeVault(
  name: string,
  withRecords: (run: (records: Records) => Promise<void>) => Promise<void>,
): void {
  const withVault = (
    run: (stage: VaultStage) => Promise<void>,
    options: Parameters<typeof openVaultStage>[1] = {},
  ) =>
    withRecords(async (records) => {
      const stage = openVaultStage(records, options);
      await run(stage).finally(stage.remove);
    });

  const contentOf = ({ vault }: VaultStage, subjects: readonly string[]) =>
    vault.work((trx, sealing) => readPersons(trx, sealing, subjects.map(subjectKey)));

  /** Everything the tables of the vault hold, as one text. */
  async function dump({ db }: Records): Promise<string> {
    const tables = [
      'vaultPerson',
      'vaultValue',
      'vaultIndex',
      'vaultLook',
      'vaultRequest',
    ] as const;
    const rows = await Promise.all(
      tables.map((table) => db.selectFrom(table).selectAll().execute()),
    );
    return JSON.stringify(rows, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
    );
  }

  describe.each(['gm', 'intl'] as const)(`${name}, %s`, (suite: SuiteName) => {
    test('gives back what was put in; fields that are not named stay, null takes one out', () =>
      withVault(
        async (stage) => {
          const { subject, county } = anEntry(1);
          await stage.vault.put([anEntry(1), anEntry(2)]);
          const change = { phone: null, address: '达州市宣汉县演示镇新街1号' };
          await stage.vault.put([{ subject, county, synthetic: true, identity: change }]);
          const [one, two] = await contentOf(stage, ['cc-000001', 'cc-000002', 'cc-000009']);
          expect(one?.identity).toEqual({
            name: '王演示1',
            'id-number': inventedIdNumber(1),
            address: '达州市宣汉县演示镇新街1号',
          });
          expect(two?.identity).toEqual(anEntry(2).identity);
          const gone = { by: 'phone', value: '12000000001' } as const;
          expect(await stage.desk.lookUp(COUNTY_READER, { ...GROUNDS, ...gone })).toEqual([]);
          await stage.records.transaction((trx) => stage.vault.remove(trx, subject));
          expect(await contentOf(stage, [subject])).toEqual([]);
        },
        { suite },
      ));

    test('no table holds a value in clear, nor a hash anybody could make', () =>
      withVault(
        async (stage) => {
          await stage.vault.put([anEntry(7)]);
          await stage.desk.reveal(COUNTY_READER, {
            ...GROUNDS,
            subjects: [subjectKey('cc-000007')],
            fields: IDENTITY_FIELDS,
          });
          const content = await dump(stage.records);
          for (const value of Object.values(anEntry(7).identity) as string[]) {
            expect(content).not.toContain(value);
            for (const algorithm of ['sha256', 'sm3', 'md5', 'sha1']) {
              expect(content).not.toContain(createHash(algorithm).update(value).digest('hex'));
            }
          }
          expect(JSON.stringify(stage.entries)).not.toMatch(/王演示|演示镇|98172219|120000/);
        },
        { suite },
      ));

    test('a value moved to another person or field does not open', () =>
      withVault(
        async (stage) => {
          await stage.vault.put([anEntry(1), anEntry(2)]);
          const { db } = stage.records;
          const other = await db
            .selectFrom('vaultValue')
            .select('sealed')
            .where('subject', '=', subjectKey('cc-000002'))
            .where('field', '=', 'phone')
            .executeTakeFirstOrThrow();
          for (const field of ['phone', 'address'] as const) {
            await db
              .updateTable('vaultValue')
              .set(other)
              .where('subject', '=', subjectKey('cc-000001'))
              .where('field', '=', field)
              .execute();
          }
          const [one] = await contentOf(stage, ['cc-000001']);
          expect(one?.unreadable).toEqual(expect.arrayContaining(['phone', 'address']));
          expect(Object.keys(one?.identity ?? {}).sort()).toEqual(['id-number', 'name']);
        },
        { suite },
      ));
  });

  describe(`${name}: putting in`, () => {
    test('is all or nothing: one wrong number and nothing is kept', () =>
      withVault(async (stage) => {
        const wrong = anEntry(2, { identity: { 'id-number': '110105194912310021' } });
        await expect(stage.vault.put([anEntry(1), wrong])).rejects.toMatchObject({
          code: 'bad-input',
        });
        expect(await contentOf(stage, ['cc-000001'])).toEqual([]);
      }));

    test('an ID number is one person’s, within one call too; a phone may be shared', () =>
      withVault(async (stage) => {
        await stage.vault.put([anEntry(1)]);
        const again = { 'id-number': inventedIdNumber(1).toLowerCase() };
        const taken = { code: 'conflict', detail: 'cc-000002, cc-000001' };
        await expect(stage.vault.put([anEntry(2, { identity: again })])).rejects.toMatchObject(
          taken,
        );
        const both = { 'id-number': inventedIdNumber(5) };
        await expect(
          stage.vault.put([anEntry(3, { identity: both }), anEntry(4, { identity: both })]),
        ).rejects.toMatchObject({ code: 'conflict' });
        await stage.vault.put([anEntry(1), anEntry(2, { identity: { phone: '12000000001' } })]);
        const found = await stage.desk.lookUp(COUNTY_READER, {
          ...GROUNDS,
          by: 'phone',
          value: '120 0000 0001',
        });
        expect(found.map(({ subject }) => subject)).toEqual(['cc-000001', 'cc-000002']);
      }));
  });

  describe(`${name}: rotation`, () => {
    const fill = (stage: VaultStage, count: number) =>
      stage.vault.put(Array.from({ length: count }, (_, at) => anEntry(at + 1)));

    /** Everything reads as it was put in, and is found by number and phone. */
    async function expectWhole(stage: VaultStage, count: number) {
      const entries = Array.from({ length: count }, (_, at) => anEntry(at + 1));
      const read = await contentOf(
        stage,
        entries.map(({ subject }) => subject),
      );
      expect(read.map(({ identity }) => identity)).toEqual(entries.map(({ identity }) => identity));
      const value = inventedIdNumber(count);
      const found = await stage.desk.lookUp(
        { ...COUNTY_READER, accountId: `reader ${stage.entries.length}` },
        { ...GROUNDS, by: 'id-number', value },
      );
      expect(found).toHaveLength(1);
    }

    test('reads go on throughout, writes take the new key, the old one retires when nothing is left', () =>
      withVault(async (stage) => {
        const { rotation } = stage;
        await fill(stage, 60);
        expect(await rotateVaultKey(rotation, 'admin')).toBe('vault.2');
        await stage.vault.put([anEntry(61)]);
        let rounds = 0;
        for (;;) {
          await expectWhole(stage, 61);
          const { old } = await rotationState(rotation);
          if (old.length > 0) expect(old.map(({ id }) => id)).toEqual(['vault.1']);
          if (!(await resealSome(rotation))) break;
          rounds++;
        }
        expect(rounds).toBe(3);
        await expectWhole(stage, 61);
        expect(await rotationState(rotation)).toEqual({ current: 'vault.2', old: [], stuck: 0 });
        stage.keys.destroy('vault.1');
        await expectWhole(stage, 61);
        expect(
          stage.entries.map(({ action }) => action).filter((action) => action.startsWith('vault.')),
        ).toEqual(['vault.rotate', 'vault.retire-key']);
      }));

    test('rotating again before the first is through leaves nothing behind', () =>
      withVault(async (stage) => {
        await fill(stage, 3);
        await rotateVaultKey(stage.rotation, 'admin');
        await stage.vault.put([anEntry(4)]);
        await rotateVaultKey(stage.rotation, 'admin');
        await expectWhole(stage, 4);
        while (await resealSome(stage.rotation));
        await expectWhole(stage, 4);
        const rows = await stage.records.db
          .selectFrom('vaultKey')
          .selectAll()
          .orderBy('id')
          .execute();
        expect(rows.map(({ id, state }) => `${id} ${state}`)).toEqual([
          'vault.1 retired',
          'vault.2 retired',
          'vault.3 current',
        ]);
      }));

    test('a value that does not open is set apart and holds nothing up', () =>
      withVault(async (stage) => {
        await fill(stage, 2);
        await stage.records.db
          .updateTable('vaultValue')
          .set({ sealed: Buffer.from('rubbish') })
          .where('subject', '=', subjectKey('cc-000001'))
          .where('field', '=', 'name')
          .execute();
        await rotateVaultKey(stage.rotation, 'admin');
        while (await resealSome(stage.rotation));
        expect(await rotationState(stage.rotation)).toMatchObject({ old: [], stuck: 1 });
      }));

    test('killed at any statement, it goes on where it was', () =>
      withVault(async (stage) => {
        await fill(stage, 2);
        for (let crashAt = 1; crashAt < 200; crashAt++) {
          const faults = createFaults(crashAt);
          const records = faultyRecords(stage.records, faults);
          const killed = openVaultStage(records, { keys: stage.keys });
          const rotation = { ...killed.rotation, audit: stage.audit };
          try {
            // Whoever asked for the rotation asks again until it is done.
            const { current } = await rotationState(stage.rotation);
            if (current === 'vault.1') await rotateVaultKey(rotation, 'admin');
            while (await resealSome(rotation));
            killed.remove();
            break;
          } catch (error) {
            expect(error).toBeInstanceOf(Crash);
          }
          killed.remove();
          await expectWhole(stage, 2);
        }
        expect(await rotationState(stage.rotation)).toMatchObject({ current: 'vault.2', stuck: 0 });
        await expectWhole(stage, 2);
        expect((await rotationState(stage.rotation)).old).toEqual([]);
      }));
  });

  describe(`${name}: revealing`, () => {
    const subjects = [subjectKey('cc-000001')];
    const fields = ['name', 'phone'] as const;

    test('masked first, in clear for a purpose and a reason, told to the trail without values', () =>
      withVault(async (stage) => {
        await stage.vault.put([anEntry(1)]);
        const [shown] = await stage.desk.masked(COUNTY_READER, subjects);
        expect(shown?.values).toEqual({
          name: '王**1',
          'id-number': `9817**********${inventedIdNumber(1).slice(-4)}`,
          phone: '120****0001',
          address: '达州市宣汉县****',
        });
        const revealed = await stage.desk.reveal(COUNTY_READER, { ...GROUNDS, subjects, fields });
        expect(revealed).toEqual({
          persons: [
            {
              subject: 'cc-000001',
              synthetic: true,
              values: { name: '王演示1', phone: '12000000001' },
              unreadable: [],
            },
          ],
          shownMs: 60_000,
        });
        expect(stage.entries).toEqual([
          {
            atMs: stage.clock.now(),
            actor: 'xuanhan',
            action: 'identity.reveal',
            outcome: 'done',
            subjects,
            ...GROUNDS,
            detail: { fields: 'name phone', persons: 1 },
          },
        ]);
      }));

    test('only the bureau that answers for the person, by the order in effect', () =>
      withVault(async (stage) => {
        await stage.vault.put([anEntry(1)]);
        const asked = { ...GROUNDS, subjects, fields };
        await expect(stage.desk.reveal(OTHER_READER, asked)).rejects.toMatchObject({
          code: 'forbidden',
        });
        expect(await stage.desk.masked(OTHER_READER, subjects)).toEqual([]);
        const found = { by: 'id-number', value: inventedIdNumber(1) } as const;
        expect(await stage.desk.lookUp(OTHER_READER, { ...GROUNDS, ...found })).toEqual([]);
        await stage.desk.reveal(CITY_READER, asked);
        // The person moves to the other county.
        const nowMs = stage.clock.now();
        await saveOrderFacts(stage.records.db, [
          orderFact('cc-000001', { county: DAXIAN, atMs: nowMs - 1 }),
        ]);
        await stage.desk.reveal(OTHER_READER, asked);
        await expect(stage.desk.reveal(COUNTY_READER, asked)).rejects.toMatchObject({
          code: 'forbidden',
        });
        expect(
          stage.entries.map(({ actor, action, outcome }) => `${actor} ${action} ${outcome}`),
        ).toEqual([
          'dachuan identity.reveal refused',
          'dachuan identity.look-up done',
          'city identity.reveal done',
          'dachuan identity.reveal done',
          'xuanhan identity.reveal refused',
        ]);
        expect(stage.entries[1]?.subjects).toEqual([]);
      }));

    test('unknown persons are refused as foreign ones are', () =>
      withVault(async (stage) => {
        await stage.vault.put([anEntry(1)]);
        const unknown = { ...GROUNDS, subjects: [subjectKey('cc-000404')], fields };
        const answers = await Promise.allSettled([
          stage.desk.reveal(OTHER_READER, unknown),
          stage.desk.reveal(OTHER_READER, { ...unknown, subjects }),
        ]);
        const [a, b] = answers.map((answer) =>
          answer.status === 'rejected' ? JSON.stringify(answer.reason) : '',
        );
        expect(a).toBe(b);
      }));

    test('a reason that says the name or a number is refused and not kept', () =>
      withVault(async (stage) => {
        await stage.vault.put([anEntry(1)]);
        const reason = '找王演示1谈话';
        const asked = { purpose: 'daily-supervision', reason, subjects, fields };
        await expect(stage.desk.reveal(COUNTY_READER, asked)).rejects.toMatchObject({
          code: 'bad-input',
        });
        const value = inventedIdNumber(1);
        const looked = {
          purpose: 'daily-supervision',
          reason: `查${value}`,
          by: 'id-number',
          value,
        } as const;
        await expect(stage.desk.lookUp(COUNTY_READER, looked)).rejects.toMatchObject({
          code: 'bad-input',
        });
        expect(JSON.stringify(stage.entries)).not.toMatch(/王演示|9817/);
        expect(stage.entries.map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
      }));

    test('so many an hour and no more, and again an hour later', () =>
      withVault(async (stage) => {
        await stage.vault.put(Array.from({ length: 3 }, (_, at) => anEntry(at + 1)));
        const three = [1, 2, 3].map((number) => anEntry(number).subject);
        const asked = { ...GROUNDS, subjects: three, fields };
        for (let round = 0; round < 3; round++) await stage.desk.reveal(COUNTY_READER, asked);
        await expect(stage.desk.reveal(COUNTY_READER, asked)).rejects.toMatchObject({
          code: 'too-many',
        });
        await stage.desk.reveal(COUNTY_READER, { ...asked, subjects });
        const found = { by: 'phone', value: '12000000001' } as const;
        await expect(
          stage.desk.lookUp(COUNTY_READER, { ...GROUNDS, ...found }),
        ).rejects.toMatchObject({ code: 'too-many' });
        await stage.desk.reveal(SECOND_READER, asked);
        stage.clock.advance(3_600_001);
        await stage.desk.reveal(COUNTY_READER, asked);
      }));

    test('what does not open is named and told as failed', () =>
      withVault(async (stage) => {
        await stage.vault.put([anEntry(1)]);
        await stage.records.db
          .updateTable('vaultValue')
          .set({ sealed: Buffer.from('rubbish') })
          .where('field', '=', 'phone')
          .execute();
        const { persons } = await stage.desk.reveal(COUNTY_READER, {
          ...GROUNDS,
          subjects,
          fields,
        });
        expect(persons[0]).toMatchObject({ values: { name: '王演示1' }, unreadable: ['phone'] });
        expect(stage.entries.at(-1)?.outcome).toBe('failed');
      }));
  });

  describe(`${name}: many at once`, () => {
    const many = Array.from({ length: LIMITS.personsAtOnceMax + 1 }, (_, at) => anEntry(at + 1));
    const asked = {
      ...GROUNDS,
      subjects: many.map(({ subject }) => subject),
      fields: ['name'] as const,
    };

    test('needs a second person, and is opened once, by whoever asked', () =>
      withVault(async (stage) => {
        await stage.vault.put(many);
        await expect(stage.desk.reveal(COUNTY_READER, asked)).rejects.toMatchObject({
          code: 'conflict',
        });
        const { id } = await stage.requests.ask(COUNTY_READER, asked);
        await expect(stage.requests.open(COUNTY_READER, id)).rejects.toMatchObject({
          code: 'conflict',
        });
        await expect(stage.requests.decide(COUNTY_READER, id, 'approved')).rejects.toMatchObject({
          code: 'forbidden',
        });
        await expect(stage.requests.decide(OTHER_READER, id, 'approved')).rejects.toMatchObject({
          code: 'not-found',
        });
        expect(await stage.requests.list(OTHER_READER)).toEqual([]);
        await stage.requests.decide(SECOND_READER, id, 'approved');
        await expect(stage.requests.open(SECOND_READER, id)).rejects.toMatchObject({
          code: 'forbidden',
        });
        const { persons } = await stage.requests.open(COUNTY_READER, id);
        expect(persons.map(({ values }) => values.name)).toEqual(
          many.map(({ identity }) => identity.name),
        );
        await expect(stage.requests.open(COUNTY_READER, id)).rejects.toMatchObject({
          code: 'conflict',
        });
        expect((await stage.requests.list(CITY_READER))[0]).toMatchObject({ id, state: 'opened' });
        expect(
          stage.entries.map(({ actor, action, outcome }) => `${actor} ${action} ${outcome}`),
        ).toEqual([
          'xuanhan identity.reveal refused',
          'xuanhan identity.ask-many done',
          'xuanhan identity.reveal refused',
          'xuanhan identity.approve-many refused',
          'dachuan identity.approve-many refused',
          'xuanhan-second identity.approve-many done',
          'xuanhan-second identity.reveal refused',
          'xuanhan identity.reveal done',
          'xuanhan identity.reveal refused',
        ]);
      }));

    test('rejected and lapsed requests open nothing', () =>
      withVault(async (stage) => {
        await stage.vault.put(many);
        const rejected = await stage.requests.ask(COUNTY_READER, asked);
        await stage.requests.decide(SECOND_READER, rejected.id, 'rejected');
        await expect(
          stage.requests.decide(SECOND_READER, rejected.id, 'approved'),
        ).rejects.toMatchObject({ code: 'conflict' });
        const late = await stage.requests.ask(COUNTY_READER, asked);
        await stage.requests.decide(SECOND_READER, late.id, 'approved');
        stage.clock.advance(LIMITS.requestMs);
        for (const { id } of [rejected, late]) {
          await expect(stage.requests.open(COUNTY_READER, id)).rejects.toMatchObject({
            code: 'conflict',
          });
        }
        const states = (await stage.requests.list(COUNTY_READER)).map(({ state }) => state);
        expect(states.sort()).toEqual(['lapsed', 'rejected']);
      }));

    test('a request is for one’s own persons, and for so many at most', () =>
      withVault(async (stage) => {
        await stage.vault.put(many);
        await expect(stage.requests.ask(OTHER_READER, asked)).rejects.toMatchObject({
          code: 'forbidden',
        });
        const subjects = Array.from({ length: 21 }, (_, at) => anEntry(at).subject);
        await expect(
          stage.requests.ask(COUNTY_READER, { ...asked, subjects }),
        ).rejects.toMatchObject({ code: 'too-large' });
      }));
  });
}
