// A real browser for screenshots and screen tests: the system's Chromium without a screen or a graphics
// card, on a fixed language, time zone and colour profile.

import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/** Why there is no browser to test with; undefined where there is one. */
export const withoutBrowser: string | undefined = existsSync(CHROMIUM)
  ? undefined
  : `${CHROMIUM} is not installed (apt-get install chromium)`;

/**
 * Two pages of the browser's own that wait behind the address line of every new window, at nearly a second of
 * processor each time. The rest is what Playwright turns off: a second switch replaces the first.
 */
const FEATURES_OFF = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

const FLAGS = [
  `--disable-features=${FEATURES_OFF.join()}`,
  '--headless=new',
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  // Only maps need WebGL: to put whole pages together with it costs a processor a quarter more.
  '--disable-gpu-compositing',
  '--disable-gpu-rasterization',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--hide-scrollbars',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
  '--disable-lcd-text',
  '--enable-precise-memory-info',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
];

const GRAPHICS = new Set(['--use-angle=swiftshader', '--enable-unsafe-swiftshader']);
const NO_GRAPHICS = ['--disable-gpu', '--disable-3d-apis'];

export type Screen = {
  readonly width: number;
  readonly height: number;
  readonly phone?: boolean;
  /** False for a machine that cannot draw maps. */
  readonly webgl?: boolean;
};

export type OpenBrowser = { readonly context: BrowserContext; close(): Promise<void> };

/** One Chromium with and one without graphics per test file; it ends with the process that started it. */
const started = new Map<boolean, Promise<Browser>>();

function chromiumFor(webgl: boolean): Promise<Browser> {
  const running =
    started.get(webgl) ??
    chromium.launch({
      executablePath: CHROMIUM,
      args: webgl ? FLAGS : [...FLAGS.filter((flag) => !GRAPHICS.has(flag)), ...NO_GRAPHICS],
      ignoreDefaultArgs: webgl ? [] : ['--enable-unsafe-swiftshader'],
    });
  started.set(webgl, running);
  return running;
}

/** A window of its own with nothing stored in it. */
export async function openBrowser(screen: Screen): Promise<OpenBrowser> {
  const { width, height, phone = false, webgl = true } = screen;
  const browser = await chromiumFor(webgl);
  const context = await browser.newContext({
    viewport: { width, height },
    screen: { width, height },
    deviceScaleFactor: phone ? 2 : 1,
    hasTouch: phone,
    isMobile: phone,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    colorScheme: 'dark',
    reducedMotion: 'reduce',
  });
  return { context, close: () => context.close() };
}

export type WatchedPage = {
  readonly page: Page;
  /** Errors and warnings of the console, and what the page threw. */
  readonly complaints: string[];
  /** Hosts other than the server's that were asked for anything. */
  readonly strangers: string[];
};

/** What software rendering says about itself, which is no fault of the page. */
const EXPECTED = /GPU stall due to ReadPixels|GroupMarkerNotSet|Automatic fallback to software/;

/** A page that remembers everything that went wrong on it. */
export async function openPage({ context }: OpenBrowser, origin: string): Promise<WatchedPage> {
  const page = await context.newPage();
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    if (EXPECTED.test(message.text())) return;
    const at = new URL(message.location().url || origin).pathname;
    complaints.push(`${message.type()} at ${at}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    const own = url.origin === origin || url.protocol === 'data:' || url.protocol === 'blob:';
    if (!own) strangers.push(url.origin);
  });
  return { page, complaints, strangers };
}

const READY_WITHIN_MS = 45_000;

/** Signs in without the form, goes to `path` and waits until all it shows has arrived; a page that never
 * gets there is told with what it complained of. */
export async function goTo(
  { page, complaints }: WatchedPage,
  { origin, path, login = 'city' }: { origin: string; path: string; login?: string },
): Promise<void> {
  await page.context().addCookies([{ name: 'session', value: login, url: origin }]);
  await page.goto(origin + path);
  try {
    await page.waitForFunction(() => globalThis.__ready === true, undefined, {
      timeout: READY_WITHIN_MS,
    });
  } catch (error) {
    const said = complaints.length > 0 ? complaints.join('\n') : 'it complained of nothing';
    throw new Error(`${path} was not ready within ${READY_WITHIN_MS / 1000} s: ${said}`, {
      cause: error,
    });
  }
}
