// A track somebody drew, as a test of a rule file: the same form, run by the same engine. What the rule says
// about it becomes what the test expects, so that a drawn track can be kept in the rule.

import type { z } from 'zod';
import type { Finding } from '../core/finding.ts';
import { DAY_MS, localDate, localDateTime, startOfLocalDay } from '../core/local-time.ts';
import type { conditionsSchema, SubjectClass } from '../core/order.ts';
import type { FixKind } from '../core/position-codes.ts';
import type { SourceKind } from '../core/source.ts';
import type { CompiledRule } from './compile.ts';
import type { Surroundings } from './kind.ts';
import { ruleTestSchema } from './rule-test-form.ts';
import { FIRST_DAY, runRuleTest, whyNotIn, type Locate } from './test-rule.ts';
import type { WhyNot } from './why-not.ts';

export type TrackPoint = {
  readonly atMs: number;
  readonly lng: number;
  readonly lat: number;
  readonly accuracyM: number;
  readonly fix: FixKind;
};

export type DrawnTrack = {
  readonly person: {
    readonly class: SubjectClass;
    readonly county: string;
    readonly source: SourceKind;
    readonly conditions: z.input<typeof conditionsSchema>;
    /** An approved leave that covers every place of the track, from its first point to its end. */
    readonly onLeave: boolean;
  };
  /** In order of time, at least one. */
  readonly points: readonly TrackPoint[];
  /** How long time goes on after the last point. */
  readonly watchMs: number;
};

/** A test as it is written in a rule file, without the name. */
export type WrittenTest = {
  readonly person: Readonly<Record<string, unknown>>;
  readonly firstDay?: string;
  readonly steps: readonly Readonly<Record<string, unknown>>[];
  readonly expect: readonly Readonly<Record<string, unknown>>[];
};

/** What the rule says about the track, or why it raises nothing, and the track as a test that expects just that. */
export function benchTrack(
  compiled: CompiledRule,
  track: DrawnTrack,
  deps: Surroundings & { locate: Locate },
): { findings: Finding[]; test: WrittenTest; whyNot: WhyNot | undefined } {
  const written = writeTest(track, deps.locate);
  const test = ruleTestSchema.parse({ name: 'drawn', ...written, expect: [] });
  const findings = runRuleTest(compiled, test, deps);
  const dayMs = startOfLocalDay(firstOf(track).atMs);
  const raises = findings.some(({ kind }) => kind === 'raised');
  const endMs = (track.points.at(-1) as TrackPoint).atMs + track.watchMs;
  const span = { fromMs: firstOf(track).atMs, untilMs: endMs };
  return {
    findings,
    whyNot: raises ? undefined : whyNotIn(compiled, test, { ...deps, ...span }),
    test: { ...written, expect: findings.flatMap((finding) => expected(finding, dayMs)) },
  };
}

const firstOf = ({ points }: DrawnTrack): TrackPoint => points[0] as TrackPoint;

function writeTest(
  { person, points, watchMs }: DrawnTrack,
  locate: Locate,
): Omit<WrittenTest, 'expect'> {
  const [first, last] = [points[0] as TrackPoint, points.at(-1) as TrackPoint];
  const dayMs = startOfLocalDay(first.atMs);
  const time = (atMs: number) => timeOf(atMs, dayMs);
  const endMs = last.atMs + watchMs;
  const hasConditions = Object.keys(person.conditions).length > 0;
  const firstDay = localDate(first.atMs);
  return {
    person: {
      class: person.class,
      county: person.county,
      sources: [person.source],
      ...(hasConditions ? { conditions: person.conditions } : {}),
    },
    ...(firstDay === FIRST_DAY ? {} : { firstDay }),
    steps: [
      ...(person.onLeave
        ? [
            {
              time: time(first.atMs),
              leave: {
                regions: regionsOf(points, person.county, locate),
                from: time(first.atMs),
                until: time(Math.max(endMs, first.atMs + 1_000)),
              },
            },
          ]
        : []),
      ...points.map(({ atMs, lng, lat, accuracyM, fix }) => ({
        time: time(atMs),
        position: [degrees(lng), degrees(lat)],
        ...(accuracyM === ACCURACY_M ? {} : { accuracyM }),
        ...(fix === 'gnss' ? {} : { fix }),
      })),
      ...(watchMs > 0 ? [{ time: time(endMs), nothing: true }] : []),
    ],
  };
}

/** What a step has that says nothing of its accuracy; see rule-test-form.ts. */
const ACCURACY_M = 10;

/** About a metre. */
const degrees = (value: number): number => Math.round(value * 100_000) / 100_000;

/** Where the track goes; the map may not reach everywhere. */
function regionsOf(points: readonly TrackPoint[], county: string, locate: Locate): string[] {
  const codes = points.map(({ lng, lat }) => locate(lng, lat)).filter((code) => code > 0);
  return [...new Set([county, ...codes.map(String)])].sort();
}

/** `08:30`, `08:30:15` or `+1d 02:00` from the first day on. */
function timeOf(atMs: number, dayMs: number): string {
  const days = Math.floor((atMs - dayMs) / DAY_MS);
  const clock = localDateTime(atMs).slice(11).replace(/:00$/, '');
  return days === 0 ? clock : `+${days}d ${clock}`;
}

function expected(finding: Finding, dayMs: number): Readonly<Record<string, unknown>>[] {
  const time = timeOf(finding.atMs, dayMs);
  switch (finding.kind) {
    case 'raised':
      return [{ time, raised: finding.level }];
    case 'cleared':
      return [{ time, cleared: true }];
    case 'suppressed':
      return [{ time, suppressed: finding.because }];
    case 'corrected':
      // Points come in order, so nothing is learned late.
      return [];
  }
}
