// Which zone a rule watches for whom, and when: the area, the curfew and the closed zones come from the
// person's order, named zones from the pack.

import { withChanges, type Calendar } from '../../core/calendar.ts';
import { nearestWord } from '../../core/nearest-word.ts';
import { createZoneSet, type ZoneMember, type ZoneSet } from '../../core/zone-set.ts';
import { circleZone, type Zone } from '../../core/zone.ts';
import type { Places } from '../frame.ts';
import { memberOf, type PackZone } from '../pack-zones.ts';
import type { Pack, Rule, RuleOf } from '../rule.ts';
import { RuleMistake } from '../rule-mistake.ts';
import { createSchedule, dailySchedule, type Schedule } from '../schedule.ts';
import { visitZone, type VisitsParams } from './count-params.ts';

export type Target = {
  readonly zone: Zone;
  readonly schedule: Schedule | undefined;
  /** Tells targets of one rule apart. */
  readonly key: string;
  /** The member nearest to a place, where the zone is a set of named ones. */
  readonly nearest?: ZoneSet['nearest'];
};

export type Targets = {
  /** What the rule watches for a person with these places; undefined when nothing. */
  of(places: Places): Target | undefined;
  /** Names the zones where everybody has a target, alike for rules that watch the same; undefined when few have. */
  readonly shared: string | undefined;
  /** The schedule that holds for everyone. */
  readonly schedule: Schedule | undefined;
};

/** Throws RuleMistake when the rule names a zone or period the pack does not have. */
export function checkZones(rule: Rule, pack: Pack): void {
  if (rule.kind === 'zone') checkZoneRule(rule, pack, 'zone');
  else if (rule.kind === 'count' && 'visits' in rule.params) {
    checkZoneRule(visitRule(rule, rule.params), pack, 'visits.zone');
  }
}

/** `place` is where in the parameters the zone stands. */
function checkZoneRule(rule: RuleOf<'zone'>, pack: Pack, place: string): void {
  const { zone, schedule, relation } = rule.params;
  const invalid = (path: readonly string[], says: string) => new RuleMistake(path, says);
  const mustKnow = (field: string, word: string, known: readonly string[]) => {
    if (known.includes(word)) return;
    const meant = nearestWord(word, known);
    const hint = meant ? `did you mean "${meant}"?` : 'add it to pack.yaml';
    throw invalid(['params', ...field.split('.')], `pack.yaml has no "${word}"; ${hint}`);
  };
  const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id);
  if (typeof zone === 'object' && 'ids' in zone) {
    for (const id of zone.ids) mustKnow(`${place}.ids`, id, idsOf(pack.zones));
  } else if (typeof zone === 'object') {
    mustKnow(`${place}.kind`, zone.kind, [...new Set(pack.zones.map(({ kind }) => kind))]);
  }
  if (Array.isArray(schedule?.keyPeriods)) {
    for (const id of schedule.keyPeriods) {
      mustKnow('schedule.keyPeriods', id, idsOf(pack.keyPeriods));
    }
  }
  if (rule.exceptions.includes('leave') && (relation === 'inside' || relation === 'enter')) {
    throw invalid(
      ['exceptions'],
      'a leave lets a person go away, not go into a place; remove "leave"',
    );
  }
}

/** The rule that finds the visits a rule counts: only what it watches is of meaning in it. */
export const visitRule = (rule: RuleOf<'count'>, params: VisitsParams): RuleOf<'zone'> => ({
  ...rule,
  kind: 'zone',
  params: visitZone(params),
  exceptions: [],
});

/** What of the pack changes the meaning of a rule that looks at places. */
export const packPartOf = (rule: Rule, pack: Pack) =>
  rule.kind === 'zone'
    ? zonePartOf(rule, pack)
    : rule.kind === 'count' && 'visits' in rule.params
      ? zonePartOf(visitRule(rule, rule.params), pack)
      : {};

const zonePartOf = ({ params }: RuleOf<'zone'>, pack: Pack) => ({
  zones: watchedZones(params.zone, pack),
  keyPeriods: params.schedule?.keyPeriods ? pack.keyPeriods : [],
  calendar: params.schedule?.days ? pack.calendar : [],
});

function watchedZones(zone: RuleOf<'zone'>['params']['zone'], { zones }: Pack): PackZone[] {
  if (zone === 'prohibited') return zones;
  if (typeof zone === 'string') return [];
  return zones.filter(({ id, kind }) =>
    'ids' in zone ? zone.ids.includes(id) : kind === zone.kind,
  );
}

export function createTargets(
  { params }: RuleOf<'zone'>,
  pack: Pack,
  calendar: Calendar | undefined,
): Targets {
  const { zone } = params;
  const schedule =
    params.schedule &&
    createSchedule(params.schedule, {
      keyPeriods: pack.keyPeriods,
      calendar: calendar && withChanges(calendar, pack.calendar),
    });
  const members = watchedZones(zone, pack).map(memberOf);
  const byPlaces = new Map<Places, Target | undefined>();
  const remembering =
    (targetOf: (places: Places) => Target | undefined) =>
    (places: Places): Target | undefined => {
      if (!byPlaces.has(places)) byPlaces.set(places, targetOf(places));
      return byPlaces.get(places);
    };
  if (zone === 'order-area') {
    const of = remembering(({ area, regions }) => ({
      zone: area,
      schedule,
      key: regions.join(' '),
    }));
    return { of, shared: zone, schedule };
  }
  if (zone === 'home') {
    const of = remembering(({ curfew }) => curfew && homeTarget(curfew));
    return { of, shared: undefined, schedule };
  }
  if (zone === 'prohibited') {
    const of = remembering(({ prohibitedZones }) => {
      const closed = members.filter(({ id }) => prohibitedZones.includes(id));
      if (closed.length === 0) return undefined;
      const set = createZoneSet(closed);
      const key = closed.map(({ id }) => id).join(' ');
      return { zone: set, schedule, key, nearest: set.nearest };
    });
    return { of, shared: undefined, schedule };
  }
  const set = namedSet(pack, members);
  const target = { zone: set, schedule, key: 'named', nearest: set.nearest };
  return { of: () => target, shared: `zones ${members.map(({ id }) => id).join(' ')}`, schedule };
}

const namedSets = new WeakMap<Pack, Map<string, ZoneSet>>();

/** The set of these zones of the pack, made once: engines that derive single alerts are made often. */
function namedSet(pack: Pack, members: readonly ZoneMember[]): ZoneSet {
  const sets = namedSets.get(pack) ?? new Map<string, ZoneSet>();
  namedSets.set(pack, sets);
  const name = members.map(({ id }) => id).join(' ');
  const set = sets.get(name) ?? createZoneSet(members);
  sets.set(name, set);
  return set;
}

const homeTarget = (curfew: NonNullable<Places['curfew']>): Target => ({
  zone: circleZone([curfew.home.lng, curfew.home.lat], curfew.home.radiusM),
  schedule: dailySchedule(curfew),
  key: JSON.stringify(curfew),
});
