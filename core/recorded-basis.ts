// A recorded basis (登记依据): a paper that opens sources about one person for one term, beside what the order
// itself lists. Recorded by one person and confirmed by another (security/basis/), it travels through the
// log as an observation, so that gate, rules, replays and screens judge every instant by the papers of
// that instant. Versions are only ever added: `start` is the first term, `renew` a further one under a paper of
// its own, `end` lifts the whole basis from `atMs` on.

import { z } from 'zod';
import { instantSchema } from './instant.ts';
import { regionCodeSchema } from './region.ts';
import { sourceKindSchema } from './source.ts';
import { text, type Text } from './text.ts';

/** When electronic monitoring may be used: Community Corrections Law art. 29, its five grounds in its order. */
export const MONITORING_GROUNDS = {
  'prohibition-breached': text('违反人民法院禁止令', 'breached a prohibition order'),
  'left-without-leave': text(
    '无正当理由，未经批准离开所居住的市、县',
    'left the city or county without reason and approval',
  ),
  'refused-to-report': text(
    '拒不按照规定报告自己的活动情况，被给予警告',
    'refused to report and was warned',
  ),
  'public-order-punished': text(
    '违反监督管理规定，被给予治安管理处罚',
    'punished under public-order law for a breach of supervision',
  ),
  'revocation-proposed': text(
    '拟提请撤销缓刑、假释或者暂予监外执行收监执行',
    'revocation or recommittal is about to be requested',
  ),
} as const satisfies Record<string, Text>;

export type MonitoringGround = keyof typeof MONITORING_GROUNDS;

const account = z.string().min(1).max(64);

/** The part of a `basis` observation that is not common to all observations. */
export const recordedBasisShape = {
  action: z.enum(['start', 'renew', 'end']),
  /** The same over all terms of one measure. */
  basisId: z.string().min(1).max(64),
  article: z.string().min(1).max(200),
  documentNumber: z.string().min(1).max(100),
  /** Who signed the paper, as an office: 通川区司法局负责人. */
  approvedBy: z.string().min(1).max(100),
  sources: z.array(sourceKindSchema).min(1).max(20),
  /** Where the measure is carried out; what it opens is not bounded by it. */
  area: z.array(regionCodeSchema).min(1).max(20),
  /** Of electronic monitoring only. */
  ground: z
    .enum(Object.keys(MONITORING_GROUNDS) as [MonitoringGround, ...MonitoringGround[]])
    .optional(),
  /** Of this term alone. */
  fromMs: instantSchema,
  untilMs: instantSchema,
  /** The account that recorded it and the one that confirmed it: two persons, but for lifting. */
  recordedBy: account,
  confirmedBy: account,
};
