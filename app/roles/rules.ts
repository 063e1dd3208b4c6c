// The rules part: engines over the log, their snapshots in the records, changed rules taken over while it
// runs.

import {
  RULES_DEFAULTS,
  startRules,
  type RulesRunner,
  type SnapshotStore,
} from '../../rules/run.ts';
import { termMatcherOf } from '../../rules/term-lists.ts';
import type { Records } from '../../warehouse/records.ts';
import { loadLatestSnapshot, saveSnapshot } from '../../warehouse/snapshots.ts';
import type { Foundation } from '../foundation.ts';
import { lagReport, type Health } from '../health.ts';

const CONSUMER = 'rules';
const FORMAT = 'rules/1';

export async function startRulesRole(foundation: Foundation, health: Health): Promise<RulesRunner> {
  const { config, log, rules, areas, calendar, logger, records, metrics } = foundation;
  const runner = await startRules(
    {
      log,
      rulebook: rules.current(),
      surroundings: { areas, calendar, matcherOf: termMatcherOf(config.rules.pack) },
      logger,
      snapshots: createSnapshotStore(records, foundation),
      onTurn: ({ findings }) => metrics.found(findings),
    },
    { ...RULES_DEFAULTS, snapshotMs: config.rules.snapshotEvery },
  );
  metrics.watches(() => {
    const watches = runner.status().map((partition) => partition.watches);
    const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);
    return {
      open: sum(watches.map(({ open }) => open)),
      dropped: sum(watches.map(({ dropped }) => dropped)),
    };
  });
  rules.onLook((inForce) => runner.adopt(inForce));
  health.add('rules', async () => {
    const lags = await Promise.all(
      runner.status().map(async ({ partition, nextOffset, appendedAtMs }) => {
        const { end } = await log.bounds('observations', partition);
        return nextOffset >= end ? 0 : foundation.clock.now() - appendedAtMs;
      }),
    );
    return lagReport(Math.max(...lags));
  });
  return runner;
}

function createSnapshotStore(
  records: Records,
  { clock }: Pick<Foundation, 'clock'>,
): SnapshotStore {
  return {
    load: (partition) =>
      loadLatestSnapshot(records.db, { consumer: CONSUMER, partition, format: FORMAT }),
    save: (partition, { nextOffset, body }) =>
      saveSnapshot(records.db, {
        consumer: CONSUMER,
        partition,
        nextOffset,
        format: FORMAT,
        body,
        savedAtMs: clock.now(),
      }),
  };
}
