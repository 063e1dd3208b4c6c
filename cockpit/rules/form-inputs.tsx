// Single values of a rule's form: one component a type.

import { useEffect, useState } from 'react';
import type { FormField } from '../../app/api/rules.ts';
import { useSay } from '../shared/language.tsx';
import { useForm, useName } from './form-context.tsx';
import { choiceName, DURATION_UNITS, paramWords } from './param-words.ts';
import type { Path } from './use-rule-draft.ts';
import { RULE_WORDS } from './words.ts';
import styles from './rule-form.module.css';

export type ControlProps = {
  readonly field: FormField;
  readonly value: unknown;
  readonly path: Path;
  set(value: unknown): void;
  readonly optional?: boolean;
  /** What holds when nothing is given. */
  readonly fallback?: unknown;
};

export function TextInput({
  value,
  path,
  set,
  optional = false,
  isCel,
  isBrief = false,
  charsMax,
}: Omit<ControlProps, 'field'> & { isCel: boolean; isBrief?: boolean; charsMax?: number }) {
  const say = useSay();
  const { readOnly, mistakeAt, check } = useForm();
  const name = useName(path);
  const shown = typeof value === 'string' ? value : '';
  const tooLong = charsMax !== undefined && shown.length > charsMax;
  return (
    <span className={styles.text} data-brief={isBrief}>
      <input
        aria-label={name}
        aria-invalid={tooLong || mistakeAt(path) !== undefined}
        className={isCel ? styles.cel : undefined}
        value={shown}
        readOnly={readOnly}
        spellCheck={false}
        placeholder={optional ? say(RULE_WORDS.notGiven) : undefined}
        onChange={({ target }) => set(target.value === '' && optional ? undefined : target.value)}
        onBlur={isCel && !readOnly ? check : undefined}
      />
      {charsMax !== undefined && (
        <output data-over={tooLong} aria-label={say(RULE_WORDS.chars)}>
          {shown.length}/{charsMax}
        </output>
      )}
    </span>
  );
}

/** Keeps what is typed while it is not yet a value; a value from elsewhere replaces it. */
function useTyped<Value>(value: Value, show: (value: Value) => string) {
  const [typed, setTyped] = useState<string>();
  const shown = show(value);
  useEffect(() => setTyped(undefined), [shown]);
  return { shown: typed ?? shown, isOpen: typed !== undefined, setTyped };
}

export function NumberInput({
  value,
  path,
  set,
  optional = false,
  fallback,
  limits,
}: ControlProps & { limits: Extract<FormField, { type: 'number' }> }) {
  const say = useSay();
  const { readOnly, wordsPath } = useForm();
  const name = useName(path);
  const { shown, isOpen, setTyped } = useTyped(value, (one) =>
    one === undefined ? '' : String(one),
  );
  const unit = paramWords(wordsPath(path))?.unit;
  const { min, max, isWhole } = limits;
  const take = (text: string) => {
    const number = Number(text);
    if (text.trim() === '' && optional) set(undefined);
    else if (text.trim() !== '' && Number.isFinite(number)) set(number);
    setTyped(text);
  };
  const isOutside =
    typeof value === 'number' &&
    ((min !== undefined && value < min) ||
      (max !== undefined && value > max) ||
      (isWhole && !Number.isInteger(value)));
  const isWrong =
    isOutside || (isOpen && (shown.trim() === '' ? !optional : !Number.isFinite(Number(shown))));
  return (
    <span className={styles.measure}>
      <input
        aria-label={name}
        aria-invalid={isWrong}
        inputMode="decimal"
        value={shown}
        readOnly={readOnly}
        placeholder={fallback === undefined ? '' : String(fallback)}
        onChange={(event) => take(event.target.value)}
        onBlur={() => setTyped(undefined)}
      />
      {unit && <span>{say(unit)}</span>}
      {isWrong && (
        <small className={styles.mistake}>
          {min ?? '…'}–{max ?? '…'} {isWhole ? say(RULE_WORDS.whole) : ''}
        </small>
      )}
    </span>
  );
}

const DURATION = /^(\d+(?:\.\d+)?)\s*(s|m|h|d)$/;

export function Duration({ value, path, set, optional = false }: ControlProps) {
  const say = useSay();
  const { readOnly } = useForm();
  const name = useName(path);
  const [, amount, unit = 'm'] = DURATION.exec(typeof value === 'string' ? value : '') ?? [];
  const [chosen, setChosen] = useState(unit);
  const current = amount === undefined ? chosen : unit;
  const { shown, isOpen, setTyped } = useTyped(amount ?? '', (one) => one);
  const take = (text: string) => {
    if (text.trim() === '' && optional) set(undefined);
    else if (/^\d+(\.\d+)?$/.test(text)) set(`${text}${current}`);
    setTyped(text);
  };
  // Written in a way that is none of these: shown as it is, so that it can be put right.
  if (typeof value === 'string' && amount === undefined) {
    return <TextInput value={value} path={path} set={set} optional={optional} isCel={false} />;
  }
  return (
    <span className={styles.measure}>
      <input
        aria-label={name}
        aria-invalid={isOpen && shown !== '' && !/^\d+(\.\d+)?$/.test(shown)}
        inputMode="decimal"
        value={shown}
        readOnly={readOnly}
        placeholder={optional ? say(RULE_WORDS.notGiven) : undefined}
        onChange={(event) => take(event.target.value)}
        onBlur={() => setTyped(undefined)}
      />
      <select
        aria-label={`${name} ${say(RULE_WORDS.unit)}`}
        value={current}
        disabled={readOnly}
        onChange={({ target }) => {
          setChosen(target.value);
          if (amount !== undefined) set(`${amount}${target.value}`);
        }}
      >
        {Object.entries(DURATION_UNITS).map(([one, word]) => (
          <option key={one} value={one}>
            {say(word)}
          </option>
        ))}
      </select>
    </span>
  );
}

export function Choice({
  value,
  path,
  set,
  optional = false,
  fallback,
  options,
}: ControlProps & { options: readonly (string | number)[] }) {
  const say = useSay();
  const { readOnly, wordsPath } = useForm();
  const name = useName(path);
  const nameOf = (option: string | number) => say(choiceName(wordsPath(path), option));
  return (
    <select
      aria-label={name}
      value={value === undefined ? '' : String(value)}
      disabled={readOnly}
      onChange={({ target }) => set(options.find((option) => String(option) === target.value))}
    >
      {(optional || value === undefined) && (
        <option value="">
          {fallback === undefined ? say(RULE_WORDS.notGiven) : nameOf(fallback as string)}
        </option>
      )}
      {options.map((option) => (
        <option key={option} value={String(option)}>
          {nameOf(option)}
        </option>
      ))}
    </select>
  );
}

export function Flag({
  value,
  path,
  set,
  fallback,
  onlyTrue,
}: ControlProps & { onlyTrue: boolean }) {
  const say = useSay();
  const { readOnly } = useForm();
  const isOn = value ?? fallback ?? false;
  return (
    <label className={styles.tick}>
      <input
        type="checkbox"
        aria-label={useName(path)}
        checked={isOn === true}
        disabled={readOnly}
        onChange={({ target }) => {
          const rests = onlyTrue ? false : (fallback ?? false);
          set(target.checked === rests ? undefined : target.checked);
        }}
      />
      {say(isOn === true ? RULE_WORDS.yes : RULE_WORDS.no)}
    </label>
  );
}

/** Several of a few choices. */
export function Ticks({
  value,
  path,
  set,
  optional = false,
  options,
}: ControlProps & { options: readonly (string | number)[] }) {
  const say = useSay();
  const { readOnly, wordsPath } = useForm();
  const chosen = Array.isArray(value) ? (value as (string | number)[]) : [];
  const tick = (option: string | number, isOn: boolean) => {
    const next = isOn ? [...chosen, option] : chosen.filter((one) => one !== option);
    set(next.length === 0 && optional ? undefined : next);
  };
  return (
    <span className={styles.ticks} role="group" aria-label={useName(path)}>
      {options.map((option) => (
        <label key={option} className={styles.tick}>
          <input
            type="checkbox"
            checked={chosen.includes(option)}
            disabled={readOnly}
            onChange={({ target }) => tick(option, target.checked)}
          />
          {say(choiceName(wordsPath(path), option))}
        </label>
      ))}
    </span>
  );
}
