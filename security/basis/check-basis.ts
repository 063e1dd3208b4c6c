// What may be wrong with a basis somebody records, each said with what to do. Looked at when it is recorded
// and once more when it is confirmed, for much may have changed meanwhile.

import { UserError } from '../../core/errors.ts';
import { dateOfDay, dayOf } from '../../core/calendar.ts';
import { DAY_MS } from '../../core/local-time.ts';
import type { BasisFact, OrderFact } from '../../core/observation.ts';
import { IMPERSONAL_SOURCES, MOVEMENT_SOURCES, SOURCE_KINDS } from '../../core/source.ts';
import { text, type Text } from '../../core/text.ts';
import type { BasisPaper } from '../../warehouse/records-basis.ts';
import { isMonitoring, latestEndMs, type BasisLimits } from './limits.ts';

/** Why a basis is not taken. Stands in the error's detail, so that callers need not read the words. */
export type BasisMistake =
  | 'begins-too-early'
  | 'document-missing'
  | 'document-used'
  | 'ground-missing'
  | 'ground-not-wanted'
  | 'monitoring-alone'
  | 'monitoring-not-for-resettlement'
  | 'no-order'
  | 'not-running'
  | 'one-source-each'
  | 'outlasts-order'
  | 'overlaps'
  | 'over-already'
  | 'renewals-used-up'
  | 'source-impersonal'
  | 'term-too-long'
  | 'until-before-from';

export type Known = {
  /** The order in force when the paper begins, or now when it begins earlier. */
  readonly order: OrderFact | undefined;
  /** Every version of the person's recorded bases, also those on their way to the log. */
  readonly versions: readonly BasisFact[];
  readonly nowMs: number;
  readonly limits: BasisLimits;
};

/** Throws UserError `bad-input`, with a BasisMistake as detail, for the first thing that is wrong. */
export function checkPaper(paper: BasisPaper, known: Known): void {
  const mistake =
    checkWords(paper, known) ??
    checkPerson(paper, known) ??
    checkTerm(paper, known) ??
    (paper.action === 'renew' ? checkRenewal(paper, known) : checkOthers(paper, known));
  if (!mistake) return;
  const [detail, says, hint] = mistake;
  throw new UserError('bad-input', says, { detail, hint });
}

type Mistake = readonly [BasisMistake, Text, Text];

function checkWords({ documentNumber, basisId }: BasisPaper, { versions }: Known) {
  if (documentNumber.trim() === '') {
    return wrong(
      'document-missing',
      ['没有文书号', 'the document number is missing'],
      ['请填写批准文书的编号。', 'Write the number of the paper that was approved.'],
    );
  }
  const used = versions.some(
    (version) => version.documentNumber === documentNumber && version.basisId !== basisId,
  );
  const again = versions.some(
    (version) => version.documentNumber === documentNumber && version.basisId === basisId,
  );
  if (used || again) {
    return wrong(
      'document-used',
      ['此文书号已登记', 'this document number is recorded already'],
      [
        '一份文书只登记一次；延长须有新的批准文书。',
        'A paper is recorded once; an extension has its own.',
      ],
    );
  }
  return undefined;
}

function checkPerson({ sources, ground }: BasisPaper, { order }: Known) {
  if (!order) {
    return wrong(
      'no-order',
      ['此人在该时间没有有效的监管令', 'no order about this person is in force at that time'],
      [
        '先核对监管令；没有监管令的，不得登记依据。',
        'Look at the order first; without one nothing is recorded.',
      ],
    );
  }
  const impersonal = sources.find((source) => IMPERSONAL_SOURCES.has(source));
  if (impersonal) {
    const { zh, en } = SOURCE_KINDS[impersonal];
    return wrong(
      'source-impersonal',
      [`“${zh}”不涉及个人，无须登记依据`, `${en} is about no person and needs no basis`],
      ['请去掉该来源。', 'Leave the source out.'],
    );
  }
  const isRa = order.category === 'ra';
  if (isMonitoring(sources)) return checkMonitoring({ sources, ground }, isRa);
  if (ground !== undefined) {
    return wrong(
      'ground-not-wanted',
      ['使用情形只适用于电子定位装置', 'a ground belongs to electronic monitoring only'],
      ['请去掉使用情形。', 'Leave the ground out.'],
    );
  }
  if (isRa && sources.length > 1 && sources.some((source) => MOVEMENT_SOURCES.has(source))) {
    return wrong(
      'one-source-each',
      [
        '安置帮教对象的行踪类来源须逐项登记',
        'of persons in resettlement each movement source has a basis of its own',
      ],
      ['一次只选一个来源，各有各的批准文书。', 'Choose one source; each has its own paper.'],
    );
  }
  return undefined;
}

function checkMonitoring(
  { sources, ground }: Pick<BasisPaper, 'sources' | 'ground'>,
  isRa: boolean,
) {
  if (isRa) {
    return wrong(
      'monitoring-not-for-resettlement',
      [
        '电子定位装置只能用于社区矫正对象',
        'electronic monitoring is for persons in community corrections only',
      ],
      [
        '社区矫正法第二十九条不适用于安置帮教对象。',
        'Art. 29 does not reach persons in resettlement.',
      ],
    );
  }
  if (sources.length > 1) {
    return wrong(
      'monitoring-alone',
      ['电子定位装置须单独登记', 'electronic monitoring is recorded by itself'],
      ['其他来源请另行登记。', 'Record the other sources apart.'],
    );
  }
  if (ground === undefined) {
    return wrong(
      'ground-missing',
      ['没有写明使用电子定位装置的情形', 'the ground for electronic monitoring is missing'],
      ['请选择社区矫正法第二十九条的五种情形之一。', 'Choose one of the five grounds of art. 29.'],
    );
  }
  return undefined;
}

function checkTerm(paper: BasisPaper, { order, nowMs, limits }: Known) {
  const { fromMs, untilMs } = paper;
  if (untilMs <= fromMs) {
    return wrong(
      'until-before-from',
      ['期满时间须晚于开始时间', 'the term ends before it begins'],
      ['请修改起止时间。', 'Change begin or end.'],
    );
  }
  if (untilMs <= nowMs) {
    return wrong(
      'over-already',
      ['该期限已经届满', 'the term is over already'],
      [
        '已届满的依据不能补登记；期间的数据也没有保存。',
        'What is over cannot be recorded; nothing of that time was kept.',
      ],
    );
  }
  if (paper.action === 'start' && fromMs < nowMs - limits.recordedLateMs) {
    const days = Math.floor(limits.recordedLateMs / DAY_MS);
    return wrong(
      'begins-too-early',
      ['开始时间过早', 'the term begins too long ago'],
      [`补登记不得早于 ${days} 天前。`, `No more than ${days} days before it is recorded.`],
    );
  }
  const latestMs = latestEndMs(paper, limits);
  if (untilMs > latestMs) {
    const latest = dateOfDay(dayOf(latestMs - 1));
    return wrong(
      'term-too-long',
      isMonitoring(paper.sources)
        ? [
            `电子定位每次不得超过 ${limits.monitoringMonths} 个月`,
            `a term of monitoring is at most ${limits.monitoringMonths} months`,
          ]
        : ['期限超过允许的长度', 'the term is longer than allowed'],
      [
        `最迟 ${latest} 期满；仍需使用的，期满前报批延长。`,
        `It may end on ${latest} at the latest; then it is extended.`,
      ],
    );
  }
  if (order && untilMs > order.untilMs) {
    const end = dateOfDay(dayOf(order.untilMs - 1));
    return wrong(
      'outlasts-order',
      ['期限超出监管期', 'the term outlasts the supervision'],
      [
        `监管期至 ${end}，依据不得晚于此日。`,
        `Supervision ends on ${end}; the basis may not end later.`,
      ],
    );
  }
  return undefined;
}

function checkRenewal({ basisId, sources, fromMs }: BasisPaper, known: Known) {
  const { versions, nowMs, limits } = known;
  const own = versions.filter((version) => version.basisId === basisId);
  const endMs = Math.max(...own.map(({ untilMs }) => untilMs));
  if (own.length === 0 || own.some(({ action }) => action === 'end') || endMs <= nowMs) {
    return wrong(
      'not-running',
      [
        '该依据已届满、已解除或不存在，不能延长',
        'the basis is over, lifted or unknown; it cannot be extended',
      ],
      [
        '确需使用的，按新的批准文书重新登记。',
        'Where it is needed, record a new basis on a new paper.',
      ],
    );
  }
  if (fromMs !== endMs) {
    return wrong(
      'overlaps',
      ['延长须从原期限届满时起算', 'an extension begins where the term before ends'],
      [`请从 ${dateOfDay(dayOf(endMs))} 起算。`, `It begins on ${dateOfDay(dayOf(endMs))}.`],
    );
  }
  const renewals = own.filter(({ action }) => action === 'renew').length;
  if (isMonitoring(sources) && renewals >= limits.monitoringRenewals) {
    return wrong(
      'renewals-used-up',
      [
        `电子定位已延长 ${renewals} 次，不得再延长`,
        `monitoring was extended ${renewals} times and cannot be again`,
      ],
      ['期满即行解除，拆除装置。', 'Lift it when it ends and take the device off.'],
    );
  }
  return undefined;
}

/** Two bases never open one source at the same time: nobody could say which of them counts. */
function checkOthers({ basisId, sources, fromMs, untilMs }: BasisPaper, { versions }: Known) {
  const liftedAtMs = new Map(
    versions.flatMap(({ action, basisId: id, atMs }) => (action === 'end' ? [[id, atMs]] : [])),
  );
  const other = versions.find(
    (version) =>
      version.action !== 'end' &&
      version.basisId !== basisId &&
      version.sources.some((source) => sources.includes(source)) &&
      version.fromMs < untilMs &&
      fromMs < Math.min(version.untilMs, liftedAtMs.get(version.basisId) ?? Infinity),
  );
  if (!other) return undefined;
  return wrong(
    'overlaps',
    [`与 ${other.documentNumber} 的期限重叠`, `overlaps with the term of ${other.documentNumber}`],
    ['请办理延长，或者先解除原依据。', 'Extend that basis, or lift it first.'],
  );
}

const wrong = (
  detail: BasisMistake,
  [zh, en]: readonly [string, string],
  [hintZh, hintEn]: readonly [string, string],
): Mistake => [detail, text(zh, en), text(hintZh, hintEn)];
