// A chart somebody's browser drew, as bytes of a PNG with its size; anything else is refused.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Signature, then length, name and first fields of the header chunk. */
const HEAD_BYTES = 24;
const SIDE_PX_MAX = 10_000;

/** Throws UserError `bad-input` for what is no PNG, or a huge one. */
export function pictureIn(base64: string | undefined): {
  readonly png: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
} {
  const png = Buffer.from(base64 ?? '', 'base64');
  const isPng = png.length > HEAD_BYTES && SIGNATURE.every((byte, at) => png[at] === byte);
  if (!isPng || png.toString('latin1', 12, 16) !== 'IHDR') throw noPicture();
  const [widthPx, heightPx] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const fits = [widthPx, heightPx].every((side) => side > 0 && side <= SIDE_PX_MAX);
  if (!fits) throw noPicture();
  return { png, widthPx, heightPx };
}

const noPicture = () =>
  new UserError('bad-input', text('图片无法识别', 'this is no picture of a chart'), {
    hint: text('请在工作台重新导出图片。', 'Take the picture at the workbench anew.'),
  });
