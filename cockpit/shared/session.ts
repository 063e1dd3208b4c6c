// Who is signed in, asked of the server once and kept while it holds.

import { QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Me, Role, SignIn } from '../../app/api/session.ts';
import { deletePath, getJson, isSignedOut, postJson, RequestProblem } from './api.ts';
import {
  ACCESS_PATH,
  ACCOUNT_PATH,
  AUDIT_PATH,
  CONSOLE_PATH,
  navigate,
  OPEN_PATH,
  SIGN_IN_PATH,
  WALL_PATH,
  WORKBENCH_PATH,
} from './router.ts';

const ME = ['me'] as const;

const RETRIES_MAX = 3;

const ASK_AGAIN_MS = 5_000;

/** Requests that cannot succeed by repeating are not repeated. */
export const createQueries = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        refetchOnWindowFocus: false,
        retry: (count, error) =>
          count < RETRIES_MAX &&
          !(error instanceof RequestProblem && error.status >= 400 && error.status < 500),
        retryDelay: (count) => Math.min(8_000, 500 * 2 ** count),
      },
      mutations: { retry: false },
    },
  });

/** `me` is undefined while unknown, null when nobody is signed in. */
export function useMe(): { me: Me | null | undefined; error: unknown } {
  const { data, error } = useQuery({
    queryKey: ME,
    queryFn: async ({ signal }) => {
      try {
        return await getJson<Me>('/api/me', signal);
      } catch (cause) {
        if (isSignedOut(cause)) return null;
        throw cause;
      }
    },
    staleTime: 60_000,
    // A screen nobody stands at comes back by itself.
    refetchInterval: (query) => (query.state.status === 'error' ? ASK_AGAIN_MS : false),
  });
  return { me: data, error };
}

/** Signs in and goes on to `next` or the page of the role. */
export async function signIn(queries: QueryClient, credentials: SignIn): Promise<Me> {
  const me = await postJson<Me>('/api/session', credentials);
  queries.clear();
  queries.setQueryData(ME, me);
  return me;
}

/** Ends the session here and at the server; also when the server cannot be asked. */
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await deletePath('/api/session').catch(() => undefined);
    navigate(SIGN_IN_PATH);
    queries.clear();
  };
}

/** Asks again who is signed in, after trouble that a lost session would explain. */
export const recheckSession = (queries: QueryClient): Promise<void> =>
  queries.invalidateQueries({ queryKey: ME });

/** True for those who may see alerts about persons. */
export const seesPersons = (role: Role): boolean =>
  role === 'city-officer' || role === 'county-officer';

/** True for those who may propose a change of a rule. */
export const changesRules = (role: Role): boolean =>
  role === 'analyst' || role === 'system-administrator';

/** Officers work at the console, leaders look at what is open, auditors at the trail, other administrators at
 * accounts, analysts at the workbench; everybody else at the wall. */
export const homeOf = ({ role, leads, owes }: Pick<Me, 'role' | 'leads' | 'owes'>): string => {
  if (owes) return ACCOUNT_PATH;
  if (seesPersons(role)) return leads ? OPEN_PATH : CONSOLE_PATH;
  if (role === 'analyst') return WORKBENCH_PATH;
  if (role === 'audit-administrator') return AUDIT_PATH;
  return role.endsWith('-administrator') ? ACCESS_PATH : WALL_PATH;
};
