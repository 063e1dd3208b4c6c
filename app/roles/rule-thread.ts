// One thread of the rules part: opens log and records for itself and judges the partitions it is given.
// What it is asked and what it says is in rule-threads.ts.

import { parentPort, workerData } from 'node:worker_threads';
import { createLogger } from '../../core/logger.ts';
import { assert, OperatingError } from '../../core/errors.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { systemClock } from '../../core/time.ts';
import { createAreas } from '../../datasets/areas.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import { decodeRulebook } from '../../rules/rulebook-mark.ts';
import { RULES_DEFAULTS, startRules, type RulesRunner } from '../../rules/run.ts';
import { termMatcherOf } from '../../rules/term-lists.ts';
import { openRecords } from '../../warehouse/records.ts';
import { openLog, recordsOptions } from '../foundation.ts';
import { createSnapshotStore } from './rule-snapshots.ts';
import type { ThreadAsks, ThreadSays, ThreadStart } from './rule-threads.ts';

const port = parentPort;
assert(port, 'this module runs in a thread of its own');
const { config, partitions, rulebook } = workerData as ThreadStart;
const say = (message: ThreadSays) => port.postMessage(message);

const clock = systemClock;
const logger = createLogger(config.logLevel);
const records = await openRecords(
  { logger, random: createUnseededRandom() },
  recordsOptions(config),
);
const log = await openLog({ clock, logger }, config);
// The first turn may be over before the start is.
let runner: RulesRunner | undefined;
const started = await startRules(
  {
    log,
    rulebook: decodeRulebook(rulebook),
    surroundings: {
      areas: createAreas(),
      calendar: createChinaCalendar(),
      matcherOf: termMatcherOf(config.rules.pack),
    },
    logger,
    snapshots: createSnapshotStore(records, { clock }),
    onTurn: ({ partition, findings }) =>
      say({ kind: 'turn', partition, findings, status: runner?.status() ?? [] }),
  },
  {
    ...RULES_DEFAULTS,
    snapshotMs: config.rules.snapshotEvery,
    settles: config.rules.arrival === 'settled',
  },
  partitions,
);
runner = started;
say({ kind: 'ready', status: started.status() });

port.on('message', (asked: ThreadAsks) => {
  if (asked.kind === 'adopt') void adopt(asked);
  else void stop();
});

async function adopt({ number, rulebook: bytes }: Extract<ThreadAsks, { kind: 'adopt' }>) {
  try {
    await started.adopt(decodeRulebook(bytes));
    say({ kind: 'adopted', number, status: started.status() });
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error;
    const { code, message, retry } = error;
    say({ kind: 'not-adopted', number, failure: { code, message, retry } });
  }
}

async function stop() {
  await started.stop();
  await log.close();
  await records.close();
  port?.close();
}
