// What both sides found, on disk, apart by person: merging into alerts looks at one person at a time, so
// memory holds a small part of them however long the history is.

import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { partitionOf } from '../../ingest/log.ts';
import type { ActingFinding } from '../replay/to-alerts.ts';

export const SIDES = ['baseline', 'candidate'] as const;

export type Side = (typeof SIDES)[number];

export type FindingSpool = {
  add(side: Side, finding: ActingFinding): void;
  /** Writes what is held and gives how long each part is; parts cut to these lengths are as they are now. */
  lengths(): readonly number[];
  /** The findings of both sides, some persons at a time. */
  parts(): Iterable<Readonly<Record<Side, ActingFinding[]>>>;
};

export const SPOOL_PARTS = 128;
const HELD_CHARS_MAX = 4 * 1024 * 1024;

/**
 * Opens the spool in a folder, as it was when it had these lengths; without them it is empty. Throws
 * UserError `conflict` when the files are shorter: a power cut took what was written last.
 */
export function openFindingSpool(folder: string, at?: readonly number[]): FindingSpool {
  mkdirSync(folder, { recursive: true });
  const paths = Array.from({ length: SPOOL_PARTS }, (_, part) =>
    join(folder, `findings-${String(part).padStart(3, '0')}.ndjson`),
  );
  const lengths = paths.map((path, part) => {
    const length = at?.[part] ?? 0;
    if (length === 0) writeFileSync(path, '');
    else if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= length) {
      truncateSync(path, length);
    } else throw cutShort(path);
    return length;
  });
  const held: string[][] = paths.map(() => []);
  let heldChars = 0;

  const write = () => {
    for (const [part, lines] of held.entries()) {
      if (lines.length === 0) continue;
      const bytes = Buffer.from(lines.join(''), 'utf8');
      appendFileSync(paths[part] as string, bytes);
      lengths[part] = (lengths[part] as number) + bytes.length;
      lines.length = 0;
    }
    heldChars = 0;
  };

  return {
    add(side, finding) {
      const line = `${side[0]}${JSON.stringify(finding)}\n`;
      held[partitionOf(finding.subject, SPOOL_PARTS)]?.push(line);
      heldChars += line.length;
      if (heldChars > HELD_CHARS_MAX) write();
    },
    lengths() {
      write();
      return [...lengths];
    },
    *parts() {
      write();
      for (const path of paths) {
        const lines = readFileSync(path, 'utf8').split('\n');
        const of = (side: Side) =>
          lines
            .filter((line) => line[0] === side[0])
            .map((line) => JSON.parse(line.slice(1)) as ActingFinding);
        const part = { baseline: of('baseline'), candidate: of('candidate') };
        if (part.baseline.length + part.candidate.length > 0) yield part;
      }
    },
  };
}

const cutShort = (path: string): UserError =>
  new UserError('conflict', text('中间结果不完整', 'what was written before is cut short'), {
    detail: path,
    hint: text('请重新开始回测（命令不带 --resume）', 'Start anew; the command without --resume.'),
  });
