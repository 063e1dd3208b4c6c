// The page of silences and the fold of decisions, on a desk and on a phone.

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

if (withoutBrowser) process.stderr.write(`skipped: silences, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const SCREENS = {
  desk: { width: 1_440, height: 900 },
  phone: { width: 390, height: 844, phone: true },
} as const;
const PATH = '/silences?still=1';

const alertOf = (ruleId: string, wanted: 'silenced' | 'raised') =>
  eveningAlerts().find(
    ({ detail, episode }) => detail.ruleId === ruleId && episode[wanted] === true,
  )?.detail.id;

describe.skipIf(withoutBrowser)('silences', () => {
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
    screen: keyof typeof SCREENS,
    path: string,
    { login = 'city', theme = 'dark' } = {},
  ) => {
    server = await openFixtureServer({ dist, still: true, points: 50 });
    browser = await openBrowser(SCREENS[screen]);
    const watched = await openPage(browser, server.url);
    await watched.page.addInitScript((chosen) => {
      localStorage.setItem('plumbline.settings', JSON.stringify({ theme: chosen }));
    }, theme);
    await goTo(watched, { origin: server.url, path, login });
    return watched;
  };

  test.each([
    ['desk', 'dark'],
    ['desk', 'light'],
    ['phone', 'dark'],
  ] as const)(
    'on a %s, %s, everything is whole, plain to read and usable by everyone',
    async (screen, theme) => {
      const { page, complaints, strangers } = await open(screen, PATH, { theme });
      await page.getByText('生效中').first().waitFor();
      await keepShot(page, `silences-${screen}-${theme}`);
      const words = await wordsOn(page);
      expect(words).toContain('宣汉县基站检修');
      expect(words).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
      expect(await cutTexts(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(
        true,
      );
      expect(await accessibilityFaults(page)).toEqual([]);
      expect([complaints, strangers]).toEqual([[], []]);
      if (screen === 'phone') expect(await smallTargets(page, '#app')).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'one sees what a silence would hide, is told what is missing, asks for it, and another approves',
    async () => {
      const { page } = await open('desk', PATH);
      await page.getByText('请选择等级，并至少指定一项范围').waitFor();
      const form = page.locator('form');
      const submit = form.getByRole('button');
      expect(await submit.isDisabled()).toBe(true);
      await form.getByRole('checkbox', { name: '二级' }).check();
      await form.getByLabel('规则').selectOption('ticket-outside');
      await form.getByText('现有未确认预警中符合条件').waitFor();
      expect(await form.textContent()).toContain('须由另一名值班人员批准后生效');
      await form.getByRole('button', { name: '提交，等待批准' }).click();
      await page.getByRole('alert').getByText('请写明静默的理由').waitFor();
      await keepShot(page, 'silences-wrong');
      await form.getByLabel('理由').fill('春运集中购票，均已报备');
      await form.getByRole('button', { name: '提交，等待批准' }).click();
      await page.getByText('春运集中购票，均已报备').waitFor();
      await page.getByRole('button', { name: '批准', exact: true }).click();
      await page.getByText(/批准 市局值班员/).waitFor();
      await keepShot(page, 'silences-approved');
    },
    MINUTES_MS,
  );

  test(
    'in English there is no Chinese word of ours',
    async () => {
      const { page } = await open('desk', `${PATH}&lang=en`);
      await page.getByText('New silence').waitFor();
      await keepShot(page, 'silences-english');
      const own = (await wordsOn(page)).replaceAll(
        /宣汉县基站检修[^\n]*|辖区集中就医[^\n]*|该人已由民警[^\n]*|节前集中走访[^\n]*|（[^）]*）/g,
        '',
      );
      expect(hanIn(own)).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'who may see no person sees no silence',
    async () => {
      const { page } = await open('desk', PATH, { login: 'analyst' });
      expect(await wordsOn(page)).not.toContain('宣汉县基站检修');
    },
    MINUTES_MS,
  );

  test.each([
    ['desk', 'silenced', 'terminal-silent', '处于静默（市局值班员'],
    ['desk', 'raised', 'gate-passage', '24 小时内重复出现 3 次，等级由三级升为二级'],
    ['phone', 'raised', 'gate-passage', '若 20:36:21 前县局仍无人确认'],
  ] as const)(
    'on a %s the decisions about an alert that is %s are folded below it',
    async (screen, wanted, ruleId, says) => {
      const id = alertOf(ruleId, wanted);
      const { page, complaints } = await open(screen, `/console/alerts/${id}?still=1`);
      await page.getByText('决定记录').click();
      await page.getByText('每一步处理及其原因').waitFor();
      await page.getByText('决定记录').scrollIntoViewIfNeeded();
      await keepShot(page, `decisions-${wanted}-${screen}`);
      const words = await wordsOn(page);
      expect(words.replaceAll(/\d\d:\d\d(:\d\d)?/g, '')).toContain(
        says.replaceAll(/\d\d:\d\d(:\d\d)?/g, ''),
      );
      expect(await cutTexts(page)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      if (screen === 'phone') expect(await smallTargets(page, '#app')).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'the console says how many alerts are silenced, and the way to them',
    async () => {
      const { page } = await open('desk', '/console?still=1');
      await keepShot(page, 'console-silenced');
      await page.getByRole('link', { name: '已静默 1 条' }).click();
      await page.getByRole('heading', { name: '静默管理' }).waitFor();
    },
    MINUTES_MS,
  );
});
