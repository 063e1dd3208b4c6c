// Episodes that reach the platform as reports: tickets, lodging, gates, custody, incidents, and devices
// that are tampered with or fall silent.

import { MINUTE_MS } from '../../core/local-time.ts';
import type { ArrivalOf } from '../../core/observation.ts';
import type { RegionCode } from '../../core/region.ts';
import { regionCode } from '../../core/region.ts';
import { epochMs } from '../../core/time.ts';
import type { Member } from './casting.ts';
import type { Episode, Expectation } from './episode.ts';
import { countyBureau } from './law.ts';
import { leaveArrival, reportedBack } from './orders.ts';
import { compose, expecting, type Stage } from './stage.ts';

const HOUR_MS = 60 * MINUTE_MS;
const REPORT_MS = MINUTE_MS;
const SILENCE_MS = 3 * HOUR_MS;
/** When the rule speaks of silence. */
const SILENT_FOR_MS = 2 * HOUR_MS;
const DAZHOU_CITY = regionCode('511702');

export const ticketOut = (stage: Stage, member: Member, atMs: number): Episode =>
  compose(stage, 'ticket-out', member, atMs, {
    facts: [booking(stage, member, atMs, { carrier: 'rail', status: 'booked' })],
    expects: [raised(stage, member, 'ticket-outside', 2, atMs)],
  });

/** A key person under resettlement, with a basis of their own for tickets. */
export const ticketByAir = (stage: Stage, member: Member, atMs: number): Episode =>
  compose(stage, 'ticket-by-air', member, atMs, {
    facts: [
      booking(stage, member, atMs, { carrier: 'air', status: 'booked', to: regionCode('440000') }),
    ],
    expects: [raised(stage, member, 'ticket-outside', 2, atMs)],
  });

export function ticketCancelled(stage: Stage, member: Member, atMs: number): Episode {
  const cancelledMs = atMs + Math.round(stage.between([4, 9]) * MINUTE_MS);
  return compose(stage, 'ticket-cancelled', member, atMs, {
    facts: [
      booking(stage, member, atMs, { carrier: 'coach', status: 'booked' }),
      booking(stage, member, atMs, {
        carrier: 'coach',
        status: 'cancelled',
        reportedMs: cancelledMs,
      }),
    ],
    expects: [
      raised(stage, member, 'ticket-outside', 2, atMs),
      cleared(stage, member, 'ticket-outside', cancelledMs),
    ],
  });
}

/** The leave covers the journey the ticket is for. */
export function ticketWithLeave(stage: Stage, member: Member, atMs: number): Episode {
  const to = stage.destination();
  const departMs = departureOf(atMs);
  const leave = leaveArrival(
    member.person,
    {
      leaveId: `leave-${member.person.key}-${stage.id}`,
      regions: [to],
      reason: 'medical',
      approvedBy: countyBureau(member.person.county),
      fromMs: departMs - 6 * HOUR_MS,
      untilMs: departMs + 72 * HOUR_MS,
      transitMs: 12 * HOUR_MS,
    },
    atMs - 3 * HOUR_MS,
  );
  return compose(stage, 'ticket-with-leave', member, atMs, {
    facts: [
      leave,
      booking(stage, member, atMs, { carrier: 'rail', status: 'booked', to }),
      reportedBack(leave, departMs + 68 * HOUR_MS),
    ],
    expects: [
      expecting(stage, member, {
        outcome: 'suppressed',
        ruleId: 'ticket-outside',
        because: 'leave',
        fromMs: atMs,
        untilMs: atMs,
      }),
    ],
  });
}

/** No basis opens tickets of this person: the gate turns the report away. */
export const ticketRefused = (stage: Stage, member: Member, atMs: number): Episode =>
  compose(stage, 'ticket-refused', member, atMs, {
    facts: [booking(stage, member, atMs, { carrier: 'rail', status: 'booked' })],
    expects: [expecting(stage, member, { outcome: 'refused', fromMs: atMs, untilMs: atMs })],
  });

export const lodgingRefused = (stage: Stage, member: Member, atMs: number): Episode =>
  compose(stage, 'lodging-refused', member, atMs, {
    facts: [lodging(stage, member, atMs, 'in')],
    expects: [expecting(stage, member, { outcome: 'refused', fromMs: atMs, untilMs: atMs })],
  });

export function lodgingOut(stage: Stage, member: Member, atMs: number): Episode {
  const outMs = atMs + Math.round(stage.between([7, 12]) * HOUR_MS);
  return compose(stage, 'lodging-out', member, atMs, {
    facts: [
      lodging(stage, member, atMs, 'in'),
      { ...lodging(stage, member, atMs, 'out'), atMs: epochMs(outMs) },
    ],
    expects: [
      raised(stage, member, 'lodging-outside', 2, atMs),
      cleared(stage, member, 'lodging-outside', outMs),
    ],
  });
}

/** Through a motorway gate to Chongqing, and back within the hour. */
export function gateOut(stage: Stage, member: Member, atMs: number): Episode {
  const backMs = atMs + Math.round(stage.between([35, 55]) * MINUTE_MS);
  const passage = (
    passedMs: number,
    direction: 'in' | 'out',
    to: RegionCode,
  ): ArrivalOf<'passage'> => ({
    kind: 'passage',
    subject: member.person.key,
    atMs: epochMs(passedMs),
    source: 'motorway/gates',
    sequence: 0,
    gate: 'motorway',
    direction,
    place: stage.gateOf(member.person.county),
    to,
    ownVehicle: true,
  });
  return compose(stage, 'gate-out', member, atMs, {
    facts: [
      passage(atMs, 'out', regionCode('500000')),
      passage(backMs, 'in', member.person.county),
    ],
    expects: [
      raised(stage, member, 'gate-passage', 2, atMs),
      cleared(stage, member, 'gate-passage', backMs),
    ],
  });
}

export const detention = (stage: Stage, member: Member, atMs: number): Episode =>
  compose(stage, 'detention', member, atMs, {
    facts: [
      {
        kind: 'custody',
        subject: member.person.key,
        atMs: epochMs(atMs),
        source: 'custody/police',
        sequence: 0,
        custodyId: `C-${stage.id}`,
        measure: 'criminal-detention',
        action: 'begin',
        authority: '公安局甲',
      },
    ],
    expects: [raised(stage, member, 'detention', 2, atMs)],
  });

/** Reported, confirmed within half an hour: an act-at-once alert. */
export function conflict(stage: Stage, member: Member, atMs: number): Episode {
  const verifiedMs = atMs + Math.round(stage.between([12, 28]) * MINUTE_MS);
  const incident = (reportedMs: number, at: 'reported' | 'verified'): ArrivalOf<'incident'> => ({
    kind: 'incident',
    subject: member.person.key,
    atMs: epochMs(reportedMs),
    source: 'incident/police',
    sequence: 0,
    incidentId: `J-${stage.id}`,
    incident: 'conflict',
    stage: at,
    authority: '派出所甲',
  });
  return compose(stage, 'conflict', member, atMs, {
    facts: [incident(atMs, 'reported'), incident(verifiedMs, 'verified')],
    expects: [
      raised(stage, member, 'offence-or-conflict', 1, atMs),
      expecting(stage, member, {
        outcome: 'suppressed',
        ruleId: 'offence-or-conflict',
        because: 'episode-open',
        fromMs: verifiedMs,
        untilMs: verifiedMs,
      }),
    ],
  });
}

/** The strap is opened and closed again some minutes later. */
export function tamper(stage: Stage, member: Member, atMs: number): Episode {
  const untilMs = atMs + Math.round(stage.between([6, 12]) * MINUTE_MS);
  return compose(stage, 'tamper', member, atMs, {
    tampers: [{ fromMs: atMs, untilMs }],
    expects: [
      raised(stage, member, 'device-tamper', 2, atMs, REPORT_MS),
      cleared(stage, member, 'device-tamper', untilMs, REPORT_MS),
    ],
  });
}

export const silence = (stage: Stage, member: Member, atMs: number): Episode =>
  compose(stage, 'silence', member, atMs, {
    silences: [{ fromMs: atMs, untilMs: atMs + SILENCE_MS }],
    expects: [
      expecting(stage, member, {
        outcome: 'raised',
        ruleId: 'terminal-silent',
        level: 3,
        fromMs: atMs + SILENT_FOR_MS - REPORT_MS,
        untilMs: atMs + SILENT_FOR_MS,
      }),
      cleared(stage, member, 'terminal-silent', atMs + SILENCE_MS, REPORT_MS),
    ],
  });

const departureOf = (atMs: number): number => atMs + 5 * HOUR_MS;

function booking(
  stage: Stage,
  { person }: Member,
  bookedMs: number,
  ticket: {
    carrier: ArrivalOf<'booking'>['carrier'];
    status: ArrivalOf<'booking'>['status'];
    to?: RegionCode;
    reportedMs?: number;
  },
): ArrivalOf<'booking'> {
  return {
    kind: 'booking',
    subject: person.key,
    atMs: epochMs(ticket.reportedMs ?? bookedMs),
    source: `${ticket.carrier}/tickets`,
    sequence: 0,
    bookingId: `B-${stage.id}`,
    carrier: ticket.carrier,
    status: ticket.status,
    from: DAZHOU_CITY,
    to: ticket.to ?? stage.destination(),
    departAtMs: epochMs(departureOf(bookedMs)),
  };
}

const lodging = (
  stage: Stage,
  { person }: Member,
  atMs: number,
  action: 'in' | 'out',
): ArrivalOf<'lodging'> => ({
  kind: 'lodging',
  subject: person.key,
  atMs: epochMs(atMs),
  source: 'lodging/register',
  sequence: 0,
  lodgingId: `L-${stage.id}`,
  action,
  place: '旅馆甲',
  at: stage.destination(),
});

const raised = (
  stage: Stage,
  member: Member,
  ruleId: string,
  level: 1 | 2 | 3,
  atMs: number,
  slackMs = 0,
): Expectation =>
  expecting(stage, member, {
    outcome: 'raised',
    ruleId,
    level,
    fromMs: atMs,
    untilMs: atMs + slackMs,
  });

const cleared = (
  stage: Stage,
  member: Member,
  ruleId: string,
  atMs: number,
  slackMs = 0,
): Expectation =>
  expecting(stage, member, { outcome: 'cleared', ruleId, fromMs: atMs, untilMs: atMs + slackMs });
