// Where a variant is made: weights by sliders, goals and bounds by figures, the way scores are brought together.

import { useId } from 'react';
import type { Text } from '../../core/text.ts';
import { AGGREGATIONS, type Aggregation } from '../../models/composite/aggregate.ts';
import type { Definition } from '../../models/composite/definition.ts';
import type { Goal } from '../../models/composite/efficacy.ts';
import { useSay } from '../shared/language.tsx';
import { sharesOf, type LabInput, type Variant } from './lab-model.ts';
import { AGGREGATION_NAMES, LAB_WORDS } from './words.ts';
import styles from './laboratory-page.module.css';

type Set = (variant: Variant) => void;

export function VariantPanel({
  input,
  variant,
  set,
}: {
  input: LabInput;
  variant: Variant;
  set: Set;
}) {
  const say = useSay();
  const { definition } = input;
  return (
    <>
      <label className={styles.field}>
        <span>{say(LAB_WORDS.aggregation)}</span>
        <select
          value={variant.aggregation}
          onChange={(event) => set({ ...variant, aggregation: event.target.value as Aggregation })}
        >
          {AGGREGATIONS.map((how) => (
            <option key={how} value={how}>
              {say(AGGREGATION_NAMES[how])}
            </option>
          ))}
        </select>
      </label>
      {Object.keys(definition.nodes).map((node) => (
        <NodeWeights
          key={node}
          {...{ definition, variant, node, set }}
          isOpen={node === definition.top}
        />
      ))}
      <details className={styles.part}>
        <summary>{say(LAB_WORDS.grades)}</summary>
        {definition.grading.bands.slice(0, -1).map(({ id, name }, i) => (
          <Figure
            key={id}
            name={name}
            lead={LAB_WORDS.atLeast}
            value={variant.bounds[i] ?? 0}
            set={(value) =>
              set({ ...variant, bounds: variant.bounds.map((was, j) => (j === i ? value : was)) })
            }
          />
        ))}
      </details>
      <details className={styles.part}>
        <summary>{say(LAB_WORDS.goals)}</summary>
        {Object.entries(definition.indicators).map(([name, { title, unit }]) => {
          const goal = variant.goals[name];
          return goal ? (
            <fieldset key={name} className={styles.goal}>
              <legend>
                {say(title)} <small>{say(unit)}</small>
              </legend>
              <GoalFields
                goal={goal}
                set={(next) => set({ ...variant, goals: { ...variant.goals, [name]: next } })}
              />
            </fieldset>
          ) : null;
        })}
      </details>
    </>
  );
}

function NodeWeights({
  definition,
  variant,
  node,
  set,
  isOpen,
}: {
  definition: Definition;
  variant: Variant;
  node: string;
  set: Set;
  isOpen: boolean;
}) {
  const say = useSay();
  const { title, parts } = definition.nodes[node] as Definition['nodes'][string];
  const weights = variant.weights[node] ?? [];
  const shares = sharesOf(weights);
  return (
    <details className={styles.part} open={isOpen}>
      <summary>
        {say(title)} · {say(LAB_WORDS.weights)}
      </summary>
      {parts.map(({ of }, i) => (
        <Slider
          key={of}
          name={(definition.nodes[of] ?? definition.indicators[of])?.title ?? { zh: of, en: of }}
          value={weights[i] ?? 0}
          share={shares[i] ?? 0}
          set={(value) =>
            set({
              ...variant,
              weights: {
                ...variant.weights,
                [node]: weights.map((was, j) => (j === i ? value : was)),
              },
            })
          }
        />
      ))}
    </details>
  );
}

/** The weight as it is set, and as the share of the whole that it comes to. */
function Slider({
  name,
  value,
  share,
  set,
}: {
  name: Text;
  value: number;
  share: number;
  set: (value: number) => void;
}) {
  const say = useSay();
  const id = useId();
  return (
    <div className={styles.slider}>
      <label htmlFor={id}>{say(name)}</label>
      <output htmlFor={id}>{(100 * share).toFixed(1)}%</output>
      <input
        id={id}
        type="range"
        min={0}
        max={Math.max(0.4, Math.ceil(value * 20) / 10)}
        step={0.005}
        value={value}
        aria-valuetext={`${(100 * share).toFixed(1)}%`}
        onChange={(event) => set(Number(event.target.value))}
      />
    </div>
  );
}

function GoalFields({ goal, set }: { goal: Goal; set: (goal: Goal) => void }) {
  const fields =
    goal.kind === 'between'
      ? ([
          ['satisfactory', LAB_WORDS.satisfactory],
          ['notAllowed', LAB_WORDS.notAllowed],
        ] as const)
      : ([
          ['low', LAB_WORDS.low],
          ['from', LAB_WORDS.bestFrom],
          ['to', LAB_WORDS.bestTo],
          ['high', LAB_WORDS.high],
        ] as const);
  return fields.map(([key, name]) => (
    <Figure
      key={key}
      name={name}
      value={(goal as unknown as Record<string, number>)[key] ?? 0}
      set={(value) => set({ ...goal, [key]: value } as Goal)}
    />
  ));
}

/** Only what is a number is taken over. */
function Figure({
  name,
  lead,
  value,
  set,
}: {
  name: Text;
  lead?: Text;
  value: number;
  set: (value: number) => void;
}) {
  const say = useSay();
  return (
    <label className={styles.figure}>
      <span>
        {say(name)}
        {lead ? ` ${say(lead)}` : ''}
      </span>
      <input
        type="number"
        step="any"
        value={Number(value.toFixed(4))}
        onChange={(event) => {
          if (Number.isFinite(event.target.valueAsNumber)) set(event.target.valueAsNumber);
        }}
      />
    </label>
  );
}
