// The catalogue as the tables of docs/metrics.md, which are written from here.

import type { Text } from '../core/text.ts';
import { RELATIONS, METRICS, dimensionsOf, type Metric } from './metrics-catalogue.ts';
import { GRAINS, type Relation } from './metric.ts';
import { ROLLUPS, type Rollup } from './rollups.ts';

/** The tables: metrics, dimensions, roll-ups. */
export function metricsAsMarkdown(): string {
  return [
    '### Metrics',
    table(
      ['id', 'name', 'meaning', 'unit', 'better', 'over time', 'by', 'floor', 'owner'],
      Object.entries(METRICS).map(([id, metric]) => metricRow(id, metric)),
    ),
    '### Dimensions',
    table(['id', 'name', 'values are'], dimensionRows()),
    '### Roll-ups',
    table(
      ['id', 'metrics', 'by', 'over time'],
      Object.entries(ROLLUPS).map(([id, { metrics, dimensions, grains }]: [string, Rollup]) => [
        code(id),
        Object.keys(metrics).map(code).join(' '),
        Object.keys(dimensions).map(code).join(' '),
        grains.join(' '),
      ]),
    ),
  ].join('\n\n');
}

const DIRECTIONS = { 'more-is-better': 'more', 'less-is-better': 'less', neutral: '–' } as const;

function metricRow(id: string, metric: Metric): string[] {
  const relation: Relation = RELATIONS[metric.relation];
  return [
    code(id),
    both(metric.name),
    both(metric.meaning),
    both(metric.unit),
    DIRECTIONS[metric.direction],
    relation.timeColumn === undefined ? 'state at the end' : GRAINS.join(' '),
    Object.keys(dimensionsOf(metric)).map(code).join(' '),
    relation.privacyFloor === 0 ? '–' : String(relation.privacyFloor),
    both(metric.owner),
  ];
}

function dimensionRows(): string[][] {
  const all = new Map(
    Object.values(METRICS).flatMap((metric) => Object.entries(dimensionsOf(metric))),
  );
  return [...all]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { name, type }]) => [code(id), both(name), type === 'region' ? 'GB/T 2260' : type]);
}

const code = (word: string) => `\`${word}\``;
const both = ({ zh, en }: Text) => `${zh}<br>${en}`;

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
