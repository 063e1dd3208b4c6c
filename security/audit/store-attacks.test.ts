import { afterEach, describe, expect, test } from 'vitest';
import { leafHash } from './hashing.ts';
import { makeCheckpoint } from './make-checkpoint.ts';
import { signCheckpoint, checkpointHash } from './checkpoint.ts';
import { listCheckpoints } from './read-checkpoints.ts';
import { createKeyPair, createSigner } from './signer.ts';
import { openTrailStage, type Stage } from './trail.fixture.ts';
import type { Finding } from './verify-chain.ts';
import { verifyStore } from './verify-store.ts';

let stage: Stage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

/** Records 0 to 40 under two checkpoints, at 21 and 41. */
async function openStage(given: Parameters<typeof openTrailStage>[0] = {}): Promise<Stage> {
  stage = await openTrailStage(given);
  await stage.tell(19);
  await stage.checkpoint();
  await stage.tell(19);
  await stage.checkpoint();
  return stage;
}

const verify = async ({ records, hashing, signer }: Stage) =>
  (await verifyStore({ db: records.db, hashing, key: signer })).findings;

const brief = (findings: readonly Finding[]) =>
  findings.map(({ kind, from, until, because }) => `${kind} ${from}-${until} ${because}`);

async function rowAt({ records }: Stage, position: number) {
  return records.db
    .selectFrom('auditRecord')
    .selectAll()
    .where('position', '=', position)
    .executeTakeFirstOrThrow();
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Writes a record and all after it anew, as if it had always said so. */
async function rewriteFrom(stageNow: Stage, position: number, actor: string): Promise<void> {
  const rows = await stageNow.records.db
    .selectFrom('auditRecord')
    .select(['position', 'body', 'hash'])
    .where('position', '>=', position)
    .orderBy('position')
    .execute();
  let previous = (await rowAt(stageNow, position - 1)).hash;
  const statements: string[] = [];
  for (const row of rows) {
    let body = row.body.replace(/"previous":"\w+"/, `"previous":"${previous}"`);
    if (row.position === position) body = body.replace(/"actor":"\w+"/, `"actor":"${actor}"`);
    previous = leafHash(stageNow.hashing, body);
    const columns = row.position === position ? `, actor = '${actor}'` : '';
    statements.push(
      `update audit_record set body = ${quoted(body)}, hash = '${previous}'${columns} where position = ${row.position}`,
    );
  }
  await stageNow.attack(...statements);
}

describe.each([
  ['sha256', 'ed25519'],
  ['sm3', 'sm2'],
] as const)('%s and %s', (hashing, signing) => {
  test('an untouched store has nothing to say', async () => {
    const whole = await openStage({ hashing, signing });
    const result = await verifyStore({ db: whole.records.db, hashing, key: whole.signer });
    expect(result).toEqual({
      size: 41,
      fromPosition: 0,
      checkpoints: 2,
      covered: 41,
      findings: [],
    });
  });

  test('edit: what a record says, with and without its hash', async () => {
    const whole = await openStage({ hashing, signing });
    await whole.attack(
      `update audit_record set body = replace(body, '"done"', '"failed"') where position = 7`,
    );
    expect(brief(await verify(whole))).toEqual(['edit 7-7 hash']);
    const { body } = await rowAt(whole, 30);
    const forged = body.replace('"handling"', '"curiosity"');
    await whole.attack(
      `update audit_record set body = ${quoted(forged)}, hash = '${leafHash(hashing, forged)}', purpose = 'curiosity' where position = 30`,
    );
    expect(brief(await verify(whole))).toEqual(['edit 7-7 hash', 'edit 30-30 rehashed']);
  });

  test('deletion: which records are gone, and between which times', async () => {
    const whole = await openStage({ hashing, signing });
    await whole.attack(
      'delete from audit_record where position in (9, 10, 25)',
      'delete from audit_subject where position in (9, 10, 25)',
    );
    const [first, second, ...more] = await verify(whole);
    expect(more).toEqual([]);
    expect(brief([first, second] as Finding[])).toEqual([
      'deletion 9-10 gone',
      'deletion 25-25 gone',
    ]);
    expect(first?.afterMs).not.toBeNull();
    expect(first?.beforeMs).not.toBeNull();
  });

  test('truncation: what the last checkpoint covers is not there', async () => {
    const whole = await openStage({ hashing, signing });
    await whole.attack(
      'delete from audit_record where position >= 33',
      'delete from audit_subject where position >= 33',
    );
    const findings = await verify(whole);
    expect(brief(findings)).toEqual(['truncation 33-40 end']);
    const [last] = await listCheckpoints(whole.records.db).then((all) => all.slice(-1));
    expect(findings[0]?.beforeMs).toBe(last?.atMs);
  });

  test('reorder: records that changed places', async () => {
    const whole = await openStage({ hashing, signing });
    await whole.attack(
      'update audit_record set position = -1 where position = 12',
      'update audit_record set position = 12 where position = 15',
      'update audit_record set position = 15 where position = -1',
    );
    expect(brief(await verify(whole))).toEqual([
      'reorder 12-12 holds 15',
      'reorder 15-15 holds 12',
    ]);
  });

  test('fork: a history written anew from one record on, every hash made again', async () => {
    const whole = await openStage({ hashing, signing });
    await rewriteFrom(whole, 24, 'ac_9');
    // The first checkpoint still fits: what was rewritten came after it.
    expect(brief(await verify(whole))).toEqual(['fork 21-40 root']);
  });
});

test('a column that is searched by is edited alone', async () => {
  const whole = await openStage();
  await whole.attack(
    `update audit_record set actor = 'ac_9' where position = 3`,
    `update audit_subject set subject = 'cc-000099' where position = 5`,
    `delete from audit_subject where position = 8`,
    `insert into audit_subject (subject, position) values ('cc-000001', 4000)`,
  );
  expect(brief(await verify(whole))).toEqual([
    'edit 3-3 columns',
    'edit 5-5 columns',
    'edit 8-8 columns',
    'edit 4000-4000 columns',
  ]);
});

test('a checkpoint that is forged, or gone, or signed by somebody else', async () => {
  const whole = await openStage();
  await whole.tell(3);
  await whole.checkpoint();
  const [first, second, third] = await listCheckpoints(whole.records.db);
  if (!first || !second || !third) throw new Error('three checkpoints');
  await whole.attack(
    `update audit_checkpoint set body = replace(body, '"size":41', '"size":40') where number = 1`,
  );
  expect(brief(await verify(whole))).toContain('signature 39-39 checkpoint');
  await whole.attack('delete from audit_checkpoint where number = 1');
  expect(brief(await verify(whole))).toEqual(['deletion 21-44 checkpoints']);
  const other = createSigner(createKeyPair('ed25519'));
  const parsed = JSON.parse(second.body) as Parameters<typeof signCheckpoint>[1];
  const forged = signCheckpoint(other, { ...parsed, previous: checkpointHash('sha256', first) });
  await whole.attack(
    `insert into audit_checkpoint (number, size, at_ms, body, signature) values (1, 41, ${second.atMs}, ${quoted(forged.body)}, '${forged.signature}')`,
  );
  expect(brief(await verify(whole))).toContain('signature 40-40 checkpoint');
});

test('a whole store replaced by another is known by the checkpoints a witness has', async () => {
  const whole = await openStage();
  const witnessed = await listCheckpoints(whole.records.db);
  // Even with the key: history and checkpoints are both made anew.
  await rewriteFrom(whole, 24, 'ac_9');
  await whole.attack('delete from audit_checkpoint where number = 1');
  await whole.checkpoint();
  const { records, hashing, signer } = whole;
  expect((await verifyStore({ db: records.db, hashing, key: signer })).findings).toEqual([]);
  const held = await verifyStore({ db: records.db, hashing, key: signer, witnessed });
  expect(brief(held.findings).join()).toMatch(/fork 21-40/);
});

test('nothing is signed any more once the store does not fit', async () => {
  const whole = await openStage();
  await whole.tell(5);
  await whole.attack(`update audit_record set outcome = 'failed' where position = 43`);
  await whole.attack(
    `update audit_record set body = replace(body, '"done"', '"failed"') where position = 44`,
  );
  const made = await makeCheckpoint(whole);
  expect(made.kind === 'broken' && brief(made.findings)).toEqual(['edit 44-44 hash']);
  await whole.close();
  const cut = await openStage();
  await cut.attack('delete from audit_record where position >= 30');
  const cutMade = await makeCheckpoint(cut);
  expect(cutMade.kind === 'broken' && brief(cutMade.findings)).toEqual(['truncation 30-40 end']);
  await cut.tell(30);
  const grown = await makeCheckpoint(cut);
  expect(grown.kind === 'broken' && brief(grown.findings)).toEqual(['fork 0-40 root']);
});

test('what is told can be neither changed nor deleted past the triggers', async () => {
  const { records } = await openStage();
  await expect(
    records.db.updateTable('auditRecord').set({ actor: 'ac_9' }).execute(),
  ).rejects.toThrow('not changed');
  await expect(
    records.db.deleteFrom('auditRecord').where('position', '=', 3).execute(),
  ).rejects.toThrow('archived');
  await expect(records.db.deleteFrom('auditCheckpoint').execute()).rejects.toThrow('not deleted');
  await records.db.insertInto('auditPending').values({ body: '{}' }).execute();
  await expect(records.db.deleteFrom('auditPending').execute()).rejects.toThrow('not sealed');
  await expect(records.db.updateTable('auditPending').set({ body: '' }).execute()).rejects.toThrow(
    'not changed',
  );
});
