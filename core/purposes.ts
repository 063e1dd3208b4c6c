// What personal data may be asked for: the one list of declared purposes (PIPL art. 6; Community Corrections Law
// art. 29). Which functions each of them fits stands with the policy, in security/access/purposes.ts.

import { text, type Text } from './text.ts';

export const PURPOSE_CODES = [
  'alert-handling',
  'audit-review',
  'case-assistance',
  'daily-supervision',
  'inspection',
  'legal-basis',
  'rights-request',
  'rule-tuning',
] as const;

export type PurposeCode = (typeof PURPOSE_CODES)[number];

export const PURPOSE_NAMES: Readonly<Record<PurposeCode, Text>> = {
  'alert-handling': text('预警处置', 'Handling alerts'),
  'audit-review': text('审计核查', 'Audit review'),
  'case-assistance': text('协助办案', 'Assistance in a case'),
  'daily-supervision': text('日常监管', 'Daily supervision'),
  inspection: text('督导检查', 'Inspection'),
  'legal-basis': text('依据办理', 'Legal basis'),
  'rights-request': text('当事人申请', "Person's request"),
  'rule-tuning': text('规则调校', 'Tuning rules'),
};

/** Codes of the lists there were before, each with the purpose it is now. Entries of the trail keep them. */
export const FORMER_PURPOSES = {
  audit: 'inspection',
  'basis-review': 'legal-basis',
  contact: 'daily-supervision',
  document: 'daily-supervision',
  'handle-alert': 'alert-handling',
  'inform-person': 'rights-request',
  objection: 'rights-request',
  'own-request': 'rights-request',
  supervision: 'daily-supervision',
  'verify-identity': 'daily-supervision',
} as const satisfies Readonly<Record<string, PurposeCode>>;
