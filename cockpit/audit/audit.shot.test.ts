// The auditor's page before the real routes: a search, an entry, a verification that finds something, and the
// inbox about readers from the records it rests on to the answer.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { builtCockpit } from '../shots/built.ts';
import { openBrowser, openPage, withoutBrowser, type OpenBrowser } from '../shots/browser.ts';
import { accessibilityFaults, cutTexts, hanIn, keepShot, wordsOn } from '../shots/inspect.ts';
import { openAuditServer, PASSWORD } from './audit-server.fixture.ts';

if (withoutBrowser)
  process.stderr.write(`skipped: the auditor's page, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK = { width: 1_440, height: 900, phone: false };
const PHONE = { width: 390, height: 844, phone: true };

describe.skipIf(withoutBrowser)("the auditor's page", () => {
  let server: Awaited<ReturnType<typeof openAuditServer>>;
  let open: OpenBrowser[] = [];

  beforeAll(async () => {
    server = await openAuditServer(await builtCockpit());
    await server.reads('city', 24, { action: 'alert.look' });
    await server.reads('auditor', 5, { action: 'audit.export' });
  }, 3 * MINUTES_MS);
  afterEach(async () => {
    await Promise.all(open.map((browser) => browser.close()));
    open = [];
  });
  afterAll(() => server?.close());

  const signIn = async (path: string, screen: typeof DESK | typeof PHONE = DESK) => {
    const browser = await openBrowser(screen);
    open.push(browser);
    const watched = await openPage(browser, server.url);
    const { page } = watched;
    await page.goto(`${server.url}/?next=${encodeURIComponent(path)}`);
    await page.getByLabel('用户名').fill('auditor');
    await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '异常查阅' }).waitFor();
    // Asking who is signed in before anybody is answers 401.
    watched.complaints.length = 0;
    return watched;
  };
  type Page = Awaited<ReturnType<typeof signIn>>['page'];
  const looksRight = async (page: Page, name: string) => {
    await page.waitForFunction(() => globalThis.__ready === true);
    await keepShot(page, name);
    expect(await cutTexts(page)).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
  };
  const noticeOf = (page: Page, about: RegExp) =>
    page.getByRole('region', { name: '异常查阅' }).getByRole('listitem').filter({ hasText: about });

  test(
    'who read too much is shown with the records it rests on, and answered with a reason',
    async () => {
      const { page, complaints } = await signIn('/audit');
      const notice = noticeOf(page, /短时间内查阅多人/);
      await notice.getByText('市局值班员').waitFor();
      await notice.getByRole('button', { name: '查看依据 20' }).click();
      const evidence = notice.getByRole('region', { name: '查看依据' });
      await evidence.getByRole('row').nth(20).waitFor();
      expect(await evidence.getByRole('cell', { name: '查看预警' }).count()).toBe(20);
      await looksRight(page, 'audit-readers');
      await notice.getByRole('button', { name: '已知悉' }).click();
      await notice.getByText('已知悉 · 审计管理员').waitFor();
      await notice.getByLabel('核实情况和理由').fill('节前集中核查，分管领导已确认');
      await notice.getByRole('button', { name: '核实属正常履职' }).click();
      await notice.getByText('节前集中核查').waitFor();
      await notice.getByRole('button', { name: '改为移交核查' }).click();
      await notice.getByLabel('核实情况和理由').fill('与部门说法不符');
      await notice.getByRole('button', { name: '移交核查', exact: true }).click();
      await notice.getByText('与部门说法不符').waitFor();
      // About the auditor in person: there is nothing to press.
      const own = noticeOf(page, /短时间内多次导出/);
      await own.getByText('须由其他审计管理员处理').waitFor();
      expect(await own.getByRole('button').allInnerTexts()).toEqual(['查看依据 5']);
      await looksRight(page, 'audit-answered');
      expect(complaints).toEqual([]);
    },
    3 * MINUTES_MS,
  );

  test(
    'a search finds what was done about the notice, and an entry opens',
    async () => {
      await server.seal();
      const { page } = await signIn('/audit');
      const search = page.getByRole('form', { name: '检索' });
      await search.getByLabel('行为').selectOption({ label: '移交核查' });
      await search.getByRole('button', { name: '查询' }).click();
      const row = page.getByRole('row').filter({ hasText: '移交核查' });
      await row.getByText('详情').click();
      await row.getByText('与部门说法不符').waitFor();
      await row.getByText('杂凑值').waitFor();
      expect(new URL(page.url()).searchParams.get('action')).toBe('audit.notice-referred');
      await looksRight(page, 'audit-search');
    },
    3 * MINUTES_MS,
  );

  test(
    'a verification says which records are gone; on a phone and in English it reads as well',
    async () => {
      await server.stage.attack('delete from audit_record where position in (7, 8)');
      const { page } = await signIn('/audit', PHONE);
      await page.getByRole('button', { name: '立即校验' }).click();
      await page.getByText('第 7–8 条，记录被删').first().waitFor();
      await keepShot(page, 'audit-phone');
      // The table scrolls within itself; the page does not.
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole('button', { name: 'English' }).first().click();
      await page.getByRole('heading', { name: 'Unusual readers' }).waitFor();
      await page.getByText('Many persons looked at within an hour').first().waitFor();
      const texts = hanIn(await wordsOn(page)).filter((word) => word !== '中文');
      await keepShot(page, 'audit-phone-english');
      // The law is cited in its own words, and reasons stay as they were written.
      expect(texts.filter((word) => !/个人信息保护法|三十四|核查|说法/.test(word))).toEqual([]);
    },
    3 * MINUTES_MS,
  );
});
