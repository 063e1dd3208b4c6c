import { afterEach, beforeAll, describe, expect, test } from 'vitest';
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

if (withoutBrowser) process.stderr.write(`skipped: the roster page, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK: Screen = { width: 1_440, height: 900 };
const PHONE: Screen = { width: 390, height: 844, phone: true };
const PATH = '/roster?still=1';

/** Names of people and what people wrote stay as they are in either language. */
const OF_PEOPLE =
  /达川区值班员|市局值班员|李文博|王雅琴|陈志远|赵建国|孙晓燕|何俊|秦岚|马国梁|罗敏|本地集中办公|年休假|家中有事|夜间二级预警.*正常。|7Q2K9D.*充电。/g;

describe.skipIf(withoutBrowser)('the roster page', () => {
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
    { login = 'county', theme = 'dark' }: { login?: string; theme?: string } = {},
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
    ['on a desk', DESK, PATH, 'dark', 'roster-desk'],
    ['by daylight', DESK, PATH, 'light', 'roster-light'],
    ['on a phone', PHONE, PATH, 'dark', 'roster-phone'],
    ['in English', DESK, `${PATH}&lang=en`, 'dark', 'roster-english'],
  ] as const)(
    '%s is whole, plain to read and usable by everyone',
    async (_what, screen, path, theme, name) => {
      const { page, complaints, strangers } = await open(screen, path, { theme });
      // On a phone the head of the table is not there.
      await page.getByRole('row').nth(13).waitFor();
      await keepShot(page, name);
      if (screen === DESK) expect(await cutTexts(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(
        true,
      );
      const words = await wordsOn(page);
      expect(words).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
      if (path.includes('lang=en')) expect(hanIn(words.replaceAll(OF_PEOPLE, ''))).toEqual([]);
      else expect(words).toContain('每一分钟都有人可联系');
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(strangers).toEqual([]);
      if (screen === PHONE) expect(await smallTargets(page, '#app')).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'a turn is taken over; what would leave a gap is refused with the gap, in the sheet',
    async () => {
      const { page } = await open(DESK, PATH);
      await page
        .getByRole('button', { name: /17:30–次日08:30 赵建国/ })
        .first()
        .click();
      const sheet = page.getByRole('dialog');
      await sheet.getByLabel('由谁值班').selectOption('qin');
      await sheet.getByLabel('事由').fill('外出开会');
      await sheet.getByRole('button', { name: '提交' }).click();
      await sheet.getByRole('alert').getByText('这样调整后会有时段无人可联系').waitFor();
      expect(await sheet.innerText()).toMatch(
        /达川区.*一、二级.*2026-11-25 17:30.*秦岚 号码未验证/,
      );
      await keepShot(page, 'roster-gap');
      expect(await accessibilityFaults(page)).toEqual([]);
      await sheet.getByLabel('由谁值班').selectOption('li');
      await sheet.getByRole('button', { name: '提交' }).click();
      await sheet.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: /17:30–次日08:30 李文博 调/ }).waitFor();
      await page.getByText('李文博 顶 赵建国').waitFor();
    },
    MINUTES_MS,
  );

  test(
    'a swap is asked for, agreed to and withdrawn; a number is tried',
    async () => {
      const { page } = await open(DESK, PATH);
      await page.getByRole('button', { name: '同意' }).click();
      await page.getByText('待对方同意').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: '换班' }).click();
      const sheet = page.getByRole('dialog');
      await sheet.getByLabel('事由').fill('参加培训');
      await keepShot(page, 'roster-swap');
      await sheet.getByRole('button', { name: '发出换班请求' }).click();
      await sheet.waitFor({ state: 'detached' });
      await page.getByText('待对方同意').waitFor();
      await page.getByRole('button', { name: '验证 秦岚' }).click();
      await sheet.getByLabel('电话号码').fill('123');
      await sheet.getByRole('button', { name: '获取验证码' }).click();
      await sheet.getByText('电话号码格式不对').waitFor();
      await sheet.getByLabel('电话号码').fill('138 0000 0028');
      await sheet.getByRole('button', { name: '获取验证码' }).click();
      await sheet.getByLabel('六位验证码').fill('482913');
      await keepShot(page, 'roster-number');
      await sheet.getByRole('button', { name: '确认' }).click();
      await sheet.getByText('号码已验证').waitFor();
    },
    MINUTES_MS,
  );

  test(
    'the console shows what the turn before left, until it is seen',
    async () => {
      const { page, complaints } = await open(DESK, '/console?still=1');
      await page.getByText('备用手机已充电').waitFor();
      await page.getByText('换班请求待答复').waitFor();
      await keepShot(page, 'roster-console');
      expect(await cutTexts(page)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole('button', { name: '已阅' }).first().click();
      await page.getByText('备用手机已充电').waitFor({ state: 'detached' });
      expect(complaints).toEqual([]);
      await page.goto(`${server?.url}${PATH}`);
      await page.getByText('已阅 达川区值班员').waitFor();
    },
    MINUTES_MS,
  );

  test(
    'the city looks at its counties; an analyst is refused',
    async () => {
      const { page } = await open(DESK, PATH, { login: 'city' });
      await page.getByLabel('单位').selectOption('511703');
      await page.getByRole('heading', { name: /达川区/ }).waitFor();
      expect(new URL(page.url()).search).toContain('bureau=511703');
      await browser?.close();
      await server?.close();
      const other = await open(DESK, PATH, { login: 'analyst' });
      expect(await wordsOn(other.page)).toContain('不在您的权限内');
    },
    MINUTES_MS,
  );
});
