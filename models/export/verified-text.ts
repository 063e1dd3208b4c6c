// What is said of a file that was verified: the same words on the page and at the command line.

import { text, type Text } from '../../core/text.ts';

export type Verdict = {
  readonly is: 'unaltered' | 'altered' | 'truncated' | 'not-in-ledger' | 'unknown';
  /** Of an altered file whose data can be told from its mark; else null. */
  readonly isContentSame: boolean | null;
  readonly isCut: boolean;
};

export function verifiedText({ is, isContentSame, isCut }: Verdict): {
  readonly says: Text;
  readonly hint: Text;
} {
  switch (is) {
    case 'unaltered':
      return {
        says: text('文件由本系统导出，未改动', 'ours, and unaltered'),
        hint: text('逐字节与台账摘要一致', 'Every byte fits the digest in the ledger.'),
      };
    case 'altered':
      return {
        says: text('文件由本系统导出，但已改动', 'ours, but altered'),
        hint:
          isContentSame === true
            ? text('数据未变，标记被改动', 'The data are the same; the mark was changed.')
            : isContentSame === false
              ? text('数据被改动', 'The data were changed.')
              : text(
                  '内容或标记被改动，或被其他软件重新保存过',
                  'Content or mark were changed, or another program has saved it anew.',
                ),
      };
    case 'truncated':
      return {
        says: text('文件由本系统导出，但不完整', 'ours, but cut off'),
        hint: text('文件末尾缺失', 'Its end is missing.'),
      };
    case 'not-in-ledger':
      return {
        says: text('文件带有标记，但台账无此编号', 'it has a mark, but no entry has its number'),
        hint: text('标记系伪造，或文件出自其他系统', 'Forged, or of another installation.'),
      };
    case 'unknown':
      return {
        says: isCut
          ? text('无法识别，文件末尾缺失', 'not known, and its end is missing')
          : text('无法识别', 'not known'),
        hint: text(
          '文件中没有标记，台账中也没有它的摘要：不是本系统导出，或标记已被去除',
          'No mark in it, and no entry has its digest: not ours, or its mark was taken off.',
        ),
      };
  }
}
