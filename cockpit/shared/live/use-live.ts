// The live stream of one page: opened when the page comes up, closed when it goes.

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { recheckSession } from '../session.ts';
import { useDeps } from '../deps.tsx';
import {
  openLiveStream,
  type LiveHandlers,
  type LiveStatus,
  type LiveTopic,
} from './live-stream.ts';
import { reloadWhenRebuilt } from './rebuilt.ts';

const STARTING: LiveStatus = { phase: 'connecting', lastHeardAtMs: undefined, gaps: 0 };

/** `topics` joined by commas, so that the same topics stay the same stream. */
export function useLive(
  topics: string,
  handlers: Pick<LiveHandlers, 'onEvent' | 'onSnapshotDue'>,
): LiveStatus {
  const { clock, random, serverClock } = useDeps();
  const queries = useQueryClient();
  const [status, setStatus] = useState(STARTING);

  const onEvent: LiveHandlers['onEvent'] = (name, data) => {
    if (name === 'hello' || name === 'ping') serverClock.observe(data.atMs);
    handlers.onEvent(name, data);
  };
  const take = useEffectEvent(onEvent) as LiveHandlers['onEvent'];
  const due = useEffectEvent(() => handlers.onSnapshotDue());

  useEffect(() => {
    const stream = openLiveStream(
      { clock, random, open: (url) => new EventSource(url) },
      topics.split(',') as LiveTopic[],
      {
        onEvent: (name, data) => take(name, data),
        onSnapshotDue: () => due(),
        onServerChanged: () => void reloadWhenRebuilt(),
        onStatus: (next) => {
          setStatus(next);
          if (next.phase === 'reconnecting') void recheckSession(queries);
        },
      },
    );
    return () => stream.close();
  }, [clock, random, queries, topics]);

  return status;
}
