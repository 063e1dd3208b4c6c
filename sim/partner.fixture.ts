// A partner's system that pushes numbered observations and never gives up: what was not acknowledged is
// sent again, byte for byte, as docs/input-formats.md tells partners to.

import { assert } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { ioClock, sleep, systemClock } from '../core/time.ts';
import { createAreas } from '../datasets/areas.ts';
import { createPopulation } from './city/population.ts';
import type { Person } from './city/person.ts';
import { CITY_DEFAULTS } from './city/world.ts';

export const POSITION_SOURCE = 'phone/partner';
export const BOOKING_SOURCE = 'rail/partner';

/** The token of the demonstration's partner (app/demo.ts). */
export const PARTNER_TOKEN = 'demo-partner-token';

const POSITIONS_PER_REQUEST = 6;
const PAUSE_MS = 60;
/** Positions are numbered by their instant, beginning a little before now. */
const BEGAN_MS_AGO = 5 * 60_000;

export type Partner = {
  /** Numbers of the observations that were acknowledged, by kind. */
  readonly acknowledged: { readonly positions: number[]; readonly bookings: number[] };
  readonly requests: { sent: number; acknowledged: number };
  /** Sends what is under way until it is acknowledged, and nothing new. */
  finish(): Promise<void>;
};

/** The persons of a demonstration: those with an open telephone, and those with open bookings. */
export function demoPersons({ seed, size }: { seed: string; size: number }) {
  const { persons } = createPopulation(
    { seed, size, bracelets: CITY_DEFAULTS.bracelets },
    createAreas(),
  );
  const carriers = persons.filter(({ reporting }) => reporting?.by === 'phone');
  const travellers = persons.filter(({ travelIsOpen }) => travelIsOpen);
  assert(carriers.length > 0 && travellers.length > 0, 'the city is large enough to push about it');
  return { persons, carriers, travellers };
}

/** Starts pushing to `url`, whether anybody listens there or not. */
export function startPartner(
  { random }: { random: Random },
  { url, persons }: { url: string; persons: ReturnType<typeof demoPersons> },
): Partner {
  const beganMs = systemClock.now() - BEGAN_MS_AGO;
  const acknowledged = { positions: [] as number[], bookings: [] as number[] };
  const requests = { sent: 0, acknowledged: 0 };
  let number = 0;
  const finishing = new AbortController();

  const push = async () => {
    const positions = Array.from({ length: POSITIONS_PER_REQUEST }, () => ++number);
    const bookings = [++number];
    const lines = [
      ...positions.map((each) => positionLine(each, beganMs, random.pick(persons.carriers))),
      ...bookings.map((each) => bookingLine(each, random.pick(persons.travellers))),
    ];
    const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    for (;;) {
      requests.sent++;
      const answer = await postLines(url, body).catch(() => undefined);
      const { admitted, duplicates } = answer?.body ?? {};
      // Until the first orders are in, nobody is known and everything is refused.
      if (answer?.status === 200 && Number(admitted) + Number(duplicates) === lines.length) {
        requests.acknowledged++;
        acknowledged.positions.push(...positions);
        acknowledged.bookings.push(...bookings);
        return;
      }
      await sleep(ioClock, PAUSE_MS);
    }
  };

  const running = (async () => {
    while (!finishing.signal.aborted) {
      await push();
      await sleep(ioClock, PAUSE_MS);
    }
  })();
  // Told to whoever finishes.
  running.catch(() => {});

  return {
    acknowledged,
    requests,
    async finish() {
      finishing.abort();
      await running;
    },
  };
}

export async function postLines(
  url: string,
  body: RequestInit['body'],
  token: string = PARTNER_TOKEN,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${url}/api/push`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-ndjson',
      'accept-language': 'en',
    },
    body: body ?? null,
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  } as RequestInit);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const positionLine = (number: number, beganMs: number, { key, days }: Person) => ({
  kind: 'position',
  subject: key,
  source: POSITION_SOURCE,
  atMs: beganMs + number,
  sequence: number,
  lng: days?.home[0],
  lat: days?.home[1],
});

/** A journey nobody approved: each makes the rules speak. */
const bookingLine = (number: number, { key, county }: Person) => ({
  kind: 'booking',
  subject: key,
  source: BOOKING_SOURCE,
  atMs: systemClock.now(),
  sequence: number,
  bookingId: `K-${number}`,
  carrier: 'rail',
  status: 'booked',
  from: county,
  to: '500000',
  departAtMs: systemClock.now() + 86_400_000,
});
