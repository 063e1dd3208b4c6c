// Who the person of an alert is, on a desk and on a phone: masked, asked for, in clear, hidden again.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eveningAlerts } from '../../fixtures/alerts.ts';
import { openFixtureServer, type FixtureServer } from '../../fixture-server.ts';
import { builtCockpit } from '../../shots/built.ts';
import {
  goTo,
  openBrowser,
  openPage,
  withoutBrowser,
  type OpenBrowser,
} from '../../shots/browser.ts';
import {
  accessibilityFaults,
  cutTexts,
  hanIn,
  keepShot,
  smallTargets,
  wordsOn,
} from '../../shots/inspect.ts';

if (withoutBrowser) process.stderr.write(`skipped: identities, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const SCREENS = {
  desk: { width: 1_440, height: 900 },
  phone: { width: 390, height: 844, phone: true },
} as const;

const alertId = eveningAlerts().find(({ detail }) => detail.ruleId === 'area-exit')?.detail.id;

describe.skipIf(withoutBrowser)('identities', () => {
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
    'on a %s they are masked, shown for a reason, and hidden again',
    async (screen) => {
      const { page, complaints } = await open(screen);
      await page.getByText('周*远').waitFor();
      expect(await wordsOn(page)).not.toContain('周明远');
      await page.getByRole('button', { name: '查看完整信息' }).click();
      const sheet = page.getByRole('dialog');
      const submit = sheet.getByRole('button', { name: '查看完整信息' });
      await sheet.getByRole('checkbox', { name: '姓名' }).check();
      await sheet.getByRole('checkbox', { name: '电话号码' }).check();
      await sheet.getByRole('combobox').selectOption('daily-supervision');
      const reason = sheet.getByLabel(/事由/);
      await reason.fill('核实');
      expect(await submit.isDisabled()).toBe(true);
      await reason.fill('找周明远核实设备离线');
      await submit.click();
      await sheet.getByText('理由里不要写姓名、号码或住址').waitFor();
      await keepShot(page, `console-identity-sheet-${screen}`);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
      await reason.fill('核实设备离线原因');
      await submit.click();
      await page.getByText('周明远').waitFor();
      const words = await wordsOn(page);
      expect(words).toContain('12000000042');
      // What was not asked for stays masked.
      expect(words).toContain('9817**********0019');
      expect(words).toContain('60 秒后自动隐藏');
      await page.getByText('周明远').scrollIntoViewIfNeeded();
      await keepShot(page, `console-identity-${screen}`);
      expect(await accessibilityFaults(page)).toEqual([]);
      if (screen === 'phone') expect(await smallTargets(page, '#app')).toEqual([]);
      await page.getByRole('button', { name: '立即隐藏' }).click();
      await page.getByText('周*远').waitFor();
      expect(await page.content()).not.toContain('周明远');
      // The refusal above is the one complaint a browser prints by itself.
      expect(complaints.filter((line) => !line.includes('400'))).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'in English no Chinese word of ours is left',
    async () => {
      const { page } = await open('desk', 'en');
      const card = page.getByRole('region', { name: 'Identity' });
      await card.getByRole('button', { name: 'Show in clear' }).click();
      const sheet = page.getByRole('dialog');
      expect(hanIn((await sheet.textContent()) ?? '')).toEqual([]);
    },
    MINUTES_MS,
  );
});
