// ① Everything that flows in is an observation: a fact about one subject at one instant. Positions are
// the many and travel as Arrow columns (position-batch.ts); the other kinds, called facts, are few and
// travel as JSON lines. Connectors hand over arrivals; ingest gives them an id and the time of receipt.

import { z } from 'zod';
import { canonicalJson, contentId } from './ids.ts';
import { instantSchema } from './instant.ts';
import { leaveShape, orderShape } from './order.ts';
import { FIX_KINDS } from './position-codes.ts';
import { recordedBasisShape } from './recorded-basis.ts';
import { regionCodeSchema } from './region.ts';
import { sourceKindSchema, sourceSchema } from './source.ts';
import { subjectKeySchema, subjectRefSchema } from './subject.ts';

const name = z.string().min(1).max(200);
const key = z.string().min(1).max(64);

/** What can be taken back. Orders and leaves are ended or changed by a later version instead. */
export const RETRACTABLE_KINDS = [
  'position',
  'device',
  'roll-call',
  'booking',
  'passage',
  'lodging',
  'call',
  'custody',
  'incident',
  'case-milestone',
  'notary-case',
  'index',
] as const;

/** What each kind of observation says, beside the fields common to all. */
const shapes = {
  position: {
    lng: z.number().min(-180).max(180),
    lat: z.number().min(-90).max(90),
    /** Radius in metres within which the true place lies; unknown is read as the fix kind's default. */
    accuracyM: z.number().min(0).max(100_000).optional(),
    fix: z.enum(FIX_KINDS).default('gnss'),
    speedKmh: z.number().min(0).max(2_000).optional(),
    batteryPercent: z.number().min(0).max(100).optional(),
  },
  device: {
    event: z.enum([
      'tamper',
      'tamper-cleared',
      'removed',
      'restored',
      'battery-low',
      'battery-restored',
      'power-off',
      'power-on',
      'sos',
    ]),
    device: key.optional(),
  },
  'roll-call': {
    result: z.enum(['answered', 'missed', 'face-mismatch']),
    method: z.enum(['app', 'call', 'visit']),
    rollCallId: key.optional(),
  },
  booking: {
    bookingId: key,
    carrier: z.enum(['rail', 'air', 'coach']),
    status: z.enum(['booked', 'changed', 'cancelled', 'travelled']),
    from: regionCodeSchema,
    to: regionCodeSchema,
    departAtMs: instantSchema,
    service: name.optional(),
  },
  passage: {
    gate: z.enum(['rail-station', 'coach-station', 'airport', 'motorway']),
    direction: z.enum(['in', 'out']),
    place: name,
    /** The region the person enters by passing. */
    to: regionCodeSchema,
    ownVehicle: z.boolean().default(false),
  },
  lodging: {
    lodgingId: key,
    action: z.enum(['in', 'out']),
    place: name,
    at: regionCodeSchema,
  },
  call: {
    callId: key,
    channel: z.enum(['visit', 'family-call', 'video-call', 'letter']),
    durationMs: z.number().int().min(0),
    segments: z
      .array(
        z.strictObject({
          speaker: z.enum(['inmate', 'relative', 'officer', 'unknown']),
          offsetMs: z.number().int().min(0),
          text: z.string().max(10_000),
        }),
      )
      .max(10_000),
  },
  custody: {
    custodyId: key,
    measure: z.enum([
      'administrative-detention',
      'criminal-detention',
      'arrest',
      'compulsory-drug-isolation',
    ]),
    action: z.enum(['begin', 'end']),
    authority: name,
  },
  incident: {
    incidentId: key,
    incident: z.enum(['offence', 'conflict']),
    stage: z.enum(['reported', 'verified', 'dismissed']),
    authority: name,
  },
  'case-milestone': {
    caseId: key,
    milestone: key,
    authority: name,
    /** The instant the milestone speaks of, such as the day of the hearing it announces. */
    targetAtMs: instantSchema.optional(),
    inCustody: z.boolean().default(false),
    documentNumber: z.string().max(100).optional(),
  },
  order: orderShape,
  leave: leaveShape,
  basis: recordedBasisShape,
  'notary-case': {
    caseId: key,
    office: key,
    notary: key,
    matter: name,
    feeFen: z.number().int().min(0),
    parties: z.number().int().min(1),
    elderlyParties: z.number().int().min(0).default(0),
    videoRecords: z.number().int().min(0).default(0),
  },
  /**
   * A source takes back what it said: everything of the named kind it said about this person for that
   * instant under that sequence. A corrected fact is a retraction and the fact as it should have been.
   */
  retraction: {
    of: z.enum(RETRACTABLE_KINDS),
    ofAtMs: instantSchema,
    ofSequence: z.number().int().min(0).max(4_294_967_295).default(0),
    reason: name,
  },
  /**
   * Where a person is whom the subject may not contact. Made by ingest beside that person's own position,
   * while an order of the subject says so; never taken from outside.
   */
  'contact-position': {
    /** The person who is there. */
    of: subjectKeySchema,
    lng: z.number().min(-180).max(180),
    lat: z.number().min(-90).max(90),
    accuracyM: z.number().min(0).max(100_000),
    fix: z.enum(FIX_KINDS),
  },
  /**
   * That a source goes on reporting about a person after its basis ended: made by ingest, at most once a day
   * for each person and source, to the hour. What was refused is not in it.
   */
  refusal: {
    of: sourceKindSchema,
    basisId: key,
    documentNumber: z.string().max(100),
    /** When the basis ended. */
    endedAtMs: instantSchema,
  },
  /**
   * That somebody looked at a person's data, or tried to: made from the audit trail, about an account and not a
   * person. Rules about readers alone look at it; it never enters the log.
   */
  reading: {
    /** Its place in the trail. */
    entry: z.number().int().min(0),
    /** What was done, as the trail says it: `identity.reveal`. */
    act: name,
    outcome: z.enum(['done', 'refused', 'failed']),
    /** Whom it was about, where it was about one person: a digest of the key, for counting. */
    person: z.string().max(64).default(''),
    /** How many persons it was about. */
    persons: z.number().int().min(0),
    /** Hour of the day, local time, 0 to 23. */
    hour: z.number().int().min(0).max(23),
    /** `undergone`: the account did not do it, it was done to it. */
    side: z.enum(['did', 'undergone']).default('did'),
    /** In so many other hours the same person was looked at lately … */
    hoursBefore: z.number().int().min(0).default(0),
    /** … at these places in the trail, one for each hour … */
    earlier: z.array(z.number().int().min(0)).max(100).default([]),
    /** … since then. */
    sinceMs: instantSchema.optional(),
    /** The reader did something about the person in that time. */
    handled: z.boolean().default(false),
    /** The reader came from a device they were not known on. */
    newDevice: z.boolean().default(false),
  },
  index: {
    indexId: key,
    value: z.number(),
    period: z
      .string()
      .regex(/^\d{4}(-\d\d(-\d\d)?)?$/, 'a period reads 2026, 2026-11 or 2026-11-22'),
    version: z.string().min(1).max(64),
  },
} as const;

export type ObservationKind = keyof typeof shapes;

export const OBSERVATION_KINDS = Object.keys(shapes) as [ObservationKind, ...ObservationKind[]];

/** What no connector may bring: ingest makes it, or the audit trail does. */
const MADE_HERE: ReadonlySet<ObservationKind> = new Set(['contact-position', 'refusal', 'reading']);

/** What connectors may bring. */
export const ARRIVAL_KINDS = OBSERVATION_KINDS.filter((kind) => !MADE_HERE.has(kind)) as [
  Arrival['kind'],
  ...Arrival['kind'][],
];

/** Fields every observation has once it is admitted. */
const admitted = {
  id: z.string().min(1).max(80),
  subject: subjectKeySchema,
  atMs: instantSchema,
  receivedAtMs: instantSchema,
  source: sourceSchema,
  sequence: z.number().int().min(0).max(4_294_967_295),
};

/** The same fields as a connector knows them. */
const arriving = {
  subject: subjectRefSchema,
  atMs: instantSchema,
  source: sourceSchema,
  sequence: admitted.sequence.default(0),
};

const observationOf = <Kind extends ObservationKind>(kind: Kind) =>
  z.strictObject({ kind: z.literal(kind), ...admitted, ...shapes[kind] });

const arrivalOf = <Kind extends ObservationKind>(kind: Kind) =>
  z.strictObject({ kind: z.literal(kind), ...arriving, ...shapes[kind] });

export const observationSchema = z.discriminatedUnion('kind', [
  observationOf('position').extend({
    region: regionCodeSchema.optional(),
    labels: z.array(z.string()).default([]),
  }),
  observationOf('device'),
  observationOf('roll-call'),
  observationOf('booking'),
  observationOf('passage'),
  observationOf('lodging'),
  observationOf('call'),
  observationOf('custody'),
  observationOf('incident'),
  observationOf('case-milestone'),
  observationOf('order'),
  observationOf('leave'),
  observationOf('basis'),
  observationOf('notary-case'),
  observationOf('retraction'),
  observationOf('contact-position'),
  observationOf('refusal'),
  observationOf('reading'),
  observationOf('index'),
]);

export const orderArrivalSchema = arrivalOf('order');

export const arrivalSchema = z.discriminatedUnion('kind', [
  arrivalOf('position'),
  arrivalOf('device'),
  arrivalOf('roll-call'),
  arrivalOf('booking'),
  arrivalOf('passage'),
  arrivalOf('lodging'),
  arrivalOf('call'),
  arrivalOf('custody'),
  arrivalOf('incident'),
  arrivalOf('case-milestone'),
  orderArrivalSchema,
  arrivalOf('leave'),
  arrivalOf('basis'),
  arrivalOf('notary-case'),
  arrivalOf('retraction'),
  arrivalOf('index'),
]);

export type Observation = z.infer<typeof observationSchema>;
export type Arrival = z.infer<typeof arrivalSchema>;

export type ObservationOf<Kind extends ObservationKind> = Extract<Observation, { kind: Kind }>;
export type ArrivalOf<Kind extends Arrival['kind']> = Extract<Arrival, { kind: Kind }>;

/** Every observation that is not a position. */
export type Fact = Exclude<Observation, { kind: 'position' }>;
export type FactArrival = Exclude<Arrival, { kind: 'position' }>;

export type OrderFact = ObservationOf<'order'>;
export type LeaveFact = ObservationOf<'leave'>;
export type BasisFact = ObservationOf<'basis'>;
/** What makes up the legal frame of a person. */
export type FrameFact = OrderFact | LeaveFact | BasisFact;
export type ContactPosition = ObservationOf<'contact-position'>;
export type RetractionFact = ObservationOf<'retraction'>;
export type Position = ObservationOf<'position'>;

/** Orders, leaves and bases: what facts are judged by, rather than facts themselves. */
export const isFrameKind = (kind: ObservationKind): boolean =>
  kind === 'order' || kind === 'leave' || kind === 'basis';

export const isFrameFact = (fact: Observation): fact is FrameFact => isFrameKind(fact.kind);

/** True when the retraction takes back the observation: same source, person, kind, instant, sequence. */
export const takesBack = (retraction: RetractionFact, observation: Observation): boolean =>
  observation.kind === retraction.of &&
  observation.source === retraction.source &&
  observation.subject === retraction.subject &&
  observation.atMs === retraction.ofAtMs &&
  observation.sequence === retraction.ofSequence;

/**
 * The id of a fact: a hash of its kind, source, subject, instant, sequence and content. A partner who
 * sends the same fact twice gets the same id; a changed one gets another.
 */
export function factId(fact: {
  readonly kind: ObservationKind;
  readonly source: string;
  readonly subject: string;
  readonly atMs: number;
  readonly sequence: number;
}): string {
  const { kind, source, subject, atMs, sequence, ...content } = fact;
  return contentId('ob', [kind, source, subject, atMs, sequence, canonicalJson(content)]);
}
