// A slow and simple judge of an index: region by region, from the meaning of a definition, sharing no code
// with the fast one.

import type { Definition } from './definition.ts';
import type { PeriodColumns } from './indicator-values.ts';

type Known = number | undefined;

/** Figures of all nodes and scores of all indicators for each region; undefined where there is none. */
export function judgeIndex(definition: Definition, history: readonly PeriodColumns[]) {
  const regions = history[0]?.regions ?? 0;
  const read = (column: string, region: number, back: number): Known => {
    const value = history[back]?.columns[column]?.[region];
    return value === undefined || Number.isNaN(value) ? undefined : value;
  };
  const rawOf = (name: string, region: number, back: number): Known => {
    const { value, smoothing } = definition.indicators[name]!;
    const one = (of: string, k: number): Known =>
      of in definition.indicators ? rawOf(of, region, k) : read(of, region, k);
    const total = (of: string): Known => {
      const now = one(of, back);
      if (now === undefined || smoothing.kind !== 'rolling') return now;
      let sum = now;
      for (let k = 1; k < smoothing.periods; k++) sum += one(of, back + k) ?? 0;
      return sum;
    };
    const top = total(value.of);
    const bottom = value.over === undefined ? 1 : total(value.over);
    if (top === undefined || bottom === undefined || bottom === 0) return undefined;
    return (top / bottom) * value.per;
  };
  const bounded = (name: string, region: number, back: number): Known => {
    const value = rawOf(name, region, back);
    const { treatment } = definition.indicators[name]!;
    if (value === undefined || treatment.kind !== 'bounds') return value;
    return Math.min(treatment.max ?? Infinity, Math.max(treatment.min ?? -Infinity, value));
  };
  const valueOf = (name: string, region: number): Known => {
    const now = bounded(name, region, 0);
    const { missing } = definition.indicators[name]!;
    if (now !== undefined) return now;
    if (missing.rule === 'carry') {
      for (let back = 1; back <= missing.periodsMax; back++) {
        const before = bounded(name, region, back);
        if (before !== undefined) return before;
      }
    }
    if (missing.rule === 'peer-median') {
      const known = Array.from({ length: regions }, (_, i) => bounded(name, i, 0))
        .filter((value) => value !== undefined)
        .sort((a, b) => a - b);
      if (known.length === 0) return undefined;
      const middle = (known.length - 1) / 2;
      return (known[Math.floor(middle)]! + known[Math.ceil(middle)]!) / 2;
    }
    return undefined;
  };
  const scoreOf = (name: string, region: number): Known => {
    const value = valueOf(name, region);
    if (value === undefined) return undefined;
    const { goal, direction } = definition.indicators[name]!;
    let points: number;
    if ('best' in goal) {
      const [from, to] = goal.best;
      if (value >= from && value <= to) points = 100;
      else if (value < from) points = 60 + (40 * (value - goal.low)) / (from - goal.low);
      else points = 60 + (40 * (goal.high - value)) / (goal.high - to);
    } else {
      let ends = goal as { satisfactory: number; notAllowed: number };
      if ('peers' in goal) {
        const all = Array.from({ length: regions }, (_, i) => valueOf(name, i)).filter(
          (one) => one !== undefined,
        );
        const [least, most] = [Math.min(...all), Math.max(...all)];
        ends =
          direction === 'positive'
            ? { satisfactory: most, notAllowed: least }
            : { satisfactory: least, notAllowed: most };
        if (least === most) return 100;
      }
      points = 60 + (40 * (value - ends.notAllowed)) / (ends.satisfactory - ends.notAllowed);
    }
    return Math.max(
      definition.clamp.min ?? -Infinity,
      Math.min(definition.clamp.max ?? Infinity, points),
    );
  };
  const lacks = (name: string, region: number): boolean =>
    name in definition.indicators
      ? definition.indicators[name]!.missing.rule === 'required' &&
        scoreOf(name, region) === undefined
      : definition.nodes[name]!.parts.some(({ of }) => lacks(of, region));
  const figureOf = (name: string, region: number): Known => {
    if (name in definition.indicators) return scoreOf(name, region);
    if (lacks(name, region)) return undefined;
    const node = definition.nodes[name]!;
    const parts = node.parts.map(({ of, weight = 0 }) => ({
      figure: figureOf(of, region),
      weight,
    }));
    const known = parts.filter(({ figure }) => figure !== undefined) as {
      figure: number;
      weight: number;
    }[];
    const weight = known.reduce((sum, part) => sum + part.weight, 0);
    const all = parts.reduce((sum, part) => sum + part.weight, 0);
    if (weight === 0 || weight < all * (1 - definition.missingShareMax) - 1e-9) return undefined;
    const floor = (figure: number) => Math.max(1, figure);
    const how = node.aggregation ?? definition.aggregation;
    if (how === 'arithmetic') {
      return known.reduce((sum, part) => sum + part.weight * part.figure, 0) / weight;
    }
    if (how === 'harmonic') {
      return weight / known.reduce((sum, part) => sum + part.weight / floor(part.figure), 0);
    }
    return known.reduce(
      (product, part) => product * floor(part.figure) ** (part.weight / weight),
      1,
    );
  };
  const names = [...Object.keys(definition.indicators), ...Object.keys(definition.nodes)];
  return new Map(
    names.map((name) => [name, Array.from({ length: regions }, (_, i) => figureOf(name, i))]),
  );
}
