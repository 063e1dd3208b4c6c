// What the whole Dazhou pack must say about a small world, worked out slowly: rule by rule and person by
// person, from everything that ever happened. Shares nothing with the engine but the types of core and the
// parsed rules; where a rule's words need reading (conditions), they are written out by hand again.

import type { OrderFact } from '../core/observation.ts';
import { judgeContacts } from './contact-oracle.fixture.ts';
import { gradeIn } from './frame-oracle.fixture.ts';
import type { Happening, Say } from './happening.fixture.ts';
import { judgeMatch } from './match-oracle.fixture.ts';
import type { Pack, Rule, RuleOf } from './rule.ts';
import { judgeSilence } from './silence-oracle.fixture.ts';
import { judgeTerms } from './term-oracle.fixture.ts';
import { judgeVisits } from './visits-oracle.fixture.ts';
import {
  judgeBySlowness,
  type OracleEvent,
  type OracleWorld,
  type Shape,
} from './zone-oracle.fixture.ts';

export type JudgedWorld = {
  readonly pack: Pack;
  readonly rules: readonly Rule[];
  readonly subjects: readonly string[];
  readonly happenings: readonly Happening[];
  readonly areaOf: (order: OrderFact) => readonly Shape[];
  readonly fromMs: number;
  readonly untilMs: number;
};

/** Every finding as a line: person, rule, instant, what, level, evidence; sorted. */
export function judgeWorld(world: JudgedWorld): string[] {
  const lines: string[] = [];
  for (const subject of world.subjects) {
    const about = world.happenings.filter(
      ({ observation }) => !observation || observation.subject === subject,
    );
    for (const rule of world.rules) {
      const say: Say = (atMs, what, evidence = []) =>
        lines.push(`${subject} ${rule.id} ${atMs} ${what} [${evidence.join(' ')}]`);
      if (rule.kind === 'match') judgeMatch(rule, world.pack, about, say);
      else if (rule.kind === 'absence') judgeSilence(rule, about, say);
      else if (rule.kind === 'deadline') judgeTerms(rule, about, say);
      else if (rule.kind === 'count') judgeVisits(rule, world.pack, about, say);
      else if (rule.kind === 'proximity') judgeContacts(rule, subject, world.happenings, say);
      else if (rule.kind === 'zone') {
        const found = judgeBySlowness(zoneWorld(world, rule), about.flatMap(eventOf));
        lines.push(...found.map((line) => `${subject} ${rule.id} ${line}`));
      } else throw new Error(`the oracle does not know the kind "${rule.kind}"`);
    }
  }
  return lines.sort();
}

const eventOf = ({ observation, seenToMs }: Happening): OracleEvent[] => {
  if (observation?.kind === 'position') return [{ position: observation, seenToMs }];
  if (observation?.kind === 'order') return [{ order: observation, seenToMs }];
  if (observation?.kind === 'leave') return [{ leave: observation, seenToMs }];
  return [];
};

function zoneWorld(world: JudgedWorld, rule: RuleOf<'zone'>): OracleWorld {
  const { keyPeriods, zones } = world.pack;
  const { daily, days } = rule.params.schedule ?? {};
  if (daily || days) throw new Error(`the oracle does not know the schedule of "${rule.id}"`);
  return {
    params: rule.params,
    gradeOf: (order) => gradeIn(rule, order),
    excusedByLeave: rule.exceptions.includes('leave'),
    areaOf: world.areaOf,
    zones,
    inSchedule: (atMs) => keyPeriods.some(({ from, until }) => from <= atMs && atMs < until),
    fromMs: world.fromMs,
    untilMs: world.untilMs,
  };
}
