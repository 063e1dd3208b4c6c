// Bracelets without a network. The demo sends their points over real JT/T 808 connections
// (sim/terminal-fleet.ts); this one hands over what the connector would have made of them.

import type { Condition } from '../../connectors/jt808/device-model.ts';
import { CONDITIONS } from '../../connectors/jt808/device-model.ts';
import { JT808_SOURCE, terminalAlias } from '../../connectors/jt808/to-arrivals.ts';
import type { Delivery } from '../../connectors/publish.ts';
import type { ArrivalOf, FactArrival } from '../../core/observation.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import { LABEL } from '../../core/position-codes.ts';
import { epochMs } from '../../core/time.ts';
import type { TerminalFleet } from '../terminal-fleet.ts';
import type { TerminalPoint } from '../terminal-point.ts';
import type { Terminal } from './person.ts';

/** Where the city's bracelets report to. Must not throw, and keeps what it cannot send at once. */
export type BraceletSink = Pick<TerminalFleet, 'report'>;

export type DirectFleet = BraceletSink & {
  /** What was reported since it was last asked. */
  drain(): Delivery;
};

export function createDirectFleet(terminals: readonly Terminal[]): DirectFleet {
  const builder = createPositionBuilder();
  let facts: FactArrival[] = [];
  const conditions = new Map<number, ReadonlySet<Condition>>();

  const note = (subject: string, atMs: number, event: ArrivalOf<'device'>['event']) =>
    facts.push({
      kind: 'device',
      subject,
      atMs: epochMs(atMs),
      source: JT808_SOURCE,
      sequence: 0,
      event,
    });

  /** What a terminal says first is where it stands: after a restart nothing is announced twice. */
  const noteChanges = (terminal: number, subject: string, point: TerminalPoint) => {
    const now = new Set(point.conditions);
    const before = conditions.get(terminal) ?? now;
    conditions.set(terminal, now);
    for (const condition of now.difference(before)) note(subject, point.atMs, condition);
    for (const condition of before.difference(now)) {
      const ended = CONDITIONS[condition];
      if (ended) note(subject, point.atMs, ended);
    }
  };

  return {
    report(index, points) {
      const subject = terminalAlias(terminals[index]?.number ?? '');
      for (const point of points) {
        const { hasFix = true } = point;
        builder.add({
          subject,
          source: JT808_SOURCE,
          atMs: point.atMs,
          lng: point.lng,
          lat: point.lat,
          speedKmh: hasFix ? point.speedKmh : undefined,
          batteryPercent: point.batteryPercent,
          labels: hasFix ? 0 : LABEL.noFix,
        });
        noteChanges(index, subject, point);
      }
    },
    drain() {
      const taken = facts;
      facts = [];
      return { positions: builder.drain(), facts: taken };
    },
  };
}
