// A provider that is given no more than it takes: so many a second, so many at once, level 1 always next. The
// pace is kept in real time, for that is what the provider lives by; what waits here is leased and few.

import Bottleneck from 'bottleneck';
import type { Level } from '../../core/finding.ts';
import type { Channel } from '../channels/channel.ts';

/** Bottleneck's priorities run from 0, the next one, to 9. */
const PRIORITIES: Readonly<Record<Level, number>> = { 1: 0, 2: 4, 3: 8 };

/** The channel on its terms; without any it is left as it is. */
export function paced<Given extends Channel>(channel: Given): Given {
  const { perSecond, concurrent } = channel.terms ?? {};
  if (perSecond === undefined && concurrent === undefined) return channel;
  // With a pace alone Bottleneck gives every job its time at once, and nothing could pass anything. So each
  // first gets leave to begin, one after the other, and then a place among those under way.
  const pace =
    perSecond === undefined
      ? undefined
      : new Bottleneck({ maxConcurrent: 1, minTime: Math.ceil(1_000 / perSecond) });
  const places = new Bottleneck({ maxConcurrent: concurrent ?? null });
  return {
    ...channel,
    async send(notice) {
      const options = { priority: PRIORITIES[notice.level ?? 2] };
      await pace?.schedule(options, () => Promise.resolve());
      return places.schedule(options, () => channel.send(notice));
    },
  };
}
