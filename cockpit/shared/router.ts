// Which page an address names, and how to get there without loading the document anew. Few pages, so a
// table and the History API do; filters live in the query and make every view a permalink.

import { useSyncExternalStore } from 'react';

export type Route =
  | { readonly page: 'sign-in' }
  | { readonly page: 'wall' }
  | { readonly page: 'console'; readonly alertId: string | undefined }
  | { readonly page: 'rules'; readonly ruleId: string | undefined }
  | { readonly page: 'backtest'; readonly ruleId: string }
  | { readonly page: 'reports' }
  | { readonly page: 'roster' }
  | { readonly page: 'open' }
  | { readonly page: 'silences' }
  | { readonly page: 'bases' }
  | { readonly page: 'person-basis'; readonly subject: string }
  | { readonly page: 'drills' }
  | { readonly page: 'watch' }
  | { readonly page: 'account' }
  | { readonly page: 'access' }
  | { readonly page: 'kiosk' }
  | { readonly page: 'retention' }
  | { readonly page: 'audit' }
  | { readonly page: 'workbench' }
  | { readonly page: 'laboratory' }
  | { readonly page: 'sql' }
  | { readonly page: 'imports' }
  | { readonly page: 'identities' }
  | { readonly page: 'exports' }
  | { readonly page: 'unknown'; readonly path: string };

export const SIGN_IN_PATH = '/';
export const WALL_PATH = '/wall/supervision';
export const CONSOLE_PATH = '/console';
export const RULES_PATH = '/rules';
export const REPORTS_PATH = '/console/reports';
export const ROSTER_PATH = '/roster';
export const OPEN_PATH = '/console/open';
export const SILENCES_PATH = '/silences';
export const BASES_PATH = '/bases';
export const DRILLS_PATH = '/drills';
export const WATCH_PATH = '/watch';
export const ACCOUNT_PATH = '/account';
export const ACCESS_PATH = '/access';
export const KIOSK_PATH = '/wall/enrol';
export const RETENTION_PATH = '/retention';
export const AUDIT_PATH = '/audit';
export const WORKBENCH_PATH = '/workbench';
export const LABORATORY_PATH = '/laboratory';
export const SQL_PATH = '/sql';
export const IMPORTS_PATH = '/imports';
export const IDENTITIES_PATH = '/identities';
export const EXPORTS_PATH = '/exports';

export const alertPath = (alertId: string): string =>
  `${CONSOLE_PATH}/alerts/${encodeURIComponent(alertId)}`;

export const rulePath = (ruleId: string): string => `${RULES_PATH}/${encodeURIComponent(ruleId)}`;

export const basisPath = (subject: string): string =>
  `${BASES_PATH}/${encodeURIComponent(subject)}`;

export const backtestPath = (ruleId: string): string => `${rulePath(ruleId)}/backtest`;

/** The route of a path; never throws, also not for a broken escape. */
export function routeOf(path: string): Route {
  const plain = path.length > 1 ? path.replace(/\/+$/, '') : path;
  if (plain === SIGN_IN_PATH || plain === '') return { page: 'sign-in' };
  if (plain === WALL_PATH) return { page: 'wall' };
  if (plain === CONSOLE_PATH) return { page: 'console', alertId: undefined };
  if (plain === RULES_PATH) return { page: 'rules', ruleId: undefined };
  const rule = /^\/rules\/([^/]+)$/.exec(plain)?.[1];
  const ruleId = rule === undefined ? undefined : decode(rule);
  if (ruleId !== undefined) return { page: 'rules', ruleId };
  const tested = /^\/rules\/([^/]+)\/backtest$/.exec(plain)?.[1];
  const testedId = tested === undefined ? undefined : decode(tested);
  if (testedId !== undefined) return { page: 'backtest', ruleId: testedId };
  if (plain === REPORTS_PATH) return { page: 'reports' };
  if (plain === ROSTER_PATH) return { page: 'roster' };
  if (plain === OPEN_PATH || plain === '/open') return { page: 'open' };
  if (plain === SILENCES_PATH) return { page: 'silences' };
  if (plain === BASES_PATH) return { page: 'bases' };
  const person = /^\/bases\/([^/]+)$/.exec(plain)?.[1];
  const subject = person === undefined ? undefined : decode(person);
  if (subject !== undefined) return { page: 'person-basis', subject };
  if (plain === DRILLS_PATH) return { page: 'drills' };
  if (plain === WATCH_PATH) return { page: 'watch' };
  if (plain === ACCOUNT_PATH) return { page: 'account' };
  if (plain === ACCESS_PATH) return { page: 'access' };
  if (plain === KIOSK_PATH) return { page: 'kiosk' };
  if (plain === RETENTION_PATH) return { page: 'retention' };
  if (plain === AUDIT_PATH) return { page: 'audit' };
  if (plain === WORKBENCH_PATH) return { page: 'workbench' };
  if (plain === LABORATORY_PATH) return { page: 'laboratory' };
  if (plain === SQL_PATH) return { page: 'sql' };
  if (plain === IMPORTS_PATH) return { page: 'imports' };
  if (plain === IDENTITIES_PATH) return { page: 'identities' };
  if (plain === EXPORTS_PATH) return { page: 'exports' };
  const alert = /^\/console\/alerts\/([^/]+)$/.exec(plain);
  const alertId = alert?.[1] === undefined ? undefined : decode(alert[1]);
  return alertId === undefined ? { page: 'unknown', path } : { page: 'console', alertId };
}

/** Query parameters every link carries on: how to look, not what to look at. */
const CARRIED = ['still', 'lang'] as const;

/** `path` with `query` (undefined values left out) and what the present address carries on. */
export function addressOf(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  present: string,
): string {
  const given = new URLSearchParams(present);
  const next = new URLSearchParams();
  for (const name of CARRIED) {
    const value = given.get(name);
    if (value !== null) next.set(name, value);
  }
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') next.set(name, value);
  }
  const text = next.toString();
  return text === '' ? path : `${path}?${text}`;
}

/**
 * Where to go after sign-in: `next` when it is a page of ours, else undefined. Anything that could lead
 * to another host is refused.
 */
export function safeNext(next: string | null): string | undefined {
  if (next === null || !next.startsWith('/') || next.startsWith('//') || next.includes('\\')) {
    return undefined;
  }
  const route = routeOf(next.split('?')[0] as string);
  return [
    'wall',
    'console',
    'rules',
    'backtest',
    'reports',
    'roster',
    'open',
    'silences',
    'bases',
    'person-basis',
    'drills',
    'watch',
    'account',
    'access',
    'retention',
    'audit',
    'workbench',
    'laboratory',
    'sql',
    'imports',
    'identities',
    'exports',
  ].includes(route.page)
    ? next
    : undefined;
}

const listeners = new Set<() => void>();

const announce = () => {
  for (const listener of listeners) listener();
};

export type NavigateOptions = {
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Takes the place of the present entry instead of adding one. */
  readonly replace?: boolean;
};

export function navigate(
  path: string,
  { query = {}, replace = false }: NavigateOptions = {},
): void {
  const address = addressOf(path, query, location.search);
  if (address === location.pathname + location.search) return;
  if (replace) history.replaceState({ within: true }, '', address);
  else history.pushState({ within: true }, '', address);
  announce();
}

/** Goes to a whole address of ours, path and query, and never comes back to this one. */
export function followTo(address: string): void {
  const { pathname, searchParams } = new URL(address, location.origin);
  navigate(pathname, { query: Object.fromEntries(searchParams), replace: true });
}

/** Steps back when the page before is ours, else goes to `path`. */
export function goBack(path: string): void {
  const state = history.state as { within?: boolean } | null;
  if (state?.within) history.back();
  else navigate(path, { replace: true });
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener('popstate', announce);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener('popstate', announce);
  };
}

export function useRoute(): Route {
  return routeOf(useSyncExternalStore(subscribe, () => location.pathname));
}

export function useQueryText(): string {
  return useSyncExternalStore(subscribe, () => location.search);
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
