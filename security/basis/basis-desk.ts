// What officers do with recorded bases: record one or a further term, confirm or refuse what somebody else
// recorded, lift. Four eyes: whoever records names who is to confirm, and nobody else can, least of all the
// author or the same officer under another account. Lifting closes a source and needs one person.

import { UserError } from '../../core/errors.ts';
import { contentId } from '../../core/ids.ts';
import type { BasisFact, FrameFact } from '../../core/observation.ts';
import { createOrderBook, type OrderBook } from '../../core/order-book.ts';
import { isReached, type Reaching } from '../../core/reach.ts';
import { isWithin, type RegionCode } from '../../core/region.ts';
import type { SubjectKey } from '../../core/subject.ts';
import { text, type Text } from '../../core/text.ts';
import { epochMs, type Clock, type EpochMs } from '../../core/time.ts';
import type { Records, RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { BasisDecision, BasisPaper } from '../../warehouse/records-basis.ts';
import type { Audit } from '../audit/audit-entry.ts';
import {
  addProposal,
  decideProposal,
  factOf,
  findProposal,
  listProposals,
  type Proposal,
} from './basis-store.ts';
import { checkPaper } from './check-basis.ts';
import { BASIS_LIMITS, type BasisLimits } from './limits.ts';

/** Who acts, as the session knows them. */
export type BasisOfficer = Reaching & { readonly accountId: string };

export type NewBasis = {
  readonly subject: SubjectKey;
  readonly article: string;
  readonly documentNumber: string;
  readonly approvedBy: string;
  readonly confirmer: string;
  readonly reason: string;
  readonly untilMs: number;
} & (
  | ({ readonly action: 'start'; readonly fromMs: number } & Pick<
      BasisPaper,
      'sources' | 'area' | 'ground'
    >)
  | { readonly action: 'renew'; readonly basisId: string }
);

export type Lifting = {
  readonly subject: SubjectKey;
  readonly basisId: string;
  readonly documentNumber: string;
  readonly reason: string;
};

export type BasisDesk = {
  readonly limits: BasisLimits;
  /** Records a basis that waits for `confirmer`. Throws UserError with what is wrong. */
  propose(basis: NewBasis, by: BasisOfficer): Promise<Proposal>;
  /** Throws UserError `forbidden` for anybody but the person named, `conflict` when it is decided. */
  decide(
    id: string,
    decision: BasisDecision,
    by: BasisOfficer & { readonly note: string },
  ): Promise<Proposal>;
  /** Closes what the basis opens, at once. */
  lift(lifting: Lifting, by: BasisOfficer): Promise<Proposal>;
  /** What waits or was decided lately in the officer's city or county, the newest first. */
  proposals(by: BasisOfficer): Promise<Proposal[]>;
};

export type BasisDeskDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly audit: Audit;
  /** All versions of a person's orders, leaves and bases on record. */
  readonly frameOf: (db: RecordsDb, subject: SubjectKey) => Promise<FrameFact[]>;
  readonly limits?: BasisLimits;
  /** Something was confirmed and should reach the gate. */
  readonly onConfirmed: () => void;
};

const PROPOSALS_MAX = 200;
const TURN = 'bases';

export function createBasisDesk(deps: BasisDeskDeps): BasisDesk {
  const { records, clock, audit, limits = BASIS_LIMITS } = deps;

  /** The person's frame with what is confirmed and has not come round through the log. */
  const bookOf = async (trx: RecordsTransaction, subject: SubjectKey): Promise<OrderBook> => {
    const frame = await deps.frameOf(trx, subject);
    const proposals = await listProposals(trx, { subject, max: PROPOSALS_MAX });
    const confirmed = proposals.filter(({ decision }) => decision === 'confirmed').map(factOf);
    return createOrderBook([...frame, ...confirmed]);
  };

  /** The county that answers for the person; throws when the officer has nothing to do with them. */
  const countyOf = (book: OrderBook, subject: SubjectKey, by: BasisOfficer): RegionCode => {
    const order = book.orderAt(subject, clock.now()) ?? book.lastOrder(subject);
    if (!order || !isReached(by, order.county)) throw unknownPerson();
    return order.county;
  };

  const check = (paper: BasisPaper, book: OrderBook, subject: SubjectKey, nowMs: EpochMs) =>
    checkPaper(paper, {
      order: book.orderAt(subject, Math.max(paper.fromMs, nowMs)),
      versions: book.recordedOf(subject),
      nowMs,
      limits,
    });

  const tell = (
    trx: RecordsTransaction,
    { action, actor, row }: { action: string; actor: string; row: Proposal },
  ) =>
    audit.record(trx, {
      atMs: clock.now(),
      actor,
      action,
      outcome: 'done',
      subjects: [row.subject],
      purpose: null,
      reason: action === 'basis.propose' ? row.reason : row.decisionNote,
      detail: {
        proposal: row.id,
        basis: row.basisId,
        version: row.paper.action,
        document: row.paper.documentNumber,
        sources: row.paper.sources.join(' '),
        fromMs: row.paper.fromMs,
        untilMs: row.paper.untilMs,
      },
    });

  return {
    limits,
    propose: (basis, by) =>
      records.transaction(async (trx) => {
        await records.takeTurn(trx, TURN);
        const nowMs = clock.now();
        const { subject, confirmer } = basis;
        const book = await bookOf(trx, subject);
        const county = countyOf(book, subject, by);
        needReason(basis.reason);
        const paper = paperOf(basis, book.recordedOf(subject), nowMs);
        check(paper, book, subject, nowMs);
        await needConfirmer(trx, { confirmer, author: by.accountId, county });
        const waiting = await listProposals(trx, { subject, open: true, max: PROPOSALS_MAX });
        if (waiting.some((other) => clashes(other.paper, paper))) throw waitsAlready();
        const row: Proposal = {
          id: contentId('bp', [subject, paper.documentNumber, paper.action, nowMs, by.accountId]),
          subject,
          basisId: paper.basisId,
          county,
          paper,
          reason: basis.reason.trim(),
          proposedBy: by.accountId,
          proposedAtMs: nowMs,
          confirmer,
          ...UNDECIDED,
        };
        await addProposal(trx, row);
        await tell(trx, { action: 'basis.propose', actor: by.accountId, row });
        return row;
      }),

    async decide(id, decision, by) {
      const decided = await records.transaction(async (trx) => {
        await records.takeTurn(trx, TURN);
        const atMs = clock.now();
        const row = await findProposal(trx, id);
        if (!row || !isReached(by, row.county, row.confirmer)) throw unknownProposal();
        if (row.decision !== null) throw decidedAlready();
        if (decision === 'confirmed') {
          if (row.confirmer !== by.accountId) throw notTheOneNamed();
          await needConfirmer(trx, { ...row, author: row.proposedBy });
          check(row.paper, await bookOf(trx, row.subject), row.subject, atMs);
        }
        const note = by.note.trim();
        await decideProposal(trx, id, { decision, by: by.accountId, atMs, note });
        const after = (await findProposal(trx, id)) as Proposal;
        const action = decision === 'confirmed' ? 'basis.confirm' : 'basis.refuse';
        await tell(trx, { action, actor: by.accountId, row: after });
        return after;
      });
      if (decision === 'confirmed') deps.onConfirmed();
      return decided;
    },

    async lift({ subject, basisId, documentNumber, reason }, by) {
      const lifted = await records.transaction(async (trx) => {
        await records.takeTurn(trx, TURN);
        const nowMs = clock.now();
        const book = await bookOf(trx, subject);
        const county = countyOf(book, subject, by);
        needReason(reason);
        const own = book.recordedOf(subject).filter((version) => version.basisId === basisId);
        const last = lastTermOf(own);
        if (!last) throw unknownBasis();
        if (own.some(({ action }) => action === 'end')) throw liftedAlready();
        const row: Proposal = {
          id: contentId('bp', [subject, basisId, 'end', nowMs, by.accountId]),
          subject,
          basisId,
          county,
          paper: {
            ...paperIn(last),
            action: 'end',
            documentNumber: documentNumber.trim() || last.documentNumber,
          },
          reason: reason.trim(),
          proposedBy: by.accountId,
          proposedAtMs: nowMs,
          confirmer: by.accountId,
          decision: 'confirmed',
          decidedBy: by.accountId,
          decidedAtMs: nowMs,
          decisionNote: reason.trim(),
          publishedAtMs: null,
        };
        await addProposal(trx, row);
        await tell(trx, { action: 'basis.lift', actor: by.accountId, row });
        return row;
      });
      deps.onConfirmed();
      return lifted;
    },

    proposals: async (by) =>
      (await listProposals(records.db, { max: PROPOSALS_MAX })).filter(
        ({ county, confirmer, proposedBy }) =>
          isReached(by, county, confirmer) || isReached(by, county, proposedBy),
      ),
  };
}

const UNDECIDED = {
  decision: null,
  decidedBy: null,
  decidedAtMs: null,
  decisionNote: null,
  publishedAtMs: null,
} as const;

function paperOf(basis: NewBasis, versions: readonly BasisFact[], nowMs: EpochMs): BasisPaper {
  const { subject, action, article, approvedBy } = basis;
  const documentNumber = basis.documentNumber.trim();
  const untilMs = epochMs(basis.untilMs);
  if (action === 'start') {
    const { sources, area, ground, fromMs } = basis;
    const basisId = contentId('bs', [subject, documentNumber, nowMs]);
    const said = { article, documentNumber, approvedBy, sources, area };
    return {
      action,
      basisId,
      ...said,
      ...(ground === undefined ? {} : { ground }),
      fromMs: epochMs(fromMs),
      untilMs,
    };
  }
  const last = lastTermOf(versions.filter(({ basisId }) => basisId === basis.basisId));
  if (!last) throw unknownBasis();
  const term = { fromMs: last.untilMs, untilMs };
  return { ...paperIn(last), action, article, documentNumber, approvedBy, ...term };
}

const lastTermOf = (versions: readonly BasisFact[]): BasisFact | undefined =>
  versions
    .filter(({ action }) => action !== 'end')
    .toSorted((a, b) => a.untilMs - b.untilMs)
    .at(-1);

const paperIn = (fact: BasisFact): BasisPaper => ({
  action: fact.action,
  basisId: fact.basisId,
  article: fact.article,
  documentNumber: fact.documentNumber,
  approvedBy: fact.approvedBy,
  sources: fact.sources,
  area: fact.area,
  ...(fact.ground === undefined ? {} : { ground: fact.ground }),
  fromMs: fact.fromMs,
  untilMs: fact.untilMs,
});

/** Two papers of which only one could be confirmed. */
const clashes = (a: BasisPaper, b: BasisPaper): boolean =>
  a.documentNumber === b.documentNumber ||
  a.basisId === b.basisId ||
  (a.sources.some((source) => b.sources.includes(source)) &&
    a.fromMs < b.untilMs &&
    b.fromMs < a.untilMs);

/** Another officer, active, who answers for the county. */
export async function needConfirmer(
  trx: RecordsTransaction,
  { confirmer, author, county }: { confirmer: string; author: string; county: RegionCode },
): Promise<void> {
  const rows = await trx
    .selectFrom('account')
    .select(['id', 'officerId', 'role', 'region', 'active'])
    .where('id', 'in', [confirmer, author])
    .execute();
  const [second, first] = [confirmer, author].map((id) => rows.find((row) => row.id === id));
  const isOfficer = second?.role === 'city-officer' || second?.role === 'county-officer';
  if (!second?.active || !isOfficer || !isWithin(county, second.region)) throw noConfirmer();
  const isSameOfficer = second.officerId !== null && second.officerId === first?.officerId;
  if (confirmer === author || isSameOfficer) throw secondPerson();
}

const REASON_CHARS_MIN = 4;

export function needReason(reason: string): void {
  if ([...reason.trim()].length >= REASON_CHARS_MIN) return;
  throw new UserError('bad-input', text('请写明理由', 'a reason is needed'), {
    detail: 'reason-missing',
    hint: text(`至少 ${REASON_CHARS_MIN} 个字。`, `At least ${REASON_CHARS_MIN} characters.`),
  });
}

const refusal = (
  code: 'conflict' | 'forbidden' | 'not-found' | 'bad-input',
  detail: string,
  says: Text,
  hint?: Text,
) => new UserError(code, says, { detail, ...(hint ? { hint } : {}) });

export const unknownPerson = () =>
  refusal(
    'not-found',
    'unknown-person',
    text('没有此人，或者不在您的管辖范围', 'no such person in your charge'),
    text('请核对人员编号。', 'Check the key of the person.'),
  );
export const unknownProposal = () =>
  refusal('not-found', 'unknown-proposal', text('没有这条登记', 'no such record'));
const unknownBasis = () =>
  refusal('not-found', 'unknown-basis', text('没有这项依据', 'no such basis'));
export const decidedAlready = () =>
  refusal('conflict', 'decided-already', text('已经处理过', 'it was decided already'));
const liftedAlready = () =>
  refusal('conflict', 'lifted-already', text('该依据已解除', 'the basis is lifted already'));
export const waitsAlready = () =>
  refusal(
    'conflict',
    'waits-already',
    text('已有一条相同的登记等待批准', 'a record like this waits for its confirmation'),
    text('先处理那一条。', 'Decide that one first.'),
  );
export const notTheOneNamed = () =>
  refusal(
    'forbidden',
    'not-the-one-named',
    text('须由登记时指定的批准人批准', 'only the person named may confirm it'),
    text('由指定的批准人本人登录办理。', 'The person named signs in and confirms.'),
  );
const secondPerson = () =>
  refusal(
    'forbidden',
    'second-person',
    text('登记人不能批准自己的登记', 'nobody confirms what they recorded'),
    text('请指定另一名人员。', 'Name another person.'),
  );
const noConfirmer = () =>
  refusal(
    'bad-input',
    'confirmer-unknown',
    text('指定的批准人无权批准', 'the person named may not confirm this'),
    text('请选择本县局或市局的在职人员。', 'Choose an officer of the county or the city.'),
  );
