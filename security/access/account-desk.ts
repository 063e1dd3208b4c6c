// Accounts and their rights: created and disabled by the system administrator, given rights with the word of the
// security administrator. Every act is one transaction with its entry in the trail.

import { UserError } from '../../core/errors.ts';
import { contentId, type ChanceIds } from '../../core/ids.ts';
import type { RegionCode } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import type { Account } from '../../warehouse/accounts.ts';
import { hashPassword } from '../../warehouse/password.ts';
import type { AccessGrantTable } from '../../warehouse/records-access.ts';
import {
  isUniqueViolation,
  type Records,
  type RecordsTransaction,
} from '../../warehouse/records.ts';
import { flag, type AccountRole } from '../../warehouse/records-schema.ts';
import type { Audit, AuditEntry } from '../audit/audit-entry.ts';
import { changeAccountAccess } from './account-access-store.ts';
import type { AccessSettings } from './access-settings.ts';
import type { GrantedScope } from './data-scope.ts';
import type { RightsSeal } from './rights-seal.ts';
import { whyNotApprove, whyNotAsk, type GrantPerson, type GrantRefusal } from './separation.ts';

export type AccountDeskDeps = {
  readonly records: Pick<Records, 'transaction'>;
  readonly clock: Clock;
  readonly ids: ChanceIds;
  readonly audit: Audit;
  readonly settings: Pick<AccessSettings, 'oneTimePassword'>;
  /** Seals what is changed; see rights-seal.ts. */
  readonly rights?: RightsSeal | undefined;
  /** Told of an account whose rights changed, so that what it has open can be closed. */
  readonly onChanged?: ((accountId: string) => void) | undefined;
};

export type AskedRights = {
  readonly role: AccountRole;
  readonly region: RegionCode;
  readonly scope: GrantedScope | null;
  readonly reason: string;
};

export type NewAccountAsked = AskedRights & {
  readonly login: string;
  readonly displayZh: string;
  readonly displayEn: string;
  readonly officerId: string | null;
};

/** Who acts. `null` officers are told apart by their account alone. */
export type Actor = Pick<Account, 'id' | 'officerId'>;

export type AccountDesk = {
  /** An account that opens nothing until its rights are approved. The one-time password is told this once. */
  create(asked: NewAccountAsked, by: Actor): Promise<{ id: string; password: string }>;
  setActive(id: string, active: boolean, by: Actor): Promise<void>;
  /** A one-time password; sessions end, and a second factor that was lost is taken off with `alsoFactor`. */
  resetPassword(id: string, by: Actor, alsoFactor: boolean): Promise<{ password: string }>;
  endSessions(id: string, by: Actor): Promise<number>;
  ask(id: string, rights: AskedRights, by: Actor): Promise<string>;
  decide(
    grantId: string,
    approves: boolean,
    by: Actor & { readonly reason: string },
  ): Promise<void>;
};

/** Twenty letters and digits in groups, as they are read out on the telephone. */
export function newOneTimePassword(ids: ChanceIds): string {
  const chars = ids
    .next('once')
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(4, 24);
  return chars.replaceAll(/(.{5})(?=.)/g, '$1-');
}

export function createAccountDesk(deps: AccountDeskDeps): AccountDesk {
  const { records, clock, ids, audit, settings } = deps;
  const tell = (
    trx: RecordsTransaction,
    by: Actor,
    entry: Pick<AuditEntry, 'action'> & Partial<Pick<AuditEntry, 'detail' | 'reason'>>,
  ) =>
    audit.record(trx, {
      atMs: clock.now(),
      actor: by.id,
      outcome: 'done',
      subjects: [],
      purpose: null,
      reason: null,
      detail: {},
      ...entry,
    });
  const keepSealed = (trx: RecordsTransaction, id: string, change: () => Promise<void>) =>
    deps.rights ? deps.rights.keep(trx, id, change) : change();
  const changed = (id: string) => deps.onChanged?.(id);
  const oneTime = () => newOneTimePassword(ids);
  /** What a one-time password sets beside the hash. */
  const onceUntil = () => ({
    mustChangePassword: flag(true),
    oneTimeUntilMs: epochMs(clock.now() + settings.oneTimePassword),
  });

  return {
    async create(asked, by) {
      const { login, displayZh, displayEn, officerId, region, role } = asked;
      const id = contentId('ac', [login]);
      const password = oneTime();
      const passwordHash = await hashPassword({ ids }, password);
      const names = { login, displayZh, displayEn };
      // The role stands in the grant; until it is approved the account is that of nobody.
      const row = { id, ...names, role, region, officerId, language: 'zh' as const };
      try {
        await records.transaction(async (trx) => {
          if (officerId !== null && !(await isOfficer(trx, officerId))) throw noSuchOfficer();
          await trx
            .insertInto('account')
            .values({ ...row, passwordHash, active: flag(false) })
            .execute();
          await changeAccountAccess(trx, id, onceUntil());
          await deps.rights?.seal(trx, id);
          await tell(trx, by, { action: 'account.create', detail: { account: id, role, region } });
          await askIn(trx, { id, rights: asked, by });
        });
      } catch (error) {
        if (isUniqueViolation(error)) throw loginTaken(login);
        throw error;
      }
      return { id, password };
    },
    async setActive(id, active, by) {
      await records.transaction(async (trx) => {
        const person = await personIn(trx, id);
        if (person.accountId === by.id) throw notOneself();
        if (active && (await openGrant(trx, id))) throw conflict(WAITS);
        if (active && !(await wasApproved(trx, id))) throw conflict(NEVER_APPROVED);
        await keepSealed(trx, id, async () => {
          await trx
            .updateTable('account')
            .set({ active: flag(active) })
            .where('id', '=', id)
            .execute();
        });
        if (!active) await trx.deleteFrom('session').where('accountId', '=', id).execute();
        const action = active ? 'account.enable' : 'account.disable';
        await tell(trx, by, { action, detail: { account: id } });
      });
      changed(id);
    },
    async resetPassword(id, by, alsoFactor) {
      const password = oneTime();
      const passwordHash = await hashPassword({ ids }, password);
      await records.transaction(async (trx) => {
        await personIn(trx, id);
        if (id === by.id) throw notOneself();
        await keepSealed(trx, id, async () => {
          await trx.updateTable('account').set({ passwordHash }).where('id', '=', id).execute();
          await changeAccountAccess(trx, id, {
            ...onceUntil(),
            ...(alsoFactor ? { totpSecret: null, totpSinceMs: null, totpLastStep: 0 } : {}),
          });
        });
        if (alsoFactor) {
          await trx.deleteFrom('accountRecoveryCode').where('accountId', '=', id).execute();
        }
        await trx.deleteFrom('session').where('accountId', '=', id).execute();
        const detail = { account: id, secondFactorRemoved: alsoFactor };
        await tell(trx, by, { action: 'account.reset-password', detail });
      });
      changed(id);
      return { password };
    },
    async endSessions(id, by) {
      const ended = await records.transaction(async (trx) => {
        const result = await trx
          .deleteFrom('session')
          .where('accountId', '=', id)
          .executeTakeFirst();
        const sessions = Number(result.numDeletedRows);
        await tell(trx, by, { action: 'session.end', detail: { account: id, sessions } });
        return sessions;
      });
      changed(id);
      return ended;
    },
    ask: (id, rights, by) => records.transaction((trx) => askIn(trx, { id, rights, by })),
    async decide(grantId, approves, by) {
      const id = await records.transaction((trx) => decideIn(trx, { grantId, approves, by }));
      changed(id);
    },
  };

  async function askIn(
    trx: RecordsTransaction,
    { id, rights, by }: { id: string; rights: AskedRights; by: Actor },
  ): Promise<string> {
    const { role, region, scope, reason } = rights;
    const receiver = await personIn(trx, id);
    const because = whyNotAsk({ accountId: by.id, officerId: by.officerId }, receiver, role);
    if (because) throw refusedGrant(because);
    if (await openGrant(trx, id)) throw conflict(WAITS);
    const grantId = ids.next('grant');
    await trx
      .insertInto('accessGrant')
      .values({
        id: grantId,
        accountId: id,
        role,
        region,
        scope: scope === null ? null : JSON.stringify(scope),
        reason: reason.trim(),
        askedBy: by.id,
        askedAtMs: clock.now(),
        state: 'open',
        decidedBy: null,
        decidedAtMs: null,
        decisionReason: null,
      })
      .execute();
    const detail = { account: id, role, region, scope: scope?.kind ?? 'role' };
    await tell(trx, by, { action: 'role.ask', reason: reason.trim(), detail });
    return grantId;
  }

  async function decideIn(
    trx: RecordsTransaction,
    given: { grantId: string; approves: boolean; by: Actor & { reason: string } },
  ): Promise<string> {
    const { grantId, approves, by } = given;
    const grant = await trx
      .selectFrom('accessGrant')
      .selectAll()
      .where('id', '=', grantId)
      .executeTakeFirst();
    if (!grant) throw noSuchGrant();
    if (grant.state !== 'open') throw conflict(DECIDED);
    const receiver = await personIn(trx, grant.accountId);
    const asker = await personIn(trx, grant.askedBy).catch(() => undefined);
    const people = {
      asker: asker ?? { accountId: grant.askedBy, officerId: null },
      approver: { accountId: by.id, officerId: by.officerId },
      receiver,
    };
    const because = whyNotApprove(people, grant.role);
    if (because) throw refusedGrant(because);
    await trx
      .updateTable('accessGrant')
      .set({
        state: approves ? 'approved' : 'refused',
        decidedBy: by.id,
        decidedAtMs: clock.now(),
        decisionReason: by.reason.trim(),
      })
      .where('id', '=', grantId)
      .execute();
    // What was changed by hand is first as it was sealed; then comes what was granted.
    const altered = approves ? await deps.rights?.restore(trx, grant.accountId) : undefined;
    if (approves) await applyGrant(trx, grant);
    if (approves) await deps.rights?.seal(trx, grant.accountId);
    const { accountId, role, region } = grant;
    const detail = {
      account: accountId,
      before: receiver.role,
      role,
      region,
      askedBy: grant.askedBy,
      ...(altered ? { putBack: altered.fields.join(' ') } : {}),
    };
    const action = approves ? 'role.approve' : 'role.refuse';
    await tell(trx, by, { action, reason: by.reason.trim(), detail });
    return accountId;
  }
}

async function applyGrant(trx: RecordsTransaction, grant: AccessGrantTable): Promise<void> {
  const { accountId, role, region, scope } = grant;
  await trx
    .updateTable('account')
    .set({ role, region, active: flag(true) })
    .where('id', '=', accountId)
    .execute();
  await changeAccountAccess(trx, accountId, { scope });
  // Whoever works on goes on under the new rights after signing in anew.
  await trx.deleteFrom('session').where('accountId', '=', accountId).execute();
}

const openGrant = (trx: RecordsTransaction, accountId: string) =>
  trx
    .selectFrom('accessGrant')
    .select('id')
    .where('accountId', '=', accountId)
    .where('state', '=', 'open')
    .executeTakeFirst();

/** Accounts of before, and of the command line on the server, have no grant at all. */
async function wasApproved(trx: RecordsTransaction, accountId: string): Promise<boolean> {
  const grants = await trx
    .selectFrom('accessGrant')
    .select('state')
    .where('accountId', '=', accountId)
    .execute();
  return grants.length === 0 || grants.some(({ state }) => state === 'approved');
}

/** Throws UserError `not-found`. */
async function personIn(trx: RecordsTransaction, id: string): Promise<GrantPerson> {
  const row = await trx
    .selectFrom('account')
    .select(['role', 'officerId'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) {
    throw new UserError('not-found', text('没有这个账号', 'there is no such account'));
  }
  const { role, officerId } = row;
  const others =
    officerId === null
      ? []
      : await trx
          .selectFrom('account')
          .select('role')
          .where('officerId', '=', officerId)
          .where('id', '!=', id)
          .where('active', '=', 1)
          .execute();
  return { accountId: id, role, officerId, otherRoles: others.map((other) => other.role) };
}

const conflict = (says: Text) => new UserError('conflict', says);

const WAITS = text('该账号有待审批的授权，请先审批', 'rights of this account wait for approval');
const NEVER_APPROVED = text(
  '该账号的授权未获批准，请重新申请',
  'the rights of this account were never approved: ask for them again',
);
const DECIDED = text('该授权申请已经办理', 'this was decided already');

const noSuchGrant = () =>
  new UserError('not-found', text('没有这项授权申请', 'nobody asked for such a grant'));

const loginTaken = (login: string) =>
  new UserError('conflict', text('用户名已被使用', 'the login is taken'), { detail: `"${login}"` });

const notOneself = () =>
  new UserError('forbidden', text('不能对自己的账号做此操作', 'not to an account of one’s own'), {
    hint: text('请另一名系统管理员办理', 'Have another system administrator do it.'),
  });

const GRANT_TEXTS: Readonly<Record<GrantRefusal, Text>> = {
  'asked-for-oneself': text('不能为自己申请权限', 'nobody asks for rights of their own'),
  'approved-by-asker': text('申请人不能审批自己的申请', 'who asked may not approve it'),
  'approved-by-receiver': text(
    '被授权人不能审批自己的授权',
    'who receives rights may not approve them',
  ),
  'not-a-role': text('账号不能使用该角色', 'no account has this role'),
  'two-administrators': text(
    '同一人不得兼任系统、安全、审计管理员',
    'nobody holds two of the system, security and audit administrators',
  ),
};

const refusedGrant = (because: GrantRefusal) => new UserError('forbidden', GRANT_TEXTS[because]);

const isOfficer = async (trx: RecordsTransaction, id: string): Promise<boolean> =>
  (await trx.selectFrom('officer').select('id').where('id', '=', id).executeTakeFirst()) !==
  undefined;

const noSuchOfficer = () =>
  new UserError('bad-input', text('值班人员名册中没有此人', 'there is no such officer'), {
    hint: text(
      '请先在值班表中登记该值班人员，或不填写',
      'Put the officer on the roster first, or leave it out.',
    ),
  });
