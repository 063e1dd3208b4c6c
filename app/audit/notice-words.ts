// What stands in the audit administrator's inbox, in words.

import { text, type Text } from '../../core/text.ts';
import { describeFinding } from '../../security/audit/finding-words.ts';
import type { FindingKind } from '../../security/audit/verify-chain.ts';

export function noticeText(kind: string, detail: Readonly<Record<string, string | number>>): Text {
  if (kind === 'audit.broken') {
    const found = describeFinding({
      kind: String(detail['kind']) as FindingKind,
      from: Number(detail['from']),
      until: Number(detail['until']),
      because: String(detail['because']),
      afterMs: null,
      beforeMs: null,
    });
    return text(`审计记录校验不符：${found.zh}`, `The trail does not fit: ${found.en}`);
  }
  if (kind === 'audit.refused') {
    const { witness, checkpoint } = detail;
    return text(
      `见证方“${witness}”拒收第 ${checkpoint} 号检查点，与其已存的不一致`,
      `The witness "${witness}" refused checkpoint ${checkpoint}: it holds another`,
    );
  }
  if (kind === 'audit.split-view') {
    const { origin, known, shown } = detail;
    return text(
      `被见证方“${origin}”送来的检查点（${shown} 条）与此前所存（${known} 条）不一致，已拒收`,
      `"${origin}" showed a checkpoint (${shown} records) that contradicts the one kept (${known}); refused`,
    );
  }
  return text(kind, kind);
}
