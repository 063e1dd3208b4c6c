import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { epochMs } from '../../core/time.ts';
import { exportLines } from './export.ts';
import { leafHash, type Hashing } from './hashing.ts';
import { linesOf } from './line-bytes.ts';
import { listCheckpoints } from './read-checkpoints.ts';
import { createKeyPair, createSigner, type Signer } from './signer.ts';
import { openTrailStage, START_MS, type Stage } from './trail.fixture.ts';
import { verifyExport } from './verify-export.ts';

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of lines) all.push(...piece.split(/(?<=\n)/));
  return all;
}

const openOf = (content: string | Uint8Array) => () =>
  linesOf(
    (async function* () {
      yield Buffer.from(content as string);
    })(),
  );

const verify = (lines: readonly string[], trusted: Parameters<typeof verifyExport>[1] = {}) =>
  verifyExport(openOf(lines.join('')), trusted);

const brief = async (lines: readonly string[], trusted: Parameters<typeof verifyExport>[1] = {}) =>
  (await verify(lines, trusted)).findings.map(
    ({ kind, from, until, because }) => `${kind} ${from}-${until} ${because}`,
  );

describe.each([
  ['sha256', 'ed25519'],
  ['sm3', 'sm2'],
] as const)('an export by %s and %s', (hashing, signing) => {
  let stage: Stage;
  /** All of it: head, records 0 to 40, two checkpoints, end. */
  let whole: string[];
  /** Records 10 to 29, which neither begin nor end with a checkpoint. */
  let part: string[];

  beforeAll(async () => {
    stage = await openTrailStage({ hashing, signing });
    await stage.tell(19);
    await stage.checkpoint();
    await stage.tell(19);
    await stage.checkpoint();
    const deps = { db: stage.records.db, hashing, signer: stage.signer };
    const nowMs = stage.clock.now();
    whole = await collect(exportLines(deps, { fromMs: epochMs(0), untilMs: nowMs, nowMs }));
    const fromMs = epochMs(START_MS + 9_000);
    const untilMs = epochMs(START_MS + 29_000);
    part = await collect(exportLines(deps, { fromMs, untilMs, nowMs }));
  });
  afterAll(() => stage.close());

  test('fits as it was written, whole and in part', async () => {
    const key = stage.signer;
    expect(await verify(whole, { key })).toMatchObject({
      records: 41,
      size: 41,
      covered: 41,
      checkpoints: 2,
      keyId: key.keyId,
      findings: [],
    });
    expect(await verify(part, { key })).toMatchObject({
      records: 20,
      fromPosition: 10,
      size: 30,
      covered: 30,
      findings: [],
    });
  });

  test('edit', async () => {
    const edited = whole.with(8, (whole[8] as string).replace('alert.look', 'alert.lock'));
    expect(await brief(edited)).toEqual(['edit 7-7 hash']);
    const rehashed = rewrite(part, hashing, { at: 3, only: true });
    expect(await brief(rehashed)).toEqual(['edit 12-12 rehashed']);
  });

  test('deletion', async () => {
    expect(await brief(whole.toSpliced(10, 2))).toEqual(['deletion 9-10 gone']);
    expect(await brief(part.toSpliced(1, 1))).toEqual(['deletion 10-10 gone']);
  });

  test('truncation, of records and of the file', async () => {
    expect(await brief(whole.toSpliced(39, 3))).toEqual(['truncation 38-40 end']);
    expect(await brief(whole.slice(0, 30))).toEqual([
      'truncation 29-40 end',
      'truncation 29-40 no-end',
    ]);
  });

  test('reorder', async () => {
    const [a, b] = [whole[6] as string, whole[9] as string];
    expect(await brief(whole.with(6, b).with(9, a))).toEqual([
      'reorder 5-5 late',
      'reorder 6-6 late',
      'reorder 7-7 late',
    ]);
    const next = [whole[6] as string, whole[7] as string] as const;
    expect(await brief(whole.with(6, next[1]).with(7, next[0]))).toEqual(['reorder 5-5 late']);
  });

  test('fork', async () => {
    // Records written anew to the end, every hash made again.
    expect(await brief(rewrite(whole, hashing, { at: 26 }))).toEqual(['fork 21-40 root']);
    expect((await brief(rewrite(part, hashing, { at: 3 })))[0]).toMatch(/^fork 10-20 root/);
    // Two records with one number.
    const other = rewrite(whole, hashing, { at: 12, only: true })[12] as string;
    expect(await brief(whole.toSpliced(13, 0, other))).toEqual(['fork 11-11 twice']);
  });

  test('a file made anew with another key, or against what a witness has', async () => {
    const other: Signer = createSigner(createKeyPair(signing));
    const foreign = await openTrailStage({ hashing, signing });
    await foreign.tell(40);
    await foreign.checkpoint();
    const deps = { db: foreign.records.db, hashing, signer: foreign.signer };
    const nowMs = foreign.clock.now();
    const lines = await collect(exportLines(deps, { fromMs: epochMs(0), untilMs: nowMs, nowMs }));
    expect(await brief(lines)).toEqual([]);
    expect((await brief(lines, { key: other })).join()).toMatch(/key/);
    await foreign.close();
    const [first] = await listCheckpoints(stage.records.db);
    if (!first) throw new Error('a checkpoint');
    expect(await brief(whole, { witnessed: [first] })).toEqual([]);
  });

  test('whatever byte is changed, left out or put in, it is found', async () => {
    const content = Buffer.from(part.join(''));
    const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        share,
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom('change', 'drop', 'add', 'cut'),
        async (where, by, act) => {
          const at = Math.floor(where * content.length);
          const before = content.subarray(0, at);
          const changed = Buffer.from([(content[at] as number) ^ by]);
          const bytes = {
            change: Buffer.concat([before, changed, content.subarray(at + 1)]),
            drop: Buffer.concat([before, content.subarray(at + 1)]),
            add: Buffer.concat([before, Buffer.from([by]), content.subarray(at)]),
            cut: before,
          }[act];
          const { findings } = await verifyExport(openOf(bytes), { key: stage.signer });
          expect(findings.length, `${act} at ${at}`).toBeGreaterThan(0);
        },
      ),
      { numRuns: signing === 'sm2' ? 40 : 300 },
    );
  });

  test('a record edited anywhere is named', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.nat(), async (line, where) => {
        const written = part[line] as string;
        const body = (JSON.parse(written) as { body: string }).body;
        const at = where % body.length;
        const forged = body.slice(0, at) + (body[at] === 'x' ? 'y' : 'x') + body.slice(at + 1);
        const changed = `${JSON.stringify({ ...JSON.parse(written), body: forged })}\n`;
        const [first] = await brief(part.with(line, changed));
        expect(first).toBe(`edit ${9 + line}-${9 + line} hash`);
      }),
      { numRuns: signing === 'sm2' ? 10 : 60 },
    );
  });
});

/** Another actor in the record on line `at`, with its hash, and with those of all that follow unless `only`. */
function rewrite(
  lines: readonly string[],
  hashing: Hashing,
  { at, only = false }: { at: number; only?: boolean },
): string[] {
  let previous: string | undefined;
  return lines.map((line, index) => {
    const parsed = JSON.parse(line) as { kind: string; body: string };
    if (index < at || parsed.kind !== 'record' || (only && index > at)) return line;
    let { body } = parsed;
    if (previous !== undefined) body = body.replace(/"previous":"\w+"/, `"previous":"${previous}"`);
    if (index === at) body = body.replace(/"actor":"\w+"/, '"actor":"ac_9"');
    previous = leafHash(hashing, body);
    return `${JSON.stringify({ kind: 'record', hash: previous, body })}\n`;
  });
}
