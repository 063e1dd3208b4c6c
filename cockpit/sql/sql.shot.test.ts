// The SQL console in a real browser over a real warehouse: asked, answered, refused, cancelled and taken up again.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtCockpit } from '../shots/built.ts';
import {
  openBrowser,
  openPage,
  withoutBrowser,
  type OpenBrowser,
  type Screen,
} from '../shots/browser.ts';
import {
  accessibilityFaults,
  cutTexts,
  hanIn,
  keepShot,
  smallTargets,
  wordsOn,
} from '../shots/inspect.ts';
import { openSqlServer } from './sql-server.fixture.ts';

if (withoutBrowser) process.stderr.write(`skipped: the SQL console, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK: Screen = { width: 1_440, height: 900 };
const PHONE: Screen = { width: 390, height: 844, phone: true };

describe.skipIf(withoutBrowser)('the SQL console', () => {
  let server: Awaited<ReturnType<typeof openSqlServer>>;
  const opened: OpenBrowser[] = [];

  beforeAll(async () => {
    server = await openSqlServer(await builtCockpit());
  }, 3 * MINUTES_MS);

  afterAll(async () => {
    for (const browser of opened) await browser.close();
    await server?.close();
  });

  const open = async (login: string, screen = DESK, query = '') => {
    const browser = await openBrowser(screen);
    opened.push(browser);
    const watched = await openPage(browser, server.url);
    await watched.page
      .context()
      .addCookies([{ name: 'plumbline_session', value: server.cookieOf(login), url: server.url }]);
    await watched.page.goto(`${server.url}/sql?still=1${query}`);
    await watched.page.waitForFunction(() => globalThis.__ready === true, undefined, {
      timeout: MINUTES_MS,
    });
    return watched;
  };

  test(
    'a statement is written, run, refused, cancelled and taken up again',
    async () => {
      const { page, complaints, strangers } = await open('analyst');
      const editor = page.getByLabel('查询语句');
      const run = page.getByRole('button', { name: '执行', exact: true });
      await editor.fill('SELECT * FROM');
      await page.getByText('incidents_by_month', { exact: true }).first().click();
      await page.getByRole('button', { name: '插入 incidents_by_month' }).click();
      expect(await editor.inputValue()).toBe('SELECT * FROM incidents_by_month');
      // Without a purpose nothing runs.
      expect(await run.isDisabled()).toBe(true);
      await page.getByLabel('事由').fill('季度分析');
      await page.keyboard.press('Control+Enter');
      const answer = page.getByRole('region', { name: '结果行' });
      await answer.waitFor();
      // Four in a month are not told.
      await answer.getByText('空').first().waitFor();
      await keepShot(page, 'sql-answer');
      expect(await cutTexts(page)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);

      await page.getByRole('button', { name: '导出结果' }).click();
      const sheet = page.getByRole('dialog', { name: '导出' });
      await sheet.getByLabel('CSV').check();
      // What it was run for is there to begin with.
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        sheet.getByRole('button', { name: '导出文件' }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^分析查询结果-EX\d+-.*\.csv$/);
      expect(await readFile(await download.path(), 'utf8')).toMatch(/用途.*季度分析/);
      await sheet.getByText('已导出').waitFor();
      await keepShot(page, 'sql-export');
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.keyboard.press('Escape');

      await editor.fill('SELECT i AS n, i * i AS square FROM range(20000) t(i)');
      await run.click();
      await page.getByText('已截断').waitFor();
      expect(await answer.getByRole('row').count()).toBeLessThan(60);
      await answer.evaluate((box) => (box.scrollTop = box.scrollHeight));
      await answer.getByText('9999', { exact: true }).waitFor();
      await keepShot(page, 'sql-long');
      await page.getByRole('button', { name: '导出结果' }).click();
      await sheet.getByRole('button', { name: '导出文件' }).click();
      await sheet.getByLabel('申请理由').fill('核对全部行');
      await sheet.getByRole('button', { name: '提交申请' }).click();
      await sheet.getByText('申请已提交').waitFor();
      await keepShot(page, 'sql-export-large');
      await page.keyboard.press('Escape');

      await editor.fill("SELECT * FROM read_csv('/etc/passwd')");
      await run.click();
      await page.getByRole('alert').waitFor();
      await keepShot(page, 'sql-refused');

      await editor.fill('SELECT count(*) FROM range(100000000000) t(i) WHERE i % 7 = 3');
      await run.click();
      await page.getByRole('button', { name: '取消' }).click();
      await page.getByRole('alert').getByText('已取消').waitFor();

      const entries = page.getByRole('listitem').filter({ hasText: '重新编辑' });
      await entries.nth(3).waitFor();
      // Time stands here, so that the order of entries says nothing.
      const ofView = entries.filter({ hasText: 'FROM incidents_by_month' });
      await ofView.first().getByRole('button', { name: '重新编辑' }).click();
      expect(await editor.inputValue()).toBe('SELECT * FROM incidents_by_month');
      // The browser writes a line of its own for every answer that is an error.
      expect(complaints.filter((one) => !one.includes('Failed to load resource'))).toEqual([]);
      expect(strangers).toEqual([]);

      const english = (await open('analyst', DESK, '&lang=en')).page;
      await english.getByText('Edit again').first().waitFor();
      expect(hanIn((await wordsOn(english)).replaceAll('季度分析', ''))).toEqual([]);
      expect(await cutTexts(english)).toEqual([]);
    },
    4 * MINUTES_MS,
  );

  test(
    'it is usable on a phone, and says no to whoever may not',
    async () => {
      const { page } = await open('analyst', PHONE);
      await page.getByText('incidents_by_month', { exact: true }).first().waitFor();
      await keepShot(page, 'sql-phone');
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(
        true,
      );
      expect(await smallTargets(page, '#app')).toEqual([]);
      const other = (await open('city')).page;
      await other.getByText('您的账号不能使用查询台').waitFor();
    },
    2 * MINUTES_MS,
  );
});
