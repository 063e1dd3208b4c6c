// Exports before the real routes: the ledger with an entry in full, a request that is approved, and a file that is
// dropped in, altered and not.

import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openExportsApp, type ExportsLogin } from '../../app/http/exports.fixture.ts';
import { serveApp } from '../fixtures/serve-app.ts';
import { builtCockpit } from '../shots/built.ts';
import { openBrowser, openPage, withoutBrowser, type OpenBrowser } from '../shots/browser.ts';
import {
  accessibilityFaults,
  cutTexts,
  keepShot,
  smallTargets,
  wordsOn,
} from '../shots/inspect.ts';

if (withoutBrowser)
  process.stderr.write(`skipped: pages about exports, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK = { width: 1_440, height: 900 };
const PHONE = { width: 390, height: 844 };

describe.skipIf(withoutBrowser)('pages about exports', () => {
  let site: Awaited<ReturnType<typeof openExportsApp>>;
  let server: Awaited<ReturnType<typeof serveApp>>;
  let folder: string;
  const open: OpenBrowser[] = [];

  beforeAll(async () => {
    const dist = await builtCockpit();
    site = await openExportsApp();
    server = await serveApp(dist, site.app);
    folder = await mkdtemp(join(tmpdir(), 'plumbline-exports-'));
  }, 3 * MINUTES_MS);
  afterAll(async () => {
    await Promise.all(open.map((browser) => browser.close()));
    await server?.close();
    await site?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  const visit = async (login: ExportsLogin, path: string) => {
    const browser = await openBrowser(DESK);
    open.push(browser);
    await browser.context.addCookies([
      { name: 'plumbline_session', value: site.tokenOf(login), url: server.url },
    ]);
    const { page } = await openPage(browser, server.url);
    await page.goto(server.url + path);
    await page.waitForFunction(() => globalThis.__ready === true);
    return page;
  };
  type Page = Awaited<ReturnType<typeof visit>>;
  const looksRightOnBoth = async (page: Page, name: string) => {
    for (const [size, ending] of [
      [DESK, ''],
      [PHONE, '-phone'],
    ] as const) {
      await page.setViewportSize(size);
      await keepShot(page, `${name}${ending}`);
      expect(await cutTexts(page)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
    }
    expect(await smallTargets(page, 'main')).toEqual([]);
    await page.setViewportSize(DESK);
  };
  const post = (login: ExportsLogin, url: string, payload: object) =>
    site.ask(login, { method: 'POST', url, payload });

  test(
    'the ledger, a decision, and a file that turned up',
    async () => {
      const taken = await post('xuanhan', '/api/alerts/export', {
        format: 'csv',
        purpose: '周例会',
      });
      await post('xuanhan', '/api/alerts/export', { format: 'xlsx', purpose: '县局季度通报' });
      const number = String(taken.headers['x-export-number']);
      const auditor = await visit('auditor', '/exports?whose=all');
      await auditor.getByRole('link', { name: number }).click();
      await auditor.getByRole('region', { name: '导出详情' }).getByText('周例会').first().waitFor();
      await looksRightOnBoth(auditor, 'exports-ledger');
      await auditor.getByRole('button', { name: 'English' }).click();
      await auditor.getByText('Ledger').first().waitFor();
      expect(await wordsOn(auditor)).not.toMatch(/台账|导出人|审批/);

      const asked = { format: 'xlsx', purpose: '年度检查', reason: '省厅检查需要全市清单' };
      await post('city', '/api/alerts/export-requests', asked);
      const chief = await visit('chief', '/exports?part=requests');
      await chief.getByText('待审批').waitFor();
      await looksRightOnBoth(chief, 'exports-requests');
      await chief.getByLabel(/^审批意见/).fill('同意，仅限检查使用');
      await chief.getByRole('button', { name: '批准', exact: true }).click();
      await chief.getByText('已批准').waitFor();

      const file = join(folder, '清单.csv');
      const verify = await visit('auditor', '/exports?part=verify');
      const choose = async (bytes: Buffer) => {
        await writeFile(file, bytes);
        await verify.locator('input[type=file]').setInputFiles(file);
      };
      await choose(Buffer.from(taken.rawPayload));
      await verify.getByText('文件由本系统导出，未改动').waitFor();
      await verify.getByText('电子签章有效').waitFor();
      await looksRightOnBoth(verify, 'exports-verified');
      await choose(Buffer.from(taken.body.replace('cc-000001', 'cc-000009')));
      await verify.getByText('文件由本系统导出，但已改动').waitFor();
      await verify.getByText('数据被改动').waitFor();
      await looksRightOnBoth(verify, 'exports-altered');
      await choose(Buffer.from('姓名,号码\n'));
      await verify.getByText('无法识别').waitFor();
    },
    3 * MINUTES_MS,
  );
});
