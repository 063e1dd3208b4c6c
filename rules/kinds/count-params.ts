// Parameters of the kind `count`, which has two forms: so many facts, or so many different values, and so
// many visits to places, within a sliding window.

import { z } from 'zod';
import { FIX_KINDS } from '../../core/position-codes.ts';
import { celSchema, factPatternSchema } from '../fact-pattern.ts';
import { twoForms } from '../two-forms.ts';
import { windowSchema } from '../window.ts';
import { zoneParamsSchema, type ZoneParams } from './zone-params.ts';

/** As many as can be kept of a person. */
const many = z.number().int().min(2).max(100);

const factsSchema = z.strictObject({
  ...factPatternSchema.shape,
  /** CEL giving a text: facts with the same value count once, by the newest of them. */
  distinct: celSchema.optional(),
  /** Raised by the fact that makes so many. */
  factsMin: many,
  /** Counted are facts younger than this; one exactly so old no longer counts. */
  within: windowSchema,
});

const { fixesMin, marginM, rearmM } = zoneParamsSchema.shape;
const id = z.string().min(1).max(64);

const visitsSchema = z
  .strictObject({
    /** What a visit is: a stay in zones of the pack, proven as the kind `zone` proves it. */
    visits: z.strictObject({
      zone: z.union([z.strictObject({ ids: z.array(id).min(1) }), z.strictObject({ kind: id })]),
      fixesMin,
      insideFor: windowSchema,
      marginM,
      rearmM,
      /** Cells prove no visit to a house. */
      fixKinds: z.array(z.enum(FIX_KINDS).exclude(['cell'])).min(1),
    }),
    /** Who is back sooner than this was not away: it is the same visit. */
    apart: windowSchema,
    /** Raised by the visit that makes so many. */
    visitsMin: many,
    /** Counted are visits younger than this. */
    within: windowSchema,
  })
  .refine(({ apart, within }) => apart < within, {
    path: ['apart'],
    message: 'is not shorter than within, so that no two visits would count; write a shorter one',
  });

export type FactsParams = z.infer<typeof factsSchema>;
export type VisitsParams = z.infer<typeof visitsSchema>;

/** Either form, for whoever has to show what can be written. */
export const countFormsSchema = z.union([factsSchema, visitsSchema]);

/** Which form is meant shows by `visits`; mistakes are told in terms of that form. */
export const countParamsSchema = twoForms<typeof factsSchema, typeof visitsSchema>((params) =>
  'visits' in params ? visitsSchema : factsSchema,
);

/** A visit as a zone rule finds it. One fix surely outside ends it; `apart` says whether it goes on. */
export const visitZone = ({ visits }: VisitsParams): ZoneParams => ({
  zone: visits.zone,
  relation: 'inside',
  fixesMin: visits.fixesMin,
  insideFor: visits.insideFor,
  marginM: visits.marginM,
  rearmM: visits.rearmM,
  clearFixesMin: 1,
  fixKinds: visits.fixKinds,
  leaveGrace: 0,
  crossingWithin: 0,
  crossingKmhMax: 1,
});
