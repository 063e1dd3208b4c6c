// A picture with its mark below it, as a page the browser makes a PNG or a PDF of. The picture is an image of the
// page: nothing in it can run or ask for anything.

import type { Language, Text } from '../../core/text.ts';
import { digestLine, markLine, type ExportMark } from '../../security/exports/export-mark.ts';
import { escapeXml } from '../reports/xml.ts';
import type { ExportPicture } from './export-content.ts';

/** Height of the strip with the mark, before it grows. */
const STRIP_PX = 52;
/** A picture wider than this is looked at smaller than it is: the words around it grow with it. */
const PLAIN_PX = 1_000;

const growthOf = ({ widthPx }: ExportPicture): number => Math.max(1, widthPx / PLAIN_PX);

export function sizeWithStrip(picture: ExportPicture) {
  const { widthPx, heightPx, head = [] } = picture;
  const words = Math.ceil(growthOf(picture) * (headPx(head) + STRIP_PX));
  return { widthPx: Math.max(widthPx, WIDTH_PX_MIN), heightPx: heightPx + words };
}

const TITLE_PX = 40;
const LINE_PX = 20;

/** No line is so long that it would be two. */
const headPx = (head: readonly Text[]): number =>
  head.length === 0 ? 0 : TITLE_PX + (head.length - 1) * LINE_PX + 8;

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
  const { head = [] } = picture;
  const lines = head.map((line, i) => {
    const tag = i === 0 ? 'h1' : 'p';
    return `<${tag}>${escapeXml(line[language])}</${tag}>`;
  });
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeXml(title[language])}</title>
<style>
@page { size: ${widthPx}px ${heightPx}px; margin: 0; }
html, body { margin: 0; background: #fff; color: #17202a; font: 12px/1.5 'Noto Sans SC', 'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', sans-serif; }
header, footer { zoom: ${growthOf(picture)}; }
header { box-sizing: border-box; height: ${headPx(head)}px; padding: 0 12px; overflow: hidden; white-space: nowrap; }
h1 { margin: 0; font-size: 18px; line-height: ${TITLE_PX}px; }
header p { margin: 0; color: #3c4a57; line-height: ${LINE_PX}px; overflow: hidden; text-overflow: ellipsis; }
img { display: block; width: ${picture.widthPx}px; height: ${picture.heightPx}px; }
footer { box-sizing: border-box; height: ${STRIP_PX}px; padding: 7px 12px; border-top: 1px solid #d3dae1; color: #3c4a57; overflow: hidden; white-space: nowrap; }
footer small { display: block; color: #5b6875; font-size: 10.5px; }
</style>${
    head.length === 0
      ? ''
      : `
<header>${lines.join('')}</header>`
  }
<img alt="" src="data:${media};base64,${pictureBytes(picture).toString('base64')}">
<footer>${escapeXml(markLine(mark)[language])}<small>${escapeXml(digestLine(mark))}</small></footer>
</html>
`;
}
