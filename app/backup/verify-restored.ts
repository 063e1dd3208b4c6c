// A restored installation held against itself: the rules, run again from the older of the two states they
// saved over what the log holds up to the newer one, find what they found then.

import type { Finding } from '../../core/finding.ts';
import type { Log } from '../../ingest/log.ts';
import { decodeLines } from '../../ingest/log.ts';
import { createEngine } from '../../rules/engine.ts';
import type { Surroundings } from '../../rules/kind.ts';
import { decodeForget, withoutPersons } from '../../rules/forget.ts';
import { decodeRulebook } from '../../rules/rulebook-mark.ts';
import { inputOf } from '../../rules/run.ts';
import { decodeState } from '../../rules/state-bytes.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { Records } from '../../warehouse/records.ts';

export type ReplayVerdict = {
  readonly records: number;
  readonly findings: number;
  /** Ids of findings the rules would make that the log does not have. */
  readonly missing: readonly string[];
};

const READ_MAX = 1_000;

/** Runs the rules again over the last stretch the log and two saved states have in common. */
export async function replayLast({
  log,
  records,
  surroundings,
}: {
  log: Log;
  records: Records;
  surroundings: Surroundings;
}): Promise<ReplayVerdict> {
  let [read, findings] = [0, 0];
  const missing: string[] = [];
  for (let partition = 0; partition < log.partitions; partition++) {
    const states = await records.db
      .selectFrom('snapshot')
      .select(['nextOffset', 'body'])
      .where('consumer', '=', 'rules')
      .where('partition', '=', partition)
      .orderBy('nextOffset')
      .execute();
    const [older, newer] = [states[0], states.at(-1)];
    if (!older || !newer) continue;
    const { start } = await log.bounds('observations', partition);
    // With one state only, the log from its first record on, where it still has that.
    const fresh = older === newer && start === 0;
    const saved = decodeState(older.body);
    if (!saved.rulebook) continue;
    let rulebook = decodeRulebook(saved.rulebook);
    let engine = createEngine({ rulebook, ...surroundings }, fresh ? undefined : saved);
    const said: string[] = [];
    for (let offset = fresh ? 0 : older.nextOffset; offset < newer.nextOffset;) {
      const some = await log.read('observations', partition, { offset, recordsMax: READ_MAX });
      const last = some.at(-1);
      if (!last) break;
      for (const record of some) {
        if (record.offset >= newer.nextOffset) break;
        read++;
        if (record.kind === 'rulebook') {
          const next = decodeRulebook(record.payload);
          if (next.version === rulebook.version) continue;
          const state = engine.snapshot();
          engine = createEngine({ rulebook: next, ...surroundings }, state);
          rulebook = next;
        } else if (record.kind === 'forget') {
          const persons = decodeForget(record.payload);
          const state = withoutPersons(engine.snapshot(), persons);
          engine = createEngine({ rulebook, ...surroundings }, state);
        } else {
          for (const finding of engine.step(inputOf(record))) {
            if (finding.kind === 'raised') said.push(finding.id);
          }
        }
      }
      offset = last.offset + 1;
    }
    findings += said.length;
    const known = await findingIds(log, partition);
    missing.push(...said.filter((id) => !known.has(id)));
  }
  return { records: read, findings, missing };
}

async function findingIds(log: Log, partition: number): Promise<Set<string>> {
  const ids = new Set<string>();
  const { start } = await log.bounds('findings', partition);
  for (let offset = start; ;) {
    const some = await log.read('findings', partition, { offset, recordsMax: READ_MAX });
    const last = some.at(-1);
    if (!last) return ids;
    for (const { payload } of some) {
      for (const { id } of decodeLines<Finding>(payload)) ids.add(id);
    }
    offset = last.offset + 1;
  }
}

/** Rows of the warehouse by table, and whether the writer would find it whole. */
export async function warehouseCounts(olap: Olap): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of ['position', 'fact', 'finding', 'alert_event', 'observation_record']) {
    const [row] = await olap.rows<{ rows: number }>(`SELECT count() AS rows FROM ${table}`);
    counts[table] = row?.rows ?? 0;
  }
  return counts;
}
