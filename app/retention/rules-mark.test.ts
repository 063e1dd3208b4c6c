// Rules that run while a person is forgotten: told by the log, they save a state without the person, and only
// then is the deletion done with them.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placeholderFor } from '../../core/forgotten.ts';
import { secureIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { createRandom } from '../../core/random.ts';
import { subjectKey } from '../../core/subject.ts';
import { epochMs, systemClock } from '../../core/time.ts';
import { openEmbeddedLog } from '../../ingest/log-embedded.ts';
import { encodeLines } from '../../ingest/log.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import { startRules } from '../../rules/run.ts';
import { squareAreas, START_MS } from '../../rules/stream.fixture.ts';
import { openRecords } from '../../warehouse/records.ts';
import { DEFAULT_PACK } from '../config.ts';
import { createSnapshotStore } from '../roles/rule-snapshots.ts';
import { rulesByMark } from './stores.ts';

const GONE = subjectKey('cc-goes-000001');

test('a running engine forgets by a record of the log', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-mark-'));
  const logger = silentLogger;
  const clock = systemClock;
  const records = await openRecords(
    { logger, random: createRandom('mark') },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  const log = openEmbeddedLog({ clock }, { path: join(folder, 'log.sqlite'), partitions: 1 });
  const rulebook = loadRulebook(DEFAULT_PACK);
  const start = () =>
    startRules({
      log,
      rulebook,
      surroundings: { areas: squareAreas },
      snapshots: createSnapshotStore(records, { clock }),
      logger,
    });
  try {
    const facts = [GONE, 'cc-stays-000002'].map((key) => orderFact(key, { atMs: START_MS }));
    const payload = encodeLines(facts);
    await log.append('observations', [
      { partition: 0, entries: [{ kind: 'lines', watermarkMs: epochMs(START_MS), payload }] },
    ]);
    const first = await start();
    const { end } = await log.bounds('observations', 0);
    await expect.poll(() => first.status()[0]?.nextOffset).toBeGreaterThanOrEqual(end);
    await first.stop();

    const store = rulesByMark({ log, records });
    const person = { subject: GONE, placeholder: placeholderFor(GONE, secureIds), task: 'rt_1' };
    const asked = await store.erase({ persons: [person], place: '' });
    expect(asked.kind).toBe('waiting');
    const place = asked.kind === 'waiting' ? asked.place : '';
    // Nobody has taken the record yet.
    expect(await store.erase({ persons: [person], place })).toEqual({ kind: 'waiting', place });
    const second = await start();
    await expect.poll(() => second.status()[0]?.nextOffset ?? 0).toBeGreaterThan(Number(place));
    await second.stop();
    expect(await store.erase({ persons: [person], place })).toEqual({ kind: 'done' });
    const states = await records.db.selectFrom('snapshot').select('body').execute();
    expect(states.length).toBe(1);
    for (const { body } of states) {
      const bytes = Buffer.from(body);
      expect(bytes.includes(GONE)).toBe(false);
      expect(bytes.includes('cc-stays-000002')).toBe(true);
    }
  } finally {
    await log.close();
    await records.close();
    await rm(folder, { recursive: true });
  }
});
