// The page of imports in a real browser over a real warehouse: files as people bring them are looked at, told how to
// be read, refused row by row, taken in, stopped on the way, and taken back.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
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
import { openImportsServer } from './imports-server.fixture.ts';

if (withoutBrowser) process.stderr.write(`skipped: the imports, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK: Screen = { width: 1_440, height: 900 };
const PHONE: Screen = { width: 390, height: 844, phone: true };

/** What people bring: a title above, doubled headers, dates in many forms, NULL, sums, a column of names. */
const CASES = `2026年10月案件登记表,,,,
区划,发生时间,案由,案由,当事人姓名
511722,2026-10-01 08:30,盗窃,入室,张某某
宣汉县,2026年10月2日14时05分,诈骗,电信,李某某
511703,20261003,盗窃,扒窃,王某某
511722,3/4/2026,诈骗,电信,赵某某
511722,NULL,盗窃,入室,钱某某
511725,2026-10-06,NULL,,孙某某
5.1E+11,2026-10-07,盗窃,入室,周某某
合计,,7,,
511724,2026-10-08,寻衅滋事,,吴某某
`;

/** 时间,区划,案由 and two rows in GBK; the second ends in half a character, as of a program that counts bytes. */
const HALF_GBK = Buffer.concat([
  Buffer.from('cab1bce42cc7f8bbae2cb0b8d3c90a', 'hex'),
  Buffer.from('323032362f312f322c3531313732322cb5c1c7d40a', 'hex'),
  Buffer.from('323032362f312f332c3531313732322cb5c1c70a', 'hex'),
]);

describe.skipIf(withoutBrowser)('the imports', () => {
  let server: Awaited<ReturnType<typeof openImportsServer>>;
  const opened: OpenBrowser[] = [];

  beforeAll(async () => {
    server = await openImportsServer(await builtCockpit());
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
    await watched.page.goto(`${server.url}/imports?still=1${query}`);
    await watched.page.waitForFunction(() => globalThis.__ready === true, undefined, {
      timeout: MINUTES_MS,
    });
    const { page } = watched;
    const choose = (name: string, content: string | Buffer) =>
      page.locator('input[type=file]').setInputFiles({
        name,
        mimeType: 'text/csv',
        buffer: Buffer.from(content as string),
      });
    const looksRight = async (name: string) => {
      await page.evaluate(() => scrollTo(0, 0));
      await keepShot(page, name);
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      await keepShot(page, `${name}-below`);
      expect(await cutTexts(page)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
    };
    return { ...watched, choose, looksRight };
  };
  const figure = (page: Awaited<ReturnType<typeof open>>['page'], name: string) =>
    page.locator('dl > div').filter({ hasText: name }).locator('dd').innerText();

  test(
    'a file of a bureau is looked at, taken in and taken back',
    async () => {
      const { page, choose, looksRight, complaints, strangers } = await open('analyst');
      await choose('案件登记.csv', CASES);
      await page.getByRole('heading', { name: '试导入结果' }).waitFor();
      await page.getByText('重复的列名，后者加了序号：案由').waitFor();
      await page.getByText('只是试算，未写入任何数据').waitFor();
      expect([await figure(page, '可用'), await figure(page, '拒绝')]).toEqual(['4', '5']);
      const refused = await page.getByRole('listitem').filter({ hasText: '第 ' }).allInnerTexts();
      expect(refused.map((one) => one.replaceAll(/\s+/g, ' '))).toEqual([
        expect.stringContaining('第 6 行 发生时间 日期分不清日和月'),
        expect.stringContaining('第 7 行 发生时间 必填项为空'),
        expect.stringContaining('第 8 行 案由 必填项为空'),
        expect.stringContaining('第 9 行 区划 代码被表格软件改成了科学计数法'),
        expect.stringContaining('第 10 行 区划 行政区划代码或名称有误'),
      ]);
      expect(await wordsOn(page)).not.toContain('张某某');
      await looksRight('imports-checked');

      await page.getByLabel('日期写法').selectOption('day-first');
      await page.getByRole('button', { name: '试导入', exact: true }).click();
      await vi.waitUntil(async () => (await figure(page, '可用').catch(() => '')) === '5', 10_000);
      await page.getByRole('button', { name: '导入', exact: true }).click();
      const result = page.getByRole('region', { name: '导入结果' });
      await result.getByText('已写入 5 条，拒绝的 4 行未写入').waitFor();
      expect(await wordsOn(page)).not.toContain('未写入任何数据');
      expect(await server.rowCount()).toBe(5);
      await looksRight('imports-taken');
      await result.getByRole('button', { name: '撤销' }).click();
      await result.getByRole('button', { name: '确认撤销' }).click();
      await result.getByText('已撤销，写入的 5 条已全部移除').waitFor();
      expect(await server.rowCount()).toBe(0);
      expect(complaints).toEqual([]);
      expect(strangers).toEqual([]);

      const english = await open('analyst', DESK, '&lang=en');
      await english.choose('cases.csv', 'region,at,kind\n511722,2026-10-01,theft\n5117,x,y\n');
      await english.page.getByText('A dry run: nothing was written').waitFor();
      const words = (await wordsOn(english.page)).replaceAll('案件登记.csv', '');
      expect(hanIn(words)).toEqual([]);
      expect(await cutTexts(english.page)).toEqual([]);
    },
    3 * MINUTES_MS,
  );

  test(
    'a file of a bad encoding is refused until somebody says how to read it',
    async () => {
      const { page, choose, looksRight } = await open('analyst');
      await choose('旧系统导出.csv', HALF_GBK);
      await page.getByRole('alert').getByText('文件编码无法识别').waitFor();
      await page.getByText('请指定编码').waitFor();
      await looksRight('imports-no-encoding');
      await page.getByLabel('文字编码').selectOption('gb18030');
      await page.getByText('GB18030（含 GBK），逗号分隔').waitFor();
      expect(await page.getByLabel('文字编码').innerText()).toContain('按识别：无法识别');
      await page.getByText('含有无法识别的字符').first().waitFor();
      expect([await figure(page, '可用'), await figure(page, '拒绝')]).toEqual(['1', '1']);
      await looksRight('imports-gbk');
      await page.getByLabel('分隔符').selectOption('\t');
      await page.getByText('猜不出对应关系').waitFor();
      expect(await page.getByLabel('分隔符').innerText()).toContain('按识别：逗号');
    },
    3 * MINUTES_MS,
  );

  test(
    'one that is being written tells how far it is, and cancelled leaves nothing',
    async () => {
      const { page, choose, looksRight } = await open('analyst');
      const rows = Array.from({ length: 150_000 }, (_, i) => `511722,2026-10-0${1 + (i % 9)},k`);
      await choose('大文件.csv', `region,at,kind\n${rows.join('\n')}\n`);
      await page.getByRole('heading', { name: '试导入结果' }).waitFor();
      const release = server.holdWriting();
      await page.getByRole('button', { name: '导入', exact: true }).click();
      await page.getByText('正在写入').waitFor();
      await page.getByRole('progressbar').waitFor();
      await looksRight('imports-writing');
      await page.getByRole('button', { name: '取消' }).click();
      await page.getByText('已取消，未导入任何数据').waitFor();
      release();
      const listed = page.getByRole('listitem').filter({ hasText: '大文件.csv' });
      await listed.getByText('已撤销').waitFor();
      expect(await server.rowCount()).toBe(0);
      expect(await page.getByRole('button', { name: '导入', exact: true }).isEnabled()).toBe(true);
    },
    3 * MINUTES_MS,
  );

  test(
    'it is usable on a phone, and says no to whoever may not',
    async () => {
      const { page, choose, looksRight } = await open('analyst', PHONE);
      await choose('案件登记.csv', CASES);
      await page.getByRole('heading', { name: '试导入结果' }).waitFor();
      await looksRight('imports-phone');
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(
        true,
      );
      expect(await smallTargets(page, '#app')).toEqual([]);
      const other = (await open('city')).page;
      await other.getByText('您的账号不能导入数据').waitFor();
    },
    2 * MINUTES_MS,
  );
});
