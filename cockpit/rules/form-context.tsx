// What every field of a rule's form shares: how to change the rule, and what was said about it.

import { createContext, useContext } from 'react';
import { useSay } from '../shared/language.tsx';
import { paramWords } from './param-words.ts';
import type { Path } from './use-rule-draft.ts';

export type FormContext = {
  readonly readOnly: boolean;
  change(path: Path, value: unknown, order?: readonly string[]): void;
  /** What the last check said about the value there. */
  mistakeAt(path: Path): string | undefined;
  /** Asks the server about the whole text. */
  check(): void;
  /** The path words are found under. */
  wordsPath(path: Path): Path;
};

const Context = createContext<FormContext | undefined>(undefined);
export const FormProvider = Context.Provider;

export function useForm(): FormContext {
  const form = useContext(Context);
  if (!form) throw new Error('a field stands outside the form');
  return form;
}

/** What the field at the path is called. */
export function useName(path: Path): string {
  const say = useSay();
  const { wordsPath } = useForm();
  const words = paramWords(wordsPath(path));
  return words ? say(words.label) : String(path.at(-1));
}
