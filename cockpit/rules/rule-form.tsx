// A rule as a form: who it is about and how grave it is, what the officer is to do, and the parameters of its
// kind. Whatever is changed here is changed in the text, and the other way round.

import type { NamedField, RuleForm as Form } from '../../app/api/rules.ts';
import { SUBJECT_CLASSES, type SubjectClass } from '../../core/order.ts';
import { useSay } from '../shared/language.tsx';
import { CLASS_NAMES, LEVEL_NAMES } from '../shared/words.ts';
import { FormProvider, useForm } from './form-context.tsx';
import { Control, GroupFields, Labelled } from './form-fields.tsx';
import { TextInput } from './form-inputs.tsx';
import type { Mistake } from './mistakes.ts';
import { KINDS } from './param-words.ts';
import type { RuleValues } from './read-rule.ts';
import type { RuleDraft } from './use-rule-draft.ts';
import { unreadableText, RULE_WORDS } from './words.ts';
import { isPlainObject } from './yaml-text.ts';
import styles from './rule-form.module.css';

/** Asked for in places of their own. */
const APART = ['id', 'title', 'who', 'level', 'article', 'duty', 'cooldown', 'exceptions'];

export function RuleFormView({
  form,
  draft,
  readOnly,
  mistakes,
  check,
}: {
  form: Form;
  draft: RuleDraft;
  readOnly: boolean;
  mistakes: readonly Mistake[];
  check: () => void;
}) {
  const say = useSay();
  // While the text cannot be shown, the last that could stays, greyed.
  const { read, lastRead: shown } = draft;
  const isAway = read?.kind === 'unreadable';
  return (
    <FormProvider
      value={{
        readOnly,
        change: draft.setValue,
        mistakeAt: (path) => mistakes.find((one) => one.path === path.join('.'))?.message,
        check,
        wordsPath: (path) =>
          path[0] === 'params' && shown ? [String(shown.values['kind']), ...path.slice(1)] : path,
      }}
    >
      {isAway && (
        <p role="status" className={styles.away}>
          {say(unreadableText(read.line, read.reason))}
        </p>
      )}
      {shown && (
        <div className={styles.form} inert={isAway} data-away={isAway}>
          <Basics form={form} values={shown.values} />
          <Classes values={shown.values} />
          <Duty form={form} values={shown.values} />
          <fieldset>
            <legend>
              {say(RULE_WORDS.conditions)}
              <span>
                {say(RULE_WORDS.kind)} {say(KINDS[String(shown.values['kind'])] ?? RULE_WORDS.none)}
              </span>
            </legend>
            <Control
              field={shown.params}
              value={shown.values['params']}
              path={['params']}
              set={(value) => draft.setValue(['params'], value)}
            />
          </fieldset>
        </div>
      )}
    </FormProvider>
  );
}

const fieldOf = (form: Form, name: string): NamedField | undefined =>
  form.common.find((field) => field.name === name);

function Basics({ form, values }: { form: Form; values: RuleValues }) {
  const say = useSay();
  return (
    <fieldset>
      <legend>{say(RULE_WORDS.basics)}</legend>
      <TextPair name="title" values={values} />
      <GroupFields
        fields={form.common.filter(({ name }) => !APART.includes(name))}
        values={values}
        path={[]}
      />
    </fieldset>
  );
}

/** A text in both languages; `charsMax` counts the Chinese one. */
function TextPair({
  name,
  values,
  charsMax,
}: {
  name: string;
  values: RuleValues;
  charsMax?: number;
}) {
  const { change } = useForm();
  const texts = isPlainObject(values[name]) ? values[name] : {};
  const set = (language: string) => (value: unknown) =>
    change([name, language], value, ['zh', 'en']);
  return (
    <Labelled path={[name]} named={{ name, isRequired: true }}>
      <div className={styles.pair} data-long={charsMax !== undefined}>
        <TextInput
          value={texts['zh']}
          path={[name, 'zh']}
          set={set('zh')}
          isCel={false}
          {...(charsMax === undefined ? {} : { charsMax })}
        />
        <TextInput value={texts['en']} path={[name, 'en']} set={set('en')} isCel={false} />
      </div>
    </Labelled>
  );
}

/** Class by class: looked at or not, how grave, by which article. */
function Classes({ values }: { values: RuleValues }) {
  const say = useSay();
  const { readOnly, change, mistakeAt } = useForm();
  const who = Array.isArray(values['who']) ? (values['who'] as SubjectClass[]) : [];
  const levels = isPlainObject(values['level']) ? values['level'] : {};
  const articles = isPlainObject(values['article']) ? values['article'] : {};
  const mistake = ['who', 'level', 'article'].map((name) => mistakeAt([name])).find(Boolean);
  return (
    <fieldset>
      <legend>{say(RULE_WORDS.classes)}</legend>
      <table className={styles.classes}>
        <thead>
          <tr>
            <th scope="col">{say(RULE_WORDS.person)}</th>
            <th scope="col">{say(RULE_WORDS.levels)}</th>
            <th scope="col">{say(RULE_WORDS.article)}</th>
          </tr>
        </thead>
        <tbody>
          {SUBJECT_CLASSES.map((one) => {
            const name = say(CLASS_NAMES[one]);
            return (
              <tr key={one}>
                <th scope="row">
                  <label className={styles.tick}>
                    <input
                      type="checkbox"
                      checked={who.includes(one)}
                      disabled={readOnly}
                      onChange={({ target }) =>
                        change(
                          ['who'],
                          SUBJECT_CLASSES.filter((other) =>
                            other === one ? target.checked : who.includes(other),
                          ),
                        )
                      }
                    />
                    {name}
                  </label>
                </th>
                <td>
                  <select
                    aria-label={`${name} ${say(RULE_WORDS.levels)}`}
                    value={String(levels[one] ?? '')}
                    disabled={readOnly}
                    onChange={({ target }) =>
                      change(
                        ['level', one],
                        target.value === '' ? undefined : Number(target.value),
                        SUBJECT_CLASSES,
                      )
                    }
                  >
                    <option value="">{say(RULE_WORDS.ungraded)}</option>
                    {([1, 2, 3] as const).map((level) => (
                      <option key={level} value={level}>
                        {say(LEVEL_NAMES[level])}
                      </option>
                    ))}
                  </select>
                </td>
                <td>
                  <input
                    aria-label={`${name} ${say(RULE_WORDS.article)}`}
                    value={String(articles[one] ?? '')}
                    readOnly={readOnly}
                    onChange={({ target }) =>
                      change(
                        ['article', one],
                        target.value === '' ? undefined : target.value,
                        SUBJECT_CLASSES,
                      )
                    }
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {mistake && <small className={styles.mistake}>{mistake}</small>}
    </fieldset>
  );
}

function Duty({ form, values }: { form: Form; values: RuleValues }) {
  const say = useSay();
  const duty = fieldOf(form, 'duty')?.field;
  const zh =
    duty?.type === 'group' ? duty.fields.find(({ name }) => name === 'zh')?.field : undefined;
  const charsMax = zh?.type === 'text' ? zh.charsMax : undefined;
  return (
    <fieldset>
      <legend>{say(RULE_WORDS.handling)}</legend>
      <TextPair name="duty" values={values} {...(charsMax === undefined ? {} : { charsMax })} />
      <GroupFields
        fields={form.common.filter(({ name }) => name === 'cooldown' || name === 'exceptions')}
        values={values}
        path={[]}
      />
    </fieldset>
  );
}
