// What a command says to the person who typed it.

import { UserError } from '../core/errors.ts';

/** Prints one line, or several, on standard output. */
export type Print = (line: string) => void;

export const printOut: Print = (line) => {
  process.stdout.write(`${line}\n`);
};

/** An error as a person at a terminal reads it: Chinese first, English beside, then what to do. */
export function describeError(error: unknown): string {
  if (!(error instanceof UserError)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const lines = [`${error.says.zh} (${error.says.en})`];
  if (error.detail) lines.push(error.detail.replace(/^\n/, ''));
  if (error.hint) lines.push(`${error.hint.zh} (${error.hint.en})`);
  return lines.join('\n');
}

/** A line that is rewritten in place on a terminal and printed now and then elsewhere. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): {
  show(line: string): void;
  end(): void;
} {
  let shown = '';
  let printed = 0;
  return {
    show(line) {
      if (stream.isTTY) {
        stream.write(`\r${line}${' '.repeat(Math.max(0, shown.length - line.length))}`);
        shown = line;
        return;
      }
      // A log file wants a line per ten per cent, not one per screen refresh.
      const tenth = Math.floor(Number(/(\d+)%/.exec(line)?.[1] ?? 0) / 10);
      if (tenth > printed) {
        printed = tenth;
        stream.write(`${line}\n`);
      }
    },
    end() {
      if (stream.isTTY && shown !== '') stream.write('\n');
      shown = '';
    },
  };
}
