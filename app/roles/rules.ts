// The rules part: engines over the log, their snapshots in the records, every version that ever ran kept.

import { text } from '../../core/text.ts';
import { UserError } from '../../core/errors.ts';
import {
  RULES_DEFAULTS,
  startRules,
  type RulesRunner,
  type SnapshotStore,
} from '../../rules/run.ts';
import type { Records } from '../../warehouse/records.ts';
import { saveRuleVersion } from '../../warehouse/rule-version-store.ts';
import { loadLatestSnapshot, saveSnapshot } from '../../warehouse/snapshots.ts';
import type { Foundation } from '../foundation.ts';
import { lagReport, type Health } from '../health.ts';

const CONSUMER = 'rules';
const FORMAT = 'rules/1';

export async function startRulesRole(foundation: Foundation, health: Health): Promise<RulesRunner> {
  const { config, log, rulebook, areas, calendar, logger, records, metrics } = foundation;
  await keepRuleVersions(foundation);
  const runner = await startRules(
    {
      log,
      rulebook,
      surroundings: { areas, calendar },
      logger,
      snapshots: createSnapshotStore(records, foundation),
      onTurn: ({ findings }) => metrics.found(findings),
    },
    { ...RULES_DEFAULTS, snapshotMs: config.rules.snapshotEvery },
  );
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

/** Refuses to run a rule that was changed without a new number: alerts would cite the wrong text. */
async function keepRuleVersions({ rulebook, records, clock }: Foundation): Promise<void> {
  for (const { rule, version } of rulebook.rules) {
    const body = rulebook.sources[rule.id] ?? '';
    const saved = await saveRuleVersion({ clock }, records.db, {
      ruleId: rule.id,
      ruleVersion: version,
      number: rule.number,
      contentHash: version.slice(version.indexOf('@') + 1),
      body,
    });
    if (saved.kind !== 'number-taken') continue;
    throw new UserError(
      'rule-invalid',
      text('规则内容已改而版本号未变', 'the rule was changed but its number was not'),
      {
        detail: `${rule.id}: number ${rule.number} is ${saved.by}, the file is ${version}`,
        hint: text('把规则文件中的 number 加一', 'Raise "number" in the rule file by one.'),
      },
    );
  }
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
