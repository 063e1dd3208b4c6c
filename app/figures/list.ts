// The catalogue of metrics as the screens list it.

import { CAUSES } from '../../core/alert-cause.ts';
import type { SuppressedFinding } from '../../core/finding.ts';
import { regionsKnown, type Region } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import { REASONS } from '../../ingest/reasons.ts';
import type { CompiledRule } from '../../rules/compile.ts';
import { KIND_NAMES } from '../../rules/why-not/say.ts';
import { regionSpan } from '../../warehouse/compile-metric.ts';
import { GRAINS, type Dimension, type Relation } from '../../warehouse/metric.ts';
import {
  METRICS,
  RELATIONS,
  dimensionsOf,
  type RelationId,
} from '../../warehouse/metrics-catalogue.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { MetricList } from '../api/metrics.ts';
import { AGES } from '../../warehouse/metrics-of-open-alerts.ts';
import { PERSON_VALUES } from '../../warehouse/metrics-of-persons.ts';
import { SHIFTS } from '../../warehouse/metric-shifts.ts';
import { readCoverage } from './coverage.ts';
import { mayCount, type FigureScope } from './scope.ts';

/** Titles of rules by id: of those in force, and of those that were and still have a file. */
export type RuleTitles = () => Readonly<Record<string, Text>>;

export const ruleTitlesOf = (rules: readonly CompiledRule[]): Readonly<Record<string, Text>> =>
  Object.fromEntries(rules.map(({ rule: { id, title } }) => [id, title]));

/** Rejects like Olap.rows. */
export async function listMetrics(
  olap: Olap,
  given: { scope: FigureScope; seesRecords: boolean; ruleTitles: RuleTitles },
): Promise<MetricList> {
  const { scope, seesRecords } = given;
  const ids = Object.keys(RELATIONS) as RelationId[];
  const covered = new Map(
    await Promise.all(ids.map(async (id) => [id, await readCoverage(olap, id)] as const)),
  );
  const dimensions: MetricList['dimensions'] = {};
  const metrics = Object.entries(METRICS).map(([id, metric]) => {
    const relation: Relation = RELATIONS[metric.relation];
    const own = dimensionsOf(metric);
    for (const [name, dimension] of Object.entries(own)) {
      dimensions[name] ??= describe(name, dimension, given);
    }
    const { name, meaning, unit, direction, isCount, owner } = metric;
    return {
      id,
      name,
      meaning,
      unit,
      direction,
      isCount,
      owner,
      refresh: relation.refresh,
      privacyFloor: relation.privacyFloor,
      dimensions: Object.keys(own),
      grains: relation.timeColumn === undefined ? [] : [...GRAINS],
      coveredFromMs: mayCount(metric, scope)
        ? (covered.get(metric.relation)?.fromMs ?? null)
        : null,
      hasRecords: seesRecords && relation.records !== undefined,
    };
  });
  return { metrics, dimensions };
}

const named = (names: Readonly<Record<string, Text>>): readonly Known[] =>
  Object.entries(names).map(([value, name]) => ({ value, name }));

type Known = { readonly value: string; readonly name: Text; readonly parent?: string };

/** The divisions of one rank that lie in the scope, or that it lies in, with what each is part of. */
function divisions(rank: RegExp, { spans }: FigureScope): readonly Known[] {
  const touches = ({ code }: Region) => {
    const { from, to } = regionSpan(code, { below: true });
    return spans.some((span) => span.from <= to && from <= span.to);
  };
  return regionsKnown()
    .filter((region) => rank.test(region.code) && touches(region))
    .map(({ code, name }) => ({ value: code, name, ...parentOf(code) }));
}

function parentOf(code: string): { parent?: string } {
  if (code.endsWith('0000')) return {};
  return { parent: code.endsWith('00') ? `${code.slice(0, 2)}0000` : `${code.slice(0, 4)}00` };
}

/** What is known of the values; of the others only what was recorded tells. */
const VALUES: Readonly<Record<string, (given: Asked) => readonly Known[]>> = {
  rule: ({ ruleTitles }) => named(ruleTitles()),
  kind: () => named(KIND_NAMES),
  reason: () => Object.entries(REASONS).map(([value, { says }]) => ({ value, name: says })),
  because: () => named(SUPPRESSIONS),
  level: () =>
    [1, 2, 3].map((level) => ({
      value: String(level),
      name: text(`${level}级`, `level ${level}`),
    })),
  class: () => named(CLASSES),
  cause: () => Object.entries(CAUSES).map(([value, { name }]) => ({ value, name })),
  age: () => named(AGES),
  shift: () => SHIFTS.map(({ id, name }) => ({ value: id, name })),
  ...Object.fromEntries(
    Object.entries(PERSON_VALUES).map(([id, names]) => [id, () => named(names)]),
  ),
  county: ({ scope }) => divisions(/(?!00)..$/, scope),
  city: ({ scope }) => divisions(/^\d\d(?!00)\d\d00$/, scope),
  province: ({ scope }) => divisions(/0000$/, scope),
};

type Asked = { readonly scope: FigureScope; readonly ruleTitles: RuleTitles };

const SUPPRESSIONS: Readonly<Record<SuppressedFinding['because'], Text>> = {
  leave: text('已批准外出', 'on approved leave'),
  'episode-open': text('同一情形未解除', 'already open'),
  ungraded: text('分级表无此类对象', 'no level for this class'),
  cooldown: text('解除后静默期内', 'in the cooldown'),
};

const CLASSES = {
  cc: text('社区矫正对象', 'community corrections'),
  raKey: text('重点安置帮教对象、三无人员', 'resettlement, key or 三无'),
  raOrdinary: text('一般安置帮教对象', 'resettlement, ordinary'),
};

function describe(
  id: string,
  { name, type }: Dimension,
  given: Asked,
): MetricList['dimensions'][string] {
  const values = VALUES[id]?.(given);
  return { name, type, ...(values && { values: [...values] }) };
}
