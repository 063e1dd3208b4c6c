// Stands before every route: finds who asks, has the policy decide, and tells the trail of refusals and of what
// was looked at. Sessions and rights are read anew for each request.

import type { FastifyRequest } from 'fastify';
import { UserError } from '../../../core/errors.ts';
import { text } from '../../../core/text.ts';
import type { Clock } from '../../../core/time.ts';
import type { Reaches } from '../../../core/reach.ts';
import type { SubjectKey } from '../../../core/subject.ts';
import { createAddressList } from '../../../security/access/address-list.ts';
import type { AccessSettings } from '../../../security/access/access-settings.ts';
import { covers, type DataScope, type Target } from '../../../security/access/data-scope.ts';
import { mayField, type Field } from '../../../security/access/field-rights.ts';
import { functionEntry, type AccessFunction } from '../../../security/access/functions.ts';
import { decide, scopeOf, type Asker, type Because } from '../../../security/access/policy.ts';
import type { RightsSeal } from '../../../security/access/rights-seal.ts';
import type { PurposeCode } from '../../../security/access/purposes.ts';
import { isAdministrator, policyRoleOf, type PolicyRole } from '../../../security/access/roles.ts';
import { isAlive, limitOf } from '../../../security/access/session-limits.ts';
import {
  readSession,
  touchSession,
  type SessionState,
} from '../../../security/access/session-store.ts';
import type { Account } from '../../../warehouse/accounts.ts';
import type { RecordsDb } from '../../../warehouse/records.ts';
import type { Role } from '../../api/session.ts';
import { readAlertTarget } from './alert-target.ts';
import { refusalOf, unauthenticated } from './refusals.ts';
import type { Found } from './targets.ts';
import type { TellAltered } from './tell-altered.ts';
import { purposeIn, tokenOf } from './session-cookie.ts';
import type { Trail } from './trail.ts';

/** What a request is about, as far as the route knows it before it reads. */
export type About = Target & {
  /** Its unit, task, person and state are read; outside the scope it is as if it were not there. */
  readonly alertId?: string;
  /** Finds other things a route names, once it is known who asks; each has to be within the scope. */
  readonly find?: (account: Account) => Promise<Found | undefined> | Found | undefined;
  /** Said in place of a refusal for what is outside of the scope, where it would tell that it is there. */
  readonly hidden?: UserError;
  /** The field that is changed, whose rights depend on the state of the alert. */
  readonly field?: Field;
  readonly subject?: SubjectKey;
  /** A purpose the route itself stands for. */
  readonly purpose?: PurposeCode;
  /** The route tells itself which persons it gave, with `tell`. */
  readonly tellsLater?: true;
};

export type Permit = {
  readonly account: Account;
  readonly role: PolicyRole;
  readonly scope: DataScope;
  /** The scope as desks narrow their rows by it. */
  readonly reaches: Reaches;
  readonly purpose: PurposeCode | null;
  /** Notes in the trail whose data was given. */
  tell(subjects: readonly SubjectKey[]): Promise<void>;
};

export type Guard = {
  /**
   * The account behind a request; throws `unauthenticated` or, for another role, `forbidden`. `administrator`
   * is any of the three. For routes the policy has no function for yet.
   */
  require(request: FastifyRequest, ...roles: readonly (Role | 'administrator')[]): Promise<Account>;
  /** Lets the policy decide; throws UserError saying why not and what to do. */
  allow(request: FastifyRequest, fn: AccessFunction, about?: About): Promise<Permit>;
  /** The session as it is, also while something is owed; for pages about one's own account. */
  session(request: FastifyRequest): Promise<SessionState & { readonly asker: Asker }>;
};

export type GuardDeps = {
  readonly db: RecordsDb;
  readonly clock: Clock;
  readonly settings: AccessSettings;
  readonly secure: boolean;
  readonly trail: Trail;
  /** Refuses accounts whose rights were changed by hand; without it nobody is. */
  readonly rights?: RightsSeal | undefined;
  readonly tellAltered?: TellAltered | undefined;
  /** The wall screen behind a request, if it is one. */
  readonly findKiosk?: ((request: FastifyRequest) => Promise<Account | undefined>) | undefined;
};

/** The time of last use is written at most this often. */
const TOUCH_MS = 60_000;

export function createGuard(deps: GuardDeps): Guard {
  const { db, clock, settings, secure, trail } = deps;
  const isAdministratorsPlace = createAddressList(settings.administratorsFrom);

  const session: Guard['session'] = async (request) => {
    const token = tokenOf(request, secure);
    const state = token === undefined ? undefined : await readSession(db, token);
    if (!state) throw unauthenticated();
    const { account, session: row } = state;
    const altered = deps.rights?.alteredIn(state.rights);
    if (altered) {
      await deps.tellAltered?.(altered);
      throw alteredRights();
    }
    const nowAtMs = clock.now();
    const limit = limitOf(settings.sessions, account.role);
    if (!isAlive(row, limit, nowAtMs) || nowAtMs >= row.expiresAtMs) throw unauthenticated();
    if (isAdministrator(account.role) && !isAdministratorsPlace(request.ip)) {
      await trail.tell({
        actor: account.id,
        action: 'access.refused',
        outcome: 'refused',
        detail: { function: 'session', because: 'foreign-address' },
      });
      throw foreignAddress();
    }
    if (nowAtMs - row.lastSeenAtMs >= TOUCH_MS) {
      await touchSession(db, { tokenHash: row.tokenHash, atMs: nowAtMs });
    }
    return { ...state, asker: askerOf(state, settings) };
  };

  const refuse = async (
    {
      actor,
      asked,
      because,
    }: { actor: string; asked: string; because: Exclude<Because, 'granted'> },
    more: { subject?: SubjectKey | undefined; error?: UserError | undefined } = {},
  ): Promise<never> => {
    await trail.tell({
      actor,
      action: 'access.refused',
      outcome: 'refused',
      subjects: more.subject === undefined ? [] : [more.subject],
      detail: { function: asked, because },
    });
    throw more.error ?? refusalOf(because);
  };

  const require: Guard['require'] = async (request, ...roles) => {
    const { account, asker } = await session(request);
    const refused = { actor: account.id, asked: `role:${roles.join('|')}` };
    const owed = owedBy(asker);
    if (owed) return refuse({ ...refused, because: owed });
    const fits =
      roles.length === 0 ||
      roles.includes(account.role) ||
      (roles.includes('administrator') && isAdministrator(account.role));
    return fits ? account : refuse({ ...refused, because: 'role-lacks-function' });
  };

  const allow: Guard['allow'] = async (request, fn, about = {}) => {
    const { account, asker } = await askerBehind(request, session, deps);
    const found =
      about.alertId === undefined ? undefined : await readAlertTarget(db, about.alertId);
    const things = await findThings(asker, { fn, about, account });
    const subject = about.subject ?? found?.subject ?? things?.subject;
    const target =
      found ?? (about.region !== undefined || about.owner !== undefined ? about : undefined);
    const question = {
      fn,
      purpose: about.purpose ?? purposeIn(request),
      nowMs: clock.now(),
      proofMs: settings.proof,
    };
    const decisions = (things?.targets ?? [target]).map((one) =>
      decide(asker, { ...question, target: one }),
    );
    const decision =
      decisions.find(({ allowed }) => !allowed) ??
      decisions[0] ??
      decide(asker, { ...question, target });
    const refused = { actor: account.id, asked: fn };
    if (!decision.allowed) {
      const { because } = decision;
      // Whoever may not see it is not told that it is there.
      const hides = because === 'outside-scope' && about.alertId !== undefined;
      return refuse(
        { ...refused, because },
        {
          subject,
          error: hides
            ? noSuchAlert(about)
            : because === 'outside-scope'
              ? about.hidden
              : undefined,
        },
      );
    }
    if (about.field && found && !mayField(asker.role, about.field, found.status)) {
      return refuse({ ...refused, because: 'state-forbids' }, { subject });
    }
    const { scope, purpose } = decision;
    const tell = (subjects: readonly SubjectKey[]) =>
      trail.tell({ actor: account.id, action: fn, subjects, purpose });
    if (functionEntry(fn).personal && !about.tellsLater) {
      await tell(subject === undefined ? [] : [subject]);
    }
    const reaches: Reaches = (region, owner) => covers(scope, { region, owner });
    return { account, role: asker.role, scope, reaches, purpose, tell };
  };

  return { require, allow, session };
}

/** Nothing is looked for on behalf of somebody without the function. */
const findThings = async (
  asker: Asker,
  { fn, about, account }: { fn: AccessFunction; about: About; account: Account },
): Promise<Found | undefined> =>
  about.find !== undefined && scopeOf(asker, fn) !== undefined ? about.find(account) : undefined;

/** The account or, for what walls show, the screen behind a request. */
async function askerBehind(
  request: FastifyRequest,
  session: Guard['session'],
  { findKiosk }: GuardDeps,
): Promise<{ account: Account; asker: Asker }> {
  // A person who signs in at a wall acts as that person; when the session is over it is a wall again.
  const known = await session(request).catch((error: unknown) => {
    if (error instanceof UserError && error.code === 'unauthenticated') return undefined;
    throw error;
  });
  if (known) return known;
  const kiosk = await findKiosk?.(request);
  if (!kiosk) throw unauthenticated();
  const { id: accountId, region } = kiosk;
  const asker: Asker = {
    accountId,
    officerId: null,
    region,
    role: 'kiosk',
    granted: undefined,
    owes: undefined,
    provenAtMs: 0 as Asker['provenAtMs'],
  };
  return { account: kiosk, asker };
}

function askerOf(state: SessionState, settings: AccessSettings): Asker {
  const { account, granted, session } = state;
  return {
    accountId: account.id,
    officerId: account.officerId,
    region: account.region,
    role: policyRoleOf({ role: account.role, leads: state.leads }),
    granted,
    owes: owes(state, settings),
    provenAtMs: session.provenAtMs,
  };
}

function owes(state: SessionState, { secondFactorFor }: AccessSettings): Asker['owes'] {
  const { role } = state.account;
  if (state.mustChangePassword) return 'new-password';
  const needsFactor =
    isAdministrator(role) || (secondFactorFor as readonly string[]).includes(role);
  const hasFactor = state.hasSecondFactor || state.session.factor === 'certificate';
  return needsFactor && !hasFactor && !state.isDemo ? 'second-factor' : undefined;
}

const owedBy = ({ owes: owed }: Asker): Exclude<Because, 'granted'> | undefined =>
  owed === 'new-password'
    ? 'password-change-needed'
    : owed === 'second-factor'
      ? 'second-factor-missing'
      : undefined;

const alteredRights = () =>
  new UserError(
    'forbidden',
    text('账号权限校验不符，已停用', 'the rights of this account are not as they were given'),
    {
      hint: text(
        '数据库中的账号资料被直接改动。请系统管理员重新申请、安全管理员批准该账号的权限',
        'They were changed by hand in the database. Have its rights asked for and approved anew.',
      ),
    },
  );

const foreignAddress = () =>
  new UserError(
    'forbidden',
    text('管理员不能从此地址操作', 'administrators may not come from this address'),
    {
      hint: text(
        '请在规定的管理终端上登录（access.administratorsFrom）',
        'Sign in at a terminal of the networks in access.administratorsFrom.',
      ),
    },
  );

const noSuchAlert = ({ alertId }: About) =>
  new UserError('not-found', text('没有这条预警', 'there is no such alert'), {
    detail: `"${alertId ?? ''}"`,
  });
