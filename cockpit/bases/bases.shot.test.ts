// The pages of legal bases on a desk, on a phone and on paper.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MONITORED, RELEASED } from '../fixtures/bases.ts';
import { openFixtureServer, type FixtureServer } from '../fixture-server.ts';
import { builtCockpit } from '../shots/built.ts';
import { goTo, openBrowser, openPage, withoutBrowser, type OpenBrowser } from '../shots/browser.ts';
import {
  accessibilityFaults,
  cutTexts,
  hanIn,
  keepShot,
  smallTargets,
  wordsOn,
} from '../shots/inspect.ts';

if (withoutBrowser) process.stderr.write(`skipped: legal bases, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const SCREENS = {
  desk: { width: 1_440, height: 900 },
  phone: { width: 390, height: 844, phone: true },
} as const;

describe.skipIf(withoutBrowser)('legal bases', () => {
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

  const open = async (screen: keyof typeof SCREENS, path: string, { login = 'city' } = {}) => {
    server = await openFixtureServer({ dist, still: true, points: 50 });
    browser = await openBrowser(SCREENS[screen]);
    const watched = await openPage(browser, server.url);
    await goTo(watched, { origin: server.url, path, login });
    return watched;
  };

  test.each(['desk', 'phone'] as const)(
    'on a %s: what waits, what ends, what was refused; what is wrong with a new one is said',
    async (screen) => {
      const { page, complaints } = await open(screen, '/bases?still=1');
      await page.getByText('等待批准', { exact: false }).first().waitFor();
      await keepShot(page, `bases-${screen}`);
      const words = await wordsOn(page);
      for (const said of [
        '5 天',
        '（2026）川17监000521号-演示',
        '已延长 1 次（至多 3 次）',
        '117',
      ]) {
        expect(words).toContain(said);
      }
      const form = page.locator('aside form');
      await form.getByLabel('人员编号').fill(MONITORED);
      await form.getByLabel('执行地').selectOption('511722');
      await form.getByLabel('文书批准人').fill('宣汉县司法局负责人');
      await form.getByLabel('期满').fill('2027-01-10');
      await form.getByLabel('系统内批准人').selectOption({ index: 1 });
      await form.getByRole('button', { name: '提交，等待批准' }).click();
      await page.getByRole('alert').getByText('没有文书号').waitFor();
      expect(await cutTexts(page)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints.filter((line) => !line.includes('400'))).toEqual([]);
      if (screen === 'phone') expect(await smallTargets(page, '#app')).toEqual([]);
    },
    MINUTES_MS,
  );

  test.each(['desk', 'phone'] as const)(
    'on a %s a person is shown once it is said why; the sheet for them is in Chinese on A4',
    async (screen) => {
      const { page, complaints } = await open(screen, `/bases/${MONITORED}?still=1&lang=en`);
      const look = page.getByRole('button', { name: 'Look', exact: true });
      await look.waitFor();
      expect(await look.isDisabled()).toBe(true);
      expect(await wordsOn(page)).not.toContain('172');
      await page.getByLabel('Purpose').selectOption('rights-request');
      await page.getByLabel('Reason').fill('asked for it');
      await look.click();
      await page.getByText('What is held').waitFor();
      await keepShot(page, `person-basis-${screen}`);
      const own = (await wordsOn(page)).replaceAll(
        /（2026）[^\s]*|《[^》]*》[^\s]*|宣汉县[^\s]*/g,
        '',
      );
      expect(hanIn(own)).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      if (screen === 'phone') {
        expect(await smallTargets(page, '#app')).toEqual([]);
        return;
      }
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize({ width: 680, height: 962 });
      await keepShot(page, 'person-basis-print');
      const printed = await wordsOn(page);
      expect(printed).toContain('监管措施与个人信息告知单');
      expect(printed).toContain('剩余：5 天');
      expect(printed).toContain('向谁提出：宣汉县司法局');
      expect(printed).not.toContain('What is held');
    },
    MINUTES_MS,
  );

  test.each(['desk', 'phone'] as const)(
    'on a %s the needs of a released person are added up and explained; others have no such list',
    async (screen) => {
      const look = async (subject: string) => {
        await page.goto(`${server?.url}/bases/${subject}?still=1`);
        await page.getByLabel('用途').selectOption('rights-request');
        await page.getByLabel('理由').fill('走访');
        await page.getByRole('button', { name: '查看', exact: true }).click();
        await page.getByText('保存的信息').first().waitFor();
      };
      const { page, complaints } = await open(screen, `/bases/${RELEASED}?still=1`);
      await look(RELEASED);
      await page.getByRole('heading', { name: '帮扶需求清单' }).click();
      await page.getByLabel('没有固定住处').selectOption('yes');
      await page.getByLabel('有劳动能力但未就业').selectOption('yes');
      await page.getByLabel('没有身份证或户口未恢复').selectOption('no');
      const found = page.getByRole('region', { name: '建议' });
      await found.scrollIntoViewIfNeeded();
      const said = (await found.innerText()).replaceAll(/\s+/g, ' ');
      expect(said).toMatch(/重点帮扶 13 \/ \d+ 分 = 8 \+ 5/);
      expect(said).toContain('+8 没有固定住处 协调临时住所或过渡性安置基地');
      await keepShot(page, `person-needs-${screen}`);
      expect(await cutTexts(page)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      if (screen === 'phone') expect(await smallTargets(page, '#app')).toEqual([]);
      expect(complaints).toEqual([]);
      await look(MONITORED);
      expect(await wordsOn(page)).not.toContain('帮扶需求清单');
    },
    MINUTES_MS,
  );

  test(
    'who may see no person sees no basis',
    async () => {
      const { page } = await open('desk', '/bases?still=1', { login: 'analyst' });
      expect(await wordsOn(page)).not.toContain(MONITORED);
    },
    MINUTES_MS,
  );
});
