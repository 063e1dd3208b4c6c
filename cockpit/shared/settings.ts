// What one reader chose on one machine: language, theme, sound. Kept in the browser only; a browser that
// keeps nothing (private mode) still works, it just forgets.

import type { Language } from '../../core/text.ts';

export type Settings = {
  /** Undefined until the reader chose: then the account's language counts. */
  readonly language: Language | undefined;
  readonly theme: 'dark' | 'light';
  /** The reader allowed a sound for new level-1 and level-2 alerts. */
  readonly sound: boolean;
  /** The reader allowed notifications of the desktop. */
  readonly notify: boolean;
};

export type SettingsStore = {
  get(): Settings;
  set(change: Partial<Settings>): void;
  subscribe(listener: () => void): () => void;
};

const KEY = 'plumbline.settings';

const DEFAULTS: Settings = { language: undefined, theme: 'dark', sound: false, notify: false };

/** `language` of the address wins over what is stored, for permalinks and screenshots. */
export function createSettings(
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  address: string,
): SettingsStore {
  const listeners = new Set<() => void>();
  const asked = new URLSearchParams(address).get('lang');
  let settings: Settings = { ...DEFAULTS, ...read(storage) };
  if (asked === 'zh' || asked === 'en') settings = { ...settings, language: asked };
  return {
    get: () => settings,
    set(change) {
      settings = { ...settings, ...change };
      write(storage, settings);
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function read(storage: Pick<Storage, 'getItem'>): Partial<Settings> {
  try {
    const stored = JSON.parse(storage.getItem(KEY) ?? '{}') as Record<string, unknown>;
    return {
      ...(stored['language'] === 'zh' || stored['language'] === 'en'
        ? { language: stored['language'] }
        : {}),
      theme: stored['theme'] === 'light' ? 'light' : 'dark',
      sound: stored['sound'] === true,
      notify: stored['notify'] === true,
    };
  } catch {
    return {};
  }
}

function write(storage: Pick<Storage, 'setItem'>, settings: Settings): void {
  try {
    storage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Storage is full or forbidden: the choice holds until the page is closed.
  }
}
