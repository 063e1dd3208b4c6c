// ② Tickets as a partner's booking system lists them (订票). One item states one booking as of one
// instant; a change or cancellation is another item with the same bookingId.

import { z } from 'zod';
import { drop } from '../../core/outcome.ts';
import { regionCodeSchema, type RegionCode } from '../../core/region.ts';
import {
  checked,
  personSchema,
  subjectOf,
  timeOf,
  timeSchema,
  type Feed,
  type Persons,
} from './feed.ts';
import { regionOfStation, type Carrier } from './stations.ts';

/** A region code, a station's code or name, or an object with any of the three. */
const endSchema = z.union([
  z.string().min(1).max(60),
  z.object({
    code: z.string().max(20).optional(),
    name: z.string().max(60).optional(),
    region: z.string().max(20).optional(),
  }),
]);

const itemSchema = z.object({
  bookingId: z.string(),
  person: personSchema,
  carrier: z.enum(['rail', 'air', 'coach']),
  status: z.enum(['booked', 'changed', 'cancelled', 'travelled']),
  from: endSchema,
  to: endSchema,
  /** When the booking became what this item says. */
  atMs: timeSchema.optional(),
  changedAt: timeSchema.optional(),
  departAtMs: timeSchema.optional(),
  departAt: timeSchema.optional(),
  /** Train, flight or line number. */
  service: z.string().optional(),
});

export type BookingsOptions = {
  /** The feed behind the kind of source: `tickets` gives rail/tickets, air/tickets and coach/tickets. */
  readonly feed: string;
  readonly persons: Persons;
};

export const createBookings = ({ feed, persons }: BookingsOptions): Feed => ({
  name: `bookings/${feed}`,
  source: `rail/${feed}`,
  toArrival(item) {
    const parsed = itemSchema.safeParse(item);
    if (!parsed.success) return drop('unreadable-item');
    const { bookingId, person, carrier, status, service, ...rest } = parsed.data;
    const subject = subjectOf(person, persons);
    if (subject === undefined) return drop('identity-as-subject');
    const atMs = timeOf(rest.atMs ?? rest.changedAt);
    const departAtMs = timeOf(rest.departAtMs ?? rest.departAt);
    if (atMs === undefined || departAtMs === undefined) return drop('bad-time');
    const from = regionOfEnd(carrier, rest.from);
    const to = regionOfEnd(carrier, rest.to);
    if (from === undefined || to === undefined) return drop('unknown-station');
    return checked({
      kind: 'booking',
      source: `${carrier}/${feed}`,
      subject,
      atMs,
      bookingId,
      carrier,
      status,
      from,
      to,
      departAtMs,
      ...(service === undefined || service === '' ? {} : { service }),
    });
  },
});

function regionOfEnd(carrier: Carrier, end: z.infer<typeof endSchema>): RegionCode | undefined {
  const { region, code, name } = typeof end === 'string' ? wordOf(end) : end;
  const given = regionCodeSchema.safeParse(region);
  if (given.success) return given.data;
  return (
    (code === undefined ? undefined : regionOfStation(carrier, code)) ??
    (name === undefined ? undefined : regionOfStation(carrier, name))
  );
}

/** A text that stands alone: a region code if it looks like one, else a station's code or name. */
const wordOf = (word: string): { region?: string; code?: string; name?: string } =>
  /^\d{6}$/.test(word) ? { region: word } : { code: word, name: word };
