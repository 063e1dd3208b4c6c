// One thing that happens in the script: what the person and the device do, what the partners report, and
// what the platform is expected to make of it.

import type { LngLat } from '../../core/geo.ts';
import type { FactArrival } from '../../core/observation.ts';
import type { FixKind } from '../../core/position-codes.ts';
import type { SubjectKey } from '../../core/subject.ts';
import type { Text } from '../../core/text.ts';
import type { Journey } from './journey.ts';

export type Span = { readonly fromMs: number; readonly untilMs: number };

/** What a device shows instead of the truth for a while. */
export type Apparition = Span & {
  readonly at: LngLat;
  readonly fix: FixKind;
  readonly accuracyM: number;
};

/** What the platform should make of an episode, in event time. */
export type Expectation = {
  readonly episode: string;
  readonly subject: SubjectKey;
  readonly fromMs: number;
  readonly untilMs: number;
} & (
  | { readonly outcome: 'raised'; readonly ruleId: string; readonly level: 1 | 2 | 3 }
  | { readonly outcome: 'cleared'; readonly ruleId: string }
  | {
      readonly outcome: 'suppressed';
      readonly ruleId: string;
      readonly because: 'leave' | 'episode-open';
    }
  /** Turned away by the legal-basis gate: no trace but a count. */
  | { readonly outcome: 'refused' }
);

export type Episode = {
  readonly id: string;
  readonly kind: EpisodeKind;
  readonly title: Text;
  readonly person: number;
  /** When it begins to matter; journeys and leaves may begin earlier. */
  readonly atMs: number;
  readonly journeys: readonly Journey[];
  /** Others who take part, and where they go. */
  readonly others: readonly { readonly person: number; readonly journeys: readonly Journey[] }[];
  readonly facts: readonly FactArrival[];
  readonly apparitions: readonly Apparition[];
  /** The bracelet reports that it was tampered with. */
  readonly tampers: readonly Span[];
  /** The device says nothing. */
  readonly silences: readonly Span[];
  readonly expects: readonly Expectation[];
};

export const EPISODE_KINDS = [
  'border-walk',
  'cell-jump',
  'conflict',
  'detention',
  'district-visit',
  'exit-by-road',
  'exit-with-leave',
  'forbidden-contact',
  'gate-out',
  'leave-not-reported',
  'leave-runs-out',
  'lodging-out',
  'lodging-refused',
  'monitoring-ending',
  'monitoring-overdue',
  'silence',
  'tamper',
  'teleport',
  'ticket-by-air',
  'ticket-cancelled',
  'ticket-out',
  'ticket-refused',
  'ticket-with-leave',
  'wrong-destination',
] as const;

export type EpisodeKind = (typeof EPISODE_KINDS)[number];
