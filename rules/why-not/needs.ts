// What a rule needs to hear before it can say anything: which facts, brought by which sources.

import { never } from '../../core/errors.ts';
import type { Observation, ObservationKind } from '../../core/observation.ts';
import { IMPERSONAL_SOURCES, type SourceKind } from '../../core/source.ts';
import type { Rule } from '../rule.ts';
import type { Heard } from './person.ts';

export type Needs = {
  readonly kinds: readonly ObservationKind[];
  readonly sources: readonly SourceKind[];
  /** Silence needs nothing but somebody to listen for. */
  readonly mayBeAbsent: boolean;
  /** How long before the window a fact may lie that still counts in it. */
  readonly reachBackMs: number;
  means(seen: Heard): boolean;
};

/** Kinds of source that bring each kind of fact; what is not here is not brought from outside. */
const SOURCES_OF: Readonly<Partial<Record<ObservationKind, readonly SourceKind[]>>> = {
  position: ['bracelet', 'phone'],
  device: ['bracelet', 'phone'],
  'roll-call': ['roll-call', 'phone'],
  booking: ['rail', 'air', 'coach'],
  passage: ['station', 'motorway', 'vehicle'],
  lodging: ['lodging'],
  call: ['prison-call'],
  custody: ['custody'],
  incident: ['incident'],
  'case-milestone': ['case'],
  'notary-case': ['office'],
  index: ['office'],
};

export function needsOf(rule: Rule): Needs {
  switch (rule.kind) {
    case 'match':
      return factNeeds([rule.params.fact]);
    case 'count':
      if ('visits' in rule.params) return FIX_NEEDS;
      return factNeeds([rule.params.fact]);
    case 'sequence':
      return factNeeds(rule.params.steps.map(({ fact }) => fact));
    case 'absence':
      if ('after' in rule.params) return factNeeds([rule.params.after.fact], rule.params.within);
      return { ...factNeeds([]), sources: rule.params.sources, mayBeAbsent: true };
    case 'keyword':
      return factNeeds(['call']);
    case 'deadline':
      // A term is in the register; nothing has to be heard for it to run out.
      if ('term' in rule.params) return { ...factNeeds([]), mayBeAbsent: true };
      return factNeeds(['case-milestone'], Infinity);
    case 'threshold': {
      const { index } = rule.params;
      const isMeant = (seen: Observation) => seen.kind === 'index' && index.includes(seen.indexId);
      return {
        ...factNeeds(['index']),
        means: (heard) => heard.kind === 'fact' && isMeant(heard.fact),
      };
    }
    case 'zone':
    case 'proximity':
      return FIX_NEEDS;
    default:
      return never(rule);
  }
}

function factNeeds(kinds: readonly ObservationKind[], reachBackMs = 0): Needs {
  const sources = kinds.flatMap((kind) => SOURCES_OF[kind] ?? []);
  return {
    kinds: [...new Set(kinds)],
    sources: [...new Set(sources)],
    mayBeAbsent: false,
    reachBackMs,
    means: (heard) => heard.kind === 'fact' && kinds.includes(heard.fact.kind),
  };
}

const FIX_NEEDS: Needs = { ...factNeeds(['position']), means: ({ kind }) => kind === 'fix' };

/** Facts of these sources come whatever an order says. */
export const isImpersonal = ({ sources }: Needs): boolean =>
  sources.length > 0 && sources.every((source) => IMPERSONAL_SOURCES.has(source));
