// The one place that decides who may do what with which data, and says why. Pure: the same asker, function and
// target give the same answer, so that every cell of the matrix can be tested.

import type { EpochMs } from '../../core/time.ts';
import {
  covers,
  scopeFor,
  type DataScope,
  type GrantedScope,
  type ScopeHolder,
  type Target,
} from './data-scope.ts';
import { functionEntry, type AccessFunction } from './functions.ts';
import { purposeOf, type PurposeCode } from './purposes.ts';
import { reachOf, ROLE_SCOPES } from './rights.ts';
import type { PolicyRole } from './roles.ts';

/** Why a request is allowed or refused. */
export type Because =
  | 'granted'
  | 'outside-scope'
  | 'password-change-needed'
  | 'purpose-missing'
  | 'purpose-unfit'
  | 'purpose-unknown'
  | 'role-lacks-function'
  | 'second-factor-missing'
  | 'state-forbids'
  | 'step-up-needed';

export type Asker = ScopeHolder & {
  readonly role: PolicyRole;
  /** Granted instead of the scope of the role. */
  readonly granted: GrantedScope | undefined;
  /** What has to be done before anything else. */
  readonly owes: 'new-password' | 'second-factor' | undefined;
  /** When the password or the second factor was last given. */
  readonly provenAtMs: EpochMs;
};

export type Question = {
  readonly fn: AccessFunction;
  readonly target?: Target | undefined;
  /** The code the request carries, as it was sent. */
  readonly purpose?: string | undefined;
  readonly nowMs: number;
  /** How long a proof is good for a sensitive act. */
  readonly proofMs: number;
};

export type Decision =
  | {
      readonly allowed: true;
      readonly because: 'granted';
      readonly scope: DataScope;
      readonly purpose: PurposeCode | null;
    }
  | { readonly allowed: false; readonly because: Exclude<Because, 'granted'> };

const refused = (because: Exclude<Because, 'granted'>): Decision => ({ allowed: false, because });

/** The most telling reason comes first: a role without the function need not be told of a purpose. */
export function decide(asker: Asker, question: Question): Decision {
  const { fn, target, nowMs, proofMs } = question;
  const entry = functionEntry(fn);
  if (asker.owes === 'new-password') return refused('password-change-needed');
  if (asker.owes === 'second-factor') return refused('second-factor-missing');
  const scope = scopeOf(asker, fn);
  if (!scope) return refused('role-lacks-function');
  if (target !== undefined && !covers(scope, target)) return refused('outside-scope');
  const purpose = entry.personal ? purposeFor(fn, question.purpose) : null;
  if (purpose !== null && 'because' in purpose) return refused(purpose.because);
  if (entry.sensitive && nowMs - asker.provenAtMs > proofMs) return refused('step-up-needed');
  return { allowed: true, because: 'granted', scope, purpose: purpose?.code ?? null };
}

/** How far the asker's right to `fn` reaches; undefined without it. */
export function scopeOf(
  asker: Omit<Asker, 'owes' | 'provenAtMs'>,
  fn: AccessFunction,
): DataScope | undefined {
  const reach = reachOf(asker.role, fn);
  if (reach === undefined) return undefined;
  if (reach === 'all') return { kind: 'all' };
  return scopeFor(asker.granted ?? { kind: ROLE_SCOPES[asker.role] }, asker);
}

function purposeFor(
  fn: AccessFunction,
  given: string | undefined,
):
  | { readonly code: PurposeCode }
  | { readonly because: 'purpose-missing' | 'purpose-unfit' | 'purpose-unknown' } {
  const { implies } = functionEntry(fn);
  if (given === undefined || given === '') {
    return implies ? { code: implies } : { because: 'purpose-missing' };
  }
  const purpose = purposeOf(given);
  if (!purpose) return { because: 'purpose-unknown' };
  if (purpose.functions.includes(fn)) return { code: purpose.code };
  // What the page was opened for need not be what this act is for, when the act says it itself.
  return implies ? { code: implies } : { because: 'purpose-unfit' };
}
