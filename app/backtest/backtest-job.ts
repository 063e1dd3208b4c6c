// A backtest somebody asked for on the screen, as it is kept in a folder of its own: what was asked, how far
// it is, both texts of the rule, and in the end the report.

import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { textSchema } from '../../core/text.ts';
import { backtestReportSchema, type BacktestReport } from '../api/backtest-report.ts';
import {
  BACKTEST_STATES,
  backtestProgressSchema,
  changeSchema,
  type Change,
} from '../api/backtests.ts';
import { problemSchema } from '../api/session.ts';
import { reportBytes } from './report-bytes.ts';

export const backtestJobSchema = z.strictObject({
  id: z.string().regex(/^bt_[0-9a-z]+$/),
  ruleId: z.string(),
  candidate: z.strictObject({ version: z.string(), status: z.enum(['active', 'retired']) }),
  baseline: z.strictObject({ version: z.string() }).nullable(),
  fromMs: z.number(),
  untilMs: z.number(),
  startedBy: textSchema,
  askedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  state: z.enum(BACKTEST_STATES),
  progress: backtestProgressSchema.nullable(),
  failure: problemSchema.nullable(),
  /** Of its report, once it is done. */
  history: backtestReportSchema.shape.history.nullable(),
});

export type BacktestJob = z.infer<typeof backtestJobSchema>;

/** Both texts; a rule that is new has no baseline. */
export type RuleTexts = { readonly candidate: string; readonly baseline: string | undefined };

const inFolder = (folder: string) => ({
  job: join(folder, 'job.json'),
  candidate: join(folder, 'candidate.yaml'),
  baseline: join(folder, 'baseline.yaml'),
  report: join(folder, 'report.json'),
  changes: join(folder, 'changes.json'),
});

/** Where findings and checkpoints lie while it runs. */
export const workFolder = (folder: string): string => join(folder, 'work');

export function createJobFolder(folder: string, texts: RuleTexts): void {
  mkdirSync(folder, { recursive: true });
  const paths = inFolder(folder);
  writeFileSync(paths.candidate, texts.candidate);
  if (texts.baseline !== undefined) writeFileSync(paths.baseline, texts.baseline);
}

export function readTexts(folder: string): RuleTexts {
  const { candidate, baseline } = inFolder(folder);
  const hasBaseline = statSync(baseline, { throwIfNoEntry: false }) !== undefined;
  return {
    candidate: readFileSync(candidate, 'utf8'),
    baseline: hasBaseline ? readFileSync(baseline, 'utf8') : undefined,
  };
}

export const saveJob = (folder: string, job: BacktestJob): void =>
  replaceFile(inFolder(folder).job, JSON.stringify(job));

export const readJob = (folder: string): BacktestJob =>
  backtestJobSchema.parse(JSON.parse(readFileSync(inFolder(folder).job, 'utf8')));

/** The jobs kept in a folder of folders; one that was not kept whole is passed over. */
export function readJobs(folder: string): BacktestJob[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readJob(join(folder, name))];
    } catch {
      return [];
    }
  });
}

export function saveResult(
  folder: string,
  { report, changes }: { report: BacktestReport; changes: readonly Change[] },
): void {
  const paths = inFolder(folder);
  replaceFile(paths.changes, JSON.stringify(changes));
  replaceFile(paths.report, reportBytes(report));
}

/** The report as it was written, byte for byte. */
export const readReportFile = (folder: string): Promise<Buffer> =>
  readFile(inFolder(folder).report);

export async function readResult(
  folder: string,
): Promise<{ readonly report: BacktestReport; readonly changes: Change[] }> {
  const { report, changes } = inFolder(folder);
  return {
    report: backtestReportSchema.parse(JSON.parse(await readFile(report, 'utf8'))),
    changes: z.array(changeSchema).parse(JSON.parse(await readFile(changes, 'utf8'))),
  };
}

function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.part`, content, { flush: true });
  renameSync(`${path}.part`, path);
}
