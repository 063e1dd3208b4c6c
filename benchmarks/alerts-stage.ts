// Files and a provider for the benchmarks of the alerts: log and records on disk, counted commits, a provider in
// this process that takes whatever it is given.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KyselyPlugin } from 'kysely';
import type { Channel } from '../alerts/channels/channel.ts';
import { officerTable } from '../alerts/duty-officers.ts';
import { raised, ruleTexts, saveOfficers } from '../alerts/findings.fixture.ts';
import { ALERTS_DEFAULTS, startAlerts } from '../alerts/run.ts';
import type { RaisedFinding } from '../core/finding.ts';
import { createCountingIds } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { elapsedMs, epochMs, ioClock, sleep, systemClock } from '../core/time.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { encodeLines, partitionOf, type Log } from '../ingest/log.ts';
import { openRecords, type Records } from '../warehouse/records.ts';
import type { ChannelKind } from '../warehouse/records-schema.ts';

const PARTITIONS = 4;

/** Beside the project and not in the machine's folder for passing files, which may be no disk at all. */
const FOLDER = fileURLToPath(new URL('../.cache/bench', import.meta.url));

/** What a run is given: files of its own, and what it does with each notice. */
export async function withFiles<Result>(
  onSend: (kind: ChannelKind, alertId: string, noticeId: string) => void,
  use: (given: {
    log: Log;
    records: Records;
    /** Transactions of the records and appends to the log so far. */
    commits: () => number;
    start: () => ReturnType<typeof startAlerts>;
  }) => Promise<Result>,
): Promise<Result> {
  let commits = 0;
  mkdirSync(FOLDER, { recursive: true });
  const folder = mkdtempSync(join(FOLDER, 'alerts-'));
  const file = openEmbeddedLog(
    { clock: systemClock },
    { path: join(folder, 'log.sqlite'), partitions: PARTITIONS },
  );
  const log: Log = {
    ...file,
    append(topic, batches) {
      commits++;
      return file.append(topic, batches);
    },
  };
  const random = createRandom('bench');
  const opened = await openRecords(
    { logger: silentLogger, random },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  const records: Records = {
    ...opened,
    db: opened.db.withPlugin(
      onWrite(() => {
        commits++;
      }),
    ),
    transaction(run) {
      commits++;
      return opened.transaction(run);
    },
  };
  await saveOfficers(records.db);
  const channelOf = (kind: ChannelKind): Channel => ({
    kind,
    provider: `bench-${kind}`,
    async send({ id, alertId }) {
      onSend(kind, alertId, id);
      return { kind: 'accepted', messageId: id };
    },
    status: async () => ({ kind: 'unknown' }),
    onReceipt() {},
  });
  const start = () =>
    startAlerts(
      {
        records,
        log,
        clock: systemClock,
        random,
        ids: createCountingIds(),
        logger: silentLogger,
        ruleTexts,
        dutyOfficers: officerTable,
        channels: (['phone', 'sms', 'push'] as const).map(channelOf),
        onChanged: () => {},
      },
      ALERTS_DEFAULTS,
    );
  try {
    return await use({ log, records, commits: () => commits, start });
  } finally {
    await log.close();
    await records.close();
    rmSync(folder, { recursive: true });
  }
}

/** Single statements that change something are transactions of their own. */
const onWrite = (count: () => void): KyselyPlugin => ({
  transformQuery({ node }) {
    if (node.kind !== 'SelectQueryNode') count();
    return node;
  },
  transformResult: ({ result }) => Promise.resolve(result),
});

/** A finding about a person of its own. */
export const findingAt = (index: number, ruleId: string): RaisedFinding =>
  raised(`bench-${index}`, { ruleId });

/** One record for each partition. */
export async function append(log: Log, findings: readonly RaisedFinding[]): Promise<void> {
  const groups = Map.groupBy(findings, ({ subject }) => partitionOf(subject, PARTITIONS));
  await log.append(
    'findings',
    [...groups].map(([partition, group]) => ({
      partition,
      entries: [{ kind: 'lines' as const, watermarkMs: epochMs(1), payload: encodeLines(group) }],
    })),
  );
}

/** A run that does not come to its end is wrong, and not slow. */
const PATIENCE_MS = 300_000;

/** Looks until it is so; false when that takes longer than anything honest can. */
export async function until(isSo: () => boolean): Promise<boolean> {
  const startedMs = elapsedMs();
  while (!isSo()) {
    if (elapsedMs() - startedMs > PATIENCE_MS) return false;
    await sleep(ioClock, 5);
  }
  return true;
}
