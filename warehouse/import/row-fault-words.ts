// What is wrong with a row and what to do about it, in words.

import { text, type Text } from '../../core/text.ts';
import type { RowFault } from './read-row.ts';

export const ROW_FAULTS: Readonly<Record<RowFault, { readonly says: Text; readonly cure: Text }>> =
  {
    'ambiguous-date': {
      says: text('日期分不清日和月', 'a date whose day could be its month'),
      cure: text(
        '选定“日在前”或“月在前”（映射文件中为 dates: day-first 或 month-first）',
        'Choose day first or month first (dates: day-first or month-first in a mapping file).',
      ),
    },
    'bad-date': {
      says: text('日期无法识别', 'a date that cannot be read'),
      cure: text('改为 2026-01-02 或 2026-01-02 08:30', 'Write 2026-01-02 or 2026-01-02 08:30.'),
    },
    'bad-encoding': {
      says: text('含有无法识别的字符', 'characters that are none of the encoding'),
      cure: text(
        '改选编码，或以 UTF-8 重新保存文件',
        'Choose another encoding, or save the file again as UTF-8.',
      ),
    },
    'bad-number': {
      says: text('数值无法识别', 'no number'),
      cure: text('只写数字，不写单位或百分号', 'Write digits only, no unit or per cent sign.'),
    },
    'bad-period': {
      says: text('期间无法识别', 'a period that cannot be read'),
      cure: text('改为 2026 或 2026-01', 'Write 2026 or 2026-01.'),
    },
    'bad-region': {
      says: text('行政区划代码或名称有误', 'no code or name of a region'),
      cure: text('填写六位行政区划代码', 'Write the six-digit GB/T 2260 code.'),
    },
    empty: {
      says: text('必填项为空', 'nothing where something is needed'),
      cure: text('补填，或确认不需要此行', 'Fill it in, or leave the row out.'),
    },
    'lost-digits': {
      says: text('代码被表格软件改成了科学计数法', 'a code a spreadsheet turned into 5.1E+05'),
      cure: text('把该列设为“文本”后重新导出', 'Make the column a text column and export again.'),
    },
    'personal-value': {
      says: text('含有身份证号或手机号', 'the number of a person stands in it'),
      cure: text('删除个人信息后重新导出', 'Take personal data out and export again.'),
    },
    'too-few-cells': {
      says: text('列数不足', 'cells are missing'),
      cure: text('检查该行的分隔符', 'Look at the delimiters of the line.'),
    },
    'too-long': {
      says: text('文字过长', 'a text that is too long'),
      cure: text('检查列是否对应正确', 'Look whether this is the right column.'),
    },
    'too-many-cells': {
      says: text('列数过多', 'more cells than the header has'),
      cure: text('含分隔符的内容应加引号', 'Put quotes around what holds a delimiter.'),
    },
    'unclosed-quote': {
      says: text('引号没有闭合', 'a quote that is not closed'),
      cure: text('补上右引号，内部的引号写两遍', 'Close it; write a quote inside of it twice.'),
    },
  };
