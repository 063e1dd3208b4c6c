// Where a variant is made: weights by sliders, goals and bounds by figures, how values become points and points
// an index. What differs from the definition is marked, and what cannot be is said beside its field.

import { memo, useId, useMemo, type ReactNode } from 'react';
import type { Text } from '../../core/text.ts';
import { AGGREGATIONS, type Aggregation } from '../../models/composite/aggregate.ts';
import type { Definition } from '../../models/composite/definition.ts';
import type { EfficacyFunction, Goal } from '../../models/composite/efficacy.ts';
import { useSay } from '../shared/language.tsx';
import { sameShares, sharesOf, type LabInput, type Variant } from './lab-model.ts';
import type { VariantMistake } from './variant-mistakes.ts';
import { AGGREGATION_NAMES, EFFICACY_NAMES, LAB_WORDS } from './words.ts';
import styles from './variant-panel.module.css';

export type PanelProps = {
  readonly input: LabInput;
  readonly variant: Variant;
  /** The definition as it stands. */
  readonly official: Variant;
  readonly mistakes: readonly VariantMistake[];
  /** Always the same function, so that what did not change is not drawn anew while a slider moves. */
  readonly set: (update: (variant: Variant) => Variant) => void;
};

const KINDS = ['linear', 'exponential', 'logarithmic', 'log-value', 'power'] as const;
const EXPONENT = 2;

export function VariantPanel({ input, variant, official, mistakes, set }: PanelProps) {
  const say = useSay();
  const { definition } = input;
  const goalMistakes = useSame(mistakes.filter(({ place }) => place.startsWith('goals/')));
  return (
    <>
      <div className={styles.pair}>
        <label className={styles.field}>
          <span>{say(LAB_WORDS.efficacy)}</span>
          <Efficacy points={variant.points} set={(points) => set((was) => ({ ...was, points }))} />
        </label>
        <label className={styles.field}>
          <span>{say(LAB_WORDS.aggregation)}</span>
          <select
            value={variant.aggregation}
            onChange={(event) => {
              const aggregation = event.target.value as Aggregation;
              set((was) => ({ ...was, aggregation }));
            }}
          >
            {AGGREGATIONS.map((how) => (
              <option key={how} value={how}>
                {say(AGGREGATION_NAMES[how])}
              </option>
            ))}
          </select>
        </label>
      </div>
      {variant.points.kind === 'power' && (
        <Figure
          name={LAB_WORDS.exponent}
          value={variant.points.exponent}
          set={(exponent) => {
            if (exponent > 0 && exponent <= 10)
              set((was) => ({ ...was, points: { kind: 'power', exponent } }));
          }}
        />
      )}
      {Object.keys(definition.nodes).map((node) => (
        <NodeWeights
          key={node}
          {...{ definition, node, set }}
          weights={variant.weights[node] ?? NONE}
          before={official.weights[node] ?? NONE}
          mistake={mistakes.find(({ place }) => place === `weights/${node}`)?.says}
        />
      ))}
      <Bounds
        {...{ definition, set }}
        bounds={variant.bounds}
        before={official.bounds}
        mistake={mistakes.find(({ place }) => place === 'bounds')?.says}
      />
      <Goals
        {...{ definition, set }}
        goals={variant.goals}
        before={official.goals}
        mistakes={goalMistakes}
      />
    </>
  );
}

const NONE: readonly number[] = [];

/** The same list as before while it says the same. */
function useSame(mistakes: readonly VariantMistake[]): readonly VariantMistake[] {
  const said = JSON.stringify(mistakes);
  return useMemo(() => JSON.parse(said) as VariantMistake[], [said]);
}

type PartProps = { readonly definition: Definition; readonly set: PanelProps['set'] };

function Efficacy({
  points,
  set,
}: {
  points: EfficacyFunction;
  set: (points: EfficacyFunction) => void;
}) {
  const say = useSay();
  const kinds: readonly EfficacyFunction['kind'][] =
    points.kind === 'graded' ? ['graded', ...KINDS] : KINDS;
  const choose = (kind: string) => {
    const found = KINDS.find((one) => one === kind);
    if (found) set(found === 'power' ? { kind: found, exponent: EXPONENT } : { kind: found });
  };
  return (
    <select value={points.kind} onChange={(event) => choose(event.target.value)}>
      {kinds.map((kind) => (
        <option key={kind} value={kind}>
          {say(EFFICACY_NAMES[kind])}
        </option>
      ))}
    </select>
  );
}

function Part({
  title,
  isChanged,
  isOpen = false,
  isWrong,
  children,
}: {
  title: string;
  isChanged: boolean;
  isOpen?: boolean;
  isWrong: boolean;
  children: ReactNode;
}) {
  const say = useSay();
  return (
    <details className={styles.part} open={isOpen || isWrong}>
      <summary>
        {title}
        {isChanged && <small className={styles.changed}>{say(LAB_WORDS.changed)}</small>}
      </summary>
      {children}
    </details>
  );
}

function Mistake({ says }: { says: Text | undefined }) {
  const say = useSay();
  return says ? (
    <p className={styles.mistake} role="alert">
      {say(says)}
    </p>
  ) : null;
}

const NodeWeights = memo(function NodeWeights({
  definition,
  node,
  weights,
  before,
  mistake,
  set,
}: PartProps & {
  node: string;
  weights: readonly number[];
  before: readonly number[];
  mistake: Text | undefined;
}) {
  const say = useSay();
  const { title, parts } = definition.nodes[node] as Definition['nodes'][string];
  const shares = sharesOf(weights);
  return (
    <Part
      title={`${say(title)} · ${say(LAB_WORDS.weights)}`}
      isChanged={!sameShares(weights, before)}
      isOpen={node === definition.top}
      isWrong={mistake !== undefined}
    >
      <Mistake says={mistake} />
      {parts.map(({ of }, i) => (
        <Slider
          key={of}
          name={(definition.nodes[of] ?? definition.indicators[of])?.title ?? { zh: of, en: of }}
          value={weights[i] ?? 0}
          before={before[i] ?? 0}
          share={shares[i] ?? 0}
          set={(value) =>
            set((was) => ({
              ...was,
              weights: {
                ...was.weights,
                [node]: (was.weights[node] ?? NONE).map((weight, j) => (j === i ? value : weight)),
              },
            }))
          }
        />
      ))}
    </Part>
  );
});

/** The weight as it is set, and as the share of the whole that it comes to. */
function Slider({
  name,
  value,
  before,
  share,
  set,
}: {
  name: Text;
  value: number;
  before: number;
  share: number;
  set: (value: number) => void;
}) {
  const say = useSay();
  const id = useId();
  // The scale hangs on the definition alone: it must not move under the thumb.
  const scale = Math.min(1, Math.max(0.2, Math.ceil(before * 25) / 10));
  return (
    <div className={styles.slider} data-changed={Math.abs(value - before) > 1e-9}>
      <label htmlFor={id}>{say(name)}</label>
      <output htmlFor={id}>{(100 * share).toFixed(1)}%</output>
      <input
        id={id}
        type="range"
        min={0}
        max={Math.max(scale, value)}
        step={0.005}
        value={value}
        aria-valuetext={`${(100 * share).toFixed(1)}%`}
        onChange={(event) => set(Number(event.target.value))}
      />
    </div>
  );
}

const Bounds = memo(function Bounds({
  definition,
  bounds,
  before,
  mistake,
  set,
}: PartProps & {
  bounds: readonly number[];
  before: readonly number[];
  mistake: Text | undefined;
}) {
  const say = useSay();
  return (
    <Part
      title={say(LAB_WORDS.grades)}
      isChanged={bounds.some((bound, i) => bound !== before[i])}
      isWrong={mistake !== undefined}
    >
      <Mistake says={mistake} />
      {definition.grading.bands.slice(0, -1).map(({ id, name }, i) => (
        <Figure
          key={id}
          name={name}
          lead={LAB_WORDS.atLeast}
          value={bounds[i] ?? 0}
          set={(value) =>
            set((was) => ({
              ...was,
              bounds: was.bounds.map((bound, j) => (j === i ? value : bound)),
            }))
          }
        />
      ))}
    </Part>
  );
});

const Goals = memo(function Goals({
  definition,
  goals,
  before,
  mistakes,
  set,
}: PartProps & {
  goals: Variant['goals'];
  before: Variant['goals'];
  mistakes: readonly VariantMistake[];
}) {
  const say = useSay();
  return (
    <Part
      title={say(LAB_WORDS.goals)}
      isChanged={JSON.stringify(goals) !== JSON.stringify(before)}
      isWrong={mistakes.length > 0}
    >
      {Object.entries(definition.indicators).map(([name, { title, unit }]) => {
        const goal = goals[name];
        return (
          <fieldset key={name} className={styles.goal}>
            <legend>
              {say(title)} <small>{say(unit)}</small>
            </legend>
            <Mistake says={mistakes.find(({ place }) => place === `goals/${name}`)?.says} />
            {goal ? (
              <GoalFields
                goal={goal}
                set={(next) => set((was) => ({ ...was, goals: { ...was.goals, [name]: next } }))}
              />
            ) : (
              <small>{say(LAB_WORDS.byPeers)}</small>
            )}
          </fieldset>
        );
      })}
    </Part>
  );
});

function GoalFields({ goal, set }: { goal: Goal; set: (goal: Goal) => void }) {
  if (goal.kind === 'between') {
    const { satisfactory, notAllowed } = goal;
    return (
      <>
        <Figure
          name={LAB_WORDS.satisfactory}
          value={satisfactory}
          set={(value) => set({ ...goal, satisfactory: value })}
        />
        <Figure
          name={LAB_WORDS.notAllowed}
          value={notAllowed}
          set={(value) => set({ ...goal, notAllowed: value })}
        />
      </>
    );
  }
  const fields = [
    ['low', LAB_WORDS.low],
    ['from', LAB_WORDS.bestFrom],
    ['to', LAB_WORDS.bestTo],
    ['high', LAB_WORDS.high],
  ] as const;
  return fields.map(([key, name]) => (
    <Figure
      key={key}
      name={name}
      value={goal[key]}
      set={(value) => set({ ...goal, [key]: value })}
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
        value={Number(value.toPrecision(6))}
        onChange={(event) => {
          if (Number.isFinite(event.target.valueAsNumber)) set(event.target.valueAsNumber);
        }}
      />
    </label>
  );
}
