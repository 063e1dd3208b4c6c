// What a verification found, in words: which records, of what time, and what was done to them.

import { localDateTime } from '../../core/local-time.ts';
import { text, type Text } from '../../core/text.ts';
import type { Finding, FindingKind } from './verify-chain.ts';

export const KIND_NAMES: Readonly<Record<FindingKind, Text>> = {
  edit: text('内容被改', 'edited'),
  deletion: text('记录被删', 'deleted'),
  truncation: text('末尾被截', 'cut off at the end'),
  reorder: text('顺序被调', 'out of order'),
  fork: text('历史被改写', 'history rewritten'),
  signature: text('签章不符', 'not as signed'),
};

const BECAUSE: Readonly<Record<string, Text>> = {
  hash: text('内容与杂凑值不符', 'the content does not have its hash'),
  rehashed: text('杂凑值与下一条记录所载不符', 'the hash is not the one the next record carries'),
  columns: text('检索字段与记录内容不符', 'the fields searched by differ from the record'),
  gone: text('前后记录之间缺失', 'missing between its neighbours'),
  checkpoints: text('检查点前后不衔接', 'the checkpoints do not follow each other'),
  end: text('少于已签检查点所载条数', 'fewer than were signed for'),
  late: text('出现在后面的位置', 'found in a later place'),
  twice: text('同一序号有两条记录', 'two records have this number'),
  root: text('与已签检查点的根不符', 'the root is not the one that was signed'),
  checkpoint: text('检查点未经本机密钥签署', 'a checkpoint this key did not sign'),
  segment: text('分段记录不符或缺失', 'the row of the segment does not fit'),
  undeclared: text('没有归档登记', 'no act says that it was archived'),
  witness: text('与见证方所存检查点不符', 'a witness holds another checkpoint'),
  mark: text('文件的结束标记不符', 'the end mark of the file does not fit'),
  line: text('文件行无法识别', 'a line of the file cannot be read'),
  'no-end': text('文件没有结束标记', 'the file has no end mark'),
  key: text('不是所给公钥的文件', 'the file is not of the given key'),
};

/** `第 12–14 条` with what happened and between which times. */
export function describeFinding(finding: Finding): Text {
  const { kind, from, until, because, afterMs, beforeMs } = finding;
  const name = KIND_NAMES[kind];
  const why = whyOf(because);
  const zh = [
    from === until ? `第 ${from} 条` : `第 ${from}–${until} 条`,
    `${name.zh}：${why.zh}`,
    timesOf(afterMs, beforeMs).zh,
  ];
  const en = [
    from === until ? `record ${from}` : `records ${from}–${until}`,
    `${name.en}: ${why.en}`,
    timesOf(afterMs, beforeMs).en,
  ];
  return text(join(zh, '，'), join(en, ', '));
}

function whyOf(because: string): Text {
  const held = /^holds (\d+)$/.exec(because)?.[1];
  if (held !== undefined) return text(`此处是第 ${held} 条`, `record ${held} lies here`);
  return BECAUSE[because] ?? text(because, because);
}

function timesOf(afterMs: number | null, beforeMs: number | null): Text {
  if (afterMs !== null && beforeMs !== null) {
    const [after, before] = [localDateTime(afterMs), localDateTime(beforeMs)];
    return text(`时间在 ${after} 与 ${before} 之间`, `between ${after} and ${before}`);
  }
  if (afterMs !== null) {
    const after = localDateTime(afterMs);
    return text(`时间在 ${after} 之后`, `after ${after}`);
  }
  if (beforeMs !== null) {
    const before = localDateTime(beforeMs);
    return text(`时间在 ${before} 之前`, `before ${before}`);
  }
  return text('', '');
}

const join = (parts: readonly string[], by: string): string =>
  parts.filter((part) => part !== '').join(by);
