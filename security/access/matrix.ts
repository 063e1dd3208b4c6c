// The policy as tables: for the page that shows it and for docs/access.md, which is written from here.

import { FIELD_RIGHTS, type FieldRight } from './field-rights.ts';
import { SCOPE_NAMES, type ScopeKind } from './data-scope.ts';
import {
  FUNCTION_NAMES,
  functionEntry,
  type AccessFunction,
  type FunctionEntry,
} from './functions.ts';
import { PURPOSES } from './purposes.ts';
import { reachOf, ROLE_SCOPES } from './rights.ts';
import { POLICY_ROLES, ROLE_NAMES, type PolicyRole } from './roles.ts';

export type MatrixRow = FunctionEntry & {
  readonly fn: AccessFunction;
  /** How far each role's right reaches, in the order of POLICY_ROLES; null without the right. */
  readonly cells: readonly (ScopeKind | null)[];
};

/** Functions by roles. Where a role reaches data, the cell is its scope unless another was granted. */
export const accessMatrix = (): MatrixRow[] =>
  FUNCTION_NAMES.map((fn) => ({
    ...functionEntry(fn),
    fn,
    cells: POLICY_ROLES.map((role) => cellOf(role, fn)),
  }));

function cellOf(role: PolicyRole, fn: AccessFunction): ScopeKind | null {
  const reach = reachOf(role, fn);
  if (reach === undefined) return null;
  return reach === 'all' ? 'all' : ROLE_SCOPES[role];
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');

/** The tables of docs/access.md. */
export function matrixAsMarkdown(): string {
  const functions = table(
    ['function', 'what', 'kind', ...POLICY_ROLES],
    accessMatrix().map(({ fn, name, operation, personal, sensitive, cells }) => [
      `\`${fn}\``,
      `${name.zh} ${name.en}`,
      [operation, ...(personal ? ['personal'] : []), ...(sensitive ? ['proof'] : [])].join(', '),
      ...cells.map((cell) => (cell === null ? '–' : SCOPE_NAMES[cell].en)),
    ]),
  );
  const fields = table(
    ['field', 'what', 'operation', 'state', ...POLICY_ROLES],
    Object.entries<FieldRight>(FIELD_RIGHTS).flatMap(([field, { name, operation, states }]) =>
      Object.entries(states).map(([state, roles]) => [
        `\`${field}\``,
        `${name.zh} ${name.en}`,
        operation,
        state,
        ...POLICY_ROLES.map((role) => (roles.includes(role) ? 'yes' : '–')),
      ]),
    ),
  );
  const purposes = table(
    ['code', 'purpose', 'when', 'functions'],
    PURPOSES.map(({ code, name, use, functions: fits }) => [
      `\`${code}\``,
      `${name.zh} ${name.en}`,
      `${use.zh} ${use.en}`,
      fits.map((fn) => `\`${fn}\``).join(' '),
    ]),
  );
  const roles = table(
    ['role', 'name', 'scope of its data'],
    POLICY_ROLES.map((role) => [
      `\`${role}\``,
      `${ROLE_NAMES[role].zh} ${ROLE_NAMES[role].en}`,
      // Without a function that reaches data there is no scope to speak of.
      FUNCTION_NAMES.some((fn) => reachOf(role, fn) === 'data')
        ? SCOPE_NAMES[ROLE_SCOPES[role]].en
        : '–',
    ]),
  );
  return [
    '### Roles',
    roles,
    '### Functions',
    functions,
    '### Fields',
    fields,
    '### Purposes',
    purposes,
  ].join('\n\n');
}
