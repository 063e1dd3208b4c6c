// The receipt of an account's communication index: parameters, counts and the steps between, so that whoever
// holds it can compute the figure again with nothing else at hand.

import { z } from 'zod';
import { canonicalJson, contentHash } from '../../core/ids.ts';
import {
  bci,
  bciInputSchema,
  bciParametersSchema,
  wci,
  wciInputSchema,
  wciParametersSchema,
} from './communication-index.ts';

export const REACH_RECEIPT_FORMAT = 'plumbline-reach-receipt-1';
const TOLERANCE = 1e-9;

const about = {
  format: z.literal(REACH_RECEIPT_FORMAT),
  /** `wci/2026-10/account`. */
  figure: z.string(),
  account: z.string().min(1),
  period: z.string().min(1),
  value: z.number(),
  formula: z.array(z.string()),
  /** Of parameters and counts. */
  inputHash: z.string(),
};

export const reachReceiptSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...about,
    kind: z.literal('wci'),
    parameters: wciParametersSchema,
    input: wciInputSchema,
  }),
  z.strictObject({
    ...about,
    kind: z.literal('bci'),
    parameters: bciParametersSchema,
    input: bciInputSchema,
  }),
]);

export type ReachReceipt = z.infer<typeof reachReceiptSchema>;

/** What a figure is made of. */
export type ReachMade = Pick<ReachReceipt, 'account' | 'period'> &
  (
    | Pick<Extract<ReachReceipt, { kind: 'wci' }>, 'kind' | 'parameters' | 'input'>
    | Pick<Extract<ReachReceipt, { kind: 'bci' }>, 'kind' | 'parameters' | 'input'>
  );

export const makeReachReceipt = (made: ReachMade): ReachReceipt =>
  reachReceiptSchema.parse({
    format: REACH_RECEIPT_FORMAT,
    ...made,
    figure: figureOf(made),
    value: valueOf(made),
    formula: formulaOf(made),
    inputHash: hashOf(made),
  });

export type ReachMistake =
  | { readonly code: 'figure-id' | 'input-hash' }
  | { readonly code: 'value'; readonly is: number; readonly says: number };

/** Computes the figure again from the receipt alone; empty when it follows to 1e-9. */
export function verifyReachReceipt(receipt: ReachReceipt): ReachMistake[] {
  const mistakes: ReachMistake[] = [];
  if (figureOf(receipt) !== receipt.figure) mistakes.push({ code: 'figure-id' });
  if (hashOf(receipt) !== receipt.inputHash) mistakes.push({ code: 'input-hash' });
  const is = valueOf(receipt);
  if (!(Math.abs(is - receipt.value) <= TOLERANCE))
    mistakes.push({ code: 'value', is, says: receipt.value });
  return mistakes;
}

const figureOf = ({ kind, period, account }: ReachMade): string =>
  [kind, period, account].join('/');

const valueOf = (made: ReachMade): number =>
  made.kind === 'wci' ? wci(made.input, made.parameters) : bci(made.input, made.parameters);

const hashOf = ({ kind, parameters, input }: ReachMade): string =>
  contentHash(canonicalJson({ kind, parameters, input }));

function formulaOf(made: ReachMade): string[] {
  const { version } = made.parameters;
  if (made.kind === 'bci') {
    const { activity, spread, activityWeight, spreadWeight, scale } = made.parameters;
    return [
      `BCI ${version} = (${activityWeight}·W1 + ${spreadWeight}·W2)·${scale} = ${valueOf(made)}`,
      `  W1 = ${sumOfLogarithms(activity, made.input)}`,
      `  W2 = ${sumOfLogarithms(spread, made.input)}`,
    ];
  }
  const { parameters, input } = made;
  const { overall, average, headline, peak, scale, terms } = parameters;
  const { factor, ...weights } = terms;
  const part = (name: string, counts: Readonly<Record<string, number>>, by: number) =>
    `  ${name} = ${Object.entries(weights)
      .map(
        ([of, weight]) =>
          `${weight}·ln(${of === 'reads' ? '' : `${factor}·`}${counts[of] ?? 0}/${by} + 1)`,
      )
      .join(' + ')}`;
  return [
    `WCI ${version} = (${overall}·O + ${average}·A + ${headline}·H + ${peak}·P)²·${scale} = ${valueOf(made)}`,
    part('O', input.all, input.days),
    part('A', input.all, input.articles),
    part('H', input.headlines, input.days),
    part('P', input.best, 1),
  ];
}

const sumOfLogarithms = (
  weights: Readonly<Record<string, number>>,
  counts: Readonly<Record<string, number>>,
): string =>
  Object.entries(weights)
    .map(([of, weight]) => `${weight}·ln(${counts[of] ?? 0} + 1)`)
    .join(' + ');
