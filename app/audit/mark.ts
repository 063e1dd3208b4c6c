// The newest checkpoint as a square code for paper: whoever has an old report can tell with it whether the
// trail was rewritten since. `plumbline audit verify --code` reads what a scanner makes of it.

import { renderSVG } from 'uqr';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { decodeCheckpoint, type SignedCheckpoint } from '../../security/audit/checkpoint.ts';
import { lastCheckpoint } from '../../security/audit/read-checkpoints.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { AuditMark } from '../api/audit.ts';

const BEGIN = 'plumbline-audit-1';

/** Null before the first checkpoint. */
export async function readMark(db: RecordsDb): Promise<AuditMark['mark']> {
  const last = await lastCheckpoint(db);
  const checkpoint = last && decodeCheckpoint(last.body);
  if (!last || !checkpoint) return null;
  const { number, size, atMs, root, origin } = checkpoint;
  const code = codeOf(last);
  const svg = renderSVG(code, { ecc: 'L', border: 2, pixelSize: 4 });
  return { number, size, atMs, root, keyId: origin, code, svg };
}

const codeOf = ({ body, signature }: SignedCheckpoint): string => `${BEGIN} ${signature} ${body}`;

/** What a scanner read, as a checkpoint. Throws UserError. */
export function readCode(code: string): SignedCheckpoint {
  const [begin, signature = '', ...body] = code.trim().split(' ');
  const signed = { body: body.join(' '), signature };
  if (begin === BEGIN && decodeCheckpoint(signed.body)) return signed;
  throw new UserError('bad-input', text('不是审计检查点的二维码', 'this is no checkpoint code'), {
    hint: text(
      `二维码内容以 ${BEGIN} 开头，请完整粘贴`,
      `The code begins with ${BEGIN}; paste all of it.`,
    ),
  });
}
