// What the safeguards cost: entries of the audit trail, packages between sites, signing in when everybody does,
// and the decision about every request.

import { describeMachine, type BenchReport } from './bench.ts';
import { benchAccess } from './security-access.ts';
import { benchAudit } from './security-audit.ts';
import { benchPackages } from './security-packages.ts';
import { benchSignIn } from './security-sign-in.ts';

export async function benchSecurity(
  runs: number,
  say: (line: string) => void,
): Promise<BenchReport> {
  const cases = [
    ...(await benchAudit(runs, say)),
    ...(await benchPackages(runs, say)),
    ...(await benchSignIn(runs, say)),
    ...(await benchAccess(runs, say)),
  ];
  return { bench: 'security', machine: describeMachine(), cases };
}
