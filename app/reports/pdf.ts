// A report as PDF, printed by the browser of the machine. The product brings none: where no Chromium is
// installed, or no Chinese font, PDF is not offered and it is said why; the other files are always there.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { OperatingError } from '../../core/errors.ts';
import { text, type Text } from '../../core/text.ts';

export type PdfPrinter = {
  /** Why there is no PDF here; undefined where there is. */
  readonly missing: Text | undefined;
  /** Prints a page. Rejects with OperatingError when the browser does not do it. */
  print(html: string, atMs: number): Promise<Buffer>;
};

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const PRINT_MS_MAX = 60_000;

const run = promisify(execFile);

/** Looks once for a browser and a Chinese font. */
export async function findPdfPrinter(browsers: readonly string[] = BROWSERS): Promise<PdfPrinter> {
  const browser = browsers.find((path) => existsSync(path));
  if (browser === undefined) return { missing: NO_BROWSER, print: refuse };
  if (!(await hasChineseFont())) return { missing: NO_FONT, print: refuse };
  let last: Promise<unknown> = Promise.resolve();
  return {
    missing: undefined,
    // One browser at a time: each takes some hundred megabytes.
    print(html, atMs) {
      const printed = last.then(() => print(browser, html, atMs));
      last = printed.catch(() => {});
      return printed;
    },
  };
}

const NO_BROWSER = text(
  '服务器未安装 Chromium 浏览器，不能生成 PDF；请下载 Word 或 Excel 文件。',
  'No Chromium is installed on the server, so there is no PDF; take the document or the workbook.',
);
const NO_FONT = text(
  '服务器未安装中文字体，不能生成 PDF；请下载 Word 或 Excel 文件。',
  'No Chinese font is installed on the server, so there is no PDF; take the document or the workbook.',
);

const refuse = () =>
  Promise.reject(
    new OperatingError('source-unavailable', 'there is no browser to print with', {
      retry: 'never',
    }),
  );

/** Without fontconfig nobody can tell; macOS has Chinese fonts of its own. */
async function hasChineseFont(): Promise<boolean> {
  try {
    const { stdout } = await run('fc-list', [':lang=zh-cn', 'family'], { timeout: 10_000 });
    return stdout.trim() !== '';
  } catch {
    return true;
  }
}

async function print(browser: string, html: string, atMs: number): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-report-'));
  try {
    const page = join(folder, 'report.html');
    const out = join(folder, 'report.pdf');
    await writeFile(page, html, { mode: 0o600 });
    const flags = [
      '--headless=new',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      '--disable-extensions',
      // The page holds no script and asks for nothing; root has no sandbox to run it in.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--user-data-dir=${join(folder, 'profile')}`,
      '--no-pdf-header-footer',
      `--print-to-pdf=${out}`,
    ];
    await run(browser, [...flags, pathToFileURL(page).href], { timeout: PRINT_MS_MAX });
    return withDates(await readFile(out), atMs);
  } catch (cause) {
    throw new OperatingError('source-unavailable', 'the browser printed no PDF', {
      retry: 'soon',
      cause,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The dates the browser took from its own clock, replaced by the given one; same length, same places. */
function withDates(pdf: Buffer, atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/\D/g, '').slice(0, 14);
  const dated = pdf
    .toString('latin1')
    .replace(/(\/(?:CreationDate|ModDate) \(D:)\d{14}/g, (_, key: string) => key + digits);
  return Buffer.from(dated, 'latin1');
}
