// A small index and generated incidents for it, with rows nobody can use among them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../core/random.ts';

export const REGIONS = [511702, 511703, 511722, 511723, 511724, 511725, 511781];

export const SMALL_INDEX = `id: small
number: 1
title: { zh: 小指数, en: small index }
meaning: { zh: 测试, en: test }
owner: 测试
source: 测试
grain: month
aggregation: geometric
columns:
  theft: { title: { zh: 盗窃, en: theft }, unit: { zh: 起, en: cases }, count: true }
  fraud: { title: { zh: 诈骗, en: fraud }, unit: { zh: 起, en: cases }, count: true }
  people: { title: { zh: 人口, en: people }, unit: { zh: 人, en: persons } }
indicators:
  THEFT:
    title: { zh: 盗窃, en: theft }
    unit: { zh: 起/万人, en: per ten thousand }
    direction: negative
    value: { of: theft, over: people, per: 10000 }
    goal: { satisfactory: 1, notAllowed: 12 }
  FRAUD:
    title: { zh: 诈骗, en: fraud }
    unit: { zh: 起/万人, en: per ten thousand }
    direction: negative
    value: { of: fraud, over: people, per: 10000 }
    goal: { peers: { reference: period } }
top: index
nodes:
  index:
    title: { zh: 指数, en: index }
    parts:
      - { of: THEFT, weight: 0.6 }
      - { of: FRAUD, weight: 0.4 }
grading:
  bands:
    - { id: good, name: { zh: 优, en: good }, colour: blue, from: 80 }
    - { id: poor, name: { zh: 差, en: poor }, colour: red, from: null }
`;

export type Incident = { region: number; at: string; kind: string; month: string };

/** Incidents of the months from 2025-01 on, some at the very edge of a local month. */
export function someIncidents(seed: string, months: number, perMonth = 200): Incident[] {
  const random = createRandom(seed);
  const two = (n: number) => String(n).padStart(2, '0');
  return Array.from({ length: months }, (_, i) => {
    const month = `${2025 + Math.floor(i / 12)}-${two((i % 12) + 1)}`;
    return Array.from({ length: perMonth }, (_unused, row) => ({
      region: random.pick(REGIONS),
      at:
        row === 0
          ? `${month}-01 00:00:00.000`
          : `${month}-${two(1 + random.int(28))} ${two(random.int(24))}:${two(random.int(60))}:00.000`,
      kind: random.chance(0.6) ? 'theft' : 'fraud',
      month,
    }));
  }).flat();
}

export type IndexFiles = { definition: string; incidents: string; measures: string };

export function writeIndexFiles(folder: string, incidents: readonly Incident[]): IndexFiles {
  mkdirSync(folder, { recursive: true });
  const files = {
    definition: join(folder, 'small.yaml'),
    incidents: join(folder, 'incidents.csv'),
    measures: join(folder, 'measures.csv'),
  };
  writeFileSync(files.definition, SMALL_INDEX);
  const rows = incidents.map(({ region, at, kind }) => `${region},${at},${kind}`);
  writeFileSync(files.incidents, `region,at,kind\n${rows.join('\n')}\n`);
  const years = [2025, 2026, 2027].flatMap((year) =>
    REGIONS.map((region, i) => `${region},${year},people,${20_000 + 5_000 * i}`),
  );
  // One region has a figure of its own for one month.
  const own = `${REGIONS[0]},2025-03,people,10000`;
  writeFileSync(files.measures, `region,period,column,value\n${[...years, own].join('\n')}\n`);
  return files;
}
