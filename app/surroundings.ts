// What rules are held against beside the stream, as every command and part of the product wants it.

import { createAreas } from '../datasets/areas.ts';
import { createChinaCalendar } from '../datasets/workdays.ts';
import type { Surroundings } from '../rules/kind.ts';
import { termMatcherOf } from '../rules/term-lists.ts';

/** `pack` is the folder of the rule pack, whose term lists keyword rules ask for. */
export const createSurroundings = (pack: string): Surroundings => ({
  areas: createAreas(),
  calendar: createChinaCalendar(),
  matcherOf: termMatcherOf(pack),
});
