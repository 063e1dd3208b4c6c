// What the watchdog found, asked again now and then.

import { useQuery } from '@tanstack/react-query';
import type { WatchAnswer } from '../../app/api/watch.ts';
import { getJson } from '../shared/api.ts';

const LOOK_MS = 15_000;

export const useWatch = () =>
  useQuery({
    queryKey: ['watch'],
    queryFn: ({ signal }) => getJson<WatchAnswer>('/api/watch', signal),
    refetchInterval: LOOK_MS,
  });
