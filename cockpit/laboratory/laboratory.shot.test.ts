// The laboratory in a real browser over the real routes: a variant is tried, kept and compared, a month published
// by two persons and restated, on a desk and on a phone, in both languages.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDefinition } from '../../models/composite/load-definition.ts';
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
import { openLaboratoryServer } from './laboratory-server.fixture.ts';
import { madeInput } from './made-input.fixture.ts';

if (withoutBrowser) process.stderr.write(`skipped: the laboratory, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK: Screen = { width: 1_440, height: 900 };
const PHONE: Screen = { width: 390, height: 844, phone: true };

describe.skipIf(withoutBrowser)('the index laboratory', () => {
  let server: Awaited<ReturnType<typeof openLaboratoryServer>>;
  const opened: OpenBrowser[] = [];

  beforeAll(async () => {
    server = await openLaboratoryServer(await builtCockpit());
  }, 3 * MINUTES_MS);

  afterAll(async () => {
    for (const browser of opened) await browser.close();
    await server?.close();
  });

  const open = async (
    login: string,
    {
      screen = DESK,
      query = '',
      theme = 'dark',
    }: { screen?: Screen; query?: string; theme?: string } = {},
  ) => {
    const browser = await openBrowser(screen);
    opened.push(browser);
    const watched = await openPage(browser, server.url);
    const { page } = watched;
    await page.addInitScript((chosen) => {
      localStorage.setItem('plumbline.settings', JSON.stringify({ theme: chosen }));
    }, theme);
    await page
      .context()
      .addCookies([{ name: 'plumbline_session', value: server.cookieOf(login), url: server.url }]);
    const go = async () => {
      await page.goto(`${server.url}/laboratory?still=1${query}`);
      await page.waitForFunction(() => globalThis.__ready === true, undefined, {
        timeout: MINUTES_MS,
      });
    };
    await go();
    return { ...watched, go };
  };

  test(
    'a weight is moved by keyboard, ranks follow, what it is made of is told, and the file is a definition',
    async () => {
      const { page, complaints, strangers } = await open('analyst');
      await page.getByText('位次区间：').waitFor();
      await page.locator('svg path').first().waitFor();
      await keepShot(page, 'laboratory-official');
      const table = page.getByRole('region', { name: '试算结果' });
      const before = await table.innerText();
      const slider = page.getByRole('slider', { name: '社会治安状况' });
      await slider.focus();
      for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowLeft');
      expect(await table.innerText()).not.toBe(before);
      await page.getByRole('button', { name: '估算位次区间' }).click();
      await page.getByText('位次区间：').waitFor();
      await page.getByLabel('功效函数').selectOption('power');
      await page.getByLabel('合成方法').selectOption('geometric');
      await page.getByText('位次区间须重新估算').waitFor();
      await table.focus();
      await page.keyboard.press('ArrowDown');
      await keepShot(page, 'laboratory-variant');
      expect(await cutTexts(page)).toEqual([]);
      expect(await wordsOn(page)).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
      expect(await accessibilityFaults(page)).toEqual([]);

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: '存为定义文件' }).click(),
      ]);
      const content = await readFile(await download.path(), 'utf8');
      const { definition } = parseDefinition('variant.yaml', content);
      expect([definition.points, definition.aggregation]).toEqual([
        { kind: 'power', exponent: 2 },
        'geometric',
      ]);
      const tried = await table.innerText();
      await page.getByRole('button', { name: '恢复正式定义' }).click();
      await page.locator('input[type=file]').setInputFiles({
        name: 'mine.yaml',
        mimeType: 'application/yaml',
        buffer: Buffer.from(content),
      });
      await page.getByText('文件 mine.yaml').waitFor();
      await page.getByRole('button', { name: '与对比方案对调' }).click();
      const figures = (text: string) => text.match(/\d+\.\d\d/g);
      expect(figures(await table.innerText())).toEqual(figures(tried));
      await page.locator('input[type=file]').setInputFiles({
        name: 'broken.yaml',
        mimeType: 'application/yaml',
        buffer: Buffer.from(content.replace('weight: 0.', 'weight: 1.')),
      });
      await page
        .getByText(/broken\.yaml:\d+:\d+/)
        .first()
        .waitFor();

      await page.getByRole('button', { name: '数值凭据' }).click();
      const dialog = page.getByRole('dialog', { name: '这个数字从哪里来' });
      await dialog.getByText('index verify-receipt').waitFor();
      await keepShot(page, 'laboratory-receipt');
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.keyboard.press('Escape');

      await page.getByText('指标阈值').click();
      await page.getByLabel('满意值').first().fill('900');
      await page.getByText('逆向指标的满意值须低于不允许值').waitFor();
      expect(await page.getByRole('button', { name: '存为定义文件' }).isDisabled()).toBe(true);
      await keepShot(page, 'laboratory-mistake');
      expect(complaints).toEqual([]);
      expect(strangers).toEqual([]);
    },
    3 * MINUTES_MS,
  );

  test(
    'one proposes, another publishes; late data are a restatement with its reason, marked on the page',
    async () => {
      const analyst = await open('analyst');
      const form = analyst.page.getByLabel('理由');
      await form.fill('十月数据已核对');
      await analyst.page.getByRole('button', { name: '提出发布' }).click();
      await analyst.page.getByText('由另一名有审批权的人员处理').waitFor();
      const leader = await open('leader', { theme: 'light' });
      await leader.page.getByLabel('审批意见').fill('同意');
      await leader.page.getByRole('button', { name: '批准发布' }).click();
      await leader.page.getByText('冻结').first().waitFor();
      server.comeLate(60);
      await analyst.go();
      await analyst.page.getByText('数据已变').waitFor();
      await form.fill('宣汉县补录案件');
      await analyst.page.getByRole('button', { name: '提出修订' }).click();
      await analyst.page.getByText('待审批').first().waitFor();
      await leader.go();
      await keepShot(leader.page, 'laboratory-restatement');
      await leader.page.getByRole('button', { name: '批准发布' }).click();
      await leader.page.getByText('已修订 1 次').first().waitFor();
      await leader.page.getByText('宣汉县补录案件').waitFor();
      const mark = leader.page.getByRole('row', { name: /宣汉县/ }).getByText('修订');
      expect(await mark.getAttribute('title')).toMatch(/^原 \d+\.\d\d$/);
      await keepShot(leader.page, 'laboratory-published');
      expect(await cutTexts(leader.page)).toEqual([]);
      expect([...analyst.complaints, ...leader.complaints]).toEqual([]);

      const phone = await open('city', { screen: PHONE });
      await phone.page.getByText('已修订 1 次').first().waitFor();
      await keepShot(phone.page, 'laboratory-phone');
      expect(
        await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      ).toBe(true);
      expect(await smallTargets(phone.page, '#app')).toEqual([]);
      expect(await accessibilityFaults(phone.page)).toEqual([]);
      await phone.page.getByRole('heading', { name: /^发布/ }).scrollIntoViewIfNeeded();
      await keepShot(phone.page, 'laboratory-phone-publishing');
    },
    3 * MINUTES_MS,
  );

  test(
    'in English there is no Chinese word of ours; without data it says what to do',
    async () => {
      const { page } = await open('analyst', { query: '&lang=en' });
      await page.getByText('Rank intervals:').waitFor();
      await keepShot(page, 'laboratory-english');
      expect(
        hanIn((await wordsOn(page)).replaceAll(/十月数据已核对|宣汉县补录案件|同意/g, '')),
      ).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
      server.loseData(true);
      const empty = await open('analyst');
      await empty.page.getByText('导入数据后即可试算').waitFor();
      server.loseData(false);
    },
    3 * MINUTES_MS,
  );

  test(
    'with 2,800 counties a slider is followed; how long a step takes in the browser is printed',
    async () => {
      const { definition, version, regions, periods, values } = madeInput(2_800, 2);
      const columns = Object.fromEntries(
        Object.entries(values).map(([name, months]) => [
          name,
          months.flatMap((month) =>
            Array.from(month, (value) => (Number.isNaN(value) ? null : value)),
          ),
        ]),
      );
      const { page, go } = await open('analyst');
      await page.route('**/api/indices/*/cells*', (route) =>
        route.fulfill({
          json: { id: definition.id, version, of: 'values', periods, regions, columns },
        }),
      );
      await go();
      await page.getByText('2800 / 2800').waitFor();
      const times = await page.evaluate(() => {
        const slider = document.querySelector<HTMLInputElement>('input[type=range]');
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
        return Array.from({ length: 30 }, (_, i) => {
          const startedMs = performance.now();
          set?.call(slider, String(0.3 + i / 100));
          // React computes and draws before the event is over.
          slider?.dispatchEvent(new Event('input', { bubbles: true }));
          return performance.now() - startedMs;
        });
      });
      times.sort((a, b) => a - b);
      process.stdout.write(
        `laboratory in the browser: a step over 2,800 regions p50 ${times[15]?.toFixed(1)} ms, p95 ${times[28]?.toFixed(1)} ms\n`,
      );
      await keepShot(page, 'laboratory-wide');
      await page.getByLabel('查找地区').fill('第 1999 县');
      await page.getByText('1 / 2800').waitFor();
    },
    3 * MINUTES_MS,
  );
});
