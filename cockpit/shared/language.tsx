// The reader's language: what they chose here, else what their account says, else Chinese.

import { createContext, useContext, useEffect, type ReactNode } from 'react';
import type { Language, Text } from '../../core/text.ts';
import { useDeps, useSettings } from './deps.tsx';
import { WORDS } from './words.ts';

const Context = createContext<Language>('zh');

export function LanguageProvider({
  account,
  children,
}: {
  /** The language of the signed-in account. */
  account: Language | undefined;
  children: ReactNode;
}) {
  const { language: chosen } = useSettings();
  const language = chosen ?? account ?? 'zh';
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.title = `${WORDS.product.zh} ${WORDS.product.en}`;
  }, [language]);
  return <Context value={language}>{children}</Context>;
}

export const useLanguage = (): Language => useContext(Context);

/** Gives the reader's half of a text. */
export function useSay(): (text: Text) => string {
  const language = useLanguage();
  return (text) => text[language];
}

export function LanguageSwitch({ className }: { className?: string | undefined }) {
  const { settings } = useDeps();
  const language = useLanguage();
  const say = useSay();
  return (
    <button
      type="button"
      className={className}
      title={say(WORDS.languageSwitch)}
      lang={language === 'zh' ? 'en' : 'zh-CN'}
      onClick={() => settings.set({ language: language === 'zh' ? 'en' : 'zh' })}
    >
      {say(WORDS.languageOther)}
    </button>
  );
}
