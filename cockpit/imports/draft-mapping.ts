// A mapping while somebody chooses columns: any of it may be missing, until it is whole and can be sent.

import type { ImportCheck } from '../../app/api/imports.ts';

export type Mapping = NonNullable<ImportCheck['mapping']>;

export type Draft = {
  readonly as: Mapping['as'];
  readonly layout: 'per-column' | 'per-row';
  readonly region: string;
  readonly at: string;
  readonly kind: string;
  readonly period: string;
  readonly name: string;
  readonly value: string;
  /** Columns that are measures, with what each is to be called. */
  readonly columns: Readonly<Record<string, string>>;
  readonly dates: '' | 'day-first' | 'month-first';
};

const EMPTY: Draft = {
  as: 'incidents',
  layout: 'per-column',
  region: '',
  at: '',
  kind: '',
  period: '',
  name: '',
  value: '',
  columns: {},
  dates: '',
};

export function draftOf(mapping: Mapping | null): Draft {
  if (!mapping) return EMPTY;
  const { dates = '', region } = mapping;
  if (mapping.as === 'incidents') {
    return { ...EMPTY, as: 'incidents', region, dates, at: mapping.at, kind: mapping.kind };
  }
  const { period, name = '', value = '', columns = {} } = mapping;
  const layout = mapping.name === undefined ? 'per-column' : 'per-row';
  return { ...EMPTY, as: 'measures', region, dates, period, name, value, columns, layout };
}

/** Undefined while something is missing. */
export function mappingOf(draft: Draft): Mapping | undefined {
  const { region, at, kind, period, name, value, columns, layout } = draft;
  const dates = draft.dates === '' ? {} : { dates: draft.dates };
  if (draft.as === 'incidents') {
    return region && at && kind ? { as: 'incidents', region, at, kind, ...dates } : undefined;
  }
  if (!region || !period) return undefined;
  if (layout === 'per-row') {
    return name && value ? { as: 'measures', region, period, name, value, ...dates } : undefined;
  }
  const called = Object.values(columns);
  if (called.length === 0 || called.some((one) => one.trim() === '')) return undefined;
  return { as: 'measures', region, period, columns, ...dates };
}
