// A screen that runs for weeks outlives the build it was loaded from. When the server has become another
// process the page looks whether its own scripts are still the ones served, and loads itself anew if not.

/** The script of a page's HTML, by which builds differ; undefined when there is none. */
export const entryOf = (html: string): string | undefined =>
  /<script[^>]*\bsrc="([^"]+)"/.exec(html)?.[1];

export async function reloadWhenRebuilt(): Promise<void> {
  const response = await fetch('/', { cache: 'no-store' }).catch(() => undefined);
  if (!response?.ok) return;
  const served = entryOf(await response.text());
  const own = entryOf(document.documentElement.outerHTML);
  if (served !== undefined && own !== undefined && served !== own) location.reload();
}
