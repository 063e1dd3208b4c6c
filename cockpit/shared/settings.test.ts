import { expect, test } from 'vitest';
import { createSettings } from './settings.ts';

const memory = (initial: Record<string, string> = {}) => {
  const kept = new Map(Object.entries(initial));
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
};

test('a choice is still there after a reload', () => {
  const storage = memory();
  createSettings(storage, '').set({ theme: 'light', language: 'en', sound: true });
  expect(createSettings(storage, '').get()).toEqual({
    language: 'en',
    theme: 'light',
    sound: true,
    notify: false,
  });
});

test('the address wins over the stored language', () => {
  const storage = memory();
  createSettings(storage, '').set({ language: 'zh' });
  expect(createSettings(storage, '?lang=en').get().language).toBe('en');
});

test.each([['not json'], ['null'], ['{"theme":7,"language":"fr","sound":"yes"}']])(
  'stored nonsense %s counts as nothing chosen',
  (stored) => {
    const settings = createSettings(memory({ 'plumbline.settings': stored }), '').get();
    expect(settings).toEqual({ language: undefined, theme: 'dark', sound: false, notify: false });
  },
);

test('a browser that keeps nothing still changes the page', () => {
  const settings = createSettings(
    {
      getItem: () => {
        throw new Error('forbidden');
      },
      setItem: () => {
        throw new Error('forbidden');
      },
    },
    '',
  );
  let told = 0;
  settings.subscribe(() => told++);
  settings.set({ theme: 'light' });
  expect([settings.get().theme, told]).toEqual(['light', 1]);
});
