// Where the wall gets its data: snapshots at the start and after gaps, the live stream in between, and
// polling while the stream is away.

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { LiveEvent } from '../../app/api/live.ts';
import type { Points, Wall } from '../../app/api/wall.ts';
import { getJson } from '../shared/api.ts';
import { useDeps } from '../shared/deps.tsx';
import type { LiveStatus } from '../shared/live/live-stream.ts';
import { createPointStore, type PointStore } from '../shared/live/point-store.ts';
import { useLive } from '../shared/live/use-live.ts';
import { createWallStore, type WallState } from './wall-store.ts';

/** How often to ask for the numbers while no stream brings them. */
const POLL_MS = 5_000;

const WALL_KEY = ['wall'] as const;
const POINTS_KEY = ['points'] as const;

export type WallData = {
  readonly state: WallState | undefined;
  readonly points: PointSource;
  readonly status: LiveStatus;
  /** Why there is nothing to show. */
  readonly error: unknown;
};

/** Points with a way to hear that they changed. */
export type PointSource = {
  readonly store: PointStore;
  subscribe(listener: () => void): () => void;
};

export function useWall(): WallData {
  const { clock, serverClock } = useDeps();
  const queries = useQueryClient();
  const [wallStore] = useState(() => createWallStore(clock));
  const [points] = useState(createPointSource);

  const status = useLive('wall,points', {
    onEvent(name, data) {
      if (name === 'wall') wallStore.set(data as LiveEvent<'wall'>);
      if (name === 'wall-alerts') wallStore.merge((data as LiveEvent<'wall-alerts'>).alerts);
      if (name === 'points') points.apply(data as LiveEvent<'points'>);
    },
    onSnapshotDue() {
      void queries.invalidateQueries({ queryKey: WALL_KEY });
      void queries.invalidateQueries({ queryKey: POINTS_KEY });
    },
  });

  const live = status.phase === 'live';
  const refetchInterval = live ? false : POLL_MS;
  const wall = useQuery({
    queryKey: WALL_KEY,
    queryFn: ({ signal }) => getJson<Wall>('/api/wall/supervision', signal),
    refetchInterval,
  });
  const allPoints = useQuery({
    queryKey: POINTS_KEY,
    queryFn: ({ signal }) => getJson<Points>('/api/live/points', signal),
    refetchInterval,
    // Ten thousand points live on in the store's columns; nobody needs this copy.
    gcTime: 0,
    structuralSharing: false,
  });

  useEffect(() => {
    if (!wall.data) return;
    if (!live) serverClock.observe(wall.data.atMs);
    wallStore.set(wall.data);
  }, [wall.data, live, wallStore, serverClock]);

  useEffect(() => {
    if (allPoints.data) points.apply(allPoints.data);
  }, [allPoints.data, points]);

  const state = useSyncExternalStore(wallStore.subscribe, wallStore.get);
  return { state, points, status, error: wall.error };
}

function createPointSource(): PointSource & { apply(points: Points): void } {
  const store = createPointStore();
  const listeners = new Set<() => void>();
  return {
    store,
    apply(points) {
      store.apply(points);
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
