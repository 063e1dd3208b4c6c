// Signing in: counts the attempt, checks password and second factor, opens a session. What is answered is the
// same for a wrong password and for a login that does not exist.

import type { ChanceIds } from '../../../core/ids.ts';
import { UserError } from '../../../core/errors.ts';
import { text } from '../../../core/text.ts';
import type { Clock } from '../../../core/time.ts';
import type { AccessSettings } from '../../../security/access/access-settings.ts';
import {
  readAccountAccess,
  takeSecondFactor,
} from '../../../security/access/account-access-store.ts';
import { failureKeys } from '../../../security/access/lock-out.ts';
import { endOldestSessions } from '../../../security/access/session-store.ts';
import { limitOf } from '../../../security/access/session-limits.ts';
import { forgiveAttempt, takeAttempt } from '../../../security/access/sign-in-store.ts';
import type { SignInTurns } from '../../../security/access/sign-in-turns.ts';
import { authenticate, type Account } from '../../../warehouse/accounts.ts';
import type { SignInFactor } from '../../../warehouse/records-access.ts';
import type { Records, RecordsDb } from '../../../warehouse/records.ts';
import { openSession } from '../../../warehouse/sessions.ts';
import type { Trail } from './trail.ts';

export type SignInDeps = {
  readonly db: RecordsDb;
  readonly records: Pick<Records, 'transaction'>;
  readonly clock: Clock;
  readonly ids: ChanceIds;
  readonly settings: AccessSettings;
  readonly trail: Trail;
  readonly turns: SignInTurns;
  /** Seals second factors. */
  readonly secondFactorKey: Uint8Array;
};

export type Attempt = {
  readonly login: string;
  readonly password: string;
  readonly code?: string | undefined;
  readonly address: string;
  readonly device: string | undefined;
  readonly agent: string;
};

/** Throws UserError `unauthenticated`, `second-factor-needed` or, while it has to wait, `too-many`. */
export const signIn = (
  deps: SignInDeps,
  attempt: Attempt,
): Promise<{ readonly account: Account; readonly token: string }> =>
  // The attempt is counted when its turn has come: who waits has not failed.
  deps.turns.take(() => tryToSignIn(deps, attempt));

async function tryToSignIn(
  deps: SignInDeps,
  attempt: Attempt,
): Promise<{ readonly account: Account; readonly token: string }> {
  const { db, records, clock, settings, trail } = deps;
  const keys = failureKeys(attempt, settings.lockOut);
  const nowAtMs = clock.now();
  const { waitUntilMs } = await takeAttempt(records, { keys, nowAtMs, settings: settings.lockOut });
  const tellRefused = (because: string, actor = 'unknown') =>
    trail.tell({ actor, action: 'session.sign-in', outcome: 'refused', detail: { because } });
  if (waitUntilMs > nowAtMs) {
    await tellRefused('locked-out');
    throw mustWait(waitUntilMs - nowAtMs);
  }
  const account = await authenticate(db, attempt);
  if (!account) {
    await tellRefused('wrong-password');
    throw wrongPassword();
  }
  const access = await readAccountAccess(db, account.id);
  const { mustChangePassword, oneTimeUntilMs, totpSinceMs, isDemo } = access;
  if (mustChangePassword === 1 && oneTimeUntilMs !== null && oneTimeUntilMs <= nowAtMs) {
    await tellRefused('one-time-password-expired', account.id);
    throw expired();
  }
  let factor: SignInFactor = 'password';
  if (totpSinceMs !== null && isDemo === 0) {
    if (attempt.code === undefined) {
      // The password was right: asking for the code is no failure.
      await records.transaction((trx) => forgiveAttempt(trx, keys));
      throw codeNeeded();
    }
    const { code } = attempt;
    const given = { accountId: account.id, code, key: deps.secondFactorKey, nowAtMs };
    if (!(await takeSecondFactor(records, given))) {
      await tellRefused('wrong-code', account.id);
      throw wrongCode();
    }
    factor = 'password-and-code';
  }
  await records.transaction((trx) => forgiveAttempt(trx, keys));
  const newDevice = attempt.device === undefined;
  return {
    account,
    token: await begin(deps, account, { factor, newDevice, agent: attempt.agent }),
  };
}

/** Opens a session for somebody who has proven who they are. */
export async function begin(
  {
    db,
    clock,
    ids,
    settings,
    trail,
  }: Pick<SignInDeps, 'db' | 'clock' | 'ids' | 'settings' | 'trail'>,
  account: Account,
  given: { factor: SignInFactor; agent: string; newDevice?: boolean },
): Promise<string> {
  const { factor, agent, newDevice } = given;
  const detail = { factor, ...(newDevice === undefined ? {} : { newDevice }) };
  await trail.tell({ actor: account.id, action: 'session.sign-in', detail });
  const { absoluteMs } = limitOf(settings.sessions, account.role);
  const token = await openSession({ clock, ids }, db, account.id, { absoluteMs, factor, agent });
  const most = { accountId: account.id, keep: settings.sessionsPerAccount };
  const sessions = await endOldestSessions(db, most);
  if (sessions > 0) {
    const ended = { sessions, because: 'too-many-sessions' };
    await trail.tell({ actor: account.id, action: 'session.end', detail: ended });
  }
  return token;
}

const wrongPassword = () =>
  new UserError('unauthenticated', text('账号或密码不正确', 'login or password is not right'));

const wrongCode = () =>
  new UserError(
    'unauthenticated',
    text('验证码不正确或已使用', 'the code is not right, or was used already'),
    {
      hint: text(
        '请等待下一个验证码，或使用一个恢复码',
        'Wait for the next code, or use one of your recovery codes.',
      ),
    },
  );

const codeNeeded = () =>
  new UserError('second-factor-needed', text('请输入动态验证码', 'give the code of your app'), {
    hint: text(
      '打开验证器应用查看六位数字；手机不在身边可用恢复码',
      'Six digits from your authenticator app, or a recovery code without your phone.',
    ),
  });

const expired = () =>
  new UserError(
    'unauthenticated',
    text('一次性密码已过期', 'the one-time password can no longer be used'),
    { hint: text('请系统管理员重新设置', 'Have the system administrator set a new one.') },
  );

function mustWait(ms: number): UserError {
  const seconds = Math.ceil(ms / 1_000);
  const [zh, en] =
    seconds < 90
      ? [`${seconds} 秒`, `${seconds} seconds`]
      : [`${Math.ceil(seconds / 60)} 分钟`, `${Math.ceil(seconds / 60)} minutes`];
  return new UserError('too-many', text('登录失败次数过多', 'too many failed sign-ins'), {
    hint: text(`请在 ${zh}后再试`, `Try again in ${en}.`),
  });
}
