// ⑥ A canary's way through the pipeline: it opens like an alert, and its one notice goes over a channel that
// reaches nobody. There is no ladder, for nobody acknowledges a canary.

import { contentId } from '../../core/ids.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';
import { alertEvent, PIPELINE_ACTOR } from '../events.ts';
import type { Effect } from '../subject-state.ts';

/** Who a canary's notice is for. */
export const CANARY_RECIPIENT = 'canary';

/** The effects of a canary's finding, from the alert it opens. */
export function openCanary(alert: AlertTable): readonly Effect[] {
  const { id, openedAtMs, recordedAtMs: atMs, level } = alert;
  const raise = {
    id,
    alertId: id,
    openedAtMs,
    level,
    clearedAtMs: null,
    withdrawnAtMs: null,
    correctedAtMs: null,
    correctionId: null,
  };
  const event = alertEvent(alert, {
    kind: 'opened',
    key: [],
    atMs,
    actor: PIPELINE_ACTOR,
    // Read like any other alert's: what it awaits never comes.
    details: { late: false, channel: 'canary', acknowledge: 'anyone', awaits: 'city' },
  });
  return [
    { kind: 'open', alert },
    { kind: 'raise', raise },
    { kind: 'event', event },
    {
      kind: 'notice',
      notice: {
        id: contentId('nt', [id, 0, CANARY_RECIPIENT, 'canary']),
        alertId: id,
        step: 0,
        channel: 'canary',
        recipient: CANARY_RECIPIENT,
        textZh: '金丝雀',
        textEn: 'canary',
        createdAtMs: atMs,
        exercise: 'canary',
      },
    },
  ];
}
