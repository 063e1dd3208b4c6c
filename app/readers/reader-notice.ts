// A finding about a reader as a notice to the audit administrator. What the rule said then is in it, for the rule
// may say something else tomorrow; the records it rests on are named by their places in the trail.

import type { RaisedFinding } from '../../core/finding.ts';
import { READER_NOTICE } from '../../security/audit/notice-answers.ts';
import type { NewNotice } from '../../security/audit/notices.ts';
import type { Rulebook } from '../../rules/rulebook.ts';

export function readerNotice(finding: RaisedFinding, { rules }: Rulebook): NewNotice {
  const { ruleId, ruleVersion, subject, atMs, alertId, level, article, evidence, values } = finding;
  const rule = rules.find((one) => one.version === ruleVersion && one.rule.id === ruleId)?.rule;
  const title = rule?.title ?? { zh: ruleId, en: ruleId };
  const readings = evidence.filter((fact) => fact.kind === 'reading');
  const [first] = readings;
  // One look that says it is one of many stands for those before it.
  const entries =
    first && readings.length === 1
      ? [...first.earlier, first.entry]
      : readings.map(({ entry }) => entry);
  const sinceMs = readings.length === 1 ? first?.sinceMs : undefined;
  return {
    kind: READER_NOTICE,
    actor: subject,
    atMs,
    key: [alertId],
    detail: {
      rule: ruleId,
      ruleVersion,
      level,
      article,
      titleZh: title.zh,
      titleEn: title.en,
      ...(rule ? { dutyZh: rule.duty.zh, dutyEn: rule.duty.en } : {}),
      times: entries.length,
      spanMs: sinceMs === undefined ? Number(values['spanMs'] ?? 0) : atMs - sinceMs,
      entries: entries.toSorted((a, b) => a - b),
    },
  };
}
