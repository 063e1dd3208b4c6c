// Every page there is, in the order and the groups in which menus show them, and who can use it.

import type { Me } from '../../app/api/session.ts';
import { text, type Text } from '../../core/text.ts';
import {
  ACCESS_PATH,
  AUDIT_PATH,
  BASES_PATH,
  CONSOLE_PATH,
  DRILLS_PATH,
  EXPORTS_PATH,
  IDENTITIES_PATH,
  IMPORTS_PATH,
  LABORATORY_PATH,
  OPEN_PATH,
  REPORTS_PATH,
  RETENTION_PATH,
  ROSTER_PATH,
  RULES_PATH,
  SILENCES_PATH,
  SQL_PATH,
  WALL_PATH,
  WATCH_PATH,
  WORKBENCH_PATH,
} from './router.ts';
import { WORDS } from './words.ts';

export type PageLink = { readonly path: string; readonly name: Text };

export type PageGroup = { readonly name: Text; readonly pages: readonly PageLink[] };

/** A page is shown to whoever has one of the functions of the policy it is made of. */
type Listed = PageLink & { readonly functions: readonly string[] };

const GROUPS: readonly { readonly name: Text; readonly pages: readonly Listed[] }[] = [
  {
    name: text('值守处置', 'On duty'),
    pages: [
      { path: CONSOLE_PATH, name: WORDS.console, functions: ['alert.read'] },
      { path: OPEN_PATH, name: WORDS.openByAge, functions: ['alert.read'] },
      { path: ROSTER_PATH, name: WORDS.roster, functions: ['roster.read'] },
      { path: SILENCES_PATH, name: WORDS.silences, functions: ['silence.set', 'silence.approve'] },
      { path: DRILLS_PATH, name: WORDS.drills, functions: ['drill.run'] },
      { path: WALL_PATH, name: WORDS.wall, functions: ['wall.read'] },
    ],
  },
  {
    name: text('人员与依据', 'Persons and bases'),
    pages: [
      { path: BASES_PATH, name: WORDS.bases, functions: ['basis.read'] },
      { path: IDENTITIES_PATH, name: WORDS.identities, functions: ['identity.reveal'] },
      { path: RETENTION_PATH, name: WORDS.retention, functions: ['retention.read'] },
    ],
  },
  {
    name: text('分析研判', 'Analysis'),
    pages: [
      { path: WORKBENCH_PATH, name: WORDS.workbench, functions: ['metric.read'] },
      {
        path: LABORATORY_PATH,
        name: WORDS.laboratory,
        // Also for those who only decide what is published.
        functions: ['index.publish', 'index.approve'],
      },
      { path: SQL_PATH, name: WORDS.sql, functions: ['sql.run'] },
      { path: IMPORTS_PATH, name: WORDS.imports, functions: ['data.import'] },
      { path: REPORTS_PATH, name: WORDS.reports, functions: ['report.read'] },
    ],
  },
  {
    name: text('规则与运行', 'Rules and running'),
    pages: [
      { path: RULES_PATH, name: WORDS.rules, functions: ['rule.read'] },
      { path: WATCH_PATH, name: WORDS.watch, functions: ['watch.read'] },
      { path: ACCESS_PATH, name: WORDS.access, functions: ['account.read'] },
      { path: AUDIT_PATH, name: WORDS.audit, functions: ['audit.read'] },
      // What one took away oneself is there for everybody who takes anything away.
      {
        path: EXPORTS_PATH,
        name: WORDS.exports,
        functions: ['export.read', 'alert.export', 'report.export', 'sql.export'],
      },
    ],
  },
];

/** The pages an account can use, by group; groups without any are left out. */
export function pagesOf({ rights = [] }: Pick<Me, 'rights'>): readonly PageGroup[] {
  const has: ReadonlySet<string> = new Set(rights);
  return GROUPS.map(({ name, pages }) => ({
    name,
    pages: pages.filter(({ functions }) => functions.some((one) => has.has(one))),
  })).filter(({ pages }) => pages.length > 0);
}

/** Which of `groups` the page at `path` belongs to, and its entry: pages of one thing belong to their list. */
export function placeOf(
  groups: readonly PageGroup[],
  path: string,
): { readonly group: PageGroup; readonly page: PageLink } | undefined {
  const places = groups.flatMap((group) => group.pages.map((page) => ({ group, page })));
  return places
    .filter(({ page }) => path === page.path || path.startsWith(`${page.path}/`))
    .toSorted((a, b) => b.page.path.length - a.page.path.length)[0];
}
