// The mark in the metadata of a PDF: an incremental update (ISO 32000-1, 7.5.6) with a new information dictionary
// and an XMP stream (ISO 16684-1). What was printed stays byte for byte; the update follows it.

import { assert } from '../../core/errors.ts';
import { FIELDS, markFields, type ExportMark } from './export-mark.ts';

export function markPdf(pdf: Buffer, mark: ExportMark): Buffer {
  const printed = pdf.toString('latin1');
  const trailer = /trailer\s*<<([\s\S]*?)>>\s*startxref\s+(\d+)\s+%%EOF\s*$/.exec(printed);
  assert(trailer?.[1] && trailer[2], 'a printed PDF ends with a trailer');
  const [, dictionary, start] = trailer;
  const numberOf = (name: string) => {
    const found = new RegExp(`/${name} (\\d+)(?: \\d+ R)?`).exec(dictionary as string)?.[1];
    assert(found !== undefined, 'the trailer names what is needed');
    return Number(found);
  };
  const [size, root, info] = [numberOf('Size'), numberOf('Root'), numberOf('Info')];
  const xmp = xmpOf(mark);
  const objects: [number, string][] = [
    [info, withEntries(objectOf(printed, info), fieldEntries(mark))],
    [root, withEntries(objectOf(printed, root), `\n/Metadata ${size} 0 R`)],
    [
      size,
      `<</Type /Metadata\n/Subtype /XML\n/Length ${xmp.length}>>\nstream\n${xmp.toString('latin1')}\nendstream`,
    ],
  ];
  let body = printed.endsWith('\n') ? '' : '\n';
  const places = new Map<number, number>();
  for (const [number, content] of objects) {
    places.set(number, pdf.length + body.length);
    body += `${number} 0 obj\n${content}\nendobj\n`;
  }
  const table = [...places]
    .sort(([one], [other]) => one - other)
    .map(([number, at]) => `${number} 1\n${String(at).padStart(10, '0')} 00000 n \n`);
  const at = pdf.length + body.length;
  body += `xref\n${table.join('')}trailer\n<</Size ${size + 1}\n/Root ${root} 0 R\n/Info ${info} 0 R\n/Prev ${start}>>\nstartxref\n${at}\n%%EOF\n`;
  return Buffer.concat([pdf, Buffer.from(body, 'latin1')]);
}

/** The dictionary of an object; objects of a printed page are in plain sight. */
function objectOf(printed: string, number: number): string {
  const found = new RegExp(`(?:^|\\n)${number} 0 obj\\s*(<<[\\s\\S]*?>>)\\s*endobj`).exec(printed);
  assert(found?.[1], 'the object is a dictionary in plain sight');
  return found[1];
}

const withEntries = (dictionary: string, entries: string): string =>
  `${dictionary.slice(0, -2)}${entries}>>`;

const fieldEntries = (mark: ExportMark): string =>
  markFields(mark)
    .map(([name, value]) => `\n/${name} ${hexText(value)}`)
    .join('');

/** UTF-16 with byte order mark, in hexadecimal: no character can end the string early. */
const hexText = (value: string): string =>
  `<${Buffer.from(`\ufeff${value.toWellFormed()}`, 'utf16le').swap16().toString('hex').toUpperCase()}>`;

const NAMESPACE = 'urn:plumbline:export';

function xmpOf(mark: ExportMark): Buffer {
  const fields = markFields(mark).map(
    ([name, value]) => `<plumbline:${name}>${escapeMarkup(value)}</plumbline:${name}>`,
  );
  return Buffer.from(
    `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:plumbline="${NAMESPACE}">${fields.join('')}</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>`,
  );
}

const escapeMarkup = (value: string): string =>
  value
    .toWellFormed()
    .replaceAll(/(?![\t\n\r])\p{Cc}/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

/** The number in the metadata of a PDF, also of one another program has saved. */
export function numberInPdf(pdf: Buffer): string | undefined {
  const content = pdf.toString('latin1');
  const hex = new RegExp(`/${FIELDS.number}\\s*<([0-9A-Fa-f]+)>`).exec(content)?.[1];
  if (hex !== undefined && hex.length % 4 === 0) {
    return Buffer.from(hex, 'hex').swap16().toString('utf16le').replace('\ufeff', '');
  }
  const literal = new RegExp(`/${FIELDS.number}\\s*\\(([^)]*)\\)`).exec(content)?.[1];
  return literal ?? new RegExp(`:${FIELDS.number}>([^<]*)<`).exec(content)?.[1];
}

export const isWholePdf = (pdf: Buffer): boolean =>
  /%%EOF\s*$/.test(pdf.subarray(-64).toString('latin1'));
