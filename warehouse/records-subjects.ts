// The records about supervised persons, as TypeScript sees them: terminals, orders, leave.

import type { LeaveFact, OrderFact } from '../core/observation.ts';
import type { SubjectClass } from '../core/order.ts';
import type { RegionCode } from '../core/region.ts';
import type { SubjectKey } from '../core/subject.ts';
import type { EpochMs } from '../core/time.ts';
import type { JsonText } from './json-column.ts';

/** Which subject a terminal, card or phone stands for. Values are stored only as keyed hashes. */
export type AliasTable = {
  namespace: string;
  valueHash: string;
  subject: SubjectKey;
};

export type SupervisionOrderTable = {
  /** The observation's id. */
  id: string;
  subject: SubjectKey;
  orderId: string;
  action: OrderFact['action'];
  atMs: EpochMs;
  effectiveAtMs: EpochMs;
  category: OrderFact['category'];
  subjectClass: SubjectClass;
  county: RegionCode;
  untilMs: EpochMs;
  body: JsonText<OrderFact>;
};

export type LeaveVersionTable = {
  /** The observation's id. */
  id: string;
  subject: SubjectKey;
  leaveId: string;
  action: LeaveFact['action'];
  atMs: EpochMs;
  effectiveAtMs: EpochMs;
  fromMs: EpochMs;
  untilMs: EpochMs;
  body: JsonText<LeaveFact>;
};
