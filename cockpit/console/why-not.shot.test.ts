// The folded question below an alert, asked on a desk and on a phone.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eveningAlerts } from '../fixtures/alerts.ts';
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

if (withoutBrowser) process.stderr.write(`skipped: why not, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const SCREENS = {
  desk: { width: 1_440, height: 900 },
  phone: { width: 390, height: 844, phone: true },
} as const;

const alertId = eveningAlerts().find(({ detail }) => detail.ruleId === 'ticket-outside')?.detail.id;

describe.skipIf(withoutBrowser)('why no other rule raised', () => {
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

  const open = async (screen: keyof typeof SCREENS, language = 'zh') => {
    server = await openFixtureServer({ dist, still: true, points: 50 });
    browser = await openBrowser(SCREENS[screen]);
    const watched = await openPage(browser, server.url);
    const path = `/console/alerts/${alertId}?still=1&lang=${language}`;
    await goTo(watched, { origin: server.url, path, login: 'city' });
    return watched;
  };

  test.each(['desk', 'phone'] as const)(
    'on a %s it is folded, then asks for a rule and a time and answers in sentences',
    async (screen) => {
      const { page, complaints } = await open(screen);
      expect(await wordsOn(page)).not.toContain('系统用规则引擎重算');
      await page.getByText('为什么没有报其他规则').click();
      const rule = page.getByLabel('规则', { exact: true });
      await rule.selectOption('key-venue');
      await page.getByRole('button', { name: '查询' }).click();
      await page.getByText('没有报警 · 离界线太近').waitFor();
      const words = await wordsOn(page);
      expect(words).toContain('2026-11-22 20:31 在边界内 94 米，误差 ± 46 米。');
      expect(words).toContain('即使边界余量刚好够，也还有：');
      expect(words).toMatch(/若只需 1 条定位，经规则引擎重算，会在 .+ 报二级预警。/);
      await keepShot(page, `console-why-not-${screen}`);
      expect(await cutTexts(page)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      if (screen === 'phone') expect(await smallTargets(page, '#app')).toEqual([]);
      await rule.selectOption('area-exit');
      await page.getByRole('button', { name: '查询' }).click();
      await page.getByText('已报二级预警').waitFor();
      await page.getByText('查看这起预警').click();
      await page.waitForURL(/\/console\/alerts\//);
      expect(complaints).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'in English no Chinese word of ours is left',
    async () => {
      const { page } = await open('desk', 'en');
      await page.getByText('Why did no other rule raise?').click();
      await page.getByLabel('Rule', { exact: true }).selectOption('key-venue');
      await page.getByRole('button', { name: 'Ask' }).click();
      const answer = page.getByRole('status').filter({ hasText: 'It was not raised' });
      await answer.waitFor();
      expect(hanIn((await answer.textContent()) ?? '')).toEqual([]);
    },
    MINUTES_MS,
  );
});
