// How the demo gateway behaves: well, or as telephone and SMS providers do on a bad day. Set on its page or
// by a query, for everything that comes in from then on.

import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

/** Whether what the provider reports is true. */
export const REPORTS = ['true', 'silent', 'lies'] as const;

const flag = z.enum(['true', 'false']).transform((word) => word === 'true');
const wholeNumber = (max: number) => z.coerce.number().int().min(0).max(max);

/** Query parameters of POST /api/behaviour; those not given stay as they are. */
const changeSchema = z
  .strictObject({
    /** Everyone answers by pressing or replying 1 after so long; `off` leaves it to the page. */
    answerAfterMs: z.union([z.literal('off').transform(() => null), wholeNumber(600_000)]),
    /** Share of orders that are taken and go nowhere: no ringing, no message, no report. */
    losePercent: wholeNumber(100),
    /** Reports come so much later. */
    delayMs: wholeNumber(600_000),
    /** Orders are answered so much later, though they are taken at once. */
    slowMs: wholeNumber(60_000),
    /** Every report comes twice. */
    duplicates: flag,
    /** Reports come in no particular order. */
    shuffles: flag,
    /** Orders and questions are refused for now. */
    isDown: flag,
    /**
     * `silent`: persons are reached, and no report ever says so; asked, it says it has the order. `lies`: nobody
     * is reached, and the report says delivered.
     */
    reports: z.enum(REPORTS),
  })
  .partial();

export type Behaviour = {
  readonly answerAfterMs: number | null;
  readonly losePercent: number;
  readonly delayMs: number;
  readonly slowMs: number;
  readonly duplicates: boolean;
  readonly shuffles: boolean;
  readonly isDown: boolean;
  readonly reports: (typeof REPORTS)[number];
};

export const GOOD_BEHAVIOUR: Behaviour = {
  answerAfterMs: null,
  losePercent: 0,
  delayMs: 0,
  slowMs: 0,
  duplicates: false,
  shuffles: false,
  isDown: false,
  reports: 'true',
};

/** The behaviour changed as a query asks. Throws UserError `bad-input`. */
export function changeBehaviour(behaviour: Behaviour, query: URLSearchParams): Behaviour {
  const change = changeSchema.safeParse(Object.fromEntries(query));
  if (change.success) {
    const given = Object.entries(change.data).filter(([, value]) => value !== undefined);
    return { ...behaviour, ...Object.fromEntries(given) };
  }
  const [issue] = change.error.issues;
  throw new UserError('bad-input', text('参数无效', 'a parameter is wrong'), {
    detail: `"${issue?.path.join('.')}": ${issue?.message}`,
  });
}
