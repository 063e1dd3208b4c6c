// The files of a report: what is inside them is kept as golden text, and an office program would find it.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectGolden } from '../../checks/golden.ts';
import { regionCode } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import { buildReport } from '../../models/report/build-report.ts';
import type { ExportMark } from '../../security/exports/export-mark.ts';
import { layoutReport, type ReportDocument } from '../../models/report/layout.ts';
import { readPeriod } from '../../models/report/period.ts';
import { inventedInput } from '../../models/report/report.fixture.ts';
import { docxOf, docxParts } from './docx.ts';
import { htmlOf } from './html.ts';
import { findPdfPrinter } from './pdf.ts';
import { unzip } from './unzip.fixture.ts';
import { escapeXml } from './xml.ts';
import { xlsxOf, xlsxParts } from './xlsx.ts';
import { zip } from './zip.ts';

const NOW = Date.UTC(2026, 11, 1);
const week = readPeriod({ period: '2026-W47' }, NOW);
const document = layoutReport(buildReport(inventedInput(week, { region: regionCode('511722') })));
const taking: ExportMark = {
  number: 'EX20261123-7K2M9QXD',
  hashing: 'sha256',
  contentDigest: 'ab'.repeat(32),
  name: text('达州市司法局值班员', 'Dazhou duty officer'),
  login: 'city',
  atMs: Date.UTC(2026, 10, 23, 1, 5),
  purpose: '局务会 <第1次> & "讨论"',
};

const golden = (name: string) => fileURLToPath(new URL(`golden/${name}`, import.meta.url));
const asText = (parts: readonly { path: string; content: string }[]) =>
  parts.map(({ path, content }) => `==== ${path}\n${content.replaceAll('><', '>\n<')}\n`).join('');

test('a workbook holds what the report says, the same bytes each time', () => {
  const file = xlsxOf(document, taking, 'zh');
  expect(xlsxOf(document, taking, 'zh').equals(file)).toBe(true);
  expect(unzip(file)).toEqual(xlsxParts(document, taking, 'zh'));
  expectGolden(golden('county-week.xlsx.txt'), asText(unzip(file)));
});

test('a document holds what the report says, the same bytes each time', () => {
  const file = docxOf(document, taking, 'zh');
  expect(docxOf(document, taking, 'zh').equals(file)).toBe(true);
  expect(unzip(file)).toEqual(docxParts(document, taking, 'zh'));
  expectGolden(golden('county-week.docx.txt'), asText(unzip(file)));
});

test('the page that is printed', () => {
  expectGolden(golden('county-week.html'), htmlOf(document, taking, 'zh'));
});

test.each(['xlsx', 'docx', 'html'])('%s says on itself who took it, when and what for', (kind) => {
  const content =
    kind === 'html'
      ? htmlOf(document, taking, 'zh')
      : asText(
          kind === 'xlsx' ? xlsxParts(document, taking, 'zh') : docxParts(document, taking, 'zh'),
        );
  expect(content).toContain('达州市司法局值班员（city）');
  expect(content).toContain('2026-11-23 09:05');
  expect(content).toContain('局务会 &lt;第1次&gt; &amp; &quot;讨论&quot;');
});

describe('no text becomes a formula or markup', () => {
  const nasty = fc.oneof(
    fc.constantFrom(
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      '\t=1',
      '<script>',
      ']]>',
      '&amp;',
      '\ud800',
      '\u0000',
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
  );
  const withWords = (words: string): ReportDocument => ({
    ...document,
    tables: [
      {
        id: 'x',
        title: text('表', 'table'),
        columns: [{ name: text(words || '列', 'column'), width: 8 }],
        rows: [{ cells: [{ kind: 'text', value: text(words, words) }] }],
      },
    ],
  });
  test('whatever it is', () => {
    fc.assert(
      fc.property(nasty, (words) => {
        const parts = xlsxParts(withWords(words), { ...taking, purpose: words }, 'zh');
        const sheet = parts.at(-1)?.content as string;
        expect(sheet).not.toMatch(/<f[ >]/);
        for (const { content } of [
          ...parts,
          ...docxParts(withWords(words), { ...taking, purpose: words }, 'zh'),
        ]) {
          expect(content).not.toMatch(/(?![\t\n\r])\p{Cc}/u);
          expect(content).not.toContain('<script');
          expect(content.isWellFormed()).toBe(true);
        }
        if (/^[=+\-@\t\r]/.test(words)) expect(sheet).toContain('<c r="A3" s="4" t="inlineStr">');
      }),
    );
  });

  test('escaped text is the text again when it is read', () => {
    expect(escapeXml(`<a b="c">'&'</a>`)).toBe(
      '&lt;a b=&quot;c&quot;&gt;&apos;&amp;&apos;&lt;/a&gt;',
    );
    expect(escapeXml('\u0007中文😀\ud83d')).toBe('\ufffd中文😀\ufffd');
  });
});

test('what is put into an archive comes out of it', () => {
  const part = fc.record({
    path: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
    content: fc.string({ maxLength: 2_000, unit: 'grapheme' }),
  });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      expect(unzip(zip(parts))).toEqual(parts);
    }),
  );
});

describe('PDF', () => {
  test('is not offered without a browser, and it is said why', async () => {
    const printer = await findPdfPrinter(['/nowhere/chromium']);
    expect(printer.missing?.zh).toContain('未安装 Chromium');
    await expect(printer.print('', 0)).rejects.toMatchObject({ code: 'source-unavailable' });
  });

  test('a browser that fails leaves an error and no folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-browser-'));
    const broken = join(folder, 'chromium');
    await writeFile(broken, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    const printer = await findPdfPrinter([broken]);
    if (!printer.missing)
      await expect(printer.print('<p>x</p>', 0)).rejects.toMatchObject({
        code: 'source-unavailable',
        retry: 'soon',
      });
    await rm(folder, { recursive: true });
  });

  test(
    'is the printed page, with the dates of the report',
    { timeout: 120_000 },
    async (context) => {
      const printer = await findPdfPrinter();
      if (printer.missing) {
        process.stderr.write(`skipped: the PDF of a report, because ${printer.missing.en}\n`);
        context.skip();
        return;
      }
      const html = htmlOf(document, taking, 'zh');
      const [pdf, again] = await Promise.all([
        printer.print(html, taking.atMs),
        printer.print(html, taking.atMs),
      ]);
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      expect(pdf.toString('latin1')).toContain('/CreationDate (D:20261123010500');
      expect(again.equals(pdf)).toBe(true);
    },
  );
});
