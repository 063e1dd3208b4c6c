// A stretch of the city as files anybody can replay: orders.ndjson, positions.ndjson, facts.ndjson. Made in
// steps, so a day of ten thousand persons needs no more memory than a minute.

import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { isFrameKind, type FactArrival } from '../../core/observation.ts';
import { positionAt, type PositionBatch } from '../../core/position-batch.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import { LABEL } from '../../core/position-codes.ts';
import { createCity } from './city.ts';
import { createDirectFleet } from './direct-fleet.ts';
import type { CityDeps, CityOptions } from './world.ts';

export type CityFiles = {
  readonly orders: string;
  readonly positions: string;
  readonly facts: string;
  readonly counts: { readonly orders: number; readonly positions: number; readonly facts: number };
};

const STEP_MS = 5 * 60_000;

/** Writes what is reported from the start on for `lengthMs`, in order of time. */
export async function writeCityFiles(
  deps: CityDeps,
  options: CityOptions & { readonly folder: string; readonly lengthMs: number },
  onProgress: (writtenMs: number) => void = () => {},
): Promise<CityFiles> {
  const { folder, lengthMs, ...cityOptions } = options;
  const city = createCity(deps, cityOptions);
  const fleet = createDirectFleet(city.population.terminals);
  const keyOf = (subject: string) => city.population.aliases.get(subject) ?? subject;
  await mkdir(folder, { recursive: true });
  const files = {
    orders: join(folder, 'orders.ndjson'),
    positions: join(folder, 'positions.ndjson'),
    facts: join(folder, 'facts.ndjson'),
  };
  const [orders, positions, facts] = Object.values(files).map((path) =>
    createWriteStream(path),
  ) as [WriteStream, WriteStream, WriteStream];
  const counts = { orders: 0, positions: 0, facts: 0 };
  const writeFacts = async (stream: WriteStream, list: readonly FactArrival[]) => {
    await write(
      stream,
      list.map((fact) => ({ ...fact, subject: keyOf(fact.subject) })),
    );
    counts[stream === orders ? 'orders' : 'facts'] += list.length;
  };

  await writeFacts(orders, city.frame());
  const untilMs = city.startAtMs + lengthMs;
  for (let fromMs = city.historyFromMs; fromMs < untilMs; fromMs += STEP_MS) {
    const builder = createPositionBuilder();
    const found: FactArrival[] = [];
    city.window(fromMs, Math.min(untilMs, fromMs + STEP_MS), {
      phone: (position) => builder.add(position),
      terminal: (index, points) => fleet.report(index, points),
      fact: (fact) => found.push(fact),
    });
    const bracelets = fleet.drain();
    const isFrame = ({ kind }: FactArrival) => isFrameKind(kind);
    found.push(...(bracelets.facts ?? []));
    await writeFacts(orders, found.filter(isFrame));
    await writeFacts(
      facts,
      found.filter((fact) => !isFrame(fact)),
    );
    for (const batch of [builder.drain(), bracelets.positions]) {
      if (batch) counts.positions += await writePositions(positions, batch, keyOf);
    }
    onProgress(Math.min(lengthMs, fromMs + STEP_MS - city.startAtMs));
  }
  for (const stream of [orders, positions, facts]) {
    stream.end();
    await once(stream, 'finish');
  }
  return { ...files, counts };
}

/** Placed fixes only: what says nothing about a place has no line in a file of positions. */
async function writePositions(
  stream: WriteStream,
  batch: PositionBatch,
  keyOf: (subject: string) => string,
): Promise<number> {
  const lines: unknown[] = [];
  for (let row = 0; row < batch.length; row++) {
    if (((batch.labels[row] as number) & LABEL.noFix) !== 0) continue;
    const { kind, subject, source, atMs, sequence, lng, lat, accuracyM, fix, ...more } = positionAt(
      batch,
      row,
    );
    const { speedKmh, batteryPercent } = more;
    const whom = keyOf(subject);
    lines.push({
      kind,
      subject: whom,
      source,
      atMs,
      sequence,
      lng,
      lat,
      accuracyM,
      fix,
      speedKmh,
      batteryPercent,
    });
  }
  await write(stream, lines);
  return lines.length;
}

async function write(stream: WriteStream, values: readonly unknown[]): Promise<void> {
  const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
  if (!stream.write(text)) await once(stream, 'drain');
}
