// Of a long list only the rows one can see are on the page: which they are, and how much room the others take.

import { useEffect, useState, type RefObject } from 'react';

/** Rows beyond the edges, so that scrolling shows no gap. */
const BEYOND = 8;

export type RowWindow = {
  /** Rows `first` to before `end` are drawn. */
  readonly first: number;
  readonly end: number;
  /** Pixels the rows above and below would take. */
  readonly before: number;
  readonly after: number;
};

/** All lengths in pixels; rows are of one height. */
export function rowWindow({
  count,
  rowHeight,
  scrollTop,
  height,
}: {
  count: number;
  rowHeight: number;
  scrollTop: number;
  height: number;
}): RowWindow {
  const reach = Math.ceil(height / rowHeight) + 2 * BEYOND;
  const latest = Math.max(0, count - reach);
  const first = Math.min(latest, Math.max(0, Math.floor(scrollTop / rowHeight) - BEYOND));
  const end = Math.min(count, first + reach);
  return { first, end, before: first * rowHeight, after: (count - end) * rowHeight };
}

/** Follows the scrolling of `box`. */
export function useRowWindow(
  box: RefObject<HTMLElement | null>,
  { count, rowHeight }: { count: number; rowHeight: number },
): RowWindow {
  const [seen, setSeen] = useState({ scrollTop: 0, height: 600 });
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const look = () =>
      setSeen((before) => {
        const now = { scrollTop: element.scrollTop, height: element.clientHeight };
        // Scrolling by less than a row draws the same rows.
        const isSame =
          Math.floor(before.scrollTop / rowHeight) === Math.floor(now.scrollTop / rowHeight) &&
          before.height === now.height;
        return isSame ? before : now;
      });
    look();
    element.addEventListener('scroll', look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      sizes.disconnect();
    };
  }, [box, rowHeight, count === 0]);
  return rowWindow({ count, rowHeight, ...seen });
}
