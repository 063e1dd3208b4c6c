// Acts on an alert beyond the next step: sent with what the officer had before them, so that somebody else's
// act in between is noticed; afterwards everything that shows the alert is asked for again.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AlertDetail } from '../../../app/api/alerts.ts';
import { postJson } from '../../shared/api.ts';

/** One sheet at a time: which is open, and sending what it holds to its path below the alert. */
export function useAnswer<Sheet extends string>(alert: Pick<AlertDetail, 'id' | 'acts'>) {
  const [sheet, setSheet] = useState<Sheet>();
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: ({ path, body }: { path: string; body: Record<string, unknown> }) =>
      postJson(`/api/alerts/${encodeURIComponent(alert.id)}/${path}`, {
        ...body,
        acts: alert.acts,
      }),
    onSuccess: () => setSheet(undefined),
    onSettled: () => refreshAlert(queries, alert.id),
  });
  const open = (next: Sheet) => {
    act.reset();
    setSheet(next);
  };
  return {
    sheet,
    open,
    /** What every sheet is given. */
    props: { pending: act.isPending, error: act.error, onCancel: () => setSheet(undefined) },
    send: (path: string, body: Record<string, unknown>) => act.mutate({ path, body }),
  };
}

/** Also after a refusal: somebody else may have acted meanwhile. */
export const refreshAlert = (
  queries: ReturnType<typeof useQueryClient>,
  alertId: string,
): Promise<unknown> =>
  Promise.all(
    [['alert', alertId], ['alerts'], ['grave'], ['my-tasks'], ['open']].map((queryKey) =>
      queries.invalidateQueries({ queryKey }),
    ),
  );
