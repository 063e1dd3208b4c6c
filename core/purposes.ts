// What personal data may be asked for: the declared purposes, in the words of the office.

import { text, type Text } from './text.ts';

export const PURPOSES = [
  'handle-alert',
  'contact',
  'verify-identity',
  'document',
  'inspection',
  'own-request',
] as const;

export type Purpose = (typeof PURPOSES)[number];

export const PURPOSE_NAMES: Readonly<Record<Purpose, Text>> = {
  'handle-alert': text('处置预警', 'Handle an alert'),
  contact: text('联系本人或其家属', 'Contact the person or the family'),
  'verify-identity': text('核实身份', 'Verify an identity'),
  document: text('制作法律文书', 'Write a legal document'),
  inspection: text('接受督查或检察监督', 'Inspection or procuratorial supervision'),
  'own-request': text('本人申请查阅', 'The person asks for it'),
};
