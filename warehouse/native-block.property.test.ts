import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import { Utf8Dictionary } from '../core/utf8-dictionary.ts';
import {
  bytesColumn,
  encodeBlock,
  numberColumn,
  textColumn,
  wideColumn,
  wordColumn,
} from './native-block.ts';
import { openOlap, type Olap } from './olap.ts';

let folder: string;
let olap: Olap;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-native-'));
  olap = await openOlap({ logger: silentLogger }, { kind: 'chdb', folder });
  await olap.run(
    `CREATE TABLE block (line UInt32, wide Int64, real Float64, small UInt8, name String, raw String, word LowCardinality(String))
     ENGINE = MergeTree ORDER BY line`,
  );
});

afterAll(async () => {
  await olap.close();
  await rm(folder, { recursive: true });
});

const row = fc.record({
  wide: fc.maxSafeInteger(),
  real: fc.double({ noNaN: true, noDefaultInfinity: true }).map((real) => real + 0),
  small: fc.integer({ min: 0, max: 255 }),
  name: fc.string({ unit: 'binary', maxLength: 300 }),
  word: fc.integer({ min: 0, max: 4 }),
});

const WORDS = ['', '甲', 'bracelet/jt808', '𠮷', 'x'.repeat(127)];

test('any rows in any number of blocks are read back by the engine as they were', async () => {
  const blocks = fc.array(fc.array(row, { minLength: 1, maxLength: 40 }), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(blocks, async (given) => {
      await olap.run('TRUNCATE TABLE block');
      let line = 0;
      const expected: object[] = [];
      const encoded = given.map((rows) => {
        const lines = rows.map((one) => {
          expected.push({ line, ...one, raw: one.name, word: WORDS[one.word] });
          return line++;
        });
        return encodeBlock(rows.length, [
          wideColumn('line', lines),
          wideColumn(
            'wide',
            rows.map(({ wide }) => wide),
          ),
          numberColumn(
            'real',
            Float64Array.from(rows, ({ real }) => real),
          ),
          numberColumn(
            'small',
            Uint8Array.from(rows, ({ small }) => small),
          ),
          textColumn(
            'name',
            rows.map(({ name }) => name),
          ),
          bytesColumn(
            'raw',
            rows.map(({ name }) => Buffer.from(name, 'utf8')),
          ),
          wordColumn('word', [
            { words: Utf8Dictionary.of(WORDS), codes: Int32Array.from(rows, ({ word }) => word) },
          ]),
        ]);
      });
      await olap.insert('block', Buffer.concat(encoded));
      expect(await olap.rows('SELECT * FROM block ORDER BY line')).toEqual(expected);
    }),
    { numRuns: 60 },
  );
}, 60_000);
