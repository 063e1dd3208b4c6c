// A file somebody brings, whatever it is, as a header and records of texts with their lines: delimited text in
// any of the encodings, Excel, Parquet. Read anew as often as wanted, in the same order each time.

import { existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { duckName, duckText, openDuck, type Duck } from '../duck.ts';
import {
  createDelimitedReader,
  sniffDelimiter,
  usualWidth,
  type DelimitedRecord,
  type Delimiter,
} from './delimited.ts';
import { decodeFile, lookAtBytes, type Encoding } from './encoding.ts';
import { lookAtColumns, uniqueHeaders, type ColumnLook } from './mapping.ts';
import { isNothing, plain, readInstant, readNumber } from './values.ts';
import { readWorkbook } from './read-workbook.ts';
import type { WorkbookLimits, XlsxFault } from './xlsx.ts';

export type SourceForm =
  | {
      readonly kind: 'text';
      readonly encoding: Encoding;
      readonly bom: boolean;
      readonly delimiter: Delimiter;
      /** What the file looks like, whatever it was told to be. */
      readonly recognised: {
        readonly encoding: Encoding | undefined;
        readonly delimiter: Delimiter;
      };
    }
  | { readonly kind: 'xlsx' }
  | { readonly kind: 'parquet' };

export type ImportSource = {
  readonly path: string;
  readonly form: SourceForm;
  readonly bytes: number;
  /** SHA-256 of the file. */
  readonly digest: string;
  readonly headers: readonly string[];
  /** Headers that stood there twice; the later ones got a number. */
  readonly doubled: readonly string[];
  /** Line of the header; titles above it are passed over. 0 where the form has its own. */
  readonly headerLine: number;
  readonly columns: readonly ColumnLook[];
  /** The records below the header. Ends with the signal's reason. */
  records(signal?: AbortSignal): AsyncGenerator<readonly DelimitedRecord[]>;
};

const HEAD_RECORDS = 500;
const HEAD_CHARS = 256 * 1024;

export type OpenOptions = {
  /** Instead of what is recognised. */
  readonly encoding?: Encoding | undefined;
  readonly delimiter?: Delimiter | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly workbook?: WorkbookLimits | undefined;
};

/** Opens and looks. Throws UserError for what is no such file. */
export async function openSource(path: string, options: OpenOptions = {}): Promise<ImportSource> {
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new UserError('not-found', text('文件不存在', 'the file is not there'), {
      detail: path,
      hint: text('请检查路径', 'Look at the path.'),
    });
  }
  const magic = await firstBytes(path);
  if (magic.startsWith('50415231')) return openParquet(path, options.signal);
  if (magic.startsWith('504b0304') || magic.startsWith('d0cf11e0')) {
    return openXlsx(path, options);
  }
  return openText(path, options);
}

async function firstBytes(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead).toString('hex');
  } finally {
    await handle.close();
  }
}

async function openText(path: string, options: OpenOptions): Promise<ImportSource> {
  const look = await lookAtBytes(path, options.signal);
  const encoding = options.encoding ?? look.encoding;
  if (look.bytes === 0) throw noRows(path);
  if (encoding === undefined) {
    throw new UserError('bad-input', text('文件编码无法识别', 'the encoding cannot be told'), {
      detail: path,
      hint: text(
        '请指定编码，或在表格软件中另存为“CSV UTF-8”',
        'Name the encoding, or save it again as "CSV UTF-8" in the spreadsheet.',
      ),
    });
  }
  let head = '';
  for await (const piece of decodeFile(path, encoding, options.signal)) {
    head += piece;
    if (head.length >= HEAD_CHARS) break;
  }
  const isWhole = head.length < HEAD_CHARS;
  const recognised = { encoding: look.encoding, delimiter: sniffDelimiter(head) };
  const delimiter = options.delimiter ?? recognised.delimiter;
  const reader = createDelimitedReader(delimiter);
  const sample = [...reader.feed(head), ...(isWhole ? reader.end() : [])].slice(0, HEAD_RECORDS);
  const header = headerIn(sample.map(({ cells }) => cells));
  const first = sample[header];
  if (!first) throw noRows(path);
  return {
    path,
    form: { kind: 'text', encoding, bom: look.bom, delimiter, recognised },
    bytes: look.bytes,
    digest: look.digest,
    ...headed(first.cells, sample.slice(header + 1)),
    headerLine: first.line,
    async *records(signal) {
      const again = createDelimitedReader(delimiter);
      for await (const piece of decodeFile(path, encoding, signal)) {
        const records = again.feed(piece);
        yield records.filter(({ line }) => line > first.line);
      }
      yield again.end().filter(({ line }) => line > first.line);
    },
  };
}

const XLSX_SAYS: Readonly<Record<XlsxFault, ReturnType<typeof text>>> = {
  broken: text('不是有效的 Excel 工作簿', 'this is no workbook'),
  encrypted: text('工作簿有密码或为旧版 .xls', 'the workbook has a password, or is an old .xls'),
  'too-large': text('工作簿过大', 'the workbook is too large'),
};

async function openXlsx(path: string, { signal, workbook }: OpenOptions): Promise<ImportSource> {
  const { bytes, digest } = await lookAtBytes(path, signal);
  const read = await readWorkbook(path, { limits: workbook, signal });
  if (read.kind === 'wrong') {
    throw new UserError('bad-input', XLSX_SAYS[read.fault], {
      detail: path,
      hint:
        read.fault === 'too-large'
          ? text(
              '请只留需要的表和列，或另存为“CSV UTF-8”',
              'Keep only the sheet and columns that are needed, or save it as "CSV UTF-8".',
            )
          : text('请另存为 .xlsx 或“CSV UTF-8”', 'Save it as .xlsx or as "CSV UTF-8".'),
    });
  }
  const { rows } = read;
  const header = headerIn(rows.slice(0, HEAD_RECORDS).map(({ cells }) => cells));
  const first = rows[header];
  if (!first) throw noRows(path);
  const rest = rows.slice(header + 1);
  return {
    path,
    form: { kind: 'xlsx' },
    bytes,
    digest,
    ...headed(first.cells, rest.slice(0, HEAD_RECORDS)),
    headerLine: first.line,
    async *records(again) {
      for (let at = 0; at < rest.length; at += HEAD_RECORDS) {
        again?.throwIfAborted();
        yield rest.slice(at, at + HEAD_RECORDS);
      }
    },
  };
}

async function openParquet(path: string, signal?: AbortSignal): Promise<ImportSource> {
  const file = resolve(path);
  const { bytes, digest } = await lookAtBytes(file, signal);
  const openLocked = () => openDuck({ folders: [dirname(file)] });
  const duck = await openLocked();
  try {
    const relation = `read_parquet(${duckText(file)})`;
    const described = await duck.connection.runAndReadAll(`DESCRIBE SELECT * FROM ${relation}`);
    const columns = described.getRowsJson().map(([name, type]) => [String(name), String(type)]);
    const select = columns.map(([name = '', type = '']) => asText(name, type)).join(', ');
    const sql = `SELECT ${select} FROM ${relation}`;
    const sample: DelimitedRecord[] = [];
    for await (const records of streamRecords(duck, `${sql} LIMIT ${HEAD_RECORDS}`)) {
      sample.push(...records);
    }
    return {
      path,
      form: { kind: 'parquet' },
      bytes,
      digest,
      ...headed(
        columns.map(([name = '']) => name),
        sample,
      ),
      headerLine: 0,
      async *records(again) {
        const own = await openLocked();
        try {
          for await (const records of streamRecords(own, sql)) {
            again?.throwIfAborted();
            yield records;
          }
        } finally {
          own.close();
        }
      },
    };
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      'bad-input',
      text('Parquet 文件读不出', 'the Parquet file cannot be read'),
      {
        detail: path,
        hint: text('请重新导出', 'Export it again.'),
      },
    );
  } finally {
    duck.close();
  }
}

/** A value as the readers of values take it; an instant with a zone as milliseconds. */
const asText = (name: string, type: string): string =>
  /WITH TIME ZONE/.test(type)
    ? `epoch_ms(${duckName(name)})::VARCHAR`
    : `${duckName(name)}::VARCHAR`;

async function* streamRecords(duck: Duck, sql: string): AsyncGenerator<DelimitedRecord[]> {
  const result = await duck.connection.stream(sql);
  let line = 0;
  for await (const rows of result.yieldRowsJs()) {
    yield rows.map((cells) => ({
      line: ++line,
      cells: cells.map((cell) => (typeof cell === 'string' ? cell : '')),
    }));
  }
}

function headed(cells: readonly string[], sample: readonly DelimitedRecord[]) {
  const { headers, doubled } = uniqueHeaders(trimmed(cells));
  const columns = lookAtColumns(
    headers,
    sample.map((record) => record.cells),
  );
  return { headers, doubled, columns };
}

/** Without the empty cells at the end that spreadsheets leave. */
function trimmed(cells: readonly string[]): readonly string[] {
  let end = cells.length;
  while (end > 0 && (cells[end - 1] as string).trim() === '') end--;
  return cells.slice(0, end);
}

/** The first record as wide as most, all words: titles and notes above a table are narrower. */
function headerIn(records: readonly (readonly string[])[]): number {
  const usual = usualWidth(records.map((cells) => trimmed(cells).length));
  const found = records.findIndex((cells) => {
    const used = trimmed(cells);
    return used.length >= usual && used.every(isHeaderWord);
  });
  return Math.max(0, found);
}

const isHeaderWord = (cell: string): boolean =>
  cell.trim() === '' ||
  /^(19|20)\d\d年?$/.test(plain(cell)) ||
  (!isNothing(cell) && readNumber(cell).kind === 'wrong' && readInstant(cell).kind === 'wrong');

const noRows = (path: string) =>
  new UserError('bad-input', text('文件中没有数据', 'there is nothing in the file'), {
    detail: path,
  });
