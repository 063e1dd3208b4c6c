// Findings, officers and rule texts for tests, valid in every field a test does not care about.

import type {
  ClearedFinding,
  CorrectedFinding,
  CorrectionReason,
  RaisedFinding,
  SuppressedFinding,
} from '../core/finding.ts';
import { contentId } from '../core/ids.ts';
import { leaveFact, orderFact } from '../core/order.fixture.ts';
import { regionCode } from '../core/region.ts';
import { subjectKey } from '../core/subject.ts';
import { text } from '../core/text.ts';
import { epochMs } from '../core/time.ts';
import type { RecordsDb } from '../warehouse/records.ts';
import type { OfficerTable } from '../warehouse/records-schema.ts';
import type { RuleTexts } from './texts.ts';

export const START_MS = Date.UTC(2026, 10, 22, 1);
export const MINUTE = 60_000;

export const XUANHAN = regionCode('511722');
export const DAZHU = regionCode('511724');
export const DAZHOU_CITY = regionCode('511700');

/** A raised finding of `ruleId` about `subject`, `atMin` minutes after START_MS. */
export function raised(
  subject: string,
  {
    atMin = 0,
    ruleId = 'area-exit',
    key = '',
    ...change
  }: { atMin?: number; ruleId?: string; key?: string } & Partial<RaisedFinding> = {},
): RaisedFinding {
  const atMs = epochMs(START_MS + atMin * MINUTE);
  const alertId = contentId('al', [ruleId, subject, atMs, key]);
  return {
    kind: 'raised',
    id: contentId('fi', ['raised', ruleId, subject, atMs, key]),
    ruleId,
    ruleVersion: '1@0123456789ab',
    subject: subjectKey(subject),
    subjectClass: 'cc',
    region: XUANHAN,
    atMs,
    alertId,
    level: ruleId === 'offence' ? 1 : ruleId === 'terminal-silent' ? 3 : 2,
    article: '《中华人民共和国社区矫正法》第二十七条',
    evidence: [orderFact(subject, { atMs: START_MS - 86_400_000 })],
    values: { outsideM: 420 },
    checkedLeaves: [],
    late: false,
    ...change,
  };
}

/** The end of what `finding` raised, `atMin` minutes after START_MS. */
export function cleared(finding: RaisedFinding, atMin: number): ClearedFinding {
  const { alertId, ruleId, ruleVersion, subject, subjectClass, region } = finding;
  const atMs = epochMs(START_MS + atMin * MINUTE);
  return {
    kind: 'cleared',
    id: contentId('fi', ['cleared', alertId, atMs]),
    ruleId,
    ruleVersion,
    subject,
    subjectClass,
    region,
    atMs,
    alertId,
    evidence: [],
    values: {},
  };
}

/** What `finding` turned out to be, `atMin` minutes after START_MS: withdrawn by a leave unless said. */
export function corrected(
  finding: RaisedFinding,
  {
    atMin,
    outcome = 'withdrawn',
    was = 'standing',
    reason = 'leave',
    level = finding.level,
  }: { atMin: number; reason?: CorrectionReason } & Partial<
    Pick<CorrectedFinding, 'outcome' | 'was' | 'level'>
  >,
): CorrectedFinding {
  const { alertId, ruleId, ruleVersion, subject, subjectClass, region } = finding;
  const atMs = epochMs(START_MS + atMin * MINUTE);
  const leave = leaveFact(subject, { atMs });
  return {
    kind: 'corrected',
    id: contentId('fi', ['corrected', alertId, atMs, outcome, level]),
    ruleId,
    ruleVersion,
    subject,
    subjectClass,
    region,
    atMs,
    alertId,
    outcome,
    was,
    wasLevel: finding.level,
    level,
    article: '《中华人民共和国监狱法》第三十七条',
    because: { reason, observationId: leave.id, observationKind: 'leave' },
    evidence: [leave],
    values: {},
  };
}

export function suppressed(subject: string, atMin = 0): SuppressedFinding {
  const { ruleId, ruleVersion, subjectClass, region, atMs } = raised(subject, { atMin });
  return {
    kind: 'suppressed',
    id: contentId('fi', ['suppressed', subject, atMs]),
    ruleId,
    ruleVersion,
    subject: subjectKey(subject),
    subjectClass,
    region,
    atMs,
    because: 'leave',
    reference: 'leave-1',
    values: {},
  };
}

const TITLES: Record<string, ReturnType<typeof text>> = {
  'area-exit': text('离开所在地域', 'Left the area of residence'),
  offence: text('涉嫌犯罪或重大矛盾纠纷', 'Offence or serious conflict recorded'),
  'terminal-silent': text('电子定位装置失去联系', 'Electronic bracelet silent'),
};

export const ruleTexts: RuleTexts = (ruleId) => ({
  title: TITLES[ruleId] ?? text(ruleId, ruleId),
  duty: text('联系本人核实去向。', 'Call the person and verify.'),
});

const officer = (
  id: string,
  region: OfficerTable['region'],
  change: Partial<OfficerTable> = {},
): OfficerTable => ({
  id,
  name: id,
  role: region === DAZHOU_CITY ? 'city-officer' : 'county-officer',
  region,
  phone: `0818-${[...id].reduce((sum, char) => sum * 3 + char.charCodeAt(0), 0) % 1_000_000}`,
  phoneVerifiedAtMs: null,
  active: 1,
  ...change,
});

/** One duty officer of the city, one of each of two counties. */
export const OFFICERS: readonly OfficerTable[] = [
  officer('city', DAZHOU_CITY),
  officer('xuanhan', XUANHAN),
  officer('dazhu', DAZHU),
];

export const anOfficer = officer;

export async function saveOfficers(
  db: RecordsDb,
  officers: readonly OfficerTable[] = OFFICERS,
): Promise<void> {
  if (officers.length > 0) await db.insertInto('officer').values(officers).execute();
}
