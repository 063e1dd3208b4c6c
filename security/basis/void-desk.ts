// An order that was void from the start, or rested on a basis that was: what was collected under it must not be
// kept for a day longer (PIPL 47). One officer records it on the paper that says so, the person named confirms;
// then the gate closes for all of its time and everything about the person is deleted, holds permitting. There
// is no way back, so the second person is looked at twice.

import { UserError } from '../../core/errors.ts';
import { contentId } from '../../core/ids.ts';
import type { FrameFact, OrderFact } from '../../core/observation.ts';
import { createOrderBook, effectiveAtMs } from '../../core/order-book.ts';
import { isReached } from '../../core/reach.ts';
import type { SubjectKey } from '../../core/subject.ts';
import { text } from '../../core/text.ts';
import { epochMs, type Clock, type EpochMs } from '../../core/time.ts';
import type { Records, RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { VoidBecause, VoidProposalTable } from '../../warehouse/records-void.ts';
import type { Audit } from '../audit/audit-entry.ts';
import { BASIS_SOURCE } from './basis-store.ts';
import {
  decidedAlready,
  needConfirmer,
  needReason,
  notTheOneNamed,
  unknownPerson,
  unknownProposal,
  waitsAlready,
  type BasisOfficer,
} from './basis-desk.ts';

export type NewVoid = {
  readonly subject: SubjectKey;
  readonly because: VoidBecause;
  readonly documentNumber: string;
  readonly confirmer: string;
  readonly reason: string;
};

export type VoidDesk = {
  /** Records an order as void; it waits for `confirmer`. Throws UserError with what is wrong. */
  propose(asked: NewVoid, by: BasisOfficer): Promise<VoidProposalTable>;
  /** Throws UserError `forbidden` for anybody but the person named, `conflict` when it is decided. */
  decide(
    id: string,
    decision: 'confirmed' | 'refused',
    by: BasisOfficer & { readonly note: string },
  ): Promise<VoidProposalTable>;
  /** What waits, or was decided and is not deleted yet, within the officer's reach; the newest first. */
  list(by: BasisOfficer): Promise<VoidProposalTable[]>;
};

export type VoidDeskDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly frameOf: (db: RecordsDb, subject: SubjectKey) => Promise<FrameFact[]>;
  /** Something was confirmed and should reach the gate. */
  readonly onConfirmed: () => void;
};

const TURN = 'bases';
const LISTED_MAX = 200;

export function createVoidDesk(deps: VoidDeskDeps): VoidDesk {
  const { records, clock, audit } = deps;

  /** The one order of the person. */
  const orderOf = async (trx: RecordsTransaction, subject: SubjectKey): Promise<OrderFact> => {
    const book = createOrderBook(await deps.frameOf(trx, subject));
    const order = book.orderAt(subject, clock.now()) ?? book.lastOrder(subject);
    if (!order) throw unknownPerson();
    const others = book
      .factsOf(subject)
      .filter((fact) => fact.kind === 'order' && fact.orderId !== order.orderId);
    if (others.length > 0) throw hasOthers();
    return order;
  };

  const tell = (
    trx: RecordsTransaction,
    { action, actor, row }: { action: string; actor: string; row: VoidProposalTable },
  ) =>
    audit.record(trx, {
      atMs: clock.now(),
      actor,
      action,
      outcome: 'done',
      subjects: [row.subject],
      purpose: 'legal-basis',
      reason: action === 'basis.void-propose' ? row.reason : row.decisionNote,
      detail: { proposal: row.id, because: row.because, document: row.documentNumber },
    });

  return {
    propose: (asked, by) =>
      records.transaction(async (trx) => {
        await records.takeTurn(trx, TURN);
        const nowMs = clock.now();
        const { subject, because, confirmer } = asked;
        const order = await orderOf(trx, subject);
        if (!isReached(by, order.county)) throw unknownPerson();
        needReason(asked.reason);
        const documentNumber = asked.documentNumber.trim();
        if (documentNumber === '') throw noDocument();
        await needConfirmer(trx, { confirmer, author: by.accountId, county: order.county });
        const waiting = await trx
          .selectFrom('voidProposal')
          .select('id')
          .where('subject', '=', subject)
          .where((eb) => eb.or([eb('decision', 'is', null), eb('decision', '=', 'confirmed')]))
          .executeTakeFirst();
        if (waiting) throw waitsAlready();
        const row: VoidProposalTable = {
          id: contentId('vo', [subject, documentNumber, nowMs, by.accountId]),
          subject,
          orderId: order.orderId,
          county: order.county,
          because,
          documentNumber,
          reason: asked.reason.trim(),
          proposedBy: by.accountId,
          proposedAtMs: nowMs,
          confirmer,
          decision: null,
          decidedBy: null,
          decidedAtMs: null,
          decisionNote: null,
          publishedAtMs: null,
        };
        await trx.insertInto('voidProposal').values(row).execute();
        await tell(trx, { action: 'basis.void-propose', actor: by.accountId, row });
        return row;
      }),

    async decide(id, decision, by) {
      const decided = await records.transaction(async (trx) => {
        await records.takeTurn(trx, TURN);
        const row = await trx
          .selectFrom('voidProposal')
          .selectAll()
          .where('id', '=', id)
          .executeTakeFirst();
        if (!row || !isReached(by, row.county, row.confirmer)) throw unknownProposal();
        if (row.decision !== null) throw decidedAlready();
        if (decision === 'confirmed') {
          if (row.confirmer !== by.accountId) throw notTheOneNamed();
          await needConfirmer(trx, { ...row, author: row.proposedBy });
          await orderOf(trx, row.subject);
        }
        const change = {
          decision,
          decidedBy: by.accountId,
          decidedAtMs: clock.now(),
          decisionNote: by.note.trim(),
        };
        await trx.updateTable('voidProposal').set(change).where('id', '=', id).execute();
        const after = { ...row, ...change };
        const action = decision === 'confirmed' ? 'basis.void-confirm' : 'basis.void-refuse';
        await tell(trx, { action, actor: by.accountId, row: after });
        return after;
      });
      if (decision === 'confirmed') deps.onConfirmed();
      return decided;
    },

    async list(by) {
      const rows = await records.db
        .selectFrom('voidProposal')
        .selectAll()
        .orderBy('proposedAtMs', 'desc')
        .orderBy('id')
        .limit(LISTED_MAX)
        .execute();
      return rows.filter(
        ({ county, confirmer, proposedBy }) =>
          isReached(by, county, confirmer) || isReached(by, county, proposedBy),
      );
    },
  };
}

/**
 * Versions after which an order was in force at no instant: its start is stated anew as a period that is over as
 * it begins, and every later version is ended as it takes effect.
 */
export function closingVersions(
  versions: readonly OrderFact[],
  nowMs: number,
): Omit<OrderFact, 'id' | 'receivedAtMs'>[] {
  return versions
    .filter(({ action }) => action !== 'end')
    .map(({ id: _id, receivedAtMs: _received, ...said }, sequence) => {
      // Of another source, so that no version is taken for one that is known.
      const version = { ...said, source: BASIS_SOURCE, sequence };
      const begins = effectiveAtMs({ ...version, id: '', receivedAtMs: version.atMs } as OrderFact);
      return version.action === 'start'
        ? {
            ...version,
            atMs: epochMs(Math.max(nowMs, version.atMs)),
            untilMs: tick(version.fromMs),
          }
        : { ...version, action: 'end' as const, atMs: tick(begins) };
    });
}

/** The next instant there is. */
const tick = (atMs: number): EpochMs => epochMs(atMs + 1);

const noDocument = () =>
  new UserError('bad-input', text('没有文书号', 'the document number is missing'), {
    detail: 'document-missing',
    hint: text(
      '请填写撤销或确认无效的文书编号。',
      'Write the number of the paper that says it was void.',
    ),
  });

const hasOthers = () =>
  new UserError(
    'conflict',
    text('此人还有另一份监管令，不能整体删除', 'the person has another order as well'),
    {
      detail: 'other-orders',
      hint: text(
        '另一份监管令仍有保存期限；请先由登记系统更正，再办理。',
        'What the other order opened is still to be kept; have the register correct it first.',
      ),
    },
  );
