import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pictureIn } from '../../app/views/read-picture.ts';
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
  coloursOf,
  cutTexts,
  hanIn,
  keepShot,
  smallTargets,
  wordsOn,
} from '../shots/inspect.ts';

if (withoutBrowser) process.stderr.write(`skipped: the workbench, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK: Screen = { width: 1_440, height: 900 };
const PHONE: Screen = { width: 390, height: 844, phone: true };
const PATH = '/workbench?still=1';
const NOVEMBER = 'from=2026-11-01&to=2026-11-22';
const COMPARED = `${PATH}&m=alerts-raised&by=county&grain=week&${NOVEMBER}&compare=previous&chart=bar`;
const LINES = `${PATH}&m=alerts-raised,alerts-precision&grain=day&${NOVEMBER}&chart=line&notes=2026-11-10:${encodeURIComponent('新规则上线')}`;

describe.skipIf(withoutBrowser)('the workbench', () => {
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
    { login = 'analyst', theme = 'dark' }: { login?: string; theme?: string } = {},
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
    ['counties by week, compared', DESK, COMPARED, 'dark', 'workbench-compared'],
    ['two units and a note', DESK, LINES, 'light', 'workbench-lines'],
    ['a map', DESK, `${PATH}&m=alerts-raised&${NOVEMBER}&chart=map`, 'dark', 'workbench-map'],
    [
      'a heat map with what is kept back',
      DESK,
      `${PATH}&m=alerts-raised&by=county&grain=day&${NOVEMBER}&chart=heat`,
      'light',
      'workbench-heat',
    ],
    ['a phone', PHONE, COMPARED, 'dark', 'workbench-phone'],
  ] as const)(
    '%s is whole, plain to read and usable by everyone',
    async (_what, screen, path, theme, name) => {
      const { page, complaints, strangers } = await open(screen, path, { theme });
      await keepShot(page, name);
      if (screen === DESK) expect(await cutTexts(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(
        true,
      );
      expect(await wordsOn(page)).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
      expect(await coloursIn(page, 'main canvas')).toBeGreaterThan(20);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(strangers).toEqual([]);
      if (screen === PHONE) expect(await smallTargets(page, '#app')).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'in English there is no Chinese word of ours, and what is kept back says so',
    async () => {
      const { page } = await open(DESK, `${COMPARED}&lang=en`);
      const words = await wordsOn(page);
      expect(hanIn(words.replaceAll('各区县预警数周报', '').replaceAll('统计分析', ''))).toEqual(
        [],
      );
      expect(words).toContain('not shown, too few cases');
      expect(words).toContain('low base');
    },
    MINUTES_MS,
  );

  test(
    'a question is put with the keyboard, kept, scheduled, and stands in the address',
    async () => {
      const { page } = await open(DESK, PATH);
      await page.getByLabel('预警准确率').focus();
      await page.keyboard.press('Space');
      await page.getByRole('heading', { name: '预警数 · 预警准确率' }).waitFor();
      expect(new URL(page.url()).searchParams.get('m')).toBe('alerts-raised,alerts-precision');
      await page.getByLabel('名称').fill('双指标');
      await page.keyboard.press('Enter');
      const kept = page.getByRole('link', { name: '双指标' });
      await kept.waitFor();
      await page.getByLabel('定期生成 双指标').selectOption('month');
      await page.getByRole('button', { name: '表格' }).click();
      expect(await page.locator('main canvas').count()).toBe(0);
      await kept.click();
      await page.locator('main canvas').waitFor();
      await page.getByRole('button', { name: '数据凭据' }).click();
      await page.getByRole('dialog').getByText('SELECT count()').waitFor();
      await page.keyboard.press('Escape');
      expect(await page.getByRole('dialog').count()).toBe(0);
    },
    MINUTES_MS,
  );

  test(
    'officers open the records of a figure; what cannot be asked says what to do',
    async () => {
      const { page } = await open(DESK, `${COMPARED.replace('=bar', '=table')}`, { login: 'city' });
      await page.getByRole('button', { name: /^明细 2026-11-02 · 通川区/ }).click();
      await page.getByRole('dialog').getByText('显示 3 条，共 12 条').waitFor();
      await keepShot(page, 'workbench-records');
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByLabel('起').fill('2020-01-01');
      await page.getByRole('alert').getByText('所选时间早于现有数据').waitFor();
      await keepShot(page, 'workbench-refused');
      await page.getByRole('button', { name: /^从 2025-10-\d\d 起查询$/ }).click();
      await page.getByRole('table').waitFor();
    },
    MINUTES_MS,
  );

  test.each([
    ['chart', COMPARED],
    ['map', `${PATH}&m=alerts-raised&${NOVEMBER}&chart=map`],
  ])(
    'the %s goes to the server as the picture that is seen, for its mark',
    async (_what, path) => {
      const { page } = await open(DESK, path);
      const sent: Record<string, string>[] = [];
      await page.route('**/api/views/export', (route) => {
        const body = route.request().postDataJSON() as Record<string, string>;
        sent.push(body);
        return route.fulfill({
          contentType: 'image/png',
          headers: { 'content-disposition': "attachment; filename*=UTF-8''EX1.png" },
          body: Buffer.from(body['picture'] ?? '', 'base64'),
        });
      });
      await page.getByRole('button', { name: '导出', exact: true }).click();
      const sheet = page.getByRole('dialog', { name: '导出' });
      await sheet.getByLabel('图片（PNG）').check();
      await sheet.getByRole('textbox').fill('周例会');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        sheet.getByRole('button', { name: '导出文件' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('EX1.png');
      expect(sent[0]).toMatchObject({ format: 'png', language: 'zh', purpose: '周例会' });
      const { widthPx, heightPx } = pictureIn(sent[0]?.['picture']);
      const seen = await page.locator('main canvas').first().boundingBox();
      expect(widthPx / heightPx).toBeCloseTo((seen?.width ?? 0) / (seen?.height ?? 1), 1);
      expect(await coloursOf(page, sent[0]?.['picture'] ?? '')).toBeGreaterThan(20);
      await keepShot(page, `workbench-export-${_what}`);
    },
    MINUTES_MS,
  );

  test(
    'a scheduled view is listed with the reports, and says of which week it is and that it is fixed',
    async () => {
      const { page, complaints } = await open(DESK, '/console/reports?still=1');
      await page.getByRole('link', { name: /^各区县预警数周报/ }).click();
      await page.getByText('数字不再变动').waitFor();
      await page.locator('main canvas').waitFor();
      await keepShot(page, 'workbench-kept');
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
    MINUTES_MS,
  );
});
