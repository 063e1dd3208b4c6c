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
  /** A page as a PNG of this size; rejects likewise. */
  shoot(html: string, size: PictureSize): Promise<Buffer>;
};

export type PictureSize = { readonly widthPx: number; readonly heightPx: number };

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
  if (browser === undefined) return NO_PRINTER;
  if (!(await hasChineseFont())) return { missing: NO_FONT, print: refuse, shoot: refuse };
  let last: Promise<unknown> = Promise.resolve();
  // One browser at a time: each takes some hundred megabytes.
  const inTurn = (make: () => Promise<Buffer>): Promise<Buffer> => {
    const done = last.then(make);
    last = done.catch(() => {});
    return done;
  };
  return {
    missing: undefined,
    print: (html, atMs) => inTurn(() => print(browser, html, atMs)),
    shoot: (html, size) => inTurn(() => shoot(browser, html, size)),
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

/** For commands that print nothing. */
export const NO_PRINTER: PdfPrinter = { missing: NO_BROWSER, print: refuse, shoot: refuse };

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
  const pdf = await render(browser, { html, ending: 'pdf' }, (out) => [
    '--no-pdf-header-footer',
    `--print-to-pdf=${out}`,
  ]);
  return withDates(pdf, atMs);
}

const shoot = (
  browser: string,
  html: string,
  { widthPx, heightPx }: PictureSize,
): Promise<Buffer> =>
  render(browser, { html, ending: 'png' }, (out) => [
    '--hide-scrollbars',
    '--force-device-scale-factor=1',
    `--window-size=${widthPx},${heightPx}`,
    `--screenshot=${out}`,
  ]);

/** Has the browser make a file of a page, and gives the file. */
async function render(
  browser: string,
  { html, ending }: { readonly html: string; readonly ending: 'pdf' | 'png' },
  making: (out: string) => readonly string[],
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-report-'));
  try {
    const page = join(folder, 'report.html');
    // The browser knows the kind of a picture by its name.
    const out = join(folder, `report.${ending}`);
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
      ...making(out),
    ];
    await run(browser, [...flags, pathToFileURL(page).href], { timeout: PRINT_MS_MAX });
    return await readFile(out);
  } catch (cause) {
    throw new OperatingError('source-unavailable', 'the browser made no file', {
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
