// Where facts come from. The kind of a source is what a legal basis opens or leaves closed, so it is a
// closed list; the feed behind it (`bracelet/jt808`) is a name an installation chooses.

import { z } from 'zod';
import { text, type Text } from './text.ts';

/** Kinds of source with what officers call them. Adding one is a legal decision: see docs/safeguards. */
export const SOURCE_KINDS = {
  air: text('航空订票', 'air booking'),
  bracelet: text('电子定位装置', 'electronic bracelet'),
  case: text('案件信息', 'case data'),
  coach: text('客运订票', 'coach booking'),
  custody: text('羁押信息', 'custody data'),
  incident: text('警情案件', 'incident data'),
  lodging: text('住宿登记', 'lodging register'),
  motorway: text('高速卡口', 'motorway gate'),
  office: text('机构业务', 'office data'),
  phone: text('手机定位', 'phone position'),
  'prison-call': text('会见通话', 'visits and calls'),
  rail: text('铁路订票', 'rail booking'),
  'roll-call': text('点名签到', 'roll-call'),
  station: text('车站卡口', 'station gate'),
  vehicle: text('名下车辆', 'own vehicle'),
} as const satisfies Record<string, Text>;

export type SourceKind = keyof typeof SOURCE_KINDS;

const kinds = Object.keys(SOURCE_KINDS) as [SourceKind, ...SourceKind[]];

export const sourceKindSchema = z.enum(kinds);

/**
 * Sources that say where a person is or goes. About persons in resettlement no order opens them: each is
 * closed until a recorded basis of its own opens it (requirements: legal-basis gate).
 */
export const MOVEMENT_SOURCES: ReadonlySet<SourceKind> = new Set([
  'air',
  'bracelet',
  'coach',
  'lodging',
  'motorway',
  'phone',
  'rail',
  'station',
  'vehicle',
]);

/** Facts of these sources are about an office, not a person: no order opens them. */
export const IMPERSONAL_SOURCES: ReadonlySet<SourceKind> = new Set(['office']);

/** `bracelet/jt808`: the kind of source, a stroke, the feed. */
export const sourceSchema = z
  .string()
  .max(64)
  .regex(/^[a-z-]+\/[a-z0-9-]+$/, 'a source reads kind/feed, for example bracelet/jt808')
  .refine((source) => Object.hasOwn(SOURCE_KINDS, source.slice(0, source.indexOf('/'))), {
    message: `the kind of a source is one of ${kinds.join(', ')}`,
  });

/** `电子定位装置（jt808）`: what a source is called, with its feed; what is none of ours as it stands. */
export function feedName(source: string): Text {
  const [kind = '', feed = ''] = source.split('/');
  const known = Object.hasOwn(SOURCE_KINDS, kind) ? SOURCE_KINDS[kind as SourceKind] : undefined;
  return known ? text(`${known.zh}（${feed}）`, `${known.en} (${feed})`) : text(source, source);
}

/** The kind in front of the stroke. Guarantee: `source` passed `sourceSchema`. */
export const sourceKindOf = (source: string): SourceKind =>
  source.slice(0, source.indexOf('/')) as SourceKind;
