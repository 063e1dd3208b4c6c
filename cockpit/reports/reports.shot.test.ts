import { readFile } from 'node:fs/promises';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { unzip } from '../../app/reports/unzip.fixture.ts';
import { openFixtureServer, type FixtureServer } from '../fixture-server.ts';
import { builtCockpit } from '../shots/built.ts';
import {
  goTo,
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

if (withoutBrowser) process.stderr.write(`skipped: the reports, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK: Screen = { width: 1_440, height: 900 };
const PHONE: Screen = { width: 390, height: 844, phone: true };
const PATH = '/console/reports?still=1';

describe.skipIf(withoutBrowser)('the page of reports', () => {
  let dist: string;
  let server: FixtureServer | undefined;
  let browser: OpenBrowser | undefined;

  beforeAll(async () => {
    dist = await builtCockpit();
  }, 2 * MINUTES_MS);

  afterEach(async () => {
    await browser?.close();
    await server?.close();
  });

  const open = async (
    screen: Screen,
    path: string,
    { login = 'city', theme = 'dark' }: { login?: string; theme?: string } = {},
  ) => {
    server = await openFixtureServer({ dist, still: true, points: 50 });
    browser = await openBrowser(screen);
    const watched = await openPage(browser, server.url);
    await watched.page.addInitScript((chosen) => {
      localStorage.setItem('plumbline.settings', JSON.stringify({ theme: chosen }));
    }, theme);
    await goTo(watched, { origin: server.url, path, login });
    return watched;
  };

  test.each([
    ['a week on a desk', DESK, PATH, 'dark', 'reports-week'],
    ['a week by daylight', DESK, PATH, 'light', 'reports-light'],
    ['a month that runs', DESK, `${PATH}&period=2026-11`, 'light', 'reports-month'],
    ['a kept report', DESK, `${PATH}&kept=re_schedule_2026-10`, 'dark', 'reports-kept'],
    ['a week on a phone', PHONE, PATH, 'dark', 'reports-phone'],
  ] as const)(
    '%s is whole, plain to read and usable by everyone',
    async (_what, screen, path, theme, name) => {
      const { page, complaints, strangers } = await open(screen, path, { theme });
      await page.getByText('已存档报告').first().waitFor({ state: 'attached' });
      await keepShot(page, name);
      if (screen === DESK) expect(await cutTexts(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(
        true,
      );
      expect(await wordsOn(page)).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(strangers).toEqual([]);
      if (screen === PHONE) expect(await smallTargets(page, '#app')).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'in English there is no Chinese word of ours',
    async () => {
      const { page } = await open(DESK, `${PATH}&lang=en`);
      await page.getByText('Kept reports').waitFor();
      await keepShot(page, 'reports-english');
      const own = (await wordsOn(page)).replaceAll(
        /=试验规则“引号”&<标签>|局务会|各区县预警数周报|签收用时月报/g,
        '',
      );
      expect(hanIn(own)).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'one steps back and forth, chooses a county, and never into the future',
    async () => {
      const { page } = await open(DESK, PATH);
      const facts = page.locator('dl');
      const says = (words: string) => facts.getByText(words).waitFor();
      await says('2026年第46周');
      await page.getByRole('button', { name: '上一期' }).click();
      await says('2026年第45周');
      await page.getByRole('button', { name: '下一期' }).click();
      await says('2026年第46周');
      await page.getByRole('button', { name: '下一期' }).click();
      await says('2026年第47周');
      expect(await page.getByRole('button', { name: '下一期' }).isDisabled()).toBe(true);
      expect(await wordsOn(page)).toContain('本期尚未结束');
      await page.getByRole('radio', { name: '月报' }).click();
      await says('2026年10月');
      await page.locator('select').selectOption('511722');
      await page.getByRole('heading', { name: '宣汉县监督预警月报' }).waitFor();
      expect(new URL(page.url()).search).toContain('period=2026-10&region=511722');
    },
    MINUTES_MS,
  );

  test(
    'a report is kept for a stated purpose, and taken away with it in the watermark',
    async () => {
      const { page } = await open(DESK, PATH);
      const make = page.getByRole('button', { name: '生成并存档' });
      await make.click();
      await page.getByRole('alert').getByText('请先填写用途').waitFor();
      await page.getByLabel('用途').fill('党委会议');
      await make.click();
      await page.waitForURL(/kept=re_demand/);
      await page.getByText('存档报告，数字不再变动').waitFor();
      expect(await page.getByRole('button', { name: 'PDF' }).isDisabled()).toBe(true);
      expect(await wordsOn(page)).toContain('服务器未安装 Chromium');
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Excel' }).click();
      const file = await download;
      expect(file.suggestedFilename()).toBe('达州市监督预警周报-EX20261122-7K2M9QXD.xlsx');
      const parts = unzip(await readFile(await file.path()));
      expect(JSON.stringify(parts)).toContain('用途：党委会议');
    },
    MINUTES_MS,
  );

  test(
    'on paper there is the report alone, with a watermark',
    async () => {
      const { page } = await open(DESK, PATH);
      await page.getByLabel('用途').fill('局务会');
      await page.emulateMedia({ media: 'print' });
      await keepShot(page, 'reports-paper');
      expect(await page.getByRole('button', { name: '生成并存档' }).isVisible()).toBe(false);
      expect(await page.getByText(/市局值班员（city） 2026-11-22 20:47 局务会/).isVisible()).toBe(
        true,
      );
      const pdf = await page.pdf({ preferCSSPageSize: true });
      // Landscape A4 in points, as the stylesheet asks.
      expect(pdf.toString('latin1')).toMatch(/MediaBox \[0 0 84[12][.\d]* 59[45][.\d]*\]/);
    },
    MINUTES_MS,
  );

  test(
    'what was asked wrongly, or may not be seen, is told with what to do',
    async () => {
      const { page } = await open(DESK, `${PATH}&period=2027-01`);
      expect(await wordsOn(page)).toContain('报告时段尚未开始');
      expect(await wordsOn(page)).toContain('请选择已经开始的时段');
      expect(await accessibilityFaults(page)).toEqual([]);
      await keepShot(page, 'reports-wrong');
      await page.getByRole('link', { name: '查看最近一期周报' }).click();
      await page.getByRole('heading', { name: '达州市监督预警周报' }).waitFor();
    },
    MINUTES_MS,
  );

  test(
    'an analyst has counts and no times, an administrator is refused',
    async () => {
      const { page } = await open(DESK, PATH, { login: 'analyst' });
      const words = await wordsOn(page);
      expect(words).toContain('本报告只含数量');
      expect(words).not.toMatch(/中位用时|值班负荷\n/);
      await browser?.close();
      await server?.close();
      const other = await open(DESK, PATH, { login: 'admin' });
      expect(await wordsOn(other.page)).toContain('您的角色不能查看报告');
    },
    MINUTES_MS,
  );
});
