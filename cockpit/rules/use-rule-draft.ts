// The rule somebody is changing, as text and as values at once. The text a person typed is the base; what
// the form changes is written into it, so that a change taken back leaves the base byte for byte.

import { useEffect, useMemo, useRef, useState } from 'react';
import type { RuleForm } from '../../app/api/rules.ts';
import { draftOf, keepDraft } from './drafts.ts';
import { readRule, withValue, type ReadRule, type RuleValues } from './read-rule.ts';
import { rewriteYaml } from './rewrite-yaml.ts';

export type RuleDraft = {
  readonly text: string;
  /** The text as values; of the form's own changes they need not be read again. */
  readonly read: ReadRule | undefined;
  /** The last text that could be read as values: this one, or one before it. */
  readonly lastRead: ReadableRule | undefined;
  readonly isChanged: boolean;
  setText(text: string): void;
  /** Sets one value, or takes it away when undefined; `order` is that of the fields beside it. */
  setValue(path: Path, value: unknown, order?: readonly string[]): void;
  reset(): void;
};

export type ReadableRule = Extract<ReadRule, { kind: 'readable' }>;
export type Path = readonly (string | number)[];

/**
 * `form` is undefined until it has come; until then there is only the text. What is changed is kept while
 * the page is open, also when a backtest is looked at meanwhile.
 */
export function useRuleDraft(
  { ruleId, original }: { ruleId: string; original: string },
  form: RuleForm | undefined,
): RuleDraft {
  const [base, setBase] = useState(() => draftOf(ruleId) ?? original);
  const [values, setValues] = useState<RuleValues>();
  const text = useMemo(
    () => (values === undefined ? base : rewriteYaml(base, values)),
    [base, values],
  );
  const read = useMemo((): ReadRule | undefined => {
    if (!form) return undefined;
    const now = readRule(base, form);
    if (values === undefined || now.kind === 'unreadable') return now;
    return { ...now, values };
  }, [base, values, form]);
  const lastRead = useRef<ReadableRule>(undefined);
  if (read?.kind === 'readable') lastRead.current = read;
  const isChanged = text !== original;
  useEffect(() => keepDraft(ruleId, isChanged ? text : undefined), [ruleId, isChanged, text]);
  const setText = (next: string) => {
    setBase(next);
    setValues(undefined);
  };
  return {
    text,
    read,
    lastRead: lastRead.current,
    isChanged,
    setText,
    setValue(path, value, order = []) {
      if (read?.kind !== 'readable') return;
      setValues(withValue(read.values, path, { value, order }) as RuleValues);
    },
    reset: () => setText(original),
  };
}
