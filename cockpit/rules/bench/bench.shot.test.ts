import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CompiledRule } from '../../../rules/compile.ts';
import { loadRulebook, parseRule } from '../../../rules/rulebook.ts';
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

if (withoutBrowser) process.stderr.write(`skipped: the bench, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK: Screen = { width: 1_680, height: 1_050 };
const PHONE: Screen = { width: 390, height: 844, phone: true };

describe.skipIf(withoutBrowser)('the bench of a rule', () => {
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
    ['the bench', DESK, '/rules/area-exit?view=bench', 'dark', 'rules-bench-empty'],
    ['the bench on a phone', PHONE, '/rules/area-exit?view=bench', 'light', 'rules-bench-phone'],
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
      if (screen === PHONE) expect(await smallTargets(page, 'header')).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'a track drawn on the bench shows what fires and on which points, and is kept as a test',
    async () => {
      const { page, complaints } = await open(DESK, '/rules/area-exit?view=bench');
      expect(await coloursIn(page, '.maplibregl-canvas')).toBeGreaterThan(3);
      const map = page.locator('.maplibregl-canvas');
      const box = await map.boundingBox();
      if (!box) throw new Error('no map');
      const click = (x: number, y: number) =>
        page.mouse.click(box.x + box.width * x, box.y + box.height * y);
      // Two points in the county, three beyond its border, and back.
      await click(0.5, 0.6);
      await page.getByRole('button', { name: '1 08:00' }).waitFor();
      await click(0.55, 0.5);
      for (const step of [0, 0.08, 0.16]) await click(0.85, 0.85 - step);
      await click(0.5, 0.45);
      await click(0.45, 0.5);
      const findings = page.getByRole('list', { name: '规则的反应' });
      await findings.getByText('预警 二级').waitFor();
      await findings.getByText('解除', { exact: true }).waitFor();
      await findings.getByText('依据点 3–4').waitFor();
      expect(await page.locator('[data-evidence=true]').count()).toBe(4);
      await keepShot(page, 'rules-bench');
      expect(await cutTexts(page)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);

      await page.getByRole('checkbox', { name: '已批准，覆盖全程' }).check();
      await findings.getByText('外出请假覆盖').first().waitFor();
      expect(await findings.getByText('预警 二级').count()).toBe(0);
      await page.getByRole('checkbox', { name: '已批准，覆盖全程' }).uncheck();
      await findings.getByText('预警 二级').waitFor();

      await page.getByRole('textbox', { name: '测试名称' }).fill('画出的轨迹，报二级');
      await page.getByRole('button', { name: '存为测试' }).click();
      await page.getByText('已写入规则文本').waitFor();
      await page.getByRole('button', { name: '规则', exact: true }).click();
      await page.getByRole('button', { name: '文本', exact: true }).click();
      const text = await page.getByRole('textbox', { name: '规则文本' }).inputValue();
      expect(text).toMatch(
        /\n {2}- name: 画出的轨迹，报二级\n {4}person: \{ class: cc, county: '511722', sources: \[phone\] \}\n {4}steps:\n {6}- \{ time: '08:00', position: \[/,
      );
      expect(text).toMatch(/raised: 2 \}\n {6}- \{ time: '\d\d:\d\d', cleared: true \}\n$/);
      const { rules } = loadRulebook(
        fileURLToPath(new URL('../../../rules/packs/dazhou', import.meta.url)),
      );
      expect(
        parseRule('area-exit.yaml', text, (rules[0] as CompiledRule).pack).rule.tests.at(-1),
      ).toMatchObject({
        name: '画出的轨迹，报二级',
      });
      expect(complaints).toEqual([]);
    },
    2 * MINUTES_MS,
  );

  test(
    'the bench is worked by keys alone, and the numbers of a point move it',
    async () => {
      const { page } = await open(DESK, '/rules/area-exit?view=bench');
      const add = page.getByRole('button', { name: '添加一点' });
      await add.focus();
      for (let i = 0; i < 3; i++) await page.keyboard.press('Enter');
      const lat = page.getByRole('textbox', { name: '2 纬度' });
      const before = await lat.inputValue();
      await page.getByRole('button', { name: '2 08:01' }).focus();
      await page.keyboard.press('Shift+ArrowUp');
      await expect.poll(() => lat.inputValue()).not.toBe(before);
      expect(Number(await lat.inputValue())).toBeGreaterThan(Number(before));
      const handle = await page.getByRole('button', { name: '3 08:02' }).boundingBox();
      if (!handle) throw new Error('no point');
      const lng = page.getByRole('textbox', { name: '3 经度' });
      // Its circle is 28 wide; its number stands to the right of it.
      const [x, y] = [handle.x + 14, handle.y + handle.height - 14];
      const was = Number(await lng.inputValue());
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x - 60, y, { steps: 4 });
      await page.mouse.up();
      await expect.poll(async () => Number(await lng.inputValue())).toBeLessThan(was - 0.01);
      expect(await page.getByRole('textbox', { name: '4 时刻' }).count()).toBe(0);
      const time = page.getByRole('textbox', { name: '3 时刻' });
      await time.fill('+1d 06:30');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: '3 +1d 06:30' }).focus();
      await page.keyboard.press('Delete');
      expect(await page.getByRole('textbox', { name: '3 时刻' }).count()).toBe(0);
      for (const [name, value] of [
        ['1 经度', '107.2'],
        ['1 纬度', '30.74'],
        ['2 经度', '107.2'],
        ['2 纬度', '30.741'],
        ['2 时刻', '08:05'],
      ] as const) {
        await page.getByRole('textbox', { name }).fill(value);
        await page.keyboard.press('Enter');
      }
      await page.getByText('预警 二级').waitFor();
    },
    2 * MINUTES_MS,
  );

  test(
    'a past day that is not there is said so, and a text that is no rule shows what is wrong',
    async () => {
      const { page } = await open(DESK, '/rules/area-exit?view=bench');
      await page.getByRole('button', { name: '历史人日' }).click();
      await page.getByRole('textbox', { name: '假名编号' }).fill('person-000123');
      await page.getByLabel('日期').fill('2026-03-01');
      await page.getByRole('button', { name: '读取并试验' }).click();
      await page.getByText('您的数据范围内没有这个人这一天的记录').waitFor();
      await keepShot(page, 'rules-bench-past');
      await page.getByRole('button', { name: '绘制' }).click();
      await page.getByRole('button', { name: '添加一点' }).click();
      await page.getByText('规则没有任何反应').waitFor();
      await page.getByRole('button', { name: '规则', exact: true }).click();
      await page.getByRole('button', { name: '文本', exact: true }).click();
      const text = page.getByRole('textbox', { name: '规则文本' });
      await text.fill((await text.inputValue()).replace('fixesMin: 3', 'fixesMin: 99'));
      await page.getByRole('button', { name: '试验台' }).click();
      await page
        .getByRole('alert')
        .getByText(/params\.fixesMin/)
        .waitFor();
    },
    2 * MINUTES_MS,
  );

  test(
    'in English no Chinese word of ours is left',
    async () => {
      const bench = await open(DESK, '/rules/key-venue?view=bench&lang=en');
      await bench.page.getByRole('button', { name: 'Add a point' }).click();
      await bench.page.getByText('The rule says nothing').waitFor();
      expect(hanIn(await wordsOn(bench.page))).toEqual([]);
      await keepShot(bench.page, 'rules-bench-en');
    },
    2 * MINUTES_MS,
  );
});
