// The rules part: engines over the log, their snapshots in the records, changed rules taken over while it
// runs.

import { RULES_DEFAULTS, startRules, type RulesDeps, type RulesRunner } from '../../rules/run.ts';
import { termMatcherOf } from '../../rules/term-lists.ts';
import type { Foundation } from '../foundation.ts';
import { lagReport, type Health } from '../health.ts';
import { createSnapshotStore } from './rule-snapshots.ts';
import { startRuleThreads } from './rule-threads.ts';

export async function startRulesRole(foundation: Foundation, health: Health): Promise<RulesRunner> {
  const { config, log, rules, areas, calendar, logger, records, metrics } = foundation;
  const onTurn: RulesDeps['onTurn'] = ({ findings }) => metrics.found(findings);
  const { threads, snapshotEvery } = config.rules;
  // A clock that runs fast is the main thread's alone.
  const isThreaded = threads > 0 && foundation.speed === 1;
  if (threads > 0 && !isThreaded)
    logger.warn('rules.threads-not-used', { speed: foundation.speed });
  const runner = isThreaded
    ? await startRuleThreads(
        { config, threads, partitions: log.partitions },
        { rulebook: rules.current(), onTurn },
      )
    : await startRules(
        {
          log,
          rulebook: rules.current(),
          surroundings: { areas, calendar, matcherOf: termMatcherOf(config.rules.pack) },
          logger,
          snapshots: createSnapshotStore(records, foundation),
          onTurn,
        },
        {
          ...RULES_DEFAULTS,
          snapshotMs: snapshotEvery,
          settles: config.rules.arrival === 'settled',
        },
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
