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

if (withoutBrowser) process.stderr.write(`skipped: the drills, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK: Screen = { width: 1_440, height: 900 };
const PHONE: Screen = { width: 390, height: 844, phone: true };

describe.skipIf(withoutBrowser)('drills and the watchdog', () => {
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
    { login = 'city', theme = 'dark', stalled = false } = {},
  ) => {
    server = await openFixtureServer({ dist, still: true, points: 50, stalled });
    browser = await openBrowser(screen);
    const watched = await openPage(browser, server.url);
    await watched.page.addInitScript((chosen) => {
      localStorage.setItem('plumbline.settings', JSON.stringify({ theme: chosen }));
    }, theme);
    await goTo(watched, { origin: server.url, path, login });
    return watched;
  };

  test.each([
    ['a drill that runs', DESK, '/drills?still=1', '第四季度应急演练', {}, 'drills'],
    [
      'a drill that is over, by daylight',
      DESK,
      '/drills?still=1&drill=dr_past',
      '没有遗漏',
      { theme: 'light' },
      'drills-past-light',
    ],
    ['drills on a phone', PHONE, '/drills?still=1', '第四季度应急演练', {}, 'drills-phone'],
    ['nothing stands still', DESK, '/watch?still=1', '一切正常', {}, 'watch-calm'],
    ['a bad evening', DESK, '/watch?still=1', '通道自检未返回', { stalled: true }, 'watch'],
    [
      'a bad evening on a phone',
      PHONE,
      '/watch?still=1',
      '通知积压',
      { stalled: true },
      'watch-phone',
    ],
    [
      'the console says that something stands still',
      DESK,
      '/console?still=1',
      '运行告警 3',
      { stalled: true },
      'console-stalled',
    ],
    [
      'so does the console on a phone',
      PHONE,
      '/console?still=1',
      '运行告警 3',
      { stalled: true },
      'console-stalled-phone',
    ],
  ] as const)(
    '%s: whole, plain to read and usable by everyone',
    async (_what, screen, path, awaited, given, name) => {
      const { page, complaints, strangers } = await open(screen, path, given);
      await page.getByText(awaited).first().waitFor();
      await keepShot(page, name);
      if (screen === DESK) expect(await cutTexts(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(
        true,
      );
      // Nothing of the head is pushed out of the window.
      const head = await page.locator('header').first().boundingBox();
      expect(head?.width).toBeLessThanOrEqual(screen.width);
      const out = await page
        .locator('header :is(a, button, summary):visible')
        .evaluateAll(
          (all) => all.filter((one) => one.getBoundingClientRect().right > innerWidth).length,
        );
      expect(out).toBe(0);
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
      const { page } = await open(DESK, '/drills?still=1&lang=en');
      await page.getByText('Who was reached').waitFor();
      await keepShot(page, 'drills-english');
      const own = (await wordsOn(page)).replaceAll(/第四季度应急演练|新人上岗练习/g, '');
      expect(hanIn(own)).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'a drill is started with a purpose and a second press, and a refusal is read',
    async () => {
      const { page } = await open(DESK, '/drills?still=1');
      const begin = page.getByRole('button', { name: '开始演练' });
      await begin.click();
      await page.getByText('请先写明演练目的').waitFor();
      await page.getByLabel('演练目的').fill('季度演练');
      await page.getByLabel('县市区').selectOption('511722');
      await begin.click();
      await page.getByRole('button', { name: '再按一次' }).click();
      await page.getByText('该县市区正在演练，请先结束').waitFor();
      await page.getByLabel('县市区').selectOption('511724');
      await begin.click();
      await page.getByRole('button', { name: '再按一次' }).click();
      await page.getByText('没有遗漏').waitFor();
      expect(new URL(page.url()).search).toContain('drill=dr_past');
    },
    MINUTES_MS,
  );

  test(
    'on a calm evening the console says nothing of it',
    async () => {
      const { page } = await open(DESK, '/console?still=1');
      await page.getByRole('banner').waitFor();
      expect(await wordsOn(page)).not.toContain('运行告警');
    },
    MINUTES_MS,
  );
});
