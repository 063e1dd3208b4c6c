import type { Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eveningAlerts } from '../fixtures/alerts.ts';
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
  coloursIn,
  cutTexts,
  hanIn,
  keepShot,
  smallTargets,
  wordsOn,
} from '../shots/inspect.ts';

if (withoutBrowser) process.stderr.write(`skipped: the console, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK: Screen = { width: 1_440, height: 900 };
const PHONE: Screen = { width: 390, height: 844, phone: true };

const idOf = (ruleId: string) =>
  eveningAlerts().find(({ detail }) => detail.ruleId === ruleId)?.detail.id as string;

const withdrawnId = eveningAlerts().find(({ detail }) => detail.withdrawnAtMs !== null)?.detail.id;

describe.skipIf(withoutBrowser)('the duty console', () => {
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

  /** Opens a page of the console of a fresh server in a fresh browser. */
  const open = async (
    screen: Screen,
    path: string,
    { login = 'city', theme = 'dark', still = true } = {},
  ) => {
    server = await openFixtureServer({ dist, still, points: 50 });
    browser = await openBrowser(screen);
    const watched = await openPage(browser, server.url);
    await watched.page.addInitScript((chosen) => {
      localStorage.setItem('plumbline.settings', JSON.stringify({ theme: chosen }));
    }, theme);
    await goTo(watched, { origin: server.url, path, login });
    return { ...watched, server };
  };

  const looks = [
    ['the list on a desk', DESK, '/console?still=1', 'dark', 'console-list'],
    [
      'an alert on a desk',
      DESK,
      `/console/alerts/${idOf('area-exit')}?still=1`,
      'dark',
      'console-alert',
    ],
    [
      'an alert by daylight',
      DESK,
      `/console/alerts/${idOf('area-exit')}?still=1`,
      'light',
      'console-light',
    ],
    [
      'a withdrawn alert',
      DESK,
      `/console/alerts/${withdrawnId}?still=1`,
      'light',
      'console-withdrawn',
    ],
    [
      'a level-1 alert',
      DESK,
      `/console/alerts/${idOf('offence-or-conflict')}?still=1`,
      'dark',
      'console-level-1',
    ],
    ['the list on a phone', PHONE, '/console?still=1', 'dark', 'console-phone-list'],
    [
      'an alert on a phone',
      PHONE,
      `/console/alerts/${idOf('area-exit')}?still=1`,
      'dark',
      'console-phone-alert',
    ],
    [
      'an alert on a phone, in English',
      PHONE,
      `/console/alerts/${idOf('area-exit')}?still=1&lang=en`,
      'dark',
      'console-phone-english',
    ],
  ] as const;

  test.each(looks)(
    '%s is whole, plain to read and usable by everyone',
    async (_what, screen, path, theme, name) => {
      const { page, complaints, strangers } = await open(screen, path, { theme });
      await keepShot(page, name);
      expect(await cutTexts(page)).toEqual([]);
      expect(await wordsOn(page)).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(strangers).toEqual([]);
      if (screen === PHONE) expect(await smallTargets(page, '#app')).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'every kind of alert shows its sentence, in English without a Chinese word of ours',
    async () => {
      const kinds = [...new Set(eveningAlerts().map(({ detail }) => detail.ruleId))];
      const { page, server: own } = await open(DESK, '/console?still=1&lang=en');
      for (const kind of kinds) {
        await goTo(
          { page, complaints: [], strangers: [] },
          {
            origin: own.url,
            path: `/console/alerts/${idOf(kind)}?still=1&lang=en`,
          },
        );
        // Names, masked names and addresses of persons, and what officers wrote.
        const properNames =
          /宣汉县基站检修|装置大面积失联|旅馆甲|麻柳收费站|万源市公安局|达川区公安分局赵家派出所|周[*＊]+远|达州市宣汉县(?=[*＊])/g;
        expect(hanIn((await wordsOn(page)).replaceAll(properNames, ''))).toEqual([]);
        expect(await cutTexts(page)).toEqual([]);
      }
    },
    2 * MINUTES_MS,
  );

  test(
    'the map of the evidence is drawn, with numbers that stand in the table',
    async () => {
      const { page } = await open(DESK, `/console/alerts/${idOf('area-exit')}?still=1`);
      expect(await coloursIn(page, '.maplibregl-map')).toBeGreaterThan(20);
      const map = page.locator('section', { hasText: '圆圈为定位误差' });
      expect(await map.locator('svg').first().textContent()).toMatch(/2–\d/);
      expect(await page.locator('tbody tr').count()).toBe(6);
    },
    MINUTES_MS,
  );

  test(
    'from the keyboard alone: move, open, acknowledge, feed back, close',
    async () => {
      const { page } = await open(DESK, '/console?still=1&status=new&level=2', { login: 'city' });
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('k');
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/console\/alerts\//);
      await page.getByRole('heading', { level: 1 }).waitFor();

      await page.keyboard.press('a');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Enter');
      await closed(page);
      await said(page, '反馈核查结果');

      await page.keyboard.press('f');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Tab');
      await page.keyboard.type('已电话核实');
      // Measures, evidence, photos, cancel: all optional, all on the way.
      for (let tabs = 0; tabs < 5; tabs++) await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await closed(page);
      await said(page, '定位漂移');

      await page.keyboard.press('c');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Enter');
      await said(page, '已办结 20:47');
      expect(await wordsOn(page)).toContain('已电话核实');

      await page.keyboard.press('Escape');
      await page.waitForURL(/\/console\?/);
    },
    MINUTES_MS,
  );

  test(
    'a new alert never moves the row under the pointer; it waits to be let in',
    async () => {
      const { page, server: own } = await open(DESK, '/console', { still: false });
      const row = page.locator('[data-alert]').nth(3);
      await row.click();
      const before = await row.boundingBox();
      const count = await page.locator('[data-alert]').count();
      own.openAlert({ level: 1 });
      const arrival = page.getByRole('button', { name: /有 1 起新预警（一级 1 起）/ });
      await arrival.waitFor();
      const announced = (await row.boundingBox())!.y - before!.y;
      expect(await page.locator('[data-alert]').count()).toBe(count);
      // Only the lines that announce it take room; the order of rows is as it was.
      expect(announced).toBeLessThanOrEqual(110);
      await page.keyboard.press('.');
      await page.locator('[data-alert]').nth(count).waitFor();
      expect(await page.locator('[data-alert]').first().getAttribute('data-level')).toBe('1');
      expect(await arrival.count()).toBe(0);
    },
    MINUTES_MS,
  );

  test(
    'a level-1 alert shows over every filter until it is acknowledged',
    async () => {
      const { page, server: own } = await open(DESK, '/console?status=closed', { still: false });
      own.openAlert({ level: 1, county: '511781' });
      const band = page.locator('[role=alert]', { hasText: '万源市' });
      await band.getByRole('button', { name: '查看' }).click();
      await page.waitForURL(/\/console\/alerts\//);
      await page.getByRole('button', { name: '确认收到' }).click();
      await page.getByRole('dialog').getByRole('button', { name: '确认收到' }).click();
      await said(page, '您的单位已确认');
      expect(await wordsOn(page)).toContain('等待县局确认');
    },
    MINUTES_MS,
  );

  test(
    'two persons who may not meet are both on the map, told apart by more than colour',
    async () => {
      const { page, server: own } = await open(DESK, '/console?still=1', { still: true });
      own.openAlert({ rule: 'no-contact', level: 2, county: '511702' });
      await page.getByText('与禁止接触的人在一起').first().click();
      await page.waitForURL(/\/console\/alerts\//);
      await said(page, '禁止接触的人');
      const drawn = page.locator('svg[aria-hidden=true]');
      const squares = () => drawn.locator('rect[width="8"]').count();
      await expect.poll(squares, { timeout: 15_000 }).toBe(3);
      await keepShot(page, 'console-contact');
      expect(await wordsOn(page)).toContain('在一起，历时 12 分，相距约 32 米');
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'a refusal is told in the reader’s words, with what to do',
    async () => {
      const id = idOf('ticket-outside');
      const { page, server: own } = await open(PHONE, `/console/alerts/${id}?still=1`);
      await page.getByRole('button', { name: '确认收到' }).tap();
      await page.evaluate((alertId) => {
        const init = {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"note":""}',
        };
        return fetch(`/api/alerts/${alertId}/acknowledge`, init);
      }, id);
      await page.getByRole('dialog').getByRole('button', { name: '确认收到' }).tap();
      await said(page, '您的单位已经确认过这起预警');
      expect(await wordsOn(page)).toContain('请继续核查并反馈结果。');
      await keepShot(page, 'console-phone-refused');
      expect(await smallTargets(page, 'dialog')).toEqual([]);
      expect(own.connections()).toBe(1);
    },
    MINUTES_MS,
  );

  test(
    'who may not see persons is told so, and nothing is asked for',
    async () => {
      const { page, complaints } = await open(DESK, '/console?still=1', { login: 'analyst' });
      expect(await wordsOn(page)).toContain('不能查看涉及个人的预警');
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
    MINUTES_MS,
  );
});

/** Waits until what was asked in a sheet is done; the sheet says the same words as the page below. */
const closed = (page: Page) => page.getByRole('dialog').waitFor({ state: 'detached' });

/** Waits until the page says so. */
const said = (page: Page, words: string) =>
  page.getByText(words).first().waitFor({ timeout: 10_000 });
