// A drill as a finding: what a rule would say about a person who does not exist. It is made from the drill's row
// alone, so that saying it twice is saying it once.

import type { RaisedFinding } from '../../core/finding.ts';
import { contentId } from '../../core/ids.ts';
import { DAY_MS } from '../../core/local-time.ts';
import { observationSchema } from '../../core/observation.ts';
import { subjectKey, type SubjectKey } from '../../core/subject.ts';
import { epochMs } from '../../core/time.ts';
import type { DrillTable } from '../../warehouse/records-schema.ts';

/** Keys that stand for nobody. Ingest never admits one: no order names it. */
export const DRILL_SUBJECT = 'drill';

export const drillSubject = (drillId: string): SubjectKey =>
  subjectKey(`${DRILL_SUBJECT}-${drillId.slice(-12)}`);

export const drillAlertId = (drillId: string): string => contentId('al', ['drill', drillId]);

/** The version findings of drills and canaries carry: no rule said them. */
export const NO_RULE_VERSION = '0@000000000000';

/** What the drill's alert opens with. */
export function drillFinding(
  drill: Pick<DrillTable, 'id' | 'alertId' | 'level' | 'ruleId' | 'region' | 'startedAtMs'>,
): RaisedFinding {
  const { id, alertId, level, ruleId, region, startedAtMs: atMs } = drill;
  const subject = drillSubject(id);
  return {
    kind: 'raised',
    exercise: 'drill',
    id: contentId('fi', ['raised', alertId]),
    ruleId,
    ruleVersion: NO_RULE_VERSION,
    subject,
    subjectClass: 'cc',
    region,
    atMs,
    alertId,
    level,
    article: '演练，不涉及任何监管对象',
    evidence: [orderOfNobody({ subject, region, atMs })],
    values: {},
    checkedLeaves: [],
    late: false,
  };
}

/** An order nobody is under, so that the alert has something to show. */
export const orderOfNobody = ({
  subject,
  region,
  atMs,
}: Pick<RaisedFinding, 'subject' | 'region' | 'atMs'>): RaisedFinding['evidence'][number] =>
  observationSchema.parse({
    kind: 'order',
    id: contentId('ob', ['exercise', subject, atMs]),
    subject,
    atMs: epochMs(atMs - DAY_MS),
    receivedAtMs: atMs,
    source: 'office/exercise',
    sequence: 0,
    action: 'start',
    orderId: `exercise-${subject}`,
    category: 'cc',
    county: region,
    area: [region],
    bases: [],
    fromMs: epochMs(atMs - DAY_MS),
    untilMs: epochMs(atMs + DAY_MS),
  });
