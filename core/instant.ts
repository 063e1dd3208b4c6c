// The edge schema of instants: epoch milliseconds within this century, with the usual mistakes named.

import { z } from 'zod';

/** The instants an edge takes: from 2000 to 2100. */
export const EARLIEST_MS = Date.UTC(2000, 0, 1);
export const LATEST_MS = Date.UTC(2100, 0, 1);

/** Epoch milliseconds from 2000 to 2100. */
export const instantSchema = z
  .number()
  .int('an instant is a whole number of milliseconds')
  .superRefine((value, context) => {
    if (value >= EARLIEST_MS && value <= LATEST_MS) return;
    const asSeconds = value * 1000;
    context.addIssue({
      code: 'custom',
      message:
        asSeconds >= EARLIEST_MS && asSeconds <= LATEST_MS
          ? `${value} looks like seconds; instants are milliseconds`
          : `${value} is not an instant between the years 2000 and 2100 in milliseconds`,
    });
  })
  .brand<'EpochMs'>();
