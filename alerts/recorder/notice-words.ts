// What became of a notice, in words: why it was made, handed over, received, answered, or not needed any more.

import { text, type Text } from '../../core/text.ts';
import { STEPS_OF_CORRECTION, STEPS_OF_RUNG } from '../notify.ts';
import type { Decision, AttemptOutcome, NoticeAttempt, TrailNotice } from './trail.ts';
import { channelName, timeText } from './words.ts';

type Around = {
  readonly nameOf: (id: string) => Text;
  /** The attempts are told one by one. */
  readonly hasAttempts: boolean;
};

export function noticeDecisions(notice: TrailNotice, { nameOf, hasAttempts }: Around): Decision[] {
  const who = nameOf(notice.recipient);
  const way = channelName(notice.channel);
  const say = (part: string, more: Pick<Decision, 'atMs' | 'kind' | 'says'>): Decision => ({
    id: `${notice.id}.${part}`,
    actor: undefined,
    noticeId: notice.id,
    ...more,
  });
  const { createdAtMs, sentAtMs, deliveredAtMs, answeredAtMs } = notice;
  const decisions = [
    say('made', { atMs: createdAtMs, kind: 'notice', says: made(notice, who, way) }),
  ];
  if (sentAtMs !== null && !hasAttempts) {
    const { providerMessageId } = notice;
    decisions.push(
      say('sent', {
        atMs: sentAtMs,
        kind: 'attempt',
        says: sent(notice, who, way),
        ...(providerMessageId === null ? {} : { messageId: providerMessageId }),
      }),
    );
  }
  if (deliveredAtMs !== null && deliveredAtMs !== answeredAtMs) {
    const says = text(`${who.zh}的${way.zh}已送达`, `the ${way.en} to ${who.en} was delivered`);
    decisions.push(say('delivered', { atMs: deliveredAtMs, kind: 'receipt', says }));
  }
  if (answeredAtMs !== null) {
    const says = text(`${who.zh}应答了${way.zh}`, `${who.en} answered the ${way.en}`);
    decisions.push(say('answered', { atMs: answeredAtMs, kind: 'answer', says }));
  }
  const outcome = outcomeOf(notice, who, way);
  if (outcome) {
    const atMs = deliveredAtMs ?? sentAtMs ?? createdAtMs;
    decisions.push(say('outcome', { atMs, kind: 'receipt', says: outcome }));
  }
  return decisions;
}

function made(
  { step, createdAtMs, nextAttemptAtMs, state }: TrailNotice,
  who: Text,
  way: Text,
): Text {
  const again = step % STEPS_OF_RUNG;
  const rung = Math.floor((step % STEPS_OF_CORRECTION) / STEPS_OF_RUNG);
  const why =
    again > 0
      ? text(`第 ${again} 次重试`, `try again ${again}`)
      : rung > 0
        ? text(`第 ${rung} 次升级`, `rung ${rung}`)
        : step >= STEPS_OF_CORRECTION
          ? text('重新通知', 'told anew')
          : text('首次通知', 'first notice');
  const due =
    state === 'waiting' && nextAttemptAtMs > createdAtMs
      ? timeText(nextAttemptAtMs, createdAtMs)
      : '';
  return text(
    `${why.zh}：向${who.zh}发${way.zh}${due === '' ? '' : `，定于 ${due}`}`,
    `${why.en}: ${way.en} to ${who.en}${due === '' ? '' : `, due ${due}`}`,
  );
}

function sent({ attempts, provider, providerMessageId }: TrailNotice, who: Text, way: Text): Text {
  const message = providerMessageId === null ? '' : providerMessageId;
  return text(
    `第 ${attempts} 次尝试，${provider ?? '平台'}已受理发给${who.zh}的${way.zh}${message === '' ? '' : `（编号 ${message}）`}`,
    `attempt ${attempts}: ${provider ?? 'the platform'} took the ${way.en} to ${who.en}${message === '' ? '' : ` (${message})`}`,
  );
}

/** Why a notice failed, as an officer calls it. */
const FAILURES: Readonly<Record<string, Text>> = {
  'no-answer': text('无人接听', 'no answer'),
  declined: text('拒接', 'declined'),
  'hung-up': text('未按键即挂断', 'hung up without pressing a key'),
  busy: text('占线', 'busy'),
  'switched-off': text('关机', 'switched off'),
  unreachable: text('无法接通', 'could not be reached'),
  'bad-number': text('号码有误', 'wrong number'),
};

function outcomeOf({ state, lastErrorCode }: TrailNotice, who: Text, way: Text): Text | undefined {
  const code = lastErrorCode ?? '';
  const why =
    FAILURES[code] ?? text(code === '' ? '原因不明' : code, code === '' ? 'reason unknown' : code);
  switch (state) {
    case 'failed':
      return text(
        `发给${who.zh}的${way.zh}失败：${why.zh}`,
        `the ${way.en} to ${who.en} failed: ${why.en}`,
      );
    case 'cancelled':
      return text(
        `发给${who.zh}的${way.zh}收回，不再需要`,
        `the ${way.en} to ${who.en} was taken back: not needed any more`,
      );
    case 'uncertain':
      return text(
        `不能确定${way.zh}是否已被受理，核对后再决定是否重发`,
        `it is not known whether the ${way.en} was taken: asked before it is sent again`,
      );
    default:
      return undefined;
  }
}

const OUTCOMES: Readonly<Record<AttemptOutcome, Text>> = {
  accepted: text('已受理', 'taken'),
  rejected: text('未受理', 'not taken'),
  refused: text('拒绝受理', 'refused'),
  uncertain: text('结果不明，待核对', 'not known, to be asked'),
  unknown: text('经核对未曾受理', 'asked, and never had it'),
  unanswered: text('核对无回应', 'asked, without an answer'),
  'late-receipt': text('改派后才收到回执', 'a receipt came after it was passed over'),
  undelivered: text('回执称未能送达', 'its receipt says it could not deliver'),
  'no-receipt': text('限时内没有回执，改由其他服务商发送', 'no receipt in time: passed over'),
  unreconciled: text(
    '限时内无法核对，改由其他服务商发送',
    'nothing could be learnt in time: passed over',
  ),
  held: text('超过对个人的发送上限，推迟发送', 'over the limit of the person: sent later'),
  covered: text(
    '超过对个人的发送上限，并入汇总通知',
    'over the limit of the person: told in a sum',
  ),
  carried: text('与同类预警合并，由一条通知一并告知', 'told together with others by one notice'),
};

const HELD_BACK: ReadonlySet<AttemptOutcome> = new Set(['held', 'covered', 'carried']);

export function attemptDecision(
  attempt: NoticeAttempt,
  about: { notice: TrailNotice | undefined; nameOf: (id: string) => Text },
): Decision {
  const { noticeId, number, atMs, provider, providerMessageId, outcome, code } = attempt;
  const what = OUTCOMES[outcome];
  const isHeld = HELD_BACK.has(outcome);
  const message = providerMessageId === null ? '' : `（编号 ${providerMessageId}）`;
  const why = code === null || isHeld ? text('', '') : (FAILURES[code] ?? text(code, code));
  const told = {
    id: `${noticeId}.attempt.${number}.${outcome}.${atMs}`,
    atMs,
    kind: isHeld ? ('held-back' as const) : ('attempt' as const),
    actor: undefined,
    noticeId,
    ...(providerMessageId === null || isHeld ? {} : { messageId: providerMessageId }),
  };
  if (isHeld) return { ...told, says: what };
  const { notice } = about;
  const who = notice && about.nameOf(notice.recipient);
  const way = notice && channelName(notice.channel);
  const to =
    who && way ? text(`发给${who.zh}的${way.zh}`, `, the ${way.en} to ${who.en}`) : text('', '');
  return {
    ...told,
    says: text(
      `第 ${number} 次尝试，${provider}${to.zh}：${what.zh}${why.zh === '' ? '' : `，${why.zh}`}${message}`,
      `attempt ${number}, ${provider}${to.en}: ${what.en}${why.en === '' ? '' : `, ${why.en}`}${providerMessageId === null ? '' : ` (${providerMessageId})`}`,
    ),
  };
}
