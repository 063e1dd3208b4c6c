import { afterEach, beforeAll, describe, expect, test } from 'vitest';
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
  cutTexts,
  hanIn,
  keepShot,
  smallTargets,
  wordsOn,
} from '../shots/inspect.ts';

if (withoutBrowser) process.stderr.write(`skipped: the rules, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK: Screen = { width: 1_680, height: 1_050 };
const PHONE: Screen = { width: 390, height: 844, phone: true };

describe.skipIf(withoutBrowser)('the pages of the rules', () => {
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
    ['the list', DESK, '/rules', 'dark', 'rules-list'],
    ['the list by daylight', DESK, '/rules', 'light', 'rules-light'],
    ['the list on a phone', PHONE, '/rules', 'dark', 'rules-phone'],
    ['a rule', DESK, '/rules/area-exit', 'dark', 'rules-rule'],
    ['a rule by daylight', DESK, '/rules/offence-or-conflict', 'light', 'rules-rule-light'],
    ['a rule on a phone', PHONE, '/rules/area-exit', 'light', 'rules-phone-rule'],
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
    'a change is checked by the server, and what fails its own tests cannot be proposed',
    async () => {
      const { page } = await open(DESK, '/rules/area-exit');
      const propose = page.getByRole('button', { name: '提议启用' });
      expect(await propose.isDisabled()).toBe(true);
      await page.getByRole('button', { name: '文本', exact: true }).click();
      const text = page.getByRole('textbox', { name: '规则文本' });
      await text.fill((await text.inputValue()).replace('fixesMin: 3', 'fixesMin: 1'));
      await page.getByRole('button', { name: '校验并运行测试' }).click();
      await page.getByRole('listitem').filter({ hasText: '只有一两次跳到县外' }).waitFor();
      expect(await wordsOn(page)).toContain('raised 2');
      expect(await propose.isDisabled()).toBe(true);
      await page.getByRole('button', { name: '恢复原文' }).click();
      expect(await text.inputValue()).toContain('fixesMin: 3');
    },
    MINUTES_MS,
  );

  test(
    'form and text say the same: a change in one is a change in the other, and nothing else moves',
    async () => {
      const { page } = await open(DESK, '/rules/area-exit');
      const way = (name: string) => page.getByRole('button', { name, exact: true });
      const text = page.getByRole('textbox', { name: '规则文本' });
      await way('文本').click();
      const before = await text.inputValue();
      await way('表单').click();
      await page.getByRole('textbox', { name: '越界余量' }).fill('150');
      await page.getByRole('textbox', { name: '或在外持续', exact: true }).fill('8');
      await way('文本').click();
      expect(await text.inputValue()).toBe(
        before.replace('marginM: 100', 'marginM: 150').replace('outsideFor: 5m', 'outsideFor: 8m'),
      );
      await text.fill((await text.inputValue()).replace('rearmM: 200', 'rearmM: 320'));
      await way('表单').click();
      expect(await page.getByRole('textbox', { name: '解除须回到另一侧' }).inputValue()).toBe(
        '320',
      );
      await page.getByRole('textbox', { name: '越界余量' }).fill('100');
      await page.getByRole('textbox', { name: '或在外持续', exact: true }).fill('5');
      await page.getByRole('textbox', { name: '解除须回到另一侧' }).fill('200');
      await way('文本').click();
      expect(await text.inputValue()).toBe(before);
    },
    MINUTES_MS,
  );

  test(
    'a text the form cannot show greys the form and says the line; the duty is counted to 70',
    async () => {
      const { page } = await open(DESK, '/rules/area-exit');
      const duty = page.getByRole('group', { name: '处置要求' });
      expect(await duty.getByRole('status').innerText()).toBe('29/70');
      await duty.getByRole('textbox', { name: '中文' }).fill('核'.repeat(71));
      expect(await duty.getByRole('status').innerText()).toBe('71/70');
      await page.getByRole('button', { name: '文本', exact: true }).click();
      const text = page.getByRole('textbox', { name: '规则文本' });
      await text.fill((await text.inputValue()).replace('  fixesMin: 3', '  fixesLeast: 3'));
      await page.getByRole('button', { name: '表单' }).click();
      await page.getByText(/第 \d+ 行：没有“fixesLeast”这一项/).waitFor();
      await keepShot(page, 'rules-form-away');
      expect(await page.locator('[inert]').count()).toBe(1);
    },
    MINUTES_MS,
  );

  test.each([
    [
      'steps in order',
      'sequence',
      `  steps:
    - { name: tamper, fact: device, when: fact.event == "tamper" }
    - { name: off, fact: device, when: fact.event == "power-off" }
  order: [[tamper], [off]]
  within: 1h
  without: { fact: device, when: fact.event == "restored" }
  clearAfter: 2h
`,
    ],
    [
      'a statutory clock',
      'deadline',
      `  start: [opened]
  end: [closed, withdrawn]
  period: { amount: 10, unit: workday }
  rollOver: next-workday
  extensions: [{ milestone: extended, add: { amount: 5, unit: workday }, max: 2 }]
  suspensions: [{ from: stopped, to: resumed }]
  warnings: [{ left: 3d, level: 3 }]
`,
    ],
    [
      'a schedule',
      'zone',
      `  zone: { kind: key-venue }
  relation: inside
  fixesMin: 3
  insideFor: 30m
  marginM: 0
  rearmM: 30
  clearFixesMin: 2
  fixKinds: [gnss]
  schedule: { daily: { from: '22:00', until: '06:00' }, days: [saturday, sunday], keyPeriods: all }
  freshFor: 30m
`,
    ],
  ])(
    'lists, groups and choices of the form hold together: %s',
    async (_what, kind, params) => {
      const { page } = await open({ ...DESK, height: 1_700 }, '/rules/area-exit');
      await page.getByRole('button', { name: '文本', exact: true }).click();
      const text = page.getByRole('textbox', { name: '规则文本' });
      const changed = (await text.inputValue()).replace(
        /kind: zone\nparams:\n[\s\S]*?(?=tests:)/,
        `kind: ${kind}\nparams:\n${params}`,
      );
      await text.fill(changed);
      await page.getByRole('button', { name: '表单' }).click();
      await page.getByText('判定参数').waitFor();
      await keepShot(page, `rules-form-${kind}`);
      expect(await page.locator('[inert]').count()).toBe(0);
      expect(await cutTexts(page)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      // Whatever is added and taken away again, the text is the same.
      const lists = page.getByRole('button', { name: /^添加/ });
      for (let i = 0; i < (await lists.count()); i++) {
        const before = await page.getByRole('button', { name: /^删除/ }).count();
        // An entry may bring buttons of its own, so the list is held by itself.
        const list = await lists.nth(i).locator('..').elementHandle();
        await lists.nth(i).click();
        await (await list?.$$(':scope > div > button'))?.at(-1)?.click();
        expect(await page.getByRole('button', { name: /^删除/ }).count()).toBe(before);
      }
      await page.getByRole('button', { name: '文本', exact: true }).click();
      expect(await text.inputValue()).toBe(changed);
    },
    MINUTES_MS,
  );

  test(
    'officers read, administrators approve with a report, and a wrong file is told',
    async () => {
      const officer = await open(DESK, '/rules/area-exit', { login: 'city' });
      expect(await officer.page.getByRole('button', { name: '校验并运行测试' }).count()).toBe(0);
      expect(await officer.page.getByRole('textbox').first().isEditable()).toBe(false);
      await browser?.close();
      await server?.close();
      const { page } = await open(DESK, '/rules/area-exit', { login: 'admin' });
      await page.getByLabel('批准依据').selectOption({ label: '另传报告文件' });
      await page.locator('input[type=file]').setInputFiles({
        name: 'report.json',
        mimeType: 'application/json',
        buffer: Buffer.from('no json'),
      });
      await page.getByRole('button', { name: '批准' }).click();
      await page.getByRole('alert').waitFor();
      expect(await wordsOn(page)).toContain('选择的文件不是回测报告');
    },
    2 * MINUTES_MS,
  );

  test(
    'in English no Chinese word of ours is left',
    async () => {
      const { page } = await open(DESK, '/rules?lang=en');
      expect(hanIn(await wordsOn(page))).toEqual([]);
    },
    MINUTES_MS,
  );
});
