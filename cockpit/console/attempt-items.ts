// What the timeline says of a notice's way to the person, where there is something to say: a provider that
// failed and who took over, receipts that came late, what a limit held back. What went well goes without.

import type { Notice, NoticeStep } from '../../app/api/alerts.ts';
import { text, type Text } from '../../core/text.ts';
import { secondText } from '../shared/format.ts';
import { CHANNELS } from './terms.ts';
import type { TimelineItem } from './timeline-items.ts';

export function attemptItems(notice: Notice): TimelineItem[] {
  const steps = notice.steps ?? [];
  return steps.flatMap((step, index): TimelineItem[] => {
    const next = steps.slice(index + 1).find(({ what }) => what === 'begun');
    const says = sentenceOf(step, next);
    if (!says) return [];
    return [
      {
        id: `${notice.id}-${index}`,
        atMs: step.atMs,
        title: CHANNELS[notice.channel],
        more: [notice.recipientName, says],
        note: undefined,
        mark: HARMLESS.has(step.what) ? 'unknown' : 'warn',
      },
    ];
  });
}

/** Nothing went wrong. */
const HARMLESS: ReadonlySet<NoticeStep['what']> = new Set(['late-receipt', 'covered', 'carried']);

function sentenceOf(step: NoticeStep, next: NoticeStep | undefined): Text | undefined {
  switch (step.what) {
    case 'held': {
      if (step.untilMs === null) return undefined;
      const until = secondText(step.untilMs);
      return text(
        `超出个人接收上限，暂缓至 ${until}`,
        `over the person’s limit, held until ${until}`,
      );
    }
    case 'covered':
      return text('并入一条汇总通知', 'told in sum by one notice');
    case 'carried':
      return text('与同类预警合并，由一条通知一并告知', 'told together with others by one notice');
    case 'late-receipt': {
      const says = RECEIPTS[step.code ?? ''] ?? text('未送达', 'not delivered');
      return text(
        `${step.provider} 补报回执：${says.zh}`,
        `late receipt from ${step.provider}: ${says.en}`,
      );
    }
    default: {
      const why = FAULTS[step.what];
      // Tried again by the same one, it is the same try to whoever reads.
      const isPassedOn = next !== undefined && next.provider !== step.provider;
      if (!why || (!isPassedOn && !ENDS.has(step.what))) return undefined;
      return isPassedOn
        ? text(
            `${step.provider} ${why.zh}，改由 ${next.provider} 发送（第 ${next.attempt} 次）`,
            `${step.provider} ${why.en}, handed to ${next.provider} (attempt ${next.attempt})`,
          )
        : text(`${step.provider} ${why.zh}`, `${step.provider} ${why.en}`);
    }
  }
}

const FAULTS: Readonly<Partial<Record<NoticeStep['what'], Text>>> = {
  rejected: text('暂不受理', 'did not take it for now'),
  refused: text('拒绝受理', 'refused it'),
  unknown: text('未收到', 'never had it'),
  undelivered: text('未能送达', 'could not deliver it'),
  'no-receipt': text('逾时无回执', 'gave no receipt in time'),
  unreconciled: text('逾时无法核实', 'could not be asked in time'),
};

/** Said even when nobody took over. */
const ENDS: ReadonlySet<NoticeStep['what']> = new Set(['undelivered', 'no-receipt']);

const RECEIPTS: Readonly<Record<string, Text>> = {
  accepted: text('已受理', 'taken'),
  delivered: text('已送达', 'delivered'),
  answered: text('已应答', 'answered'),
};
