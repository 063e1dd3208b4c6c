// Wall screens without anybody signed in. The screen shows a short code; an administrator types it in, from then
// on the screen's token opens what the role `kiosk` may see: counts and coarse places. It survives restarts of
// both, until it is revoked.

import { UserError } from '../../core/errors.ts';
import { contentHash, type ChanceIds } from '../../core/ids.ts';
import type { RegionCode } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import type { Account } from '../../warehouse/accounts.ts';
import type { KioskDeviceTable } from '../../warehouse/records-access.ts';
import type { Records, RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { Audit } from '../audit/audit-entry.ts';
import type { AccessSettings } from './access-settings.ts';

export type KioskDeps = {
  readonly db: RecordsDb;
  readonly records: Pick<Records, 'transaction'>;
  readonly clock: Clock;
  readonly ids: ChanceIds;
  readonly audit: Audit;
  readonly settings: Pick<AccessSettings, 'kioskCode'>;
};

export type KioskRow = Omit<KioskDeviceTable, 'codeHash' | 'tokenHash'>;

export type KioskDesk = {
  /** A code to show and the token that is worth something once the code was typed in. */
  begin(): Promise<{ code: string; token: string; untilMs: number }>;
  stateOf(token: string): Promise<'unknown' | 'waiting' | 'enrolled'>;
  enrol(given: { code: string; name: string; region: RegionCode }, by: string): Promise<string>;
  revoke(id: string, by: string): Promise<void>;
  /** Enrolled ones first by name, revoked ones last. */
  list(): Promise<KioskRow[]>;
  /** The screen behind a token, as an account of the role `kiosk`. */
  find(token: string): Promise<Account | undefined>;
};

const CODE_CHARS = 8;
const WAITING_MAX = 100;
const TOUCH_MS = 60_000;

/** Eight letters and digits in two groups, as somebody reads them off a wall. */
const codeFrom = (ids: ChanceIds): string =>
  ids
    .next('wall')
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(-CODE_CHARS)
    .padStart(CODE_CHARS, '2')
    .toUpperCase()
    .replace(/(.{4})(.{4})/, '$1-$2');

const hashOf = (code: string): string =>
  contentHash(`kiosk ${code.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`);

export function createKioskDesk(deps: KioskDeps): KioskDesk {
  const { db, records, clock, ids, audit, settings } = deps;
  const tell = (trx: RecordsTransaction, actor: string, action: string, kiosk: string) =>
    audit.record(trx, {
      atMs: clock.now(),
      actor,
      action,
      outcome: 'done',
      subjects: [],
      purpose: null,
      reason: null,
      detail: { kiosk },
    });
  return {
    async begin() {
      const [id, code, token] = [ids.next('kiosk'), codeFrom(ids), ids.next('kiosk-token')];
      const nowAtMs = clock.now();
      const untilMs = epochMs(nowAtMs + settings.kioskCode);
      await records.transaction(async (trx) => {
        await trx
          .deleteFrom('kioskDevice')
          .where('enrolledAtMs', 'is', null)
          .where('codeUntilMs', '<=', nowAtMs)
          .execute();
        const { waiting } = await trx
          .selectFrom('kioskDevice')
          .select(({ fn }) => fn.countAll<number>().as('waiting'))
          .where('enrolledAtMs', 'is', null)
          .executeTakeFirstOrThrow();
        if (Number(waiting) >= WAITING_MAX) throw tooMany();
        await trx
          .insertInto('kioskDevice')
          .values({
            id,
            name: '',
            region: '000000' as RegionCode,
            codeHash: hashOf(code),
            codeUntilMs: untilMs,
            tokenHash: contentHash(token),
            askedAtMs: nowAtMs,
            enrolledBy: null,
            enrolledAtMs: null,
            revokedBy: null,
            revokedAtMs: null,
            lastSeenAtMs: null,
          })
          .execute();
      });
      return { code, token, untilMs };
    },
    async stateOf(token) {
      const row = await rowOf(db, token);
      if (!row || row.revokedAtMs !== null) return 'unknown';
      if (row.enrolledAtMs !== null) return 'enrolled';
      return (row.codeUntilMs ?? 0) > clock.now() ? 'waiting' : 'unknown';
    },
    async enrol({ code, name, region }, by) {
      return records.transaction(async (trx) => {
        const nowAtMs = clock.now();
        const row = await trx
          .selectFrom('kioskDevice')
          .select('id')
          .where('codeHash', '=', hashOf(code))
          .where('codeUntilMs', '>', nowAtMs)
          .executeTakeFirst();
        if (!row) throw noSuchCode();
        await trx
          .updateTable('kioskDevice')
          .set({
            name: name.trim(),
            region,
            codeHash: null,
            codeUntilMs: null,
            enrolledBy: by,
            enrolledAtMs: nowAtMs,
          })
          .where('id', '=', row.id)
          .execute();
        await tell(trx, by, 'kiosk.enrol', row.id);
        return row.id;
      });
    },
    async revoke(id, by) {
      await records.transaction(async (trx) => {
        const result = await trx
          .updateTable('kioskDevice')
          .set({ revokedBy: by, revokedAtMs: clock.now() })
          .where('id', '=', id)
          .where('enrolledAtMs', 'is not', null)
          .where('revokedAtMs', 'is', null)
          .executeTakeFirst();
        if (Number(result.numUpdatedRows) !== 1) throw noSuchKiosk();
        await tell(trx, by, 'kiosk.revoke', id);
      });
    },
    list: () =>
      db
        .selectFrom('kioskDevice')
        .select([
          'id',
          'name',
          'region',
          'codeUntilMs',
          'askedAtMs',
          'enrolledBy',
          'enrolledAtMs',
          'revokedBy',
          'revokedAtMs',
          'lastSeenAtMs',
        ])
        .where('enrolledAtMs', 'is not', null)
        .orderBy((eb) => eb('revokedAtMs', 'is not', null))
        .orderBy('name')
        .execute(),
    async find(token) {
      const row = await rowOf(db, token);
      if (!row || row.enrolledAtMs === null || row.revokedAtMs !== null) return undefined;
      const nowAtMs = clock.now();
      if (nowAtMs - (row.lastSeenAtMs ?? 0) >= TOUCH_MS) {
        await db
          .updateTable('kioskDevice')
          .set({ lastSeenAtMs: nowAtMs })
          .where('id', '=', row.id)
          .execute();
      }
      const { id, name, region } = row;
      return {
        id,
        login: '',
        displayZh: name,
        displayEn: name,
        role: 'kiosk',
        region,
        language: 'zh',
        officerId: null,
        active: 1,
      };
    },
  };
}

const rowOf = (db: RecordsDb, token: string): Promise<KioskDeviceTable | undefined> =>
  db
    .selectFrom('kioskDevice')
    .selectAll()
    .where('tokenHash', '=', contentHash(token))
    .executeTakeFirst();

const tooMany = () =>
  new UserError('too-many', text('待登记的大屏过多，请稍后再试', 'too many walls wait; try later'));

const noSuchCode = () =>
  new UserError('not-found', text('登记码不正确或已过期', 'the code is not right, or too old'), {
    hint: text('请按大屏上当前显示的登记码输入', 'Type the code that stands on the wall now.'),
  });

const noSuchKiosk = () =>
  new UserError('not-found', text('没有这台大屏终端', 'there is no such wall'));
