// plumbline account create, reset: the first administrators, and the way back in when nobody is left who could
// open it. Whoever may run this on the server could change the records as well; everything else takes two persons.

import { UserError } from '../../core/errors.ts';
import { contentId, secureIds } from '../../core/ids.ts';
import { createLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { regionOf, type RegionCode } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import { epochMs, systemClock, type Clock } from '../../core/time.ts';
import { changeAccountAccess } from '../../security/access/account-access-store.ts';
import { createAccountDesk, newOneTimePassword } from '../../security/access/account-desk.ts';
import { ADMINISTRATORS } from '../../security/access/roles.ts';
import type { Audit } from '../../security/audit/audit-entry.ts';
import { findAccountByLogin } from '../../warehouse/accounts.ts';
import { hashPassword } from '../../warehouse/password.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import { flag } from '../../warehouse/records-schema.ts';
import { inDataFolder, type Config } from '../config.ts';
import { recordsOptions, rightsSealOf } from '../foundation.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import type { Print } from '../print.ts';
import { openSecrets } from '../secrets.ts';

export type FirstAccount = {
  readonly login: string;
  readonly role: string;
  readonly region: string;
  readonly name: string;
  readonly nameEn: string;
};

/** An actor the trail knows for the command line. */
const SYSTEM = { id: 'system', officerId: null } as const;

/** Makes an administrator of a role nobody active has. Throws UserError when somebody has it. */
export async function createFirstAccount(
  config: Config,
  { login, role: asked, region: code, name, nameEn }: FirstAccount,
  print: Print,
  clock: Clock = systemClock,
): Promise<void> {
  const role = ADMINISTRATORS.find((one) => one === asked);
  if (!role) {
    throw new UserError(
      'bad-input',
      text('此命令只用于开设管理员账户', 'this makes administrators only'),
      { detail: `"${asked}"; known: ${ADMINISTRATORS.join(', ')}`, hint: ON_PAGE },
    );
  }
  const region = regionOf(code)?.code;
  if (!region) {
    throw new UserError('bad-input', text('没有这个单位', 'there is no such unit'), {
      detail: `"${code}"`,
    });
  }
  await withRecords(config, async (records, audit) => {
    const password = newOneTimePassword(secureIds);
    const passwordHash = await hashPassword({ ids: secureIds }, password);
    const id = contentId('ac', [login]);
    await records.transaction(async (trx) => {
      const holder = await trx
        .selectFrom('account')
        .select('login')
        .where('role', '=', role)
        .where('active', '=', 1)
        .executeTakeFirst();
      if (holder) throw taken(holder.login);
      if (await findAccountByLogin(trx, login)) throw loginTaken(login);
      await trx
        .insertInto('account')
        .values({
          id,
          login,
          passwordHash,
          displayZh: name,
          displayEn: nameEn,
          role,
          region: region as RegionCode,
          language: 'zh',
          officerId: null,
          active: flag(true),
        })
        .execute();
      const oneTimeUntilMs = epochMs(clock.now() + config.access.oneTimePassword);
      await changeAccountAccess(trx, id, { mustChangePassword: 1, oneTimeUntilMs });
      await rightsOf(config).seal(trx, id);
      await audit.record(trx, {
        atMs: clock.now(),
        actor: SYSTEM.id,
        action: 'account.create',
        outcome: 'done',
        subjects: [],
        purpose: null,
        reason: null,
        detail: { account: id, role, region },
      });
    });
    print(`${login} ${role}: ${password}`);
    print(
      '一次性密码，首次登录须修改并启用动态验证码 one-time: change it, then set up a second factor',
    );
  });
}

/** A one-time password for an account, its second factor taken off, its sessions ended. */
export async function resetAccount(
  config: Config,
  login: string,
  print: Print,
  clock: Clock = systemClock,
): Promise<void> {
  await withRecords(config, async (records, audit) => {
    const account = await findAccountByLogin(records.db, login);
    if (!account) {
      throw new UserError('not-found', text('没有这个账号', 'there is no such account'), {
        detail: `"${login}"`,
      });
    }
    const settings = config.access;
    const rights = rightsOf(config);
    // Whoever has the server is the way back in when the last administrator was altered: back to what was sealed.
    const altered = await records.transaction(async (trx) => {
      const found = await rights.restore(trx, account.id);
      if (found) {
        await audit.record(trx, {
          atMs: clock.now(),
          actor: SYSTEM.id,
          action: 'account.put-back',
          outcome: 'done',
          subjects: [],
          purpose: null,
          reason: null,
          detail: { account: account.id, fields: found.fields.join(' ') },
        });
      }
      return found;
    });
    if (altered) {
      print(
        `! 账号被直接改库，已恢复为授权时的内容 was changed by hand, put back: ${altered.fields.join(' ')}`,
      );
    }
    const desk = createAccountDesk({ records, clock, ids: secureIds, audit, settings, rights });
    const { password } = await desk.resetPassword(account.id, SYSTEM, true);
    print(`${login}: ${password}`);
  });
}

const rightsOf = (config: Config) => rightsSealOf(openSecrets(inDataFolder(config, 'secret.key')));

async function withRecords(
  config: Config,
  run: (records: Records, audit: Audit) => Promise<void>,
): Promise<void> {
  const logger = createLogger(config.logLevel);
  const records = await openRecords(
    { logger, random: createUnseededRandom() },
    recordsOptions(config),
  );
  try {
    await run(records, createAuditTrail({ records }));
  } finally {
    await records.close();
  }
}

const ON_PAGE = text(
  '其他账户请系统管理员在“账户与权限”页面开设',
  'Other accounts are made by the system administrator on the page.',
);

const taken = (login: string) =>
  new UserError('conflict', text('该角色已有人担任', 'somebody has this role already'), {
    detail: `"${login}"`,
    hint: text(
      '请在“账户与权限”页面办理；忘记密码可用 account reset',
      'Use the page; account reset gives a new password.',
    ),
  });

const loginTaken = (login: string) =>
  new UserError('conflict', text('用户名已被使用', 'the login is taken'), { detail: `"${login}"` });
