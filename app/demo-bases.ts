// Bases of the demonstration beside those the city was born with: recorded and confirmed through the same desk
// as real ones. Some end within days, one person in resettlement has a single source opened, and an
// extension of monitoring waits for its second person.

import { contentId } from '../core/ids.ts';
import { UserError } from '../core/errors.ts';
import { DAY_MS } from '../core/local-time.ts';
import { DAZHOU } from '../core/region.ts';
import { ioClock, sleep } from '../core/time.ts';
import { countyBureau } from '../sim/city/law.ts';
import type { Person } from '../sim/city/person.ts';
import { createBasisDesk, type BasisDesk, type NewBasis } from '../security/basis/basis-desk.ts';
import { loadOrderFacts } from '../warehouse/order-store.ts';
import type { Foundation } from './foundation.ts';

const [clerk, head] = ['city', 'leader'].map((login) => ({
  accountId: contentId('ac', [login]),
  region: DAZHOU,
})) as [Officer, Officer];

type Officer = Parameters<BasisDesk['propose']>[1];

/** Days that are left of each; those in community corrections have no bracelet, so nothing falls silent. */
const ENDING_IN_DAYS = [2, 5, 11];
const BEGAN_DAYS_AGO = 6;
const TRIES_MAX = 50;
/** How long the register may take to know everybody. */
const WAIT_MS = 500;
const WAITS_MAX = 240;

export async function seedBases(
  { records, clock, audit, logger }: Foundation,
  { persons, wake, signal }: { persons: readonly Person[]; wake: () => void; signal: AbortSignal },
): Promise<void> {
  const known = await records.db.selectFrom('basisProposal').select('id').executeTakeFirst();
  if (known) return;
  const last = persons.at(-1);
  if (!last) return;
  for (let waits = 0; waits < WAITS_MAX; waits++) {
    const frame = await loadOrderFacts(records.db, last.key);
    if (frame.length > 0 || signal.aborted) break;
    await sleep(ioClock, WAIT_MS, signal).catch(() => {});
  }
  if (signal.aborted) return;
  const desk = createBasisDesk({
    records,
    clock,
    audit,
    frameOf: loadOrderFacts,
    onConfirmed: wake,
  });
  const nowMs = clock.now();
  const plain = persons.filter(({ cast, travelIsOpen }) => !cast && !travelIsOpen);
  const corrections = plain.filter(({ category, reporting }) => category === 'cc' && !reporting);
  const released = plain.filter(({ category }) => category === 'ra');
  const wearers = persons.filter(({ cast, reporting }) => !cast && reporting?.by === 'bracelet');

  for (const [index, days] of ENDING_IN_DAYS.entries()) {
    await recordFirst(desk, corrections.slice(index * TRIES_MAX), (person) =>
      opening(person, { fromMs: nowMs - BEGAN_DAYS_AGO * DAY_MS, untilMs: nowMs + days * DAY_MS }),
    );
  }
  await recordFirst(desk, released, (person) =>
    opening(person, { fromMs: nowMs, untilMs: nowMs + 30 * DAY_MS }),
  );
  for (const person of wearers.slice(0, TRIES_MAX)) {
    const basisId = `monitoring-${person.key}`;
    const term = (await loadOrderFacts(records.db, person.key)).find(
      (fact) => fact.kind === 'basis' && fact.basisId === basisId,
    );
    if (!term) continue;
    const renewal: NewBasis = {
      action: 'renew',
      basisId,
      ...said(person),
      article: '《中华人民共和国社区矫正法》第二十九条',
      documentNumber: `川17监延${person.index}号-演示`,
      reason: '评估后仍有脱离监管的风险，报批延长',
      untilMs: term.untilMs + 60 * DAY_MS,
    };
    if (await taken(() => desk.propose(renewal, clerk))) break;
  }
  logger.info('demo.bases', {});
}

const opening = (
  person: Person,
  span: { readonly fromMs: number; readonly untilMs: number },
): NewBasis => ({
  action: 'start',
  ...said(person),
  article: '《中华人民共和国个人信息保护法》第三十四条',
  documentNumber: `川17协铁${person.index}号-演示`,
  reason: '协查期间须掌握铁路出行',
  sources: ['rail'],
  area: [person.county],
  ...span,
});

const said = (person: Person) => ({
  subject: person.key,
  approvedBy: `${countyBureau(person.county)}负责人`,
  confirmer: head.accountId,
});

/** Records and confirms it for the first person the desk takes it for. */
async function recordFirst(
  desk: BasisDesk,
  persons: readonly Person[],
  basisOf: (person: Person) => NewBasis,
): Promise<void> {
  for (const person of persons.slice(0, TRIES_MAX)) {
    const isTaken = await taken(async () => {
      const { id } = await desk.propose(basisOf(person), clerk);
      await desk.decide(id, 'confirmed', { ...head, note: '同意' });
    });
    if (isTaken) return;
  }
}

/** False for somebody whose supervision ends too early for it. */
async function taken(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
