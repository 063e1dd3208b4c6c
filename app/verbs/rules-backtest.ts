// plumbline rules backtest: what a change of a rule would have meant, on history as it was.

import { existsSync, renameSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { OperatingError, UserError } from '../../core/errors.ts';
import { localDateTime, parseInstant } from '../../core/local-time.ts';
import { silentLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import { elapsedMs, systemClock } from '../../core/time.ts';
import { createLocator } from '../../datasets/locator.ts';
import { openRecords } from '../../warehouse/records.ts';
import { loadOrderFacts } from '../../warehouse/order-store.ts';
import {
  MINUTES_PER_LEVEL,
  minutesPerLevelSchema,
  type BacktestReport,
} from '../api/backtest-report.ts';
import { findCompared } from '../backtest/candidate.ts';
import { openFileSource } from '../backtest/file-source.ts';
import type { HistorySource } from '../backtest/history-source.ts';
import { openLogSource } from '../backtest/log-source.ts';
import { BACKTEST_DEFAULTS, runBacktest } from '../backtest/run-backtest.ts';
import { inDataFolder, type Config } from '../config.ts';
import { openLog, recordsOptions } from '../foundation.ts';
import { createProgress, type Print } from '../print.ts';
import { createSurroundings } from '../surroundings.ts';

export type BacktestVerbOptions = {
  /** A rule id in the pack, or the path of a rule's file. */
  readonly rule: string;
  /** Local date and time. */
  readonly from: string;
  readonly to: string;
  /** Folder of the pack with the candidate. */
  readonly rules: string;
  /** Folder of the pack to compare with, or `active`. */
  readonly against: string;
  readonly positions?: string | undefined;
  readonly orders?: string | undefined;
  readonly facts?: string | undefined;
  /** The source of positions in files that name none. */
  readonly source: string;
  /** Minutes an alert of each level takes an officer, as `1=30,2=20,3=5`. */
  readonly minutes: string;
  readonly out: string;
  readonly resume: boolean;
  readonly checkpointMs?: number;
  readonly signal?: AbortSignal;
};

/** The parameter as it is written on the command line. */
export const MINUTES_PER_LEVEL_TEXT = Object.entries(MINUTES_PER_LEVEL)
  .map(([level, minutes]) => `${level}=${minutes}`)
  .join(',');

/** Runs the backtest and writes the report. Throws UserError for what was asked wrongly. */
export async function backtest(
  config: Config,
  options: BacktestVerbOptions,
  print: Print,
): Promise<BacktestReport> {
  const stretch = stretchOf(options);
  const minutesPerLevel = minutesOf(options.minutes);
  const compared = await findCompared(config, { ...options, folder: options.rules });
  const folder = `${options.out}.progress`;
  if (!options.resume) await rm(folder, { recursive: true, force: true });
  const { source, close } = await openSource(config, options);
  const progress = createProgress();
  const startedAtMs = elapsedMs();
  const show = (so: { observations: number; share: number; reachedMs: number }) => {
    const perSecond = so.observations / ((elapsedMs() - startedAtMs) / 1_000 + 0.001);
    const reached = so.reachedMs > 0 ? `, at ${localDateTime(so.reachedMs)}` : '';
    progress.show(
      `${Math.floor(so.share * 100)}% read, ${number(so.observations)} observations, ${number(Math.round(perSecond))}/s${reached}`,
    );
  };
  try {
    const report = await runBacktest(
      {
        source,
        ...createSurroundings(options.rules),
        folder,
        onProgress: show,
        signal: options.signal,
      },
      { ...compared, ...stretch, minutesPerLevel },
      {
        resume: options.resume,
        checkpointMs: options.checkpointMs ?? BACKTEST_DEFAULTS.checkpointMs,
      },
    );
    progress.end();
    await writeReport(options.out, report);
    await rm(folder, { recursive: true, force: true });
    for (const line of source.remarks()) print(line);
    for (const line of summary(report, options.out)) print(line);
    print(`${((elapsedMs() - startedAtMs) / 1_000).toFixed(1)} s`);
    return report;
  } catch (error) {
    // Whoever stops it by hand wants nothing of it; after anything else --resume goes on.
    if (options.signal?.aborted) await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    progress.end();
    await close();
  }
}

function stretchOf({ from, to }: Pick<BacktestVerbOptions, 'from' | 'to'>) {
  const fromMs = instantOf(from);
  const untilMs = instantOf(to);
  if (fromMs < untilMs) return { fromMs, untilMs };
  throw new UserError('bad-input', text('起始时间不早于结束时间', '--from is not before --to'));
}

function instantOf(written: string): number {
  const atMs = parseInstant(written);
  if (atMs !== undefined) return atMs;
  throw new UserError('bad-input', text('时间写法不对', 'this is no date and time'), {
    detail: `"${written}"`,
    hint: text('例如 "2026-11-01 00:00"', 'For example "2026-11-01 00:00".'),
  });
}

function minutesOf(written: string) {
  const entries = written.split(',').map((part) => part.split('='));
  const parsed = minutesPerLevelSchema.safeParse(
    Object.fromEntries(entries.map(([level, minutes]) => [level ?? '', Number(minutes)])),
  );
  if (parsed.success) return parsed.data;
  throw new UserError('bad-input', text('--minutes 写法不对', '--minutes is not right'), {
    detail: `"${written}"`,
    hint: text(`例如 ${MINUTES_PER_LEVEL_TEXT}`, `For example ${MINUTES_PER_LEVEL_TEXT}.`),
  });
}

type Opened = { readonly source: HistorySource; close(): Promise<void> };

/** The files named in the options, or the log of the configured product. Rejects with UserError. */
export async function openSource(
  config: Config,
  options: Pick<BacktestVerbOptions, 'positions' | 'orders' | 'facts' | 'source' | 'signal'>,
): Promise<Opened> {
  const { positions, orders, facts, source, signal } = options;
  if (positions === undefined && orders === undefined && facts === undefined) {
    return openProductLog(config, signal);
  }
  const files = {
    source,
    ...(positions === undefined ? {} : { positions }),
    ...(orders === undefined ? {} : { orders }),
    ...(facts === undefined ? {} : { facts }),
  };
  return {
    source: await openFileSource({ locate: createLocator(), signal }, files),
    close: () => Promise.resolve(),
  };
}

async function openProductLog(config: Config, signal: AbortSignal | undefined): Promise<Opened> {
  const path = inDataFolder(config, 'log.sqlite');
  if (config.log.kind === 'embedded' && !existsSync(path)) {
    throw new UserError('not-found', text('没有产品日志', 'there is no log of a product'), {
      detail: path,
      hint: text(
        '用 -c 指定产品配置,或给出 --positions/--orders/--facts 文件',
        'Name the product with -c, or give files with --positions, --orders and --facts.',
      ),
    });
  }
  const log = await openLog({ clock: systemClock, logger: silentLogger }, config);
  const name = config.log.kind === 'embedded' ? path : config.log.brokers.join(',');
  const register = async () => {
    const deps = { logger: silentLogger, random: createUnseededRandom() };
    const records = await openRecords(deps, recordsOptions(config));
    try {
      return await loadOrderFacts(records.db);
    } finally {
      await records.close();
    }
  };
  return {
    source: openLogSource({ log, name, register, signal }),
    close: () => log.close(),
  };
}

/** Writes beside the file and puts it in its place once whole. */
async function writeReport(path: string, report: BacktestReport): Promise<void> {
  try {
    await writeFile(`${path}.part`, `${JSON.stringify(report, null, 2)}\n`);
    renameSync(`${path}.part`, path);
  } catch (cause) {
    await rm(`${path}.part`, { force: true });
    throw new OperatingError('source-unavailable', `cannot write "${path}"`, {
      retry: 'never',
      cause,
    });
  }
}

function summary(report: BacktestReport, out: string): string[] {
  const { totals, load, history, candidate, baseline } = report;
  const { firstMs, lastMs, observations } = history;
  const covered =
    firstMs === null || lastMs === null
      ? 'no reports in this stretch'
      : `${number(observations)} observations from ${localDateTime(firstMs)} to ${localDateTime(lastMs)}`;
  const change = (name: string, of: { baseline: number; candidate: number }) =>
    `${name}: ${number(of.baseline)} → ${number(of.candidate)}`;
  return [
    `${report.ruleId}: ${baseline?.version ?? 'nothing'} → ${candidate.version}${candidate.status === 'retired' ? ' (retired)' : ''}`,
    covered,
    `${change('alerts', totals.alerts)}; ${totals.added} added, ${totals.removed} removed, ${totals.regraded} regraded, ${totals.kept} kept (${totals.moved} at another moment)`,
    ...report.byLevel.map(({ level, alerts }) => change(`level ${level}`, alerts)),
    change('alerts a day', {
      baseline: load.baseline.alertsPerDay,
      candidate: load.candidate.alertsPerDay,
    }),
    change('officer minutes a day', {
      baseline: load.baseline.officerMinutesPerDay,
      candidate: load.candidate.officerMinutesPerDay,
    }),
    `report ${report.id.slice(0, 12)} → ${out}`,
  ];
}

const number = (value: number): string => value.toLocaleString('en');
