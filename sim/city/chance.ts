// Chance without state: the same seed, person, topic and number always give the same draw, so any
// moment of the city can be made again without having made the moments before it.

import { hash32, unitOf } from '../../core/random.ts';

/** What a draw decides. Every use has a topic of its own, so that no two decisions hang together. */
const TOPICS = [
  'accuracy',
  'bearing',
  'battery',
  'cell',
  'event',
  'event-detail',
  'event-time',
  'fix-kind',
  'flat',
  'flat-length',
  'flat-start',
  'multipath',
  'multipath-bearing',
  'multipath-length',
  'noise-a',
  'noise-b',
  'no-fix',
  'outing',
  'pace',
  'roll-call',
  'script',
  'tunnel',
  'wander',
  'wifi',
] as const;

export type Topic = (typeof TOPICS)[number];

const NUMBER_OF = Object.fromEntries(TOPICS.map((topic, i) => [topic, i + 1])) as Readonly<
  Record<Topic, number>
>;

export type Chance = {
  /** Uniform in [0, 1). `n` is a whole number that tells apart the draws of one person and topic. */
  unit(topic: Topic, person: number, n?: number): number;
  /** Uniform in [from, until). */
  between(topic: Topic, person: number, n: number, range: readonly [number, number]): number;
};

export function createChance(seed: string): Chance {
  const base = hash32(`city ${seed}`);
  const seeds = Object.fromEntries(
    TOPICS.map((topic) => [topic, (base ^ Math.imul(NUMBER_OF[topic], 0x85eb_ca6b)) >>> 0]),
  ) as Record<Topic, number>;
  const unit = (topic: Topic, person: number, n = 0) => unitOf(seeds[topic], person, n);
  return {
    unit,
    between: (topic, person, n, [from, until]) => from + unit(topic, person, n) * (until - from),
  };
}
