// The fields of a rule's form: what the server's description says a parameter is decides what is shown for
// it, down through groups and lists.

import type { ReactNode } from 'react';
import type { FormField, NamedField } from '../../app/api/rules.ts';
import type { Text } from '../../core/text.ts';
import { useSay } from '../shared/language.tsx';
import { blankOf, formAt } from './blank-value.ts';
import { useForm, useName } from './form-context.tsx';
import {
  Choice,
  Duration,
  Flag,
  NumberInput,
  TextInput,
  Ticks,
  type ControlProps,
} from './form-inputs.tsx';
import { choiceName, paramWords } from './param-words.ts';
import type { Path } from './use-rule-draft.ts';
import { RULE_WORDS } from './words.ts';
import { isPlainObject } from './yaml-text.ts';
import styles from './rule-form.module.css';

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
