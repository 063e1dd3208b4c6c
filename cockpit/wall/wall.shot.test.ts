import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFixtureServer, type FixtureServer } from '../fixture-server.ts';
import { builtCockpit } from '../shots/built.ts';
import { goTo, openBrowser, openPage, withoutBrowser, type OpenBrowser } from '../shots/browser.ts';
import {
  accessibilityFaults,
  coloursIn,
  cutTexts,
  differenceOf,
  hanIn,
  keepShot,
  smallTexts,
  wordsOn,
} from '../shots/inspect.ts';

if (withoutBrowser) process.stderr.write(`skipped: the wall, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;

/** Captions on a wall are at least this high at 1080 lines. */
const CAPTION_PX = 18;

/** What rounding may do to the edges of a picture of 1,280 by 720; 8 and 128 were seen. */
const EDGE_CHANNEL_MAX = 16;
const EDGE_PIXELS_MAX = 1_000;

describe.skipIf(withoutBrowser)('the supervision wall', () => {
  let server: FixtureServer;
  let browser: OpenBrowser | undefined;

  beforeAll(async () => {
    server = await openFixtureServer({ dist: await builtCockpit(), still: true, points: 3_380 });
  }, 2 * MINUTES_MS);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const look = async (width: number, height: number, query = '') => {
    await browser?.close();
    browser = await openBrowser({ width, height });
    const watched = await openPage(browser, server.url);
    await goTo(watched, { origin: server.url, path: `/wall/supervision?still=1${query}` });
    return watched;
  };

  test.each([
    [3_840, 2_160],
    [1_920, 1_080],
    [1_366, 768],
    [5_120, 1_440],
  ])(
    'at %d×%d everything is there, legible and from here',
    async (width, height) => {
      const { page, complaints, strangers } = await look(width, height);
      await keepShot(page, `wall-${width}x${height}`);
      const scale = Math.min(width / 1_920, height / 1_080);
      const words = await wordsOn(page);
      for (const part of [
        '未结预警',
        '各县市区',
        '今日处置',
        '数据来源',
        '每分钟接入',
        '立即处置',
      ]) {
        expect(words).toContain(part);
      }
      expect(words).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
      expect(await cutTexts(page)).toEqual([]);
      expect(await smallTexts(page, CAPTION_PX * scale - 0.5)).toEqual([]);
      expect(await coloursIn(page, 'section:has(.maplibregl-map)')).toBeGreaterThan(400);
      expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(
        0,
      );
      expect(complaints).toEqual([]);
      expect(strangers).toEqual([]);
    },
    2 * MINUTES_MS,
  );

  test(
    'in English nothing stays Chinese and nothing is cut off',
    async () => {
      const { page, complaints } = await look(1_920, 1_080, '&lang=en');
      await keepShot(page, 'wall-en');
      expect(hanIn(await wordsOn(page))).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'no person is named: neither keys nor names reach a wall',
    async () => {
      const { page } = await look(1_366, 768);
      expect(await wordsOn(page)).not.toMatch(/S-\d{4}/);
      const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
      expect(kept).not.toMatch(/S-\d{4}/);
    },
    MINUTES_MS,
  );

  test(
    'readers and keyboards find their way',
    async () => {
      const { page } = await look(1_920, 1_080);
      expect(await accessibilityFaults(page)).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'two looks at the same evening are the same picture',
    async () => {
      const first = await (await look(1_280, 720)).page.screenshot();
      const { page } = await look(1_280, 720);
      const { channelMax, pixels } = await differenceOf(page, [first, await page.screenshot()]);
      expect(channelMax).toBeLessThanOrEqual(EDGE_CHANNEL_MAX);
      expect(pixels).toBeLessThan(EDGE_PIXELS_MAX);
    },
    MINUTES_MS,
  );

  test(
    'a machine without WebGL still shows every list',
    async () => {
      await browser?.close();
      browser = await openBrowser({ width: 1_920, height: 1_080, webgl: false });
      const watched = await openPage(browser, server.url);
      await goTo(watched, { origin: server.url, path: '/wall/supervision?still=1' });
      await keepShot(watched.page, 'wall-without-map');
      const words = await wordsOn(watched.page);
      expect(words).toContain('这台机器画不出地图');
      expect(words).toContain('未结预警');
      expect(await cutTexts(watched.page)).toEqual([]);
    },
    MINUTES_MS,
  );
});
