import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openFixtureServer, type FixtureServer } from '../../fixture-server.ts';
import { builtCockpit } from '../../shots/built.ts';
import {
  goTo,
  openBrowser,
  openPage,
  withoutBrowser,
  type OpenBrowser,
  type Screen,
} from '../../shots/browser.ts';
import {
  accessibilityFaults,
  coloursIn,
  cutTexts,
  hanIn,
  keepShot,
  smallTargets,
  wordsOn,
} from '../../shots/inspect.ts';

if (withoutBrowser) {
  process.stderr.write(`skipped: the page of backtests, because ${withoutBrowser}\n`);
}

const MINUTES_MS = 60_000;
const DESK: Screen = { width: 1_680, height: 1_050 };
/** So high that all of a result is seen at once. */
const TALL: Screen = { width: 1_680, height: 3_400 };
const PHONE: Screen = { width: 390, height: 844, phone: true };
const PAGE = '/rules/area-exit/backtest';

describe.skipIf(withoutBrowser)('the page of backtests', () => {
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

  const open = async (screen: Screen, path: string, { login = 'analyst', theme = 'dark' } = {}) => {
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
    ['one that waits', DESK, `${PAGE}?run=bt_queued`, 'dark', 'backtest-queued'],
    ['one that runs', DESK, `${PAGE}?run=bt_running`, 'light', 'backtest-running'],
    ['one that was interrupted', PHONE, `${PAGE}?run=bt_interrupted`, 'dark', 'backtest-phone'],
    ['a result', DESK, `${PAGE}?run=bt_done`, 'dark', 'backtest-result'],
    ['a result by daylight', DESK, `${PAGE}?run=bt_done`, 'light', 'backtest-result-light'],
    ['a result on a phone', PHONE, `${PAGE}?run=bt_done`, 'light', 'backtest-result-phone'],
  ] as const)(
    '%s is whole, plain to read and usable by everyone',
    async (_what, screen, path, theme, name) => {
      const { page, complaints, strangers } = await open(screen, path, { theme });
      await keepShot(page, name);
      expect(await cutTexts(page)).toEqual([]);
      expect(await wordsOn(page)).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(strangers).toEqual([]);
      if (screen === PHONE) expect(await smallTargets(page, 'main')).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'the map is drawn, each kind can be left out, and a sample leads to its evidence',
    async () => {
      const { page } = await open(TALL, `${PAGE}?run=bt_done`);
      expect(await coloursIn(page, 'canvas')).toBeGreaterThan(40);
      const all = await page.locator('canvas').first().screenshot();
      for (const kind of ['消失', '改级']) await page.getByRole('checkbox', { name: kind }).click();
      await expect
        .poll(async () => (await page.locator('canvas').first().screenshot()).equals(all), {
          timeout: 20_000,
        })
        .toBe(false);
      const map = page.locator('section', { hasText: '变化分布' });
      expect(await map.getByText('圈出的有样例证据').count()).toBe(1);
      await page
        .getByRole('row', { name: /消失.*dz-004137/ })
        .getByRole('button')
        .click();
      const evidence = page.getByRole('region', { name: '样例证据' });
      await evidence.waitFor();
      expect(await evidence.innerText()).toMatch(/dz-004137[^]*第二十七条[^]*定位/);
      await evidence.locator('canvas').waitFor();
      await keepShot(page, 'backtest-evidence');
      expect(await accessibilityFaults(page)).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'a mark chosen on the map is told in words',
    async () => {
      const { page } = await open(TALL, `${PAGE}?run=bt_done`);
      const name = await page.locator('svg text', { hasText: '宣汉县' }).boundingBox();
      const status = page.getByRole('status').last();
      let picked = await status.innerText();
      // Marks lie about the seat of the county; the pointer goes over them until it meets one.
      for (let step = 0; step < 200 && !/[一二三]级/.test(picked); step++) {
        const [x, y] = [(step % 14) * 7 - 49, Math.floor(step / 14) * 7];
        await page.mouse.click((name?.x ?? 0) + x, (name?.y ?? 0) + y);
        picked = await status.innerText();
      }
      expect(picked).toMatch(/(新增|消失|改级).*级.*(县|区|市).*2026-11/s);
    },
    2 * MINUTES_MS,
  );

  test(
    'the text in the editor is backtested, over a period within what is kept',
    async () => {
      const { page } = await open(DESK, '/rules/area-exit');
      const asText = page.getByRole('button', { name: '文本', exact: true });
      await asText.click();
      const text = page.getByRole('textbox', { name: '规则文本' });
      await text.fill((await text.inputValue()).replace('fixesMin: 3', 'fixesMin: 4'));
      await page.getByRole('link', { name: '回测' }).click();
      const candidate = page.getByLabel('候选版本');
      expect(await candidate.locator('option:checked').innerText()).toBe('编辑中的文本');
      await page.getByLabel('起', { exact: true }).fill('2026-10-01T00:00');
      await page.getByRole('button', { name: '开始回测' }).click();
      await page.getByRole('alert').waitFor();
      expect(await wordsOn(page)).toContain('时段超出日志保留的范围');
      await page.getByLabel('起', { exact: true }).fill('2026-11-20T00:00');
      expect(await wordsOn(page)).toContain('所选时段不足');
      await page.getByRole('button', { name: '开始回测' }).click();
      await page.getByText('排队中，前面还有 2 个').waitFor();
      await page.getByRole('button', { name: '停止' }).click();
      await page.getByText('已停止，进度已保存，可继续').waitFor();
      await page.getByRole('button', { name: '继续' }).click();
      await page.getByText('排队中，前面还有 1 个').waitFor();
      await page.getByRole('link', { name: '返回规则' }).click();
      await asText.click();
      expect(await text.inputValue()).toContain('fixesMin: 4');
    },
    MINUTES_MS,
  );

  test(
    'the report is taken away as a file, and an officer sees no backtests',
    async () => {
      const { page } = await open(DESK, `${PAGE}?run=bt_done`);
      const link = page.getByRole('link', { name: '下载报告（JSON）' });
      expect(await link.getAttribute('href')).toBe('/api/rules/area-exit/backtests/bt_done/report');
      await browser?.close();
      await server?.close();
      const officer = await open(DESK, PAGE, { login: 'city' });
      expect(await wordsOn(officer.page)).toContain('只有分析员和管理员可以回测规则');
    },
    2 * MINUTES_MS,
  );

  test(
    'an administrator approves on the ground of a backtest',
    async () => {
      const { page } = await open(DESK, '/rules/area-exit', { login: 'admin' });
      const ground = page.getByLabel('批准依据');
      expect(await ground.locator('option:checked').innerText()).toContain('11-08 20:47');
      expect(await page.getByRole('button', { name: '批准' }).isEnabled()).toBe(true);
      await keepShot(page, 'backtest-approval');
    },
    MINUTES_MS,
  );

  test(
    'in English no Chinese word of ours is left',
    async () => {
      const { page } = await open(TALL, `${PAGE}?run=bt_done&lang=en`);
      await keepShot(page, 'backtest-english');
      expect(hanIn(await wordsOn(page))).toEqual([]);
    },
    MINUTES_MS,
  );
});
