// What rules are held against beside the stream, as every command and part of the product wants it.

import { createAreas } from '../datasets/areas.ts';
import { createChinaCalendar } from '../datasets/workdays.ts';
import type { Surroundings } from '../rules/kind.ts';

export const createSurroundings = (): Surroundings => ({
  areas: createAreas(),
  calendar: createChinaCalendar(),
});
