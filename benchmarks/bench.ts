// How this house measures: contenders take turns in one loop, so that whatever else the machine does hits
// them alike; medians and spread over several runs after a warm-up; and every answer is checked.

import { cpus, totalmem } from 'node:os';
import { elapsedMs } from '../core/time.ts';

/** One thing to measure. `run` does the work once and gives an answer to compare. */
export type Contender = {
  readonly name: string;
  /** Units of work one run does. */
  readonly units: number;
  /** Done before each run, outside of the measured time. */
  prepare?(): void;
  run(): Promise<string> | string;
};

export type CaseResult = {
  readonly name: string;
  readonly metric: string;
  readonly unit: string;
  /** Median over the runs. */
  readonly value: number;
  readonly runs: number;
  /** Half the distance between the quartiles over the median. */
  readonly spread: number;
  /** Whether the answer was the one expected. */
  readonly answerOk: boolean;
  /** What the value has to reach, where that was promised. */
  readonly bar?: { readonly atLeast: number } | { readonly atMost: number };
  /** How many times as good as each peer, by the medians of the same loop. */
  readonly vs: Readonly<Record<string, number>>;
};

export type BenchReport = {
  readonly bench: string;
  readonly machine: string;
  readonly cases: readonly CaseResult[];
};

export const describeMachine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 1024 ** 3)} GB, Node ${process.versions.node}`;

export type Trial = {
  readonly contender: Contender;
  readonly msPerRun: readonly number[];
  readonly answers: readonly string[];
};

/** Runs every contender once to warm up, then all of them in turn, `runs` times. */
export async function runInTurns(
  contenders: readonly Contender[],
  runs: number,
  say: (line: string) => void,
): Promise<Trial[]> {
  const trials = contenders.map((contender) => ({
    contender,
    msPerRun: [] as number[],
    answers: [] as string[],
  }));
  for (let round = -1; round < runs; round++) {
    say(round < 0 ? 'warm-up' : `run ${round + 1} of ${runs}`);
    for (const trial of trials) {
      trial.contender.prepare?.();
      globalThis.gc?.();
      const startedMs = elapsedMs();
      const answer = await trial.contender.run();
      const ms = elapsedMs() - startedMs;
      if (round < 0) continue;
      trial.msPerRun.push(ms);
      trial.answers.push(answer);
    }
  }
  return trials;
}

/** Units per second of a trial: the median over its runs. */
export const ratePerSecond = ({ contender, msPerRun }: Trial): number =>
  (contender.units * 1_000) / median(msPerRun);

export const spreadOf = ({ msPerRun }: Trial): number => spreadAround(msPerRun);

/** Half the distance between the quartiles over the median. */
export const spreadAround = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  return round((at(0.75) - at(0.25)) / 2 / at(0.5));
};

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
};

export const round = (value: number, digits = 3): number => Number(value.toPrecision(digits));

/** Undefined where nothing was promised. */
export const meetsBar = ({ value, bar }: CaseResult): boolean | undefined =>
  bar === undefined ? undefined : 'atLeast' in bar ? value >= bar.atLeast : value <= bar.atMost;

/** A rate as a case, compared with peers of the same loop. */
export function rateCase(
  trial: Trial,
  about: { metric: string; unit: string; expected: string; peers: readonly Trial[] },
): CaseResult {
  return {
    name: trial.contender.name,
    metric: about.metric,
    unit: about.unit,
    value: round(ratePerSecond(trial)),
    runs: trial.msPerRun.length,
    spread: spreadOf(trial),
    answerOk: trial.answers.every((answer) => answer === about.expected),
    vs: Object.fromEntries(
      about.peers.map((peer) => [
        peer.contender.name,
        round(ratePerSecond(trial) / ratePerSecond(peer)),
      ]),
    ),
  };
}
