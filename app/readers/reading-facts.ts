// What the rules about readers look at: a record of the audit trail as a fact about the account that did it. Whom
// it was about is in it as a digest that is another for every reader, good for counting and for nothing else.

import { contentId } from '../../core/ids.ts';
import { EARLIEST_MS, LATEST_MS } from '../../core/instant.ts';
import { HOUR_MS, MINUTE_MS, minuteOfDay } from '../../core/local-time.ts';
import { factId, type ObservationOf, type OrderFact } from '../../core/observation.ts';
import { DAZHOU } from '../../core/region.ts';
import { isSubjectKey, subjectKey } from '../../core/subject.ts';
import { epochMs } from '../../core/time.ts';
import type { AuditRecord } from '../../security/audit/record-format.ts';
import { NOTHING_BEFORE, type Before } from './look-back.ts';

export type Reading = ObservationOf<'reading'>;

/** Office data: about who works here, not about a person under supervision. */
const SOURCE = 'office/audit-trail';

/** What the product did by itself, and what came before anybody was known. */
const NOBODY: ReadonlySet<string> = new Set(['system', 'unknown']);

/** About whoever did it, and about the account it was done to; none for what no account did. */
export function readingsOf(record: AuditRecord, before: Before = NOTHING_BEFORE): Reading[] {
  const { actor, subjects, action, detail } = record;
  if (!isAccount(actor)) return [];
  const [only] = subjects;
  const { sinceMs, earlier, ...rest } = before;
  const did = readingAbout(actor, record, {
    ...rest,
    side: 'did',
    person: only !== undefined && subjects.length === 1 ? contentId('rd', [actor, only]) : '',
    persons: subjects.length,
    earlier: [...earlier],
    ...(sinceMs === undefined ? {} : { sinceMs: epochMs(sinceMs) }),
  });
  const target = detail['account'];
  const isChange = action.startsWith('account.') || action.startsWith('role.');
  if (!isChange || typeof target !== 'string' || target === actor || !isAccount(target))
    return [did];
  const nothing = { person: '', persons: 0, hoursBefore: 0, earlier: [], handled: false };
  return [did, readingAbout(target, record, { ...nothing, newDevice: false, side: 'undergone' })];
}

const isAccount = (actor: string) => !NOBODY.has(actor) && isSubjectKey(actor);

function readingAbout(
  account: string,
  { atMs, position, action, outcome, sealedAtMs }: AuditRecord,
  more: Pick<
    Reading,
    'side' | 'person' | 'persons' | 'hoursBefore' | 'earlier' | 'handled' | 'newDevice'
  > &
    Partial<Pick<Reading, 'sinceMs'>>,
): Reading {
  const fact = {
    kind: 'reading',
    subject: subjectKey(account),
    atMs,
    source: SOURCE,
    sequence: position,
    entry: position,
    act: action,
    outcome,
    hour: Math.floor((minuteOfDay(atMs) * MINUTE_MS) / HOUR_MS),
    ...more,
  } as const;
  return { ...fact, id: factId(fact), receivedAtMs: sealedAtMs };
}

/**
 * The engine judges by the order in force: an account is under one from the first time it reads, for good. Rules
 * about readers write its class as `cc`, which means nothing here.
 */
export function mandateOf({ subject }: Reading): OrderFact {
  const from = epochMs(EARLIEST_MS);
  const fact = {
    kind: 'order',
    subject,
    atMs: from,
    source: SOURCE,
    sequence: 0,
    action: 'start',
    orderId: 'reader',
    category: 'cc',
    group: 'ordinary',
    withoutSupport: false,
    county: DAZHOU,
    area: [DAZHOU],
    conditions: {},
    bases: [],
    fromMs: from,
    untilMs: epochMs(LATEST_MS - 1),
  } as const;
  const { bases, area, ...rest } = fact;
  return { ...rest, area: [...area], bases: [...bases], id: factId(fact), receivedAtMs: from };
}
