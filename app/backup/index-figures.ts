// Values of the indices in a backup: noted when it is made, computed again from the restored stores and held
// against the note. What was published is compared as it was frozen.

import { z } from 'zod';
import { contentHash } from '../../core/ids.ts';
import { evaluatePeriod } from '../../models/composite/evaluate-period.ts';
import { planIndex } from '../../models/composite/index-plan.ts';
import { historyOf } from '../../models/composite/receipt.ts';
import type { FigureNote, MonthNote } from '../../security/backup/backup-folder.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { ComputedIndex, IndexService } from '../indices/index-service.ts';
import { monthName, monthOf, type MonthNumber } from '../indices/months.ts';
import { changesBetween, frozenOf, type FrozenFigures } from '../indices/publications.ts';

export type IndexStores = { readonly service: IndexService; readonly db: RecordsDb };

/** Figures noted of one index; months beyond it, the oldest, are left out. */
const FIGURES_MAX = 200_000;

/** The indices there are data of; two looks give the same objects while nothing changed. */
export async function lookAtIndices({ service }: IndexStores): Promise<ComputedIndex[]> {
  const indices = [];
  for (const { definition } of service.definitions) {
    const index = await service.look(definition.id);
    if (index) indices.push(index);
  }
  return indices;
}

export async function noteFigures(
  { db }: IndexStores,
  indices: readonly ComputedIndex[],
): Promise<FigureNote> {
  const published = await publishedIn(db);
  return {
    computed: indices.map((index) => {
      const { versioned, input, plan } = index;
      const months: MonthNote[] = [];
      let count = 0;
      for (let month = input.last; month >= input.first; month--) {
        const figures = figuresOf(index, month);
        count += input.regions.length * Object.keys(figures).length;
        if (months.length > 0 && count > FIGURES_MAX) break;
        months.push({ period: monthName(month), figures });
      }
      return {
        index: versioned.definition.id,
        version: plan.version,
        regions: input.regions.map(String),
        months,
      };
    }),
    published: published.map(({ name, body }) => ({ name, contentHash: contentHash(body) })),
  };
}

export type FiguresVerdict = {
  readonly months: number;
  readonly figures: number;
  readonly published: number;
  /** The first figure that differs, with both values, or what is missing; undefined when all agree. */
  readonly differs: string | undefined;
  /** Computed by another definition than this program has: not comparable. */
  readonly otherVersions: readonly string[];
};

export async function compareFigures(
  note: FigureNote,
  { service, db }: IndexStores,
): Promise<FiguresVerdict> {
  let [months, figures] = [0, 0];
  let differs: string | undefined;
  const otherVersions: string[] = [];
  const versions = new Map(service.definitions.map((one) => [one.definition.id, one.version]));
  for (const noted of note.computed) {
    if (versions.get(noted.index) !== noted.version) {
      otherVersions.push(noted.index);
      continue;
    }
    const index = await service.look(noted.index);
    if (!index) {
      differs ??= `${noted.index}: no data`;
      continue;
    }
    for (const { period, figures: said } of noted.months) {
      const month = monthOf(period);
      const isKnown = month >= index.input.first && month <= index.input.last;
      const found = isKnown
        ? byRegion(index.input.regions.map(String), figuresOf(index, month))
        : {};
      const wanted = byRegion(noted.regions, said);
      differs ??= firstChange(`${noted.index}/${period}`, wanted, found);
      months++;
      figures += noted.regions.length * Object.keys(said).length;
    }
  }
  const published = new Map((await publishedIn(db)).map(({ name, body }) => [name, body]));
  for (const { name, contentHash: hash } of note.published) {
    const body = published.get(name);
    if (body === undefined) differs ??= `${name}: not there`;
    else if (contentHash(body) !== hash) differs ??= `${name}: ${whatChanged(body)}`;
  }
  return { months, figures, published: note.published.length, differs, otherVersions };
}

/** Every figure of a month by node, in the order of the regions, to twelve digits. */
function figuresOf(index: ComputedIndex, month: MonthNumber): MonthNote['figures'] {
  const { nodes } = index.resultOf(month);
  return Object.fromEntries(
    [...nodes].map(([node, column]) => [
      node,
      Array.from(column, (value) => (Number.isNaN(value) ? null : Number(value.toPrecision(12)))),
    ]),
  );
}

function byRegion(
  regions: readonly string[],
  figures: MonthNote['figures'],
): FrozenFigures['figures'] {
  const nodes = Object.entries(figures);
  return Object.fromEntries(
    regions.map((region, at) => [
      region,
      Object.fromEntries(nodes.map(([node, values]) => [node, values[at] ?? null])),
    ]),
  );
}

function firstChange(
  place: string,
  wanted: FrozenFigures['figures'],
  found: FrozenFigures['figures'],
): string | undefined {
  const [first] = changesBetween(wanted, found);
  return (
    first &&
    `${place}/${first.region}/${first.node}: ${first.after ?? '–'} instead of ${first.before ?? '–'}`
  );
}

/** A frozen figure that no longer follows from what was frozen with it. */
function whatChanged(body: string): string {
  try {
    const frozen = frozenOf({ body });
    const plan = planIndex(
      { definition: frozen.definition, version: '' },
      frozen.reference ?? undefined,
    );
    const { nodes } = evaluatePeriod(plan, historyOf(frozen.input));
    const follows = Object.fromEntries(
      [...nodes].map(([node, column]) => [
        node,
        Array.from(column, (value) => (Number.isNaN(value) ? null : value)),
      ]),
    );
    const wanted = byRegion(frozen.input.regions, follows);
    return firstChange('frozen', wanted, frozen.figures) ?? 'what it was computed from differs';
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) return 'it cannot be read';
    throw error;
  }
}

async function publishedIn(db: RecordsDb): Promise<{ name: string; body: string }[]> {
  const rows = await db
    .selectFrom('indexPublication')
    .select(['indexId', 'period', 'number', 'body'])
    .where('state', '=', 'published')
    .orderBy('indexId')
    .orderBy('period')
    .orderBy('number')
    .execute();
  return rows.map(({ indexId, period, number, body }) => ({
    name: `${indexId}/${period} no. ${number}`,
    body,
  }));
}
