// What a page tells the document around it: which page it is, which theme it wears, and when everything
// it shows has arrived, which screenshots wait for.

import { useEffect, useLayoutEffect } from 'react';
import { useSettings } from './deps.tsx';

declare global {
  // The flag screenshots and tests wait for.
  var __ready: boolean | undefined;
}

export type PageName =
  | 'sign-in'
  | 'wall'
  | 'console'
  | 'rules'
  | 'reports'
  | 'roster'
  | 'open'
  | 'silences'
  | 'bases'
  | 'person-basis'
  | 'drills'
  | 'watch'
  | 'account'
  | 'access'
  | 'kiosk'
  | 'retention'
  | 'audit'
  | 'workbench'
  | 'laboratory'
  | 'sql'
  | 'identities'
  | 'exports'
  | 'imports';

export function usePage(name: PageName, { ready }: { ready: boolean }): void {
  const { theme } = useSettings();

  // Before anything is painted or measured: the root's font size hangs on it.
  useLayoutEffect(() => {
    const root = document.documentElement;
    root.dataset['page'] = name;
    root.dataset['theme'] = name === 'wall' ? 'dark' : theme;
  }, [name, theme]);

  useEffect(() => {
    let left = false;
    const announce = async () => {
      await document.fonts.ready;
      if (!left) globalThis.__ready = true;
    };
    if (ready) void announce();
    return () => {
      left = true;
      globalThis.__ready = false;
    };
  }, [ready]);
}
