// Time as the log tells it. Ingest decides once how far event time is complete and writes that into
// every record; consumers never look at a clock. A tick is a record that carries nothing but time, so
// that silence can be noticed while nothing flows.

import { z } from 'zod';
import { instantSchema } from '../core/instant.ts';
import { epochMs, type Clock, type EpochMs } from '../core/time.ts';
import type { LogEntry } from './log.ts';

export type Watermark = {
  /** The watermark as of now; never falls. */
  current(): EpochMs;
};

/** Event time is complete up to `latenessMs` ago by the given clock. */
export function createWatermark(clock: Clock, latenessMs: number, floorMs = 0): Watermark {
  let highest = floorMs;
  return {
    current() {
      highest = Math.max(highest, clock.now() - latenessMs);
      return epochMs(highest);
    },
  };
}

/** While the platform itself was not listening, silence proves nothing about anyone. */
export const gapSchema = z.strictObject({ fromMs: instantSchema, untilMs: instantSchema });

export type Gap = z.infer<typeof gapSchema>;

const tickSchema = z.strictObject({ gap: gapSchema.optional() });

export const encodeTick = (watermarkMs: EpochMs, gap?: Gap): LogEntry => ({
  kind: 'tick',
  watermarkMs,
  payload: Buffer.from(JSON.stringify(gap ? { gap } : {})),
});

/** The gap a tick reports, if any. */
export const decodeTick = (payload: Uint8Array): Gap | undefined =>
  tickSchema.parse(JSON.parse(Buffer.from(payload).toString('utf8'))).gap;
