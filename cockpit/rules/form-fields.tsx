// The fields of a rule's form, one component a type: what the server's description says a parameter is
// decides what is shown for it.

import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import type { FormField, NamedField } from '../../app/api/rules.ts';
import type { Text } from '../../core/text.ts';
import { useSay } from '../shared/language.tsx';
import { blankOf, formAt } from './blank-value.ts';
import { choiceName, DURATION_UNITS, paramWords } from './param-words.ts';
import type { Path } from './use-rule-draft.ts';
import { RULE_WORDS } from './words.ts';
import { isPlainObject } from './yaml-text.ts';
import styles from './rule-form.module.css';

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

/** The fields of a group, each with its label. */
export function GroupFields({
  fields,
  values,
  path,
}: {
  fields: readonly NamedField[];
  values: Readonly<Record<string, unknown>>;
  path: Path;
}) {
  const order = fields.map(({ name }) => name);
  return fields.map((named) => (
    <Labelled key={named.name} path={[...path, named.name]} named={named}>
      <NamedControl
        named={named}
        value={values[named.name]}
        path={[...path, named.name]}
        order={order}
      />
    </Labelled>
  ));
}

/** A row of the form: label, control, hint, and what is wrong. */
export function Labelled({
  path,
  named,
  children,
}: {
  path: Path;
  named: Pick<NamedField, 'name' | 'isRequired'> & { readonly field?: FormField };
  children: ReactNode;
}) {
  const say = useSay();
  const { mistakeAt, wordsPath } = useForm();
  const words = paramWords(wordsPath(path));
  const mistake = mistakeAt(path);
  return (
    <div
      className={styles.row}
      data-short={isShort(named.field)}
      role="group"
      aria-label={words ? say(words.label) : named.name}
    >
      <span className={styles.label} title={named.name}>
        {words ? say(words.label) : <code>{named.name}</code>}
        {!named.isRequired && <i>{say(RULE_WORDS.optional)}</i>}
      </span>
      <div className={styles.control}>
        {children}
        {words?.hint && <small>{say(words.hint)}</small>}
        {mistake && <small className={styles.mistake}>{mistake}</small>}
      </div>
    </div>
  );
}

/** Fields that leave room for another one beside them. */
const isShort = (field: FormField | undefined): boolean =>
  field !== undefined &&
  (['number', 'duration', 'choice', 'flag'].includes(field.type) || staysBrief(field));

/** Names, ids and times of day. */
const staysBrief = (field: FormField): boolean =>
  field.type === 'text' && (field.pattern !== undefined || (field.charsMax ?? Infinity) <= 64);

function NamedControl(props: {
  named: NamedField;
  value: unknown;
  path: Path;
  order: readonly string[];
}) {
  const { named, value, path, order } = props;
  const { change } = useForm();
  const set = (next: unknown) => change(path, next, order);
  const { field } = named;
  const isTicked = field.type === 'list' && field.of.type === 'choice';
  if (named.isRequired || isTicked || !['group', 'list', 'forms'].includes(field.type)) {
    return (
      <Control
        field={field}
        value={value}
        path={path}
        set={set}
        optional={!named.isRequired}
        fallback={named.default}
      />
    );
  }
  return <Optional field={field} value={value} path={path} set={set} />;
}

/** A group or list that need not be there. */
function Optional({ field, value, path, set }: ControlProps) {
  const say = useSay();
  const { readOnly } = useForm();
  return (
    <>
      <label className={styles.tick}>
        <input
          type="checkbox"
          checked={value !== undefined}
          disabled={readOnly}
          onChange={(event) => set(event.target.checked ? blankOf(field) : undefined)}
        />
        {say(RULE_WORDS.given)}
      </label>
      {value !== undefined && <Control field={field} value={value} path={path} set={set} />}
    </>
  );
}

export type ControlProps = {
  readonly field: FormField;
  readonly value: unknown;
  readonly path: Path;
  set(value: unknown): void;
  readonly optional?: boolean;
  /** What holds when nothing is given. */
  readonly fallback?: unknown;
};

export function Control(props: ControlProps) {
  const { field, value, path } = props;
  switch (field.type) {
    case 'group':
      return (
        <div className={styles.nested}>
          <GroupFields
            fields={field.fields}
            values={isPlainObject(value) ? value : {}}
            path={path}
          />
        </div>
      );
    case 'list':
      return field.of.type === 'choice' ? (
        <Ticks {...props} options={field.of.options} />
      ) : (
        <Entries {...props} of={field.of} />
      );
    case 'forms':
      return <Forms {...props} forms={field.forms} />;
    case 'choice':
      return <Choice {...props} options={field.options} />;
    case 'flag':
      return <Flag {...props} onlyTrue={field.onlyTrue} />;
    case 'number':
      return <NumberInput {...props} limits={field} />;
    case 'duration':
      return <Duration {...props} />;
    default:
      return <TextInput {...props} isCel={field.type === 'cel'} isBrief={staysBrief(field)} />;
  }
}

function useName(path: Path): string {
  const say = useSay();
  const { wordsPath } = useForm();
  const words = paramWords(wordsPath(path));
  return words ? say(words.label) : String(path.at(-1));
}

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

function NumberInput({
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

function Duration({ value, path, set, optional = false }: ControlProps) {
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

function Choice({
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

function Flag({ value, path, set, fallback, onlyTrue }: ControlProps & { onlyTrue: boolean }) {
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
function Ticks({
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

/** A list one adds to and takes from. */
function Entries({ value, path, set, of }: ControlProps & { of: FormField }) {
  const say = useSay();
  const { readOnly } = useForm();
  const name = useName(path);
  const entries = Array.isArray(value) ? (value as unknown[]) : [];
  const isGroup = of.type === 'group' || of.type === 'list';
  return (
    <div className={isGroup ? styles.groups : styles.entries} role="group" aria-label={name}>
      {entries.map((entry, index) => (
        // Entries have no name of their own; their place is what they are.
        <div key={index} className={styles.entry}>
          <Control
            field={of}
            value={entry}
            path={[...path, index]}
            set={(next) => set(entries.with(index, next ?? ''))}
          />
          {!readOnly && (
            <button
              type="button"
              aria-label={`${say(RULE_WORDS.remove)} ${name} ${index + 1}`}
              title={say(RULE_WORDS.remove)}
              onClick={() => set(entries.toSpliced(index, 1))}
            >
              ×
            </button>
          )}
        </div>
      ))}
      {!readOnly && (
        <button
          type="button"
          className={styles.add}
          aria-label={`${say(RULE_WORDS.add)} ${name}`}
          onClick={() => set([...entries, blankOf(of)])}
        >
          + {say(RULE_WORDS.add)}
        </button>
      )}
    </div>
  );
}

/** One of several forms: the plain choices and the forms stand in one list. */
function Forms({ value, path, set, forms }: ControlProps & { forms: readonly FormField[] }) {
  const say = useSay();
  const { readOnly, wordsPath } = useForm();
  const name = useName(path);
  const at = formAt(forms, value);
  const current = forms[at];
  const options = forms.flatMap((form, index) =>
    form.type === 'choice'
      ? form.options.map((option) => ({
          id: `${index} ${option}`,
          says: choiceName(wordsPath(path), option),
          value: option as unknown,
        }))
      : [{ id: `${index}`, says: formName(form, wordsPath(path)), value: blankOf(form) }],
  );
  return (
    <div className={styles.forms}>
      <select
        aria-label={name}
        value={current?.type === 'choice' ? `${at} ${String(value)}` : String(at)}
        disabled={readOnly}
        onChange={({ target }) => set(options.find(({ id }) => id === target.value)?.value)}
      >
        {options.map(({ id, says }) => (
          <option key={id} value={id}>
            {say(says)}
          </option>
        ))}
      </select>
      {current && current.type !== 'choice' && (
        <Control field={current} value={value} path={path} set={set} />
      )}
    </div>
  );
}

/** A form goes by the first thing it asks. */
function formName(form: FormField, path: Path): Text {
  if (form.type !== 'group') return RULE_WORDS.listed;
  const [first] = form.fields;
  const name = first?.name ?? '';
  const chosen = choiceName(path, name);
  return chosen.zh === name ? (paramWords([...path, name])?.label ?? chosen) : chosen;
}
