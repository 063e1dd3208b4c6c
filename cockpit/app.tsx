// The pages and who may see them. Console, wall and rules are loaded when they are
// first opened.

import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { Me } from '../app/api/session.ts';
import { ProofDialog } from './account/proof-dialog.tsx';
import { DepsProvider, useDeps, type Deps } from './shared/deps.tsx';
import { LanguageProvider } from './shared/language.tsx';
import { Failure, Mishap } from './shared/mishap.tsx';
import { useRoute, type Route } from './shared/router.ts';
import { useMe } from './shared/session.ts';
import { ToSignIn } from './shared/to-sign-in.tsx';
import { Waiting } from './shared/waiting.tsx';
import { WORDS } from './shared/words.ts';
import { SignInPage } from './sign-in/sign-in-page.tsx';

const WallPage = lazy(async () => ({ default: (await import('./wall/wall-page.tsx')).WallPage }));
const ConsolePage = lazy(async () => ({
  default: (await import('./console/console-page.tsx')).ConsolePage,
}));

const RulesPage = lazy(async () => ({
  default: (await import('./rules/rules-page.tsx')).RulesPage,
}));

const ReportsPage = lazy(async () => ({
  default: (await import('./reports/reports-page.tsx')).ReportsPage,
}));

const RosterPage = lazy(async () => ({
  default: (await import('./roster/roster-page.tsx')).RosterPage,
}));

const OpenPage = lazy(async () => ({
  default: (await import('./open/open-page.tsx')).OpenPage,
}));

const SilencesPage = lazy(async () => ({
  default: (await import('./silences/silences-page.tsx')).SilencesPage,
}));

const BasesPage = lazy(async () => ({
  default: (await import('./bases/bases-page.tsx')).BasesPage,
}));

const PersonBasisPage = lazy(async () => ({
  default: (await import('./bases/person-page.tsx')).PersonBasisPage,
}));

const DrillsPage = lazy(async () => ({
  default: (await import('./drills/drills-page.tsx')).DrillsPage,
}));

const AuditPage = lazy(async () => ({
  default: (await import('./audit/audit-page.tsx')).AuditPage,
}));

const WatchPage = lazy(async () => ({
  default: (await import('./watch/watch-page.tsx')).WatchPage,
}));

const AccountPage = lazy(async () => ({
  default: (await import('./account/account-page.tsx')).AccountPage,
}));

const AccessPage = lazy(async () => ({
  default: (await import('./access/access-page.tsx')).AccessPage,
}));

const RetentionPage = lazy(async () => ({
  default: (await import('./retention/retention-page.tsx')).RetentionPage,
}));

const WorkbenchPage = lazy(async () => ({
  default: (await import('./workbench/workbench-page.tsx')).WorkbenchPage,
}));

const LaboratoryPage = lazy(async () => ({
  default: (await import('./laboratory/laboratory-page.tsx')).LaboratoryPage,
}));

const SqlPage = lazy(async () => ({
  default: (await import('./sql/sql-page.tsx')).SqlPage,
}));

const ImportsPage = lazy(async () => ({
  default: (await import('./imports/imports-page.tsx')).ImportsPage,
}));

const IdentitiesPage = lazy(async () => ({
  default: (await import('./identities/identities-page.tsx')).IdentitiesPage,
}));

const ExportsPage = lazy(async () => ({
  default: (await import('./exports/exports-page.tsx')).ExportsPage,
}));

const KioskPage = lazy(async () => ({
  default: (await import('./kiosk/kiosk-page.tsx')).KioskPage,
}));

export function App({ deps, queries }: { deps: Deps; queries: QueryClient }) {
  return (
    <DepsProvider deps={deps}>
      <QueryClientProvider client={queries}>
        <Pages />
      </QueryClientProvider>
    </DepsProvider>
  );
}

function Pages() {
  const route = useRoute();
  const { clock } = useDeps();
  const { me, error } = useMe();
  return (
    <LanguageProvider account={me?.language}>
      <Mishap clock={clock}>
        <Suspense fallback={<Waiting />}>{pageOf(route, me, error)}</Suspense>
        <ProofDialog />
      </Mishap>
    </LanguageProvider>
  );
}

function pageOf(route: Route, me: Me | null | undefined, error: unknown) {
  if (route.page === 'unknown') return <Failure says={WORDS.noPage} toStart />;
  if (route.page === 'sign-in') return <SignInPage me={me ?? undefined} />;
  if (route.page === 'kiosk') return <KioskPage />;
  if (me === undefined) return error ? <Failure error={error} /> : <Waiting />;
  // A wall whose session ends keeps its last picture, marked stale; see wall-page.tsx.
  if (route.page === 'wall') return <WallPage me={me} />;
  if (me === null) return <ToSignIn />;
  if (route.page === 'account' || me.owes) return <AccountPage me={me} />;
  if (route.page === 'access') return <AccessPage me={me} />;
  if (route.page === 'rules') return <RulesPage me={me} ruleId={route.ruleId} />;
  if (route.page === 'backtest') return <RulesPage me={me} ruleId={route.ruleId} part="backtest" />;
  if (route.page === 'reports') return <ReportsPage me={me} />;
  if (route.page === 'roster') return <RosterPage me={me} />;
  if (route.page === 'open') return <OpenPage me={me} />;
  if (route.page === 'silences') return <SilencesPage me={me} />;
  if (route.page === 'bases') return <BasesPage me={me} />;
  if (route.page === 'person-basis') return <PersonBasisPage me={me} subject={route.subject} />;
  if (route.page === 'drills') return <DrillsPage me={me} />;
  if (route.page === 'audit') return <AuditPage me={me} />;
  if (route.page === 'exports') return <ExportsPage me={me} />;
  if (route.page === 'watch') return <WatchPage me={me} />;
  if (route.page === 'identities') {
    // Decided here: a lazy page that takes Failure with it would move its style before the order of the layers.
    const mayReveal = me.rights?.includes('identity.reveal') ?? false;
    return mayReveal ? <IdentitiesPage me={me} /> : <Failure says={WORDS.noPage} toStart />;
  }
  if (route.page === 'retention') return <RetentionPage me={me} />;
  if (route.page === 'workbench') return <WorkbenchPage me={me} />;
  if (route.page === 'laboratory') return <LaboratoryPage me={me} />;
  if (route.page === 'sql') return <SqlPage me={me} />;
  if (route.page === 'imports') return <ImportsPage me={me} />;
  return <ConsolePage me={me} alertId={route.alertId} />;
}
