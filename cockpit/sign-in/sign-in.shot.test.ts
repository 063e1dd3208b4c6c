import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openFixtureServer, type FixtureServer } from '../fixture-server.ts';
import { builtCockpit } from '../shots/built.ts';
import { openBrowser, openPage, withoutBrowser, type OpenBrowser } from '../shots/browser.ts';
import { accessibilityFaults, cutTexts, hanIn, keepShot, wordsOn } from '../shots/inspect.ts';

if (withoutBrowser) process.stderr.write(`skipped: signing in, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;

describe.skipIf(withoutBrowser)('signing in', () => {
  let server: FixtureServer;
  let browser: OpenBrowser | undefined;

  beforeAll(async () => {
    server = await openFixtureServer({ dist: await builtCockpit(), still: true, points: 50 });
  }, 2 * MINUTES_MS);

  afterEach(() => browser?.close());
  afterAll(() => server?.close());

  const open = async (path: string, width = 1_440, height = 900) => {
    browser = await openBrowser({ width, height, phone: width < 500 });
    const watched = await openPage(browser, server.url);
    await watched.page.goto(server.url + path);
    await watched.page.getByRole('button', { name: /登录|Sign in/ }).waitFor();
    return watched;
  };

  test.each([
    ['desk', 1_440, 900],
    ['phone', 390, 844],
  ])(
    'the door looks right on a %s',
    async (name, width, height) => {
      const { page, complaints, strangers } = await open('/?still=1', width, height);
      await page.waitForFunction(() => globalThis.__ready === true);
      await keepShot(page, `sign-in-${name}`);
      expect(await cutTexts(page)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      // Asking who is signed in is answered with 401 before anyone is.
      expect(complaints.filter((line) => !line.includes('401'))).toEqual([]);
      expect(strangers).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'one press fills in a demo account, the next signs in and leads where one wanted to go',
    async () => {
      const { page } = await open('/console?level=2');
      await page.waitForURL(/next=/);
      await page.getByRole('button', { name: /市局值班员/ }).click();
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/console\?level=2$/);
    },
    MINUTES_MS,
  );

  test(
    'an analyst is led to the workbench',
    async () => {
      const { page } = await open('/');
      await page.getByRole('button', { name: /数据分析员/ }).click();
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/workbench(?:\?|$)/);
    },
    MINUTES_MS,
  );

  test(
    'a wrong password is told in the reader’s language and keeps what was typed',
    async () => {
      const { page } = await open('/?lang=en');
      expect(hanIn(await wordsOn(page))).toEqual([]);
      await page.getByLabel('User name').fill('city');
      await page.getByLabel('Password').fill('wrong');
      await page.keyboard.press('Enter');
      await page.getByText('wrong name or password').waitFor();
      expect(await page.getByLabel('User name').inputValue()).toBe('city');
      expect(await accessibilityFaults(page)).toEqual([]);
    },
    MINUTES_MS,
  );
});
