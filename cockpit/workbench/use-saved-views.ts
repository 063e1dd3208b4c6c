// The saved views, and with them what time it is at the server: whether data are stale is not for the clock of a
// desk to say.

import { useQuery } from '@tanstack/react-query';
import type { SavedViewList } from '../../app/api/saved-views.ts';
import { getJson } from '../shared/api.ts';
import { useDeps } from '../shared/deps.tsx';

export const VIEWS = ['saved-views'] as const;

export function useSavedViews(): { data: SavedViewList | undefined; error: unknown } {
  const { serverClock } = useDeps();
  return useQuery({
    queryKey: VIEWS,
    queryFn: async ({ signal }) => {
      const list = await getJson<SavedViewList>('/api/views', signal);
      serverClock.observe(list.nowMs);
      return list;
    },
  });
}
