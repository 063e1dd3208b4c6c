// What it costs that every request is decided anew: the decision by itself, and all of it, with the session,
// the account and its scope read from the records.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from '../app/http/server.ts';
import { registerSessions } from '../app/http/sessions.ts';
import { secureIds } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { DAZHOU, regionCode } from '../core/region.ts';
import { elapsedMs, epochMs, systemClock } from '../core/time.ts';
import { FUNCTION_NAMES } from '../security/access/functions.ts';
import { decide, type Asker } from '../security/access/policy.ts';
import { reachOf } from '../security/access/rights.ts';
import { POLICY_ROLES } from '../security/access/roles.ts';
import { openSession } from '../warehouse/sessions.ts';
import { openRecords } from '../warehouse/records.ts';
import { median, round, spreadAround, type CaseResult } from './bench.ts';
import { logAudit } from '../app/http/access/trail.ts';

const ROUNDS = 200;
const REQUESTS = 2_000;

export async function benchAccess(
  runs: number,
  say: (line: string) => void,
): Promise<CaseResult[]> {
  const decisions: Cost[] = [];
  const requests: Cost[] = [];
  for (let run = -1; run < runs; run++) {
    say(`access: ${run < 0 ? 'warm-up' : `run ${run + 1} of ${runs}`}`);
    const [one, other] = [measureDecisions(), await measureRequests()];
    if (run < 0) continue;
    decisions.push(one);
    requests.push(other);
  }
  const caseOf = (name: string, costs: readonly Cost[]): CaseResult => ({
    name: `authorisation: ${name}`,
    metric: 'latency',
    unit: 'µs each',
    value: round(median(costs.map(({ us }) => us))),
    runs,
    spread: spreadAround(costs.map(({ us }) => us)),
    answerOk: costs.every(({ isRight }) => isRight),
    vs: {},
  });
  return [
    caseOf('decision of the policy', decisions),
    caseOf('request, with session and rights read anew', requests),
  ];
}

type Cost = { readonly us: number; readonly isRight: boolean };

/** Every role and function, within and outside of the unit of the asker. */
function measureDecisions(): Cost {
  const nowMs = systemClock.now();
  const region = regionCode('511722');
  const questions = POLICY_ROLES.flatMap((role) => {
    const asker: Asker = {
      accountId: 'ac_bench',
      officerId: null,
      region,
      role,
      granted: undefined,
      owes: undefined,
      provenAtMs: epochMs(nowMs),
    };
    return FUNCTION_NAMES.flatMap((fn) =>
      [region, regionCode('511724')].map((target) => ({
        asker,
        question: {
          fn,
          target: { region: target },
          nowMs,
          proofMs: 300_000,
          purpose: 'inspection',
        },
      })),
    );
  });
  const expected = questions.filter(({ asker, question }) => {
    const reach = reachOf(asker.role, question.fn);
    return reach === 'all' || (reach === 'data' && question.target.region === region);
  }).length;
  let within = 0;
  const startedMs = elapsedMs();
  for (let round_ = 0; round_ < ROUNDS; round_++) {
    for (const { asker, question } of questions) {
      const decision = decide(asker, question);
      if (decision.because !== 'role-lacks-function' && decision.because !== 'outside-scope') {
        within++;
      }
    }
  }
  const ms = elapsedMs() - startedMs;
  return {
    us: (ms * 1_000) / (ROUNDS * questions.length),
    isRight: within === ROUNDS * expected,
  };
}

/** The guard as it stands before a route, asked for something that leaves no entry of its own. */
async function measureRequests(): Promise<Cost> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  const random = createRandom('bench');
  const records = await openRecords(
    { logger: silentLogger, random },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  const app = await createServer({ logger: silentLogger });
  try {
    const ids = secureIds;
    const { db } = records;
    await db
      .insertInto('account')
      .values({
        id: 'ac_bench',
        login: 'bench',
        passwordHash: '',
        displayZh: '测量',
        displayEn: 'Bench',
        role: 'city-officer',
        region: DAZHOU,
        language: 'zh',
        officerId: null,
        active: 1,
      })
      .execute();
    const token = await openSession({ clock: systemClock, ids }, db, 'ac_bench');
    const guard = registerSessions(app, {
      db,
      records,
      clock: systemClock,
      ids,
      secure: false,
      audit: logAudit(silentLogger),
    });
    let spentMs = 0;
    app.get('/api/bench', async (request) => {
      const startedMs = elapsedMs();
      const { scope } = await guard.allow(request, 'watch.read');
      spentMs += elapsedMs() - startedMs;
      return scope;
    });
    let right = 0;
    for (let at = 0; at < REQUESTS; at++) {
      const answer = await app.inject({
        url: '/api/bench',
        headers: { cookie: `plumbline_session=${token}` },
      });
      if (answer.statusCode === 200 && answer.body === '{"kind":"all"}') right++;
    }
    return { us: (spentMs * 1_000) / REQUESTS, isRight: right === REQUESTS };
  } finally {
    await app.close();
    await records.close();
    await rm(folder, { recursive: true });
  }
}
