// What became of an alert, in one plain sentence.

import type { AlertDetail } from '../../app/api/alerts.ts';
import { text, type Text } from '../../core/text.ts';
import { LEVEL_NAMES } from '../shared/words.ts';
import { CORRECTION_CAUSES } from './words.ts';

/** Undefined for an alert that stands as it was raised. */
export function correctionSentence(
  {
    corrections,
    correctedBecause,
    withdrawnAtMs,
    raisedLevel,
    level,
  }: Pick<
    AlertDetail,
    'corrections' | 'correctedBecause' | 'withdrawnAtMs' | 'raisedLevel' | 'level'
  >,
  instantText: (atMs: number) => Text,
): Text | undefined {
  if (correctedBecause === null) return undefined;
  const why = CORRECTION_CAUSES[correctedBecause];
  if (withdrawnAtMs !== null) {
    const at = instantText(withdrawnAtMs);
    return text(
      `此预警已于${at.zh}撤回：${why.zh}。原预警及证据保留备查，无须核查处置。`,
      `Withdrawn ${at.en}: ${why.en}. The alert and its evidence are kept; nothing is asked of you.`,
    );
  }
  const last = corrections.at(-1);
  if (!last) return undefined;
  const at = instantText(last.atMs);
  if (last.was === 'withdrawn') {
    return text(
      `此预警曾被撤回，已于${at.zh}恢复：${why.zh}。`,
      `Had been withdrawn and stands again since ${at.en}: ${why.en}.`,
    );
  }
  const [was, now] = [LEVEL_NAMES[raisedLevel], LEVEL_NAMES[level]];
  const what =
    raisedLevel === level
      ? text('依据已更正', 'another article applies')
      : text(`由${was.zh}调整为${now.zh}`, `${was.en} became ${now.en.toLowerCase()}`);
  return text(
    `此预警已于${at.zh}更正，${what.zh}：${why.zh}。`,
    `Corrected ${at.en}, ${what.en}: ${why.en}.`,
  );
}
