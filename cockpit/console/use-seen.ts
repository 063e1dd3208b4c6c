// Tells the server which alerts stand on this screen: the rows of the list, as far as they are in view, and the
// alert that is open. That is the receipt of a push.

import { useEffect, useMemo, type RefObject } from 'react';
import { postJson } from '../shared/api.ts';
import { useDeps } from '../shared/deps.tsx';
import { createSeen } from './seen.ts';

/** A row counts when this much of it is in view. */
const IN_VIEW = 0.6;

export function useSeen(
  rows: RefObject<HTMLElement | null>,
  shown: readonly string[],
  openId: string | undefined,
): void {
  const { clock } = useDeps();
  const seen = useMemo(
    () =>
      createSeen(clock, (ids) => postJson('/api/alerts/seen', { ids }), {
        isVisible: document.visibilityState === 'visible',
      }),
    [clock],
  );

  useEffect(() => {
    const look = () => seen.visible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      seen.stop();
    };
  }, [seen]);

  useEffect(() => {
    const list = rows.current;
    if (!list) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const id = (target as HTMLElement).dataset['alert'];
          if (id !== undefined) seen.onScreen(id, isIntersecting);
        }
      },
      { threshold: IN_VIEW },
    );
    for (const row of list.querySelectorAll('[data-alert]')) observer.observe(row);
    return () => observer.disconnect();
    // Rows come and go with what is shown.
  }, [seen, rows, shown]);

  useEffect(() => {
    if (openId === undefined) return undefined;
    seen.onScreen(openId, true);
    return () => seen.onScreen(openId, false);
  }, [seen, openId]);
}
