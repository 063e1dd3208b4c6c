// The position of a person as one who may not contact them is judged by it: made from the row of a batch,
// under an id of its content, so that making it again makes the same.

import { contentId } from './ids.ts';
import type { ContactPosition } from './observation.ts';
import { DEFAULT_ACCURACY_M } from './position-codes.ts';
import { positionAt, type PositionBatch } from './position-batch.ts';
import { subjectKey } from './subject.ts';
import { epochMs } from './time.ts';

/** Named after the order that asks for it, not after the device the position came from. */
export const CONTACT_SOURCE = 'case/no-contact';

/** `subject` is bound not to contact `of`, whose position the row is. */
export function contactPosition(
  batch: PositionBatch,
  row: number,
  { subject, of }: { subject: string; of: string },
): ContactPosition {
  const position = positionAt(batch, row);
  return {
    kind: 'contact-position',
    id: contentId('ob', ['contact-position', subject, of, position.id]),
    subject: subjectKey(subject),
    source: CONTACT_SOURCE,
    sequence: position.sequence,
    atMs: position.atMs,
    receivedAtMs: epochMs(position.receivedAtMs),
    of: subjectKey(of),
    lng: position.lng,
    lat: position.lat,
    accuracyM: position.accuracyM ?? DEFAULT_ACCURACY_M[position.fix],
    fix: position.fix,
  };
}
