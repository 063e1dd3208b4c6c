// Recorded bases for tests, valid in every field a test does not care about.

import { contentId } from './ids.ts';
import { observationSchema, type BasisFact } from './observation.ts';
import type { SourceKind } from './source.ts';

const DAY_MS = 86_400_000;

type Change = { atMs: number; sources?: readonly SourceKind[] } & Record<string, unknown>;

/** A basis recorded at `atMs` for ninety days from then. */
export function basisFact(
  subject: string,
  { atMs, sources = ['rail'], ...change }: Change,
): BasisFact {
  return observationSchema.parse({
    kind: 'basis',
    id: contentId('ob', ['basis', subject, atMs, sources.join(' '), JSON.stringify(change)]),
    subject,
    atMs,
    receivedAtMs: atMs,
    source: 'case/bases',
    sequence: 0,
    action: 'start',
    basisId: `recorded-${subject}`,
    article: '《中华人民共和国个人信息保护法》第三十四条',
    documentNumber: '（2026）演示协1号',
    approvedBy: '宣汉县司法局负责人',
    sources: [...sources],
    area: ['511722'],
    fromMs: atMs,
    untilMs: atMs + 90 * DAY_MS,
    recordedBy: 'account-a',
    confirmedBy: 'account-b',
    ...change,
  }) as BasisFact;
}
