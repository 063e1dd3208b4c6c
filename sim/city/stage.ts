// What an episode is made with: its name, its own chances, and what there is to know about places.

import type { LngLat } from '../../core/geo.ts';
import type { Random } from '../../core/random.ts';
import type { RegionCode } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import type { Member, WayOut } from './casting.ts';
import type { Episode, EpisodeKind, Expectation } from './episode.ts';

export type Stage = {
  /** The episode's id: `s3-tamper`. */
  readonly id: string;
  /** When the devices' first reports come: the history before the start is not endless. */
  readonly firstReportMs: number;
  /** Uniform within the range, the same whenever the episode is made again. */
  between(range: readonly [number, number]): number;
  /** A region out of Dazhou, the same throughout the episode. */
  destination(): RegionCode;
  /** A far prefecture of Sichuan, none of the regions. */
  otherRegion(than: readonly RegionCode[]): RegionCode;
  /** The region at a place, as the platform's own map has it. */
  regionAt(at: LngLat): RegionCode;
  /** A motorway gate of the county. */
  gateOf(county: RegionCode): string;
  /** Places on both sides of the border where the way out crosses it, within the uncertain ring. */
  edgeOf(member: Member, way: WayOut): { readonly inside: LngLat; readonly outside: LngLat };
};

type Parts = Partial<
  Pick<
    Episode,
    'journeys' | 'others' | 'facts' | 'apparitions' | 'tampers' | 'silences' | 'expects'
  >
>;

export const compose = (
  stage: Stage,
  kind: EpisodeKind,
  member: Member,
  atMs: number,
  parts: Parts,
): Episode => ({
  id: stage.id,
  kind,
  title: TITLES[kind],
  person: member.person.index,
  atMs,
  journeys: [],
  others: [],
  facts: [],
  apparitions: [],
  tampers: [],
  silences: [],
  expects: [],
  ...parts,
});

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown
  ? Omit<Union, Key>
  : never;

export const expecting = (
  stage: Stage,
  member: Member,
  outcome: DistributiveOmit<Expectation, 'episode' | 'subject'>,
): Expectation => ({ ...outcome, episode: stage.id, subject: member.person.key });

/** Draws of one episode. */
export const drawsOf = (random: Random) => ({
  between: ([from, until]: readonly [number, number]) => from + random.next() * (until - from),
});

const TITLES: Readonly<Record<EpisodeKind, Text>> = {
  'border-walk': text('在边界附近走动', 'walks along the border'),
  'cell-jump': text('基站定位漂移', 'cell fixes beyond the border'),
  conflict: text('警情：重大矛盾纠纷', 'serious conflict reported'),
  detention: text('被刑事拘留', 'criminal detention'),
  'district-visit': text('两区之间走动', 'visits the other district of the city'),
  'exit-by-road': text('驾车离开县境', 'leaves the county by road'),
  'exit-with-leave': text('请假外出', 'leaves with approval'),
  'forbidden-contact': text('与禁止接触的人见面', 'meets a person not to be contacted'),
  'gate-out': text('经高速路口离开', 'passes a motorway gate out'),
  'leave-not-reported': text('请假期满未销假', 'does not report back from leave'),
  'leave-runs-out': text('请假到期未归', 'stays out beyond the leave'),
  'lodging-out': text('在外住宿', 'lodges outside'),
  'lodging-refused': text('无依据的住宿信息', 'lodging report without a basis'),
  'monitoring-ending': text('电子定位期限将满', 'monitoring runs out in three days'),
  'monitoring-overdue': text('电子定位期满未办延长', 'monitoring ran out, extended late'),
  silence: text('装置失去联系', 'bracelet falls silent'),
  tamper: text('装置被破坏', 'bracelet tampered with'),
  teleport: text('定位瞬移', 'impossible jump'),
  'ticket-by-air': text('订购机票', 'buys an air ticket'),
  'ticket-cancelled': text('订票后退票', 'buys and returns a ticket'),
  'ticket-out': text('订购车票', 'buys a ticket out of the area'),
  'ticket-refused': text('无依据的订票信息', 'ticket report without a basis'),
  'ticket-with-leave': text('请假后订票', 'buys a ticket within a leave'),
  'wrong-destination': text('未按批准地点外出', 'goes elsewhere than approved'),
};
