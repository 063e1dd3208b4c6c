// A canary as a finding: one for each partition of the findings and each period, so that a partition nobody reads
// is found out. The same period gives the same ids: said twice, it is one canary.

import type { RaisedFinding } from '../../core/finding.ts';
import { contentId } from '../../core/ids.ts';
import { DAZHOU } from '../../core/region.ts';
import { subjectKey } from '../../core/subject.ts';
import { epochMs } from '../../core/time.ts';
import { NO_RULE_VERSION, orderOfNobody } from '../drills/drill-finding.ts';

const CANARY_SUBJECT = 'canary-';

export const canarySubject = (partition: number) => subjectKey(`${CANARY_SUBJECT}${partition}`);

/** The partition a canary was for. */
export const partitionOfCanary = (subject: string): number =>
  Number(subject.slice(CANARY_SUBJECT.length));

/** The canary of a partition in the period that holds `atMs`; it is as old as `atMs` says. */
export function canaryFinding({
  partition,
  period,
  atMs,
}: {
  readonly partition: number;
  /** Number of the period. */
  readonly period: number;
  readonly atMs: number;
}): RaisedFinding {
  const subject = canarySubject(partition);
  const alertId = contentId('al', ['canary', partition, period]);
  const region = DAZHOU;
  return {
    kind: 'raised',
    exercise: 'canary',
    id: contentId('fi', ['raised', alertId]),
    ruleId: 'canary',
    ruleVersion: NO_RULE_VERSION,
    subject,
    subjectClass: 'cc',
    region,
    atMs: epochMs(atMs),
    alertId,
    level: 3,
    article: '通道自检',
    evidence: [orderOfNobody({ subject, region, atMs: epochMs(atMs) })],
    values: {},
    checkedLeaves: [],
    late: false,
  };
}
