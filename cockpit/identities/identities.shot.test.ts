// Identities before the real routes and a real vault: a number looked up, many asked for, allowed and opened,
// the vault's key rotated, a certificate bound.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  IDENTITIES_PASSWORD,
  openIdentitiesApp,
  PERSONS,
} from '../../app/http/identities.fixture.ts';
import { serveApp } from '../fixtures/serve-app.ts';
import { builtCockpit } from '../shots/built.ts';
import { openBrowser, openPage, withoutBrowser, type OpenBrowser } from '../shots/browser.ts';
import {
  accessibilityFaults,
  cutTexts,
  hanIn,
  keepShot,
  smallTargets,
  wordsOn,
} from '../shots/inspect.ts';

if (withoutBrowser)
  process.stderr.write(`skipped: pages about identities, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK = { width: 1_440, height: 900 };
const PHONE = { width: 390, height: 844 };

describe.skipIf(withoutBrowser)('pages about identities', () => {
  let dist: string;
  let site: Awaited<ReturnType<typeof openIdentitiesApp>>;
  let server: Awaited<ReturnType<typeof serveApp>>;
  const open: OpenBrowser[] = [];

  beforeAll(async () => {
    dist = await builtCockpit();
    site = await openIdentitiesApp();
    server = await serveApp(dist, site.app);
  }, 3 * MINUTES_MS);
  afterAll(async () => {
    await Promise.all(open.map((browser) => browser.close()));
    await server?.close();
    await site?.close();
  });

  const signIn = async (login: string, path: string) => {
    const browser = await openBrowser({ ...DESK, phone: false });
    open.push(browser);
    const { page } = await openPage(browser, server.url);
    await page.goto(`${server.url}/?next=${encodeURIComponent(path)}`);
    await page.getByLabel('用户名').fill(login);
    await page.getByLabel('密码', { exact: true }).fill(IDENTITIES_PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${server.url}${path}`);
    await page.waitForFunction(() => globalThis.__ready === true);
    return page;
  };
  type Page = Awaited<ReturnType<typeof signIn>>;
  const looksRight = async (page: Page, name: string) => {
    await keepShot(page, name);
    expect(await cutTexts(page)).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
  };
  const [first] = PERSONS;
  const numberOf = first?.identity['id-number'] ?? '';

  const looksRightOnBoth = async (page: Page, name: string) => {
    await looksRight(page, name);
    await page.setViewportSize(PHONE);
    await looksRight(page, `${name}-phone`);
    expect(await smallTargets(page, 'main')).toEqual([]);
  };

  test(
    'a number finds its person, masked; many are asked for, allowed with a fresh proof, opened once and hidden',
    async () => {
      const officer = await signIn('xuanhan', '/identities');
      const find = officer.getByRole('form', { name: '按号码查找' });
      await find.getByLabel('号码', { exact: true }).fill(numberOf);
      await find.getByLabel('用途').selectOption('case-assistance');
      await find.getByLabel(/^事由/).fill('依协查函核对');
      await find.getByRole('button', { name: '查找' }).click();
      await officer.getByRole('article', { name: 'cc-000001' }).getByText('王**1').waitFor();
      expect(await officer.content()).not.toContain(numberOf);
      // The number is not kept either.
      expect(await find.getByLabel('号码', { exact: true }).inputValue()).toBe('');
      await looksRightOnBoth(officer, 'identities-look-up');
      await officer.setViewportSize(DESK);
      await find.getByLabel('号码类型').selectOption('phone');
      await find.getByLabel('号码', { exact: true }).fill('12099999999');
      await find.getByRole('button', { name: '查找' }).click();
      await officer.getByText('未查到：').waitFor();
      expect(site.told.filter(({ action }) => action === 'identity.look-up')).toHaveLength(2);

      await officer.getByRole('link', { name: '批量查看申请' }).click();
      await officer.getByText('近 24 小时没有批量查看申请').waitFor();
      const form = officer.getByRole('form', { name: '申请批量查看' });
      await form.getByLabel(/^对象编号/).fill('cc-000001，cc-000002\n13800000000');
      await form.getByText('格式不对的编号：13800000000').waitFor();
      await form.getByLabel(/^对象编号/).fill('cc-000001，cc-000002\ncc-000003');
      await form.getByText('共 3 人').waitFor();
      await form.getByLabel('电话号码').check();
      await form.getByLabel('用途').selectOption('daily-supervision');
      await form.getByLabel(/^事由/).fill('季度集中点验核对');
      await form.getByRole('button', { name: '提交申请' }).click();
      await officer.getByText('待审批').waitFor();

      const leader = await signIn('xuanhan-leader', '/identities?part=requests');
      await leader.getByText('待审批').waitFor();
      await looksRightOnBoth(leader, 'identities-approve');
      site.clock.advance(6 * 60_000);
      await leader.getByRole('button', { name: '批准', exact: true }).click();
      const proof = leader.getByRole('dialog', { name: '请再次验证身份' });
      await proof.getByLabel('密码或动态验证码').fill(IDENTITIES_PASSWORD);
      await proof.getByRole('button', { name: '确认' }).click();
      await leader.getByText('已批准，待打开').waitFor();

      await officer.reload();
      await officer.getByRole('button', { name: '打开（仅一次）' }).click();
      const opened = officer.getByRole('region', { name: '批准查看的身份信息' }).first();
      await opened.getByText('王演示3').waitFor();
      await looksRight(officer, 'identities-opened');
      await opened.getByRole('button', { name: '立即隐藏' }).click();
      expect(await officer.content()).not.toContain('王演示3');
      await officer.getByText('已打开', { exact: true }).waitFor();

      await officer.getByRole('button', { name: 'English' }).first().click();
      await officer.getByText('Ask to see many at once').waitFor();
      const own = ['中文', '宣汉县', '值班员', '分管领导', '季度集中点验核对'];
      const left = hanIn(await wordsOn(officer));
      expect(left.filter((word) => !own.some((one) => word.includes(one)))).toEqual([]);
    },
    3 * MINUTES_MS,
  );

  test(
    'the key of the vault is rotated, and what is left is told until all is sealed anew',
    async () => {
      const page = await signIn('security', '/access?part=vault');
      await page.getByText('全部数据均由现用密钥加密').waitFor();
      await page.getByRole('button', { name: '轮换密钥' }).click();
      await page.getByRole('button', { name: '确认轮换' }).click();
      await page.getByText('已启用新密钥').waitFor();
      await page.getByText('尚待重新加密（项） 12').waitFor();
      await looksRight(page, 'access-vault');
      await site.resealAll();
      await page.getByText('全部数据均由现用密钥加密').waitFor();
      await page.setViewportSize(PHONE);
      await looksRight(page, 'access-vault-phone');
    },
    2 * MINUTES_MS,
  );

  test(
    'a certificate is bound by the administrator, and taken off again',
    async () => {
      const page = await signIn('system', '/access');
      await page.getByRole('button', { name: 'xuanhan', exact: true }).click();
      const form = page.getByRole('form', { name: '数字证书' });
      await form.getByLabel('证书类型').selectOption('x509');
      await form.getByLabel(/^证书指纹/).fill('AB:'.repeat(31) + 'AB');
      await form.getByRole('button', { name: '绑定' }).click();
      await page.getByRole('button', { name: '解除绑定' }).waitFor();
      await looksRight(page, 'access-certificates');
      await page.getByRole('button', { name: '解除绑定' }).click();
      await page.getByText('已解除').waitFor();
    },
    2 * MINUTES_MS,
  );
});
