// The words of the page of imports.

import type { ImportForm, ImportList } from '../../app/api/imports.ts';
import { text, type Text } from '../../core/text.ts';

export const IMPORT_WORDS = {
  hint: text(
    '导入案件（每行一起）或指标数值。先试导入，看清结果后再导入；个人信息列一律不收。',
    'Incidents, one a row, or figures of measures. A dry run comes first; columns about persons are never taken.',
  ),
  choose: text('选择文件', 'Choose a file'),
  forms: (most: string, workbook: string): Text =>
    text(
      `CSV、TSV 或 Parquet，不超过 ${most}；Excel（.xlsx）不超过 ${workbook}`,
      `CSV, TSV or Parquet, up to ${most}; Excel (.xlsx), up to ${workbook}`,
    ),
  tooLarge: (most: string): Text =>
    text(
      `文件超过 ${most}，请拆分后再导入，或由系统管理员用命令导入`,
      `The file is larger than ${most}; split it, or have the administrator import it with the command`,
    ),
  cancel: text('取消', 'Cancel'),
  cancelled: text('已取消，未导入任何数据', 'Cancelled; nothing was taken in'),
  recordsOf: (records: string, of: number | null): Text =>
    of === null
      ? text(`已读 ${records} 行`, `${records} records`)
      : text(
          `${records} / ${of.toLocaleString('en')} 行`,
          `${records} of ${of.toLocaleString('en')}`,
        ),
  encoding: text('文字编码', 'Encoding'),
  delimiter: text('分隔符', 'Delimiter'),
  recognised: (what: Text): Text => text(`按识别：${what.zh}`, `as recognised: ${what.en}`),
  notRecognised: text('无法识别', 'none'),
  file: text('文件', 'File'),
  headerLine: (line: number): Text => text(`表头在第 ${line} 行`, `header in line ${line}`),
  doubled: (names: string): Text =>
    text(`重复的列名，后者加了序号：${names}`, `Names that stood twice got a number: ${names}`),
  columns: text('列', 'Columns'),
  column: text('列名', 'Column'),
  samples: text('样例', 'First values'),
  personal: (what: Text): Text => text(`含${what.zh}，不导入`, `${what.en}: left out`),
  mapping: text('对应关系', 'Which column is what'),
  kind: text('数据类型', 'Kind of data'),
  incidents: text('案件，每行一起', 'incidents, one a row'),
  measures: text('指标数值', 'measures'),
  none: text('（未选）', '(none)'),
  dates: text('日期写法', 'Dates'),
  datesPlain: text('年月日在前或可辨认', 'year first, or plain'),
  dayFirst: text('日在前（3/4 为 4 月 3 日）', 'day first'),
  monthFirst: text('月在前（3/4 为 3 月 4 日）', 'month first'),
  perColumn: text('每个指标一列', 'a column for each measure'),
  perRow: text('一列名称、一列数值', 'a column of names, one of figures'),
  layout: text('排列', 'Layout'),
  measureColumns: text('作为指标的列', 'Columns that are measures'),
  check: text('试导入', 'Dry run'),
  take: text('导入', 'Import'),
  changed: text('对应关系已改，请重新试导入', 'The mapping changed; run it dry again'),
  noMapping: text(
    '猜不出对应关系，请逐项选择后试导入',
    'Nothing could be guessed; choose a column for each',
  ),
  report: text('试导入结果', 'What would come of it'),
  dry: text('只是试算，未写入任何数据', 'A dry run: nothing was written'),
  result: text('导入结果', 'What was taken in'),
  records: text('记录', 'Records'),
  rows: text('可用', 'Usable'),
  refused: text('拒绝', 'Refused'),
  regions: text('地区', 'Regions'),
  span: text('期间', 'Period'),
  outside: (rows: number): Text =>
    text(
      `有 ${rows} 条属于您数据范围以外的地区，整个文件不能导入`,
      `${rows} rows are of regions beyond your scope; the file cannot be taken in`,
    ),
  contents: text('内容', 'What is in it'),
  more: (count: number): Text => text(`另有 ${count} 种`, `${count} more`),
  errors: text('被拒绝的行', 'Refused rows'),
  line: (line: number): Text => text(`第 ${line} 行`, `line ${line}`),
  firstErrors: (shown: number, all: number): Text =>
    text(`显示前 ${shown} 行，共 ${all} 行`, `first ${shown} of ${all}`),
  done: (rows: number, refused: number): Text =>
    text(
      `已写入 ${rows} 条${refused > 0 ? `，拒绝的 ${refused} 行未写入` : ''}；可在此或右侧记录中撤销`,
      `${rows} rows were written${refused > 0 ? `, ${refused} refused ones were not` : ''}; take them back here or in the list`,
    ),
  takenBack: (rows: number): Text =>
    text(`已撤销，写入的 ${rows} 条已全部移除`, `Taken back: all ${rows} rows are out again`),
  list: text('导入记录', 'Imports'),
  noList: text('尚无导入', 'Nothing yet'),
  undo: text('撤销', 'Take back'),
  reallyUndo: text('确认撤销', 'Yes, take back'),
  keep: text('保留', 'Keep'),
  rowsOf: (rows: number, refused: number): Text =>
    text(`${rows} 条，拒绝 ${refused} 行`, `${rows} rows, ${refused} refused`),
  mayNot: text('您的账号不能导入数据', 'Your account may not import'),
  mayNotHint: text('数据导入由分析研判人员办理。', 'Analysts do.'),
} as const;

export const FIELD_NAMES = {
  region: text('地区', 'Region'),
  at: text('发生时间', 'Time'),
  kind: text('类别', 'Kind'),
  period: text('期间', 'Period'),
  name: text('指标名称', 'Name of the measure'),
  value: text('数值', 'Figure'),
} as const;

export const STATE_NAMES = {
  writing: text('未完成', 'not finished'),
  done: text('已导入', 'taken in'),
  undoing: text('撤销中', 'being taken back'),
  undone: text('已撤销', 'taken back'),
} as const;

export const ENCODING_NAMES = {
  'utf-8': text('UTF-8', 'UTF-8'),
  gb18030: text('GB18030（含 GBK）', 'GB18030 (GBK)'),
  'utf-16le': text('UTF-16 LE', 'UTF-16 LE'),
  'utf-16be': text('UTF-16 BE', 'UTF-16 BE'),
} as const;

export const DELIMITER_NAMES = {
  ',': text('逗号', 'comma'),
  ';': text('分号', 'semicolon'),
  '\t': text('制表符', 'tab'),
  '|': text('竖线', 'bar'),
  '，': text('中文逗号', 'Chinese comma'),
} as const;

export const STEP_NAMES: Readonly<Record<NonNullable<ImportList['doing']>['step'], Text>> = {
  receive: text('正在上传', 'sending'),
  look: text('正在识别', 'looking at it'),
  check: text('正在检查', 'checking'),
  write: text('正在写入', 'writing'),
  undo: text('正在撤回', 'taking back'),
};

/** What a file was read as. */
export const formText = (form: ImportForm): Text => {
  if (form.kind !== 'text')
    return { xlsx: text('Excel', 'Excel'), parquet: text('Parquet', 'Parquet') }[form.kind];
  const [encoding, delimiter] = [ENCODING_NAMES[form.encoding], DELIMITER_NAMES[form.delimiter]];
  return text(`${encoding.zh}，${delimiter.zh}分隔`, `${encoding.en}, ${delimiter.en}`);
};

const KB = 1_024;

export const sizeText = (bytes: number): string =>
  bytes < KB * KB
    ? `${Math.max(1, Math.round(bytes / KB))} KB`
    : `${(bytes / KB / KB).toFixed(bytes < 10 * KB * KB ? 1 : 0)} MB`;
