import type { CDPSession, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openFixtureServer, type FixtureOptions, type FixtureServer } from '../fixture-server.ts';
import { builtCockpit } from '../shots/built.ts';
import {
  goTo,
  openBrowser,
  openPage,
  withoutBrowser,
  type OpenBrowser,
  type Screen,
} from '../shots/browser.ts';
import { accessibilityFaults, cutTexts, keepShot, smallTargets } from '../shots/inspect.ts';

if (withoutBrowser) process.stderr.write(`skipped: pushes on screen, because ${withoutBrowser}\n`);

const MINUTES_MS = 60_000;
const DESK: Screen = { width: 1_440, height: 900 };
const PHONE: Screen = { width: 390, height: 844, phone: true };
const KEY = 'B'.padEnd(87, 'A');

describe.skipIf(withoutBrowser)('pushes on screen', () => {
  let dist: string;
  let server: FixtureServer | undefined;
  let browser: OpenBrowser | undefined;

  beforeAll(async () => {
    dist = await builtCockpit();
  }, 3 * MINUTES_MS);

  afterEach(async () => {
    await browser?.close();
    await server?.close();
  });

  const open = async (
    screen: Screen,
    options: FixtureOptions = {},
    prepare: (page: Page) => Promise<unknown> = () => Promise.resolve(),
  ) => {
    server = await openFixtureServer({ dist, still: true, points: 50, ...options });
    browser = await openBrowser(screen);
    await browser.context.grantPermissions(['notifications'], { origin: server.url });
    const watched = await openPage(browser, server.url);
    await prepare(watched.page);
    await goTo(watched, { origin: server.url, path: '/console?still=1', login: 'city' });
    return { ...watched, server, browser };
  };

  test(
    'what is in view counts as seen, what is below the edge does not, and scrolling brings it',
    async () => {
      const { page, server: own } = await open(PHONE);
      await expect.poll(() => own.seen.length, { timeout: 10_000 }).toBeGreaterThan(0);
      const all = await page.locator('[data-alert]').evaluateAll((rows) =>
        rows.map((row) => ({
          id: (row as HTMLElement).dataset['alert'],
          top: row.getBoundingClientRect().top,
        })),
      );
      const below = all.filter(({ top }) => top > 844).map(({ id }) => id);
      expect(below.length).toBeGreaterThan(0);
      expect(own.seen.filter((id) => below.includes(id))).toEqual([]);
      expect(own.seen).toContain(all[0]?.id);
      await page.locator('[data-alert]').last().scrollIntoViewIfNeeded();
      await expect.poll(() => own.seen.includes(all.at(-1)?.id ?? '')).toBe(true);
      expect(new Set(own.seen).size).toBe(own.seen.length);
    },
    MINUTES_MS,
  );

  test(
    'a page that is behind another shows nobody anything',
    async () => {
      const hidden = (page: Page) =>
        page.addInitScript(() => {
          Object.defineProperty(document, 'visibilityState', {
            configurable: true,
            get: () => ((globalThis as { front?: boolean }).front === true ? 'visible' : 'hidden'),
          });
        });
      const { page, server: own } = await open(DESK, {}, hidden);
      await page.locator('[data-alert]').first().waitFor();
      expect(own.seen).toEqual([]);
      await page.evaluate(() => {
        (globalThis as { front?: boolean }).front = true;
        document.dispatchEvent(new Event('visibilitychange'));
      });
      await expect.poll(() => own.seen.length, { timeout: 10_000 }).toBeGreaterThan(0);
    },
    MINUTES_MS,
  );

  test.each([
    ['desk', DESK],
    ['phone', PHONE],
  ] as const)(
    'the switch tells the server of this browser, and takes it back (%s)',
    async (name, screen) => {
      // A real push service is out of reach here: the browser's side of it is played.
      const { page, server: own } = await open(screen, { pushKey: KEY }, (given) =>
        given.addInitScript(() => {
          let subscription: unknown = null;
          const made = {
            endpoint: 'https://push.example.org/x',
            toJSON: () => ({ endpoint: made.endpoint, keys: { p256dh: 'p', auth: 'a' } }),
            unsubscribe: () => {
              subscription = null;
              return Promise.resolve(true);
            },
          };
          PushManager.prototype.getSubscription = () => Promise.resolve(subscription as never);
          PushManager.prototype.subscribe = () => Promise.resolve((subscription = made) as never);
        }),
      );
      if (screen === PHONE) await page.locator('summary', { hasText: '菜单' }).tap();
      const press = (label: string) =>
        page.getByRole('button', { name: label }).filter({ visible: true });
      await press('开启离线推送').click();
      await press('离线推送已开').waitFor();
      expect(own.pushes).toMatchObject([
        { path: '/api/push/devices', body: { endpoint: 'https://push.example.org/x', auth: 'a' } },
      ]);
      await keepShot(page, `console-push-${name}`);
      expect(await cutTexts(page)).toEqual([]);
      expect(await accessibilityFaults(page)).toEqual([]);
      if (screen === PHONE) expect(await smallTargets(page, '#app')).toEqual([]);
      await press('离线推送已开').click();
      await press('开启离线推送').waitFor();
      expect(own.pushes[1]).toMatchObject({ path: '/api/push/devices/remove' });
    },
    MINUTES_MS,
  );

  test(
    'a browser whose push service is out of reach says so',
    async () => {
      const { page, server: own } = await open(DESK, { pushKey: KEY }, (given) =>
        given.addInitScript(() => {
          PushManager.prototype.subscribe = () => Promise.reject(new Error('no service'));
        }),
      );
      await page.getByRole('button', { name: '开启离线推送' }).filter({ visible: true }).click();
      await page.getByText('连不上浏览器的推送服务').first().waitFor();
      expect(own.pushes).toEqual([]);
      await keepShot(page, 'console-push-problem');
      expect(await cutTexts(page)).toEqual([]);
    },
    MINUTES_MS,
  );

  test(
    'without Web Push on the server there is no switch',
    async () => {
      const { page } = await open(DESK);
      await page.locator('[data-alert]').first().waitFor();
      expect(await page.getByRole('button', { name: '离线推送' }).count()).toBe(0);
    },
    MINUTES_MS,
  );

  test(
    'the service worker shows a push: a reference and where to turn, and says that it did',
    async () => {
      const { page, server: own, browser: at } = await open(DESK, { pushKey: KEY });
      const worker = await at.context.newCDPSession(page);
      const registrationId = await register(page, worker);
      const payload = {
        noticeId: 'nt_1',
        alertId: 'al_000000000000abc123',
        level: 1,
        title: '准绳预警',
        body: '编号 ABC123，请登录值守台查看。',
      };
      const deliver = (data: string) =>
        worker.send('ServiceWorker.deliverPushMessage', {
          origin: own.url,
          registrationId,
          data,
        });
      await deliver(JSON.stringify(payload));
      await expect
        .poll(() => shown(page), { timeout: 10_000 })
        .toEqual([
          { title: '准绳预警', body: '编号 ABC123，请登录值守台查看。', tag: payload.alertId },
        ]);
      await expect
        .poll(() => own.pushes)
        .toMatchObject([{ path: '/api/push/shown', body: { noticeId: 'nt_1' } }]);
      // Again it replaces itself; nonsense is shown as something to look up, and reported to nobody.
      await deliver(JSON.stringify(payload));
      await deliver('nonsense');
      await expect.poll(async () => (await shown(page)).length, { timeout: 10_000 }).toBe(2);
      expect((await shown(page)).map(({ body }) => body)).toContain('请登录值守台查看。');
      expect(own.pushes.length).toBe(2);
    },
    MINUTES_MS,
  );
});

/** Registers the worker as the switch does and gives the id the browser has for it. */
async function register(page: Page, worker: CDPSession): Promise<string> {
  const registered = new Promise<string>((resolve) => {
    worker.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations;
      if (first) resolve(first.registrationId);
    });
  });
  await worker.send('ServiceWorker.enable');
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/push-worker.js');
    await navigator.serviceWorker.ready;
  });
  return registered;
}

const shown = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const notifications = await registration.getNotifications();
    return notifications.map(({ title, body, tag }) => ({ title, body, tag }));
  });
