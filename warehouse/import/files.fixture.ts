// Files as people bring them, made for tests.

import { crc32, deflateRawSync } from 'node:zlib';

/** A workbook with one sheet of rows and the ranges that are merged in it; numbers are stored as numbers. */
export function workbook(
  rows: readonly (readonly (string | number)[])[],
  merged: readonly string[] = [],
): Buffer {
  const words: string[] = [];
  const letters = (n: number) => String.fromCharCode(65 + n);
  const escape = (value: string) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const cell = (value: string | number, at: string) => {
    if (typeof value === 'number') return `<c r="${at}"><v>${value}</v></c>`;
    words.push(`<si><t>${escape(value)}</t></si>`);
    return `<c r="${at}" t="s"><v>${words.length - 1}</v></c>`;
  };
  const body = rows
    .map((row, i) => {
      const cells = row.map((value, n) =>
        value === '' ? '' : cell(value, `${letters(n)}${i + 1}`),
      );
      return `<row r="${i + 1}">${cells.join('')}</row>`;
    })
    .join('');
  return zip({
    'xl/workbook.xml':
      '<workbook><sheets><sheet name="数据" sheetId="1" r:id="rId7"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="rId7" Target="worksheets/sheet3.xml"/></Relationships>',
    'xl/worksheets/sheet3.xml': `<worksheet><sheetData>${body}</sheetData><mergeCells>${merged.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells></worksheet>`,
    'xl/sharedStrings.xml': `<sst>${words.join('')}</sst>`,
  });
}

/** An archive of these parts, packed. */
export function zip(files: Readonly<Record<string, string>>): Buffer {
  const bodies: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const title = Buffer.from(name);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(8, 8);
    head.writeUInt16LE(title.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(crc32(plain), 16);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(plain.length, 24);
    entry.writeUInt16LE(title.length, 28);
    entry.writeUInt32LE(at, 42);
    bodies.push(head, title, packed);
    entries.push(entry, title);
    at += 30 + title.length + packed.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, directory, end]);
}
