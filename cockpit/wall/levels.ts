// The levels, gravest first.

import type { Level } from '../../core/finding.ts';

export const LEVELS: readonly Level[] = [1, 2, 3];
