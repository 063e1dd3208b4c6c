// An answer as chart and table read it: its values named, its series along their axis.

import { useMemo } from 'react';
import type { MetricAnswerBody, MetricList } from '../../app/api/metrics.ts';
import { namerOf, type Namer } from '../../models/workbench/name-cells.ts';
import { askOf, type View } from '../../models/workbench/view-state.ts';
import { useLanguage } from '../shared/language.tsx';
import { shape, type Shaped } from './shape-result.ts';

export function useRead(
  data: MetricAnswerBody | undefined,
  { catalogue, view }: { catalogue: MetricList; view: View | undefined },
): { readonly nameOf: Namer; readonly shaped: Shaped } | undefined {
  const language = useLanguage();
  const { dimensions, metrics } = catalogue;
  const grain = view && askOf(view, '').grain;
  return useMemo(() => {
    if (!data) return undefined;
    const nameOf = namerOf(data, { dimensions, language, grain });
    const isCount = (id: string) => metrics.find((metric) => metric.id === id)?.isCount ?? false;
    return { nameOf, shaped: shape(data, { nameOf, language, grain, isCount }) };
  }, [data, dimensions, metrics, language, grain]);
}
