// What can be said about a screen without a person looking: is anything cut off, too small, blank, in the
// wrong language, or hard to use with a keyboard or a reader.

import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const SHOTS = fileURLToPath(new URL('../../.cache/shots', import.meta.url));

/** Keeps a picture for people to look at. */
export async function keepShot(page: Page, name: string): Promise<void> {
  await mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** Texts that are cut off by their own box or stand outside the window. */
export const cutTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const cut: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>('#app *')) {
      const own = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      );
      const style = getComputedStyle(element);
      if (!own || element.closest('.visually-hidden') || style.visibility === 'hidden') continue;
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      const clipped = style.overflowX === 'hidden' && element.scrollWidth > element.clientWidth + 1;
      const outside = box.left < -1 || box.right > innerWidth + 1;
      const range = document.createRange();
      range.selectNodeContents(element);
      const text = range.getBoundingClientRect();
      const spilt = element.tagName === 'TD' && text.right > box.right + 1;
      if (clipped || outside || spilt) cut.push(element.textContent?.trim() ?? '');
    }
    return cut;
  });

/** Visible texts in a font smaller than `px`, with their size. */
export const smallTexts = (page: Page, px: number): Promise<string[]> =>
  page.evaluate((least) => {
    const small: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent?.trim() ?? '';
      const parent = walker.currentNode.parentElement;
      if (text === '' || !parent || parent.closest('.visually-hidden, noscript, script')) continue;
      const size = Number.parseFloat(getComputedStyle(parent).fontSize);
      if (parent.getClientRects().length > 0 && size < least) small.push(`${text} (${size}px)`);
    }
    return small;
  }, px);

/** Everything a person could read, also in attributes a reader speaks. */
export const wordsOn = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const spoken = [...document.querySelectorAll('[aria-label], [title]')].map(
      (element) =>
        `${element.getAttribute('aria-label') ?? ''} ${element.getAttribute('title') ?? ''}`,
    );
    return [document.getElementById('app')?.innerText ?? '', ...spoken].join('\n');
  });

/** How many different colours a part of the screen shows; a blank map shows a handful. */
export async function coloursIn(page: Page, selector: string): Promise<number> {
  const picture = await page.locator(selector).first().screenshot();
  return coloursOf(page, picture.toString('base64'));
}

/** How many colours a PNG has; the browser reads it. */
export const coloursOf = (page: Page, png: string): Promise<number> =>
  page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context?.drawImage(image, 0, 0);
    const pixels = context?.getImageData(0, 0, image.width, image.height).data ?? [];
    const seen = new Set<number>();
    for (let i = 0; i < pixels.length; i += 4) {
      seen.add(((pixels[i] ?? 0) << 16) | ((pixels[i + 1] ?? 0) << 8) | (pixels[i + 2] ?? 0));
    }
    return seen.size;
  }, png);

/**
 * How far two pictures of one size are from each other: the greatest difference of a colour channel, 0 to 255, and
 * how many pixels differ. A software renderer rounds the edges of shapes a little differently now and then.
 */
export const differenceOf = (
  page: Page,
  [first, second]: readonly [Buffer, Buffer],
): Promise<{ channelMax: number; pixels: number }> =>
  page.evaluate(
    async (pictures) => {
      const [before = [], after = []] = await Promise.all(
        pictures.map(async (base64) => {
          const image = new Image();
          image.src = `data:image/png;base64,${base64}`;
          await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height);
          const context = canvas.getContext('2d');
          context?.drawImage(image, 0, 0);
          return context?.getImageData(0, 0, image.width, image.height).data ?? [];
        }),
      );
      if (before.length !== after.length) return { channelMax: 255, pixels: Infinity };
      const found = { channelMax: 0, pixels: 0 };
      for (let i = 0; i < before.length; i += 4) {
        const apart = [0, 1, 2].map((channel) =>
          Math.abs((before[i + channel] ?? 0) - (after[i + channel] ?? 0)),
        );
        const most = Math.max(...apart);
        if (most > 0) found.pixels++;
        found.channelMax = Math.max(found.channelMax, most);
      }
      return found;
    },
    [first.toString('base64'), second.toString('base64')],
  );

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious and critical faults of accessibility, each with the element it is about. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    type Result = { impact: string; id: string; nodes: { html: string; failureSummary: string }[] };
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: Result[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
      );
  });
}

/** Things to touch that are smaller than a fingertip (44 px), with their size. */
export const smallTargets = (page: Page, within: string): Promise<string[]> =>
  page.evaluate((selector) => {
    const targets = document.querySelectorAll<HTMLElement>(
      `${selector} button, ${selector} a, ${selector} select, ${selector} summary`,
    );
    return [...targets].flatMap((element) => {
      const { width, height } = element.getBoundingClientRect();
      if (width === 0 || height === 0) return [];
      return width < 44 || height < 44
        ? [`${element.innerText.trim()} ${Math.round(width)}×${Math.round(height)}`]
        : [];
    });
  }, within);

/** Han characters that stand in English texts, but for the switch to Chinese. */
export const hanIn = (words: string): string[] => [
  ...new Set(words.replaceAll('中文', '').match(/[\u3400-\u9fff]+/g) ?? []),
];
