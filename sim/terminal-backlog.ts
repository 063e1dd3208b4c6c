// What a simulated terminal has measured and nobody has acknowledged yet: waiting, or sent under a
// serial. Nothing leaves it but by an answer of the platform, or by running out of room.

export type StoredPoint<Point> = {
  readonly point: Point;
  /** Measured out of coverage: sent later, as a blind-zone upload. */
  readonly blindZone: boolean;
};

export type Backlog<Point> = {
  record(point: Point, blindZone: boolean): void;
  /** Takes up to `pointsMax` waiting points that can share a message; empty when none wait. */
  take(pointsMax: number): readonly StoredPoint<Point>[];
  /** Remembers what was sent under a serial. */
  sent(serial: number, points: readonly StoredPoint<Point>[]): void;
  /** The platform has it, or will never take it. Unknown serials are ignored. */
  settle(serial: number, result: 'taken' | 'rejected'): void;
  /** The platform could not keep it: it waits again, in front. */
  putBack(serial: number): void;
  /** The connection is gone: everything unanswered waits again, in the order it was measured. */
  putAllBack(): void;
  readonly waiting: number;
  readonly inFlight: number;
  readonly counts: BacklogCounts;
};

export type BacklogCounts = {
  readonly recorded: number;
  readonly taken: number;
  readonly rejected: number;
  /** Overwritten because the memory was full. */
  readonly forgotten: number;
};

export function createBacklog<Point>({ pointsMax }: { pointsMax: number }): Backlog<Point> {
  let waiting: StoredPoint<Point>[] = [];
  const inFlight = new Map<number, readonly StoredPoint<Point>[]>();
  const counts = { recorded: 0, taken: 0, rejected: 0, forgotten: 0 };

  const putBack = (serial: number) => {
    const points = inFlight.get(serial);
    if (!points) return;
    inFlight.delete(serial);
    waiting = [...points, ...waiting];
  };

  return {
    record(point, blindZone) {
      counts.recorded++;
      waiting.push({ point, blindZone });
      if (waiting.length <= pointsMax) return;
      waiting.shift();
      counts.forgotten++;
    },
    take(limit) {
      const [first] = waiting;
      if (!first) return [];
      const end = waiting.findIndex((stored) => stored.blindZone !== first.blindZone);
      return waiting.splice(0, Math.min(limit, end === -1 ? waiting.length : end));
    },
    sent(serial, points) {
      inFlight.set(serial, points);
    },
    settle(serial, result) {
      counts[result] += inFlight.get(serial)?.length ?? 0;
      inFlight.delete(serial);
    },
    putBack,
    putAllBack() {
      for (const serial of [...inFlight.keys()].reverse()) putBack(serial);
    },
    get waiting() {
      return waiting.length;
    },
    get inFlight() {
      return inFlight.size;
    },
    counts,
  };
}
