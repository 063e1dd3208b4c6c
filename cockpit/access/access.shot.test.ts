// The pages about accounts before the real routes: an account from its creation to the first sign-in with a second
// factor, the proof before a sensitive act, a wall from its code to the wall, and the matrix.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { totpAt } from '../../security/access/one-time-code.ts';
import { builtCockpit } from '../shots/built.ts';
import { openBrowser, openPage, withoutBrowser, type OpenBrowser } from '../shots/browser.ts';
import { accessibilityFaults, cutTexts, hanIn, keepShot, wordsOn } from '../shots/inspect.ts';
import { openAccessServer, PASSWORD } from './access-server.fixture.ts';

if (withoutBrowser)
  process.stderr.write(`skipped: accounts and rights, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK = { width: 1_440, height: 900, phone: false };
const PHONE = { width: 390, height: 844, phone: true };

describe.skipIf(withoutBrowser)('accounts and rights', () => {
  let server: Awaited<ReturnType<typeof openAccessServer>>;
  let open: OpenBrowser[] = [];

  beforeAll(async () => {
    server = await openAccessServer(await builtCockpit());
  }, 3 * MINUTES_MS);
  afterEach(async () => {
    await Promise.all(open.map((browser) => browser.close()));
    open = [];
  });
  afterAll(() => server?.close());

  const browse = async (path: string, screen: typeof DESK | typeof PHONE = DESK) => {
    const browser = await openBrowser(screen);
    open.push(browser);
    const watched = await openPage(browser, server.url);
    await watched.page.goto(server.url + path);
    return watched;
  };
  const signIn = async (
    login: string,
    path: string,
    more: { password?: string; screen?: typeof DESK | typeof PHONE } = {},
  ) => {
    const watched = await browse(`/?next=${encodeURIComponent(path)}`, more.screen);
    await watched.page.getByLabel('用户名').fill(login);
    await watched.page.getByLabel('密码', { exact: true }).fill(more.password ?? PASSWORD);
    await watched.page.keyboard.press('Enter');
    return watched;
  };
  const ready = (page: Awaited<ReturnType<typeof browse>>['page']) =>
    page.waitForFunction(() => globalThis.__ready === true);
  const looksRight = async (page: Awaited<ReturnType<typeof browse>>['page'], name: string) => {
    await ready(page);
    await keepShot(page, name);
    expect(await cutTexts(page)).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
  };

  test(
    'an account is asked for by one, approved by another with a fresh proof, and opens with a new password',
    async () => {
      const system = (await signIn('system', '/access')).page;
      await system.getByRole('button', { name: 'xuanhan' }).click();
      await looksRight(system, 'access-accounts');
      const form = system.getByRole('form', { name: '开设账户' });
      await form.getByLabel('用户名').fill('kaijiang');
      await form.getByLabel('姓名', { exact: true }).fill('开江县值班员');
      await form.getByLabel('英文名').fill('Kaijiang duty officer');
      await form.getByLabel(/^单位/).selectOption('511723');
      await form.getByLabel('事由').fill('新到岗');
      // Too long after signing in: the password is asked for again, and nothing typed is lost.
      server.clock.advance(6 * 60_000);
      await form.getByRole('button', { name: '开设' }).click();
      const proof = system.getByRole('dialog', { name: '请再次验证身份' });
      await proof.getByLabel('密码或动态验证码').fill('wrong');
      await proof.getByRole('button', { name: '确认' }).click();
      await proof.getByText('密码或验证码不正确').waitFor();
      await keepShot(system, 'access-proof');
      await proof.getByLabel('密码或动态验证码').fill(PASSWORD);
      await proof.getByRole('button', { name: '确认' }).click();
      const once = await form.getByText(/^[a-z0-9]{5}(-[a-z0-9]{5})+$/).textContent();

      const security = (await signIn('security', '/access')).page;
      await security.getByRole('button', { name: 'kaijiang' }).click();
      await looksRight(security, 'access-approve');
      await security.getByRole('button', { name: '批准', exact: true }).click();
      await security.getByText('待改密码').waitFor();

      const own = (await signIn('kaijiang', '/console', { password: once ?? '', screen: PHONE }))
        .page;
      await own.getByText('您使用的是一次性密码').waitFor();
      await looksRight(own, 'account-owes-phone');
      await own.getByLabel('原密码').fill(once ?? '');
      await own.getByLabel('新密码', { exact: true }).fill('woaini5201314');
      await own.getByLabel('再次输入新密码').fill('woaini5201314');
      await own.getByRole('button', { name: '修改' }).click();
      await own.getByText('该密码属于常见密码').waitFor();
      for (const label of ['新密码', '再次输入新密码']) {
        await own.getByLabel(label, { exact: true }).fill('竹杖芒鞋轻胜马谁怕一蓑烟雨');
      }
      await own.getByRole('button', { name: '修改' }).click();
      await own.getByText('密码已修改').waitFor();
    },
    3 * MINUTES_MS,
  );

  test(
    'an administrator must set up a second factor, and is asked for it from then on',
    async () => {
      const { page } = await signIn('auditor', '/wall/supervision');
      await page.getByText('您的角色须启用动态验证码').waitFor();
      await page.getByRole('button', { name: '启用' }).click();
      await page.getByRole('img', { name: '用验证器应用扫描二维码' }).waitFor();
      await looksRight(page, 'account-second-factor');
      const secret = (await page.getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).textContent()) ?? '';
      const code = () => totpAt(secret.replaceAll(' ', ''), server.clock.now());
      await page.getByLabel('输入应用显示的六位数字').fill(code());
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: '恢复码' }).waitFor();
      await page.getByRole('button', { name: '我已抄写' }).click();
      await page.getByText('剩余恢复码 10').waitFor();

      server.clock.advance(30_000);
      const again = (await signIn('auditor', '/account')).page;
      await again.getByLabel('动态验证码或恢复码').fill(code());
      await again.keyboard.press('Enter');
      await again.getByRole('heading', { name: '登录会话' }).waitFor();
      await looksRight(again, 'account');
    },
    3 * MINUTES_MS,
  );

  test(
    'a wall shows its code, is enrolled and goes on by itself; the matrix stands for everybody',
    async () => {
      const wall = (await browse('/wall/enrol')).page;
      const code = await wall.getByText(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/).textContent();
      await looksRight(wall, 'kiosk-code');
      const { page } = await signIn('system', '/access?part=walls');
      await page.getByLabel('大屏上的登记码').fill(code ?? '');
      await page.getByLabel('位置名称').fill('指挥大厅主屏');
      await page.getByRole('button', { name: '登记' }).click();
      await page.getByRole('rowheader', { name: '指挥大厅主屏' }).waitFor();
      await looksRight(page, 'access-walls');
      await wall.waitForURL(/\/wall\/supervision$/);

      const analyst = (await signIn('analyst', '/access')).page;
      await analyst.getByText('本表由权限策略直接生成').waitFor();
      await looksRight(analyst, 'access-matrix');
      await analyst.getByRole('button', { name: 'English', exact: false }).first().click();
      await analyst.getByText('This table is made from the policy itself').waitFor();
      expect(hanIn(await wordsOn(analyst)).filter((word) => word !== '中文')).toEqual([]);
    },
    3 * MINUTES_MS,
  );
});
