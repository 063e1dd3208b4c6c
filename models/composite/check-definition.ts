// What is wrong with a definition beyond its form: things nobody defined, circles, ends that are one, weights
// that do not sum to one. Each mistake says where it stands and what cures it.

import type { YamlFile } from '../../core/yaml-file.ts';
import { nearestWord } from '../../core/nearest-word.ts';
import type { Definition, IndicatorDefinition, NodeDefinition } from './definition.ts';
import { CONSISTENCY_RATIO_MAX, pairwiseWeights } from './weights.ts';

type Path = readonly PropertyKey[];
type Say = (path: Path, what: string) => void;

const WEIGHT_TOLERANCE = 1e-6;

/** Every mistake, as `file:line:column: what is wrong; what cures it`. */
export function mistakesIn({ value, placeOf }: YamlFile<Definition>): string[] {
  const mistakes: string[] = [];
  const say: Say = (path, what) => {
    mistakes.push(`${placeOf(path)}: ${path.join('.')}: ${what}`);
  };
  for (const [name, indicator] of Object.entries(value.indicators)) {
    checkIndicator(value, name, indicator, say);
  }
  checkCircles(value, say);
  checkTree(value, say);
  checkGrading(value, say);
  return mistakes;
}

function checkIndicator(
  definition: Definition,
  name: string,
  indicator: IndicatorDefinition,
  say: Say,
): void {
  const at = ['indicators', name];
  const known = [...Object.keys(definition.columns), ...Object.keys(definition.indicators)];
  for (const part of ['of', 'over'] as const) {
    const wanted = indicator.value[part];
    if (wanted === undefined || known.includes(wanted)) continue;
    const kind = part === 'over' ? 'denominator' : 'column or indicator';
    say(
      [...at, 'value', part],
      `no ${kind} "${wanted}" is defined${meant(wanted, known)}; name one under columns or indicators, or define it`,
    );
  }
  if (indicator.value.per !== 1 && indicator.value.over === undefined) {
    say(
      [...at, 'value', 'per'],
      'has no denominator; say under "over" what the value is divided by, or leave "per" away',
    );
  }
  checkGoal(indicator, at, say);
  checkScoring(definition, indicator, at, say);
  const { smoothing, value, treatment } = indicator;
  if (smoothing.kind === 'empirical-bayes' && value.over === undefined) {
    say([...at, 'smoothing'], 'needs a rate: give the value a denominator, or smooth otherwise');
  }
  if (smoothing.kind !== 'none') {
    const derived = [value.of, value.over].find((one) => one && one in definition.indicators);
    if (derived) {
      say(
        [...at, 'smoothing'],
        `"${derived}" is an indicator; smooth only what comes from columns`,
      );
    }
  }
  if (treatment.kind === 'bounds') {
    const { min, max } = treatment;
    if (min === null && max === null) say([...at, 'treatment'], 'needs min, max or both');
    if (min !== null && max !== null && min >= max) {
      say([...at, 'treatment'], `min ${min} is not below max ${max}; exchange them`);
    }
  }
  if (treatment.kind === 'quantiles' && treatment.low >= treatment.high) {
    say([...at, 'treatment'], `low ${treatment.low} is not below high ${treatment.high}`);
  }
}

function checkGoal({ goal, direction }: IndicatorDefinition, at: Path, say: Say): void {
  const path = [...at, 'goal'];
  if ('peers' in goal) {
    if (direction === 'moderate') {
      say(path, 'a moderate indicator needs an interval: give best, low and high');
    }
    if (goal.peers.satisfactory === goal.peers.notAllowed) {
      say(path, 'both ends are the same point of the peers; every value would divide by zero');
    }
    return;
  }
  if ('best' in goal) {
    const [from, to] = goal.best;
    if (direction !== 'moderate') {
      say(path, `an interval is for moderate indicators; this one is ${direction}`);
    }
    if (!(goal.low < from && from <= to && to < goal.high)) {
      say(
        path,
        `must rise as low < best from ≤ best to < high: ${goal.low}, ${from}, ${to}, ${goal.high}`,
      );
    }
    return;
  }
  const { satisfactory, notAllowed } = goal;
  if (direction === 'moderate') {
    say(path, 'a moderate indicator needs an interval: give best, low and high');
  } else if (satisfactory === notAllowed) {
    say(
      path,
      `satisfactory and not-allowed value are both ${satisfactory}, which divides by zero; move one of them`,
    );
  } else if (satisfactory > notAllowed !== (direction === 'positive')) {
    say(
      path,
      `a ${direction} indicator must have its satisfactory value ${direction === 'positive' ? 'above' : 'below'} the not-allowed one (${satisfactory}, ${notAllowed}); exchange them, or change the direction`,
    );
  }
}

function checkScoring(
  definition: Definition,
  indicator: IndicatorDefinition,
  at: Path,
  say: Say,
): void {
  const points = indicator.points ?? definition.points;
  const path = indicator.points ? [...at, 'points'] : ['points'];
  const { goal } = indicator;
  if (points.kind === 'log-value') {
    const ends =
      'peers' in goal ? [1] : 'best' in goal ? [goal.low] : [goal.satisfactory, goal.notAllowed];
    if (ends.some((end) => end <= 0)) {
      say(
        [...at, 'goal'],
        'logarithms need both ends above zero; choose other ends or other points',
      );
    }
  }
  if (points.kind === 'graded') {
    const { grades } = points;
    const rising = (grades.at(-1)?.standard ?? 0) > (grades[0]?.standard ?? 0);
    const steps = grades.slice(1).map((grade, i) => {
      const before = grades[i] as (typeof grades)[number];
      return rising === grade.standard > before.standard && grade.points > before.points;
    });
    if (steps.includes(false)) {
      say(path, 'grades go from worst to best: standards all rising or all falling, points rising');
    }
  }
}

/** Values made of values: an indicator must not need itself. */
function checkCircles({ indicators }: Definition, say: Say): void {
  const needs = (name: string) => {
    const value = indicators[name]?.value;
    return [value?.of, value?.over].filter((one): one is string => !!one && one in indicators);
  };
  for (const circle of circlesOf(Object.keys(indicators), needs)) {
    say(
      ['indicators', circle[0] as string, 'value'],
      `needs itself: ${[...circle, circle[0]].join(' → ')}; let one of them come from a column`,
    );
  }
}

function checkTree(definition: Definition, say: Say): void {
  const { nodes, indicators, top } = definition;
  const names = [...Object.keys(nodes), ...Object.keys(indicators)];
  if (!(top in nodes)) {
    say(['top'], `no node "${top}" is defined${meant(top, Object.keys(nodes))}`);
  }
  const parents = new Map<string, string>();
  for (const [name, node] of Object.entries(nodes)) {
    for (const [i, { of }] of node.parts.entries()) {
      const path = ['nodes', name, 'parts', i, 'of'];
      if (!names.includes(of)) {
        say(path, `no indicator or node "${of}" is defined${meant(of, names)}`);
      }
      const other = parents.get(of);
      if (other !== undefined) {
        say(path, `"${of}" is counted already under "${other}"; it may weigh in one place only`);
      }
      parents.set(of, name);
    }
    checkWeights(name, node, say);
  }
  const circles = circlesOf(Object.keys(nodes), (name) =>
    (nodes[name]?.parts ?? []).map(({ of }) => of).filter((of) => of in nodes),
  );
  for (const circle of circles) {
    say(
      ['nodes', circle[0] as string, 'parts'],
      `is a part of itself: ${[...circle, circle[0]].join(' → ')}; take one of these parts out`,
    );
  }
  for (const name of Object.keys(nodes)) {
    if (name !== top && !parents.has(name))
      say(['nodes', name], `is part of nothing; take it out or put it under a node`);
  }
}

function checkWeights(name: string, { parts, weighting }: NodeDefinition, say: Say): void {
  const path = ['nodes', name];
  const matrix = weighting && 'matrix' in weighting ? weighting.matrix : undefined;
  if (matrix) checkMatrix(matrix, parts.length, [...path, 'weighting', 'matrix'], say);
  const given = parts.filter(({ weight }) => weight !== undefined).length;
  const needsGiven = !weighting || (weighting.kind === 'combined' && !matrix);
  const isOfData = weighting !== undefined && weighting.kind !== 'pairwise';
  if (isOfData && parts.some(({ of }) => /^[a-z]/.test(of))) {
    say(
      [...path, 'weighting'],
      'weights of the data are for parts that are indicators; give those of nodes',
    );
  }
  if (!needsGiven) {
    if (given > 0) {
      say(
        [...path, 'parts'],
        `the weights come from ${weighting.kind}; take those of the parts away`,
      );
    }
    return;
  }
  if (given < parts.length) {
    say([...path, 'parts'], 'every part needs a weight, or the node a weighting');
    return;
  }
  const sum = parts.reduce((total, { weight }) => total + (weight ?? 0), 0);
  if (Math.abs(sum - 1) > WEIGHT_TOLERANCE) {
    const rounded = Math.round(sum * 1e6) / 1e6;
    say(
      [...path, 'parts'],
      `the weights sum to ${rounded} instead of 1; divide each by ${rounded}, or mend the one that is wrong`,
    );
  }
}

function checkMatrix(
  matrix: readonly (readonly number[])[],
  size: number,
  path: Path,
  say: Say,
): void {
  if (matrix.length !== size || matrix.some((row) => row.length !== size)) {
    say(path, `compares ${size} parts and so needs ${size} rows of ${size} numbers`);
    return;
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const product = (matrix[i]?.[j] as number) * (matrix[j]?.[i] as number);
      if (Math.abs(product - 1) > 0.02) {
        say(
          [...path, i, j],
          `row ${i + 1}, column ${j + 1} must be one by row ${j + 1}, column ${i + 1}`,
        );
        return;
      }
    }
  }
  const { consistencyRatio } = pairwiseWeights(matrix);
  if (consistencyRatio >= CONSISTENCY_RATIO_MAX) {
    say(
      path,
      `the comparisons contradict each other: consistency ratio ${consistencyRatio.toFixed(3)}, must be below ${CONSISTENCY_RATIO_MAX}; compare again`,
    );
  }
}

function checkGrading({ grading, escalation }: Definition, say: Say): void {
  const { bands } = grading;
  for (const [i, { from }] of bands.entries()) {
    const isLast = i === bands.length - 1;
    if (isLast !== (from === null)) {
      say(
        ['grading', 'bands', i, 'from'],
        isLast
          ? 'the last grade takes what is left: its "from" is null'
          : 'only the last grade may be without "from"',
      );
    }
    const before = bands[i - 1]?.from;
    if (from !== null && typeof before === 'number' && from >= before) {
      say(
        ['grading', 'bands', i, 'from'],
        `${from} is not below ${before}; grades go from best to worst`,
      );
    }
  }
  for (const [i, { periods }] of escalation.entries()) {
    const before = escalation[i - 1]?.periods;
    if (before !== undefined && periods <= before) {
      say(['escalation', i, 'periods'], `${periods} is not after ${before}; steps go upwards`);
    }
  }
}

/** Circles in a graph, each once, beginning with its first name. */
function circlesOf(
  names: readonly string[],
  next: (name: string) => readonly string[],
): string[][] {
  const circles = new Map<string, string[]>();
  const done = new Set<string>();
  const walk = (name: string, path: readonly string[]): void => {
    const at = path.indexOf(name);
    if (at >= 0) {
      const circle = path.slice(at);
      const first = circle.indexOf([...circle].sort()[0] as string);
      const turned = [...circle.slice(first), ...circle.slice(0, first)];
      circles.set(turned.join(' '), turned);
      return;
    }
    if (done.has(name)) return;
    for (const one of next(name)) walk(one, [...path, name]);
    done.add(name);
  };
  for (const name of names) walk(name, []);
  return [...circles.values()];
}

function meant(word: string, known: readonly string[]): string {
  const near = nearestWord(word, known);
  return near === undefined ? '' : ` (did you mean "${near}"?)`;
}
