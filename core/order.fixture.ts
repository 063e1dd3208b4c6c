// Orders and leaves for tests, valid in every field a test does not care about.

import { contentId } from './ids.ts';
import { observationSchema, type LeaveFact, type OrderFact } from './observation.ts';
import type { SourceKind } from './source.ts';

const YEAR_MS = 365 * 86_400_000;

type Change = { atMs: number; sources?: readonly SourceKind[] } & Record<string, unknown>;

/** A community-corrections order of Xuanhan county, in force for a year from `atMs`. */
export function orderFact(
  subject: string,
  { atMs, sources = ['phone'], ...change }: Change,
): OrderFact {
  return observationSchema.parse({
    kind: 'order',
    id: contentId('ob', ['order', subject, atMs, JSON.stringify(change)]),
    subject,
    atMs,
    receivedAtMs: atMs,
    source: 'case/register',
    sequence: 0,
    action: 'start',
    orderId: `order-${subject}`,
    category: 'cc',
    county: '511722',
    area: ['511722'],
    bases: [
      {
        id: `basis-${subject}`,
        article: '《中华人民共和国社区矫正法》第二十六条',
        documentNumber: '（2026）演示第1号',
        approvedBy: 'county-bureau',
        sources: [...sources],
        fromMs: atMs,
        untilMs: atMs + YEAR_MS,
      },
    ],
    fromMs: atMs,
    untilMs: atMs + YEAR_MS,
    ...change,
  }) as OrderFact;
}

/** An approved leave to Chengdu for work, for one day from `fromMs`. */
export function leaveFact(
  subject: string,
  { atMs, ...change }: { atMs: number } & Record<string, unknown>,
): LeaveFact {
  return observationSchema.parse({
    kind: 'leave',
    id: contentId('ob', ['leave', subject, atMs, JSON.stringify(change)]),
    subject,
    atMs,
    receivedAtMs: atMs,
    source: 'case/register',
    sequence: 0,
    action: 'start',
    leaveId: `leave-${subject}`,
    regions: ['510100'],
    reason: 'work',
    approvedBy: 'county-bureau',
    documentNumber: '（2026）演示假1号',
    fromMs: atMs,
    untilMs: atMs + 86_400_000,
    ...change,
  }) as LeaveFact;
}
