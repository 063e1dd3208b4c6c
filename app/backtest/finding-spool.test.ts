import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { subjectKey } from '../../core/subject.ts';
import { partitionOf } from '../../ingest/log.ts';
import type { ActingFinding } from '../replay/to-alerts.ts';
import { openFindingSpool, SPOOL_PARTS } from './finding-spool.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-spool-'));
});
afterAll(() => rm(folder, { recursive: true }));

const finding = (subject: string, id: string) =>
  ({ subject: subjectKey(subject), id }) as unknown as ActingFinding;

test('taken up at a checkpoint, it holds what it held then, and a person stays in one part', () => {
  const first = openFindingSpool(folder);
  for (let i = 0; i < 300; i++) first.add('baseline', finding(`P${i % 50}`, `b${i}`));
  first.add('candidate', finding('P1', 'c1 中'));
  const lengths = first.lengths();
  // What was written after the checkpoint is of a run that was killed.
  for (let i = 0; i < 300; i++) first.add('candidate', finding(`P${i % 50}`, `lost${i}`));
  first.lengths();

  const again = openFindingSpool(folder, lengths);
  again.add('candidate', finding('P1', 'c2'));
  const parts = [...again.parts()];
  const ids = (side: 'baseline' | 'candidate') =>
    parts.flatMap((part) => part[side].map(({ id }) => id));
  expect(ids('baseline').length).toBe(300);
  expect(ids('candidate')).toEqual(['c1 中', 'c2']);
  for (const { baseline } of parts) {
    expect(new Set(baseline.map(({ subject }) => partitionOf(subject, SPOOL_PARTS))).size).toBe(1);
  }
});

test('files shorter than the checkpoint says are refused', async () => {
  const spool = openFindingSpool(folder);
  spool.add('baseline', finding('P1', 'b1'));
  const lengths = spool.lengths();
  const part = lengths.findIndex((length) => length > 0);
  await writeFile(join(folder, `findings-${String(part).padStart(3, '0')}.ndjson`), 'x');
  expect(() => openFindingSpool(folder, lengths)).toThrow('cut short');
});
