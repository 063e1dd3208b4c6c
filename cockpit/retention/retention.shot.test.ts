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
import { accessibilityFaults, cutTexts, keepShot } from '../shots/inspect.ts';

if (withoutBrowser) process.stderr.write(`skipped: retention, because ${withoutBrowser}\n`);

const DESK: Screen = { width: 1_440, height: 900 };
const PHONE: Screen = { width: 390, height: 844, phone: true };

describe.skipIf(withoutBrowser)('retention', () => {
  let dist: string;
  let server: FixtureServer | undefined;
  let browser: OpenBrowser | undefined;

  beforeAll(async () => {
    dist = await builtCockpit();
  }, 120_000);

  afterEach(async () => {
    await browser?.close();
    await server?.close();
  });

  test.each([
    ['on a desk', DESK, 'retention'],
    ['on a phone', PHONE, 'retention-phone'],
  ] as const)('%s', async (_name, screen, shot) => {
    server = await openFixtureServer({ dist, still: true, points: 50 });
    browser = await openBrowser(screen);
    const watched = await openPage(browser, server.url);
    await goTo(watched, { origin: server.url, path: '/retention?still=1', login: 'security' });
    await watched.page.getByText('达检调〔2026〕7号').first().waitFor();
    await keepShot(watched.page, shot);
    expect(await accessibilityFaults(watched.page)).toEqual([]);
    // On a phone tables are moved sideways.
    if (screen === DESK) expect(await cutTexts(watched.page)).toEqual([]);
    // A hold another person placed can be confirmed.
    expect(await watched.page.getByRole('button', { name: '确认' }).count()).toBe(1);
  });
});
