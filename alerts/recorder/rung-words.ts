// Rungs that were not climbed: because somebody had the alert, or because their time has not come.

import { text, type Text } from '../../core/text.ts';
import { STEPS_OF_CORRECTION, STEPS_OF_RUNG } from '../notify.ts';
import type { Decision, TrailRung } from './trail.ts';
import { channelName, peopleOf, SIDE_NAMES, timeText } from './words.ts';

export function rungDecision(rung: TrailRung, nameOf: (id: string) => Text): Decision {
  const { id, step, side, dueAtMs, state, doneAtMs, channel, recipients } = rung;
  const number = Math.floor((step % STEPS_OF_CORRECTION) / STEPS_OF_RUNG);
  const [bureau, way] = [SIDE_NAMES[side], channelName(channel)];
  const told = peopleOf(recipients.join(' '), nameOf) ?? text('', '');
  if (state === 'moot') {
    return {
      id,
      atMs: doneAtMs ?? dueAtMs,
      kind: 'escalated',
      actor: undefined,
      says: text(
        `${bureau.zh}第 ${number} 次升级到时已无必要，未通知`,
        `rung ${number} of ${bureau.en} was not needed when its time came`,
      ),
    };
  }
  const due = timeText(dueAtMs, dueAtMs);
  return {
    id,
    atMs: dueAtMs,
    kind: 'planned',
    actor: undefined,
    says: text(
      `若 ${due} 前${bureau.zh}仍无人确认，第 ${number} 次升级：以${way.zh}通知${told.zh}`,
      `unless ${bureau.en} acknowledges by ${due}, rung ${number}: ${told.en} by ${way.en}`,
    ),
  };
}
