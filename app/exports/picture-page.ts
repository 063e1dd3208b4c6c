// A picture with its mark below it, as a page the browser makes a PNG or a PDF of. The picture is an image of the
// page: nothing in it can run or ask for anything.

import type { Language, Text } from '../../core/text.ts';
import { digestLine, markLine, type ExportMark } from '../../security/exports/export-mark.ts';
import { escapeXml } from '../reports/xml.ts';
import type { ExportPicture } from './export-content.ts';

/** Height of the strip with the mark. */
export const STRIP_PX = 52;

export const sizeWithStrip = ({ widthPx, heightPx }: ExportPicture) => ({
  widthPx: Math.max(widthPx, WIDTH_PX_MIN),
  heightPx: heightPx + STRIP_PX,
});

/** The digest of the mark needs so much. */
const WIDTH_PX_MIN = 640;

export const pictureBytes = (picture: ExportPicture): Buffer =>
  'svg' in picture ? Buffer.from(picture.svg) : Buffer.from(picture.png);

export function picturePage(
  picture: ExportPicture,
  { mark, title, language }: { mark: ExportMark; title: Text; language: Language },
): string {
  const media = 'svg' in picture ? 'image/svg+xml' : 'image/png';
  const { widthPx, heightPx } = sizeWithStrip(picture);
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeXml(title[language])}</title>
<style>
@page { size: ${widthPx}px ${heightPx}px; margin: 0; }
html, body { margin: 0; background: #fff; color: #17202a; font: 12px/1.5 'Noto Sans SC', 'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', sans-serif; }
img { display: block; width: ${picture.widthPx}px; height: ${picture.heightPx}px; }
footer { box-sizing: border-box; height: ${STRIP_PX}px; padding: 7px 12px; border-top: 1px solid #d3dae1; color: #3c4a57; overflow: hidden; white-space: nowrap; }
footer small { display: block; color: #5b6875; font-size: 10.5px; }
</style>
<img alt="" src="data:${media};base64,${pictureBytes(picture).toString('base64')}">
<footer>${escapeXml(markLine(mark)[language])}<small>${escapeXml(digestLine(mark))}</small></footer>
</html>
`;
}
