// Which column is what. Columns about persons are not offered.

import type { ImportCheck } from '../../app/api/imports.ts';
import { useSay } from '../shared/language.tsx';
import { Choice } from './choice.tsx';
import type { Draft } from './draft-mapping.ts';
import { FIELD_NAMES, IMPORT_WORDS } from './words.ts';
import styles from './imports-page.module.css';

type Props = {
  readonly draft: Draft;
  readonly columns: ImportCheck['columns'];
  set(draft: Draft): void;
};

const FIELDS = {
  incidents: ['region', 'at', 'kind'],
  'per-column': ['region', 'period'],
  'per-row': ['region', 'period', 'name', 'value'],
} as const;

export function MappingForm(props: Props) {
  const say = useSay();
  const { draft, set } = props;
  const fields = FIELDS[draft.as === 'incidents' ? 'incidents' : draft.layout];
  const free = props.columns.filter(({ personal }) => personal === null).map(({ name }) => name);
  return (
    <>
      <div className={styles.fields}>
        <Choice
          name={IMPORT_WORDS.kind}
          value={draft.as}
          options={[
            ['incidents', say(IMPORT_WORDS.incidents)],
            ['measures', say(IMPORT_WORDS.measures)],
          ]}
          set={(as) => set({ ...draft, as: as as Draft['as'] })}
        />
        {draft.as === 'measures' && (
          <Choice
            name={IMPORT_WORDS.layout}
            value={draft.layout}
            options={[
              ['per-column', say(IMPORT_WORDS.perColumn)],
              ['per-row', say(IMPORT_WORDS.perRow)],
            ]}
            set={(layout) => set({ ...draft, layout: layout as Draft['layout'] })}
          />
        )}
        {fields.map((field) => (
          <Choice
            key={field}
            name={FIELD_NAMES[field]}
            value={draft[field]}
            options={[['', say(IMPORT_WORDS.none)], ...free.map((one) => [one, one] as const)]}
            set={(column) => set({ ...draft, [field]: column })}
          />
        ))}
        <Choice
          name={IMPORT_WORDS.dates}
          value={draft.dates}
          options={[
            ['', say(IMPORT_WORDS.datesPlain)],
            ['day-first', say(IMPORT_WORDS.dayFirst)],
            ['month-first', say(IMPORT_WORDS.monthFirst)],
          ]}
          set={(dates) => set({ ...draft, dates: dates as Draft['dates'] })}
        />
      </div>
      {draft.as === 'measures' && draft.layout === 'per-column' && (
        <MeasureColumns {...props} free={free} />
      )}
    </>
  );
}

function MeasureColumns({ draft, set, free }: Props & { free: readonly string[] }) {
  const say = useSay();
  const { columns } = draft;
  const without = (name: string) =>
    Object.fromEntries(Object.entries(columns).filter(([one]) => one !== name));
  return (
    <fieldset className={styles.measures}>
      <legend>{say(IMPORT_WORDS.measureColumns)}</legend>
      {free
        .filter((name) => name !== draft.region && name !== draft.period)
        .map((name) => (
          <div key={name}>
            <label>
              <input
                type="checkbox"
                checked={name in columns}
                onChange={(event) =>
                  set({
                    ...draft,
                    columns: event.target.checked ? { ...columns, [name]: name } : without(name),
                  })
                }
              />
              {name}
            </label>
            {name in columns && (
              <input
                aria-label={`${say(FIELD_NAMES.name)} ${name}`}
                value={columns[name]}
                maxLength={100}
                onChange={(event) =>
                  set({ ...draft, columns: { ...columns, [name]: event.target.value } })
                }
              />
            )}
          </div>
        ))}
    </fieldset>
  );
}
