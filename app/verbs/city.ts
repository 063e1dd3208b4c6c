// plumbline city: writes a stretch of the synthetic city as files, to try replay and rules with.

import { HOUR_MS } from '../../core/local-time.ts';
import { epochMs } from '../../core/time.ts';
import { createAreas } from '../../datasets/areas.ts';
import { createLocator } from '../../datasets/locator.ts';
import { writeCityFiles } from '../../sim/city/write-files.ts';
import { createProgress, type Print } from '../print.ts';

export type CityVerbOptions = {
  readonly out: string;
  readonly seed: string;
  readonly persons: number;
  readonly hours: number;
};

/** Tuesday, 2026-03-10 at 10:00 in China: the same options give the same files on any day. */
const START_AT_MS = epochMs(Date.UTC(2026, 2, 10, 2));

/** One in so many persons under supervision wears a bracelet. */
const PERSONS_PER_BRACELET = 33;

export async function writeCity(options: CityVerbOptions, print: Print): Promise<void> {
  const { out, seed, persons, hours } = options;
  const progress = createProgress();
  const lengthMs = hours * HOUR_MS;
  const { counts, ...files } = await writeCityFiles(
    { areas: createAreas(), locate: createLocator() },
    {
      seed,
      size: persons,
      bracelets: Math.round(persons / PERSONS_PER_BRACELET),
      startAtMs: START_AT_MS,
      folder: out,
      lengthMs,
    },
    (writtenMs) =>
      progress.show(`${Math.max(0, Math.floor((writtenMs / lengthMs) * 100))}% written`),
  );
  progress.end();
  for (const [name, path] of Object.entries(files)) {
    print(`${path}  ${counts[name as keyof typeof counts].toLocaleString('en')} ${name}`);
  }
}
