// How long the README's first command takes until somebody sees something: from the start of the process,
// with nothing kept from before, to the line that says where the screens are, and to the first alert an
// officer who signed in is shown; and the memory the program takes after a minute. Ten thousand persons.

import { elapsedMs, ioClock, sleep } from '../core/time.ts';
import { createSite, type Site } from '../sim/product.fixture.ts';
import {
  describeMachine,
  median,
  round,
  spreadAround,
  type BenchReport,
  type CaseResult,
} from './bench.ts';

const PERSONS = 10_000;
const MEMORY_AFTER_MS = 60_000;
const POLL_MS = 50;
const FIRST_ALERT_MS_MAX = 120_000;
const OFFICER = { login: 'city', password: 'plumbline-demo' };

type Start = {
  readonly readyS: number;
  readonly firstAlertS: number;
  readonly memoryMb: number;
  readonly isSound: boolean;
};

export async function benchStartup(
  runs: number,
  say: (line: string) => void,
): Promise<BenchReport> {
  // The first start of all builds the screens; that is part of the installation.
  say('warm-up');
  await startOnce({ memoryAfterMs: 0 });
  const starts: Start[] = [];
  for (let run = 1; run <= runs; run++) {
    const start = await startOnce({ memoryAfterMs: MEMORY_AFTER_MS });
    starts.push(start);
    const { readyS, firstAlertS, memoryMb } = start;
    say(`run ${run} of ${runs}: ${readyS} s, ${firstAlertS} s, ${memoryMb} MB`);
  }
  const caseOf = (name: string, metric: string, unit: string, of: (start: Start) => number) =>
    ({
      name,
      metric,
      unit,
      value: round(median(starts.map(of))),
      runs,
      spread: spreadAround(starts.map(of)),
      answerOk: starts.every(({ isSound }) => isSound),
      vs: {},
    }) satisfies CaseResult;
  return {
    bench: 'startup',
    machine: describeMachine(),
    cases: [
      caseOf('start of the process to the ready line', 'latency', 's', ({ readyS }) => readyS),
      caseOf(
        'start of the process to the first alert',
        'latency',
        's',
        (start) => start.firstAlertS,
      ),
      caseOf('resident memory after a minute', 'memory', 'MB', ({ memoryMb }) => memoryMb),
    ],
  };
}

async function startOnce({ memoryAfterMs }: { memoryAfterMs: number }): Promise<Start> {
  const site = await createSite();
  try {
    const startedMs = elapsedMs();
    const program = await site.start('up', '--demo', '--persons', String(PERSONS));
    await program.ready();
    const readyMs = elapsedMs();
    const isAlertOpen = await waitForAlert(site);
    const firstAlertMs = elapsedMs();
    await sleep(ioClock, Math.max(0, memoryAfterMs - (elapsedMs() - startedMs)));
    const { status } = await program.health();
    return {
      readyS: round((readyMs - startedMs) / 1_000),
      firstAlertS: round((firstAlertMs - startedMs) / 1_000),
      memoryMb: Math.round((await program.memoryBytes()) / 1024 ** 2),
      isSound: isAlertOpen && status === 'ok',
    };
  } finally {
    await site.remove();
  }
}

/** Signs in as the officer of the city and looks until there is something to see. */
async function waitForAlert({ url }: Site): Promise<boolean> {
  const signedIn = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(OFFICER),
  });
  const cookie = signedIn.headers.getSetCookie().map((each) => each.split(';')[0]);
  const untilMs = elapsedMs() + FIRST_ALERT_MS_MAX;
  while (elapsedMs() < untilMs) {
    const answer = await fetch(`${url}/api/alerts`, {
      headers: { cookie: cookie.join('; '), 'x-purpose': 'alert-handling' },
    });
    const { alerts } = (await answer.json()) as { alerts?: readonly unknown[] };
    if (alerts && alerts.length > 0) return true;
    await sleep(ioClock, POLL_MS);
  }
  return false;
}
