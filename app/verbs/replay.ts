// plumbline replay: the whole path on files, from observations to alerts, as fast as it goes.

import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline as pipe } from 'node:stream/promises';
import { describeReadError } from '../../connectors/files/read-report.ts';
import { createHistory, type History, type HistoryPart } from '../../connectors/replay/history.ts';
import { OperatingError } from '../../core/errors.ts';
import { secureIds } from '../../core/ids.ts';
import { DAY_MS, localDateTime } from '../../core/local-time.ts';
import { createLogger } from '../../core/logger.ts';
import { elapsedMs, systemClock } from '../../core/time.ts';
import { createLocator } from '../../datasets/locator.ts';
import { openEmbeddedLog } from '../../ingest/log-embedded.ts';
import { openKafkaLog } from '../../ingest/log-kafka.ts';
import type { Log } from '../../ingest/log.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import { createProgress, type Print } from '../print.ts';
import { carryInMemory, carryThroughLog, type CarrierDeps } from '../replay/carry.ts';
import { replayFiles, type ReplayCounts } from '../replay/replay-files.ts';
import { createSurroundings } from '../surroundings.ts';
import { alertsOf, type ActingFinding, type ReplayedAlert } from '../replay/to-alerts.ts';

export type ReplayOptions = {
  readonly positions?: string | undefined;
  readonly orders?: string | undefined;
  readonly facts?: string | undefined;
  /** Folder of a rule pack. */
  readonly rules: string;
  /** File for the alerts, one JSON object a line; replaced as a whole once everything is evaluated. */
  readonly out: string;
  /** The source of positions that name none. */
  readonly source: string;
  /** Through an embedded log of so many partitions instead of straight through memory. */
  readonly partitions?: number | undefined;
  /** Through a Kafka log; `host:port` of its brokers. */
  readonly brokers?: readonly string[] | undefined;
  /** Ends the replay without writing anything. */
  readonly signal?: AbortSignal;
};

/** Replays files and writes the alerts. Throws UserError for files or rules that are wrong as a whole. */
export async function replay(options: ReplayOptions, print: Print): Promise<void> {
  const rulebook = loadRulebook(options.rules);
  const history = await createHistory(historyOf(options));
  const findings: ActingFinding[] = [];
  let suppressed = 0;
  let onTrial = 0;
  const carrierDeps: CarrierDeps = {
    rulebook,
    ...createSurroundings(options.rules),
    onFindings(found) {
      for (const finding of found) {
        if (finding.shadow) onTrial++;
        else if (finding.kind === 'suppressed') suppressed++;
        else findings.push(finding);
      }
    },
  };
  const opened = await openCarrier(carrierDeps, options);
  const progress = createProgress();
  const startedAtMs = elapsedMs();
  try {
    const counts = await replayFiles(history, {
      locate: createLocator(),
      carrier: opened.carrier,
      onProgress: (soFar) => progress.show(progressLine(history, soFar, startedAtMs)),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    progress.end();
    const alerts = alertsOf(findings);
    await writeLines(options.out, alerts);
    const tookMs = elapsedMs() - startedAtMs;
    for (const line of summary({ counts, alerts, suppressed, onTrial, history, options, tookMs })) {
      print(line);
    }
  } finally {
    progress.end();
    await opened.close();
  }
}

const historyOf = ({ positions, orders, facts, source }: ReplayOptions) => ({
  source,
  ...(positions === undefined ? {} : { positions }),
  ...(orders === undefined ? {} : { orders }),
  ...(facts === undefined ? {} : { facts }),
});

async function openCarrier(deps: CarrierDeps, { brokers, partitions }: ReplayOptions) {
  if (!brokers && partitions === undefined) {
    return { carrier: carryInMemory(deps), close: () => Promise.resolve() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-replay-'));
  const log = await openReplayLog(folder, { brokers, partitions: partitions ?? 1 });
  return {
    carrier: await carryThroughLog(deps, log),
    async close() {
      await log.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function openReplayLog(
  folder: string,
  { brokers, partitions }: { brokers: readonly string[] | undefined; partitions: number },
): Log | Promise<Log> {
  const deps = { clock: systemClock, logger: createLogger('warn') };
  if (!brokers) return openEmbeddedLog(deps, { path: join(folder, 'log.sqlite'), partitions });
  // Topics of their own, deleted by the cluster after a day: a replay mixes with no running product.
  const topicPrefix = `plumbline-replay-${secureIds.next('run')}`;
  return openKafkaLog(deps, { brokers, partitions, topicPrefix, retentionMs: DAY_MS });
}

/** Writes beside the file and puts it in its place once whole, so that nobody reads half of it. */
async function writeLines(path: string, alerts: readonly ReplayedAlert[]): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipe(
      Readable.from(alerts.map((alert) => `${JSON.stringify(alert)}\n`)),
      createWriteStream(part),
    );
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true });
    throw new OperatingError('source-unavailable', `cannot write "${path}"`, {
      retry: 'never',
      cause,
    });
  }
}

function progressLine(history: History, counts: ReplayCounts, startedAtMs: number): string {
  const { read, total } = history.bytes();
  const percent = total === 0 ? 100 : Math.min(100, Math.floor((read / total) * 100));
  const perSecond = Math.round(counts.observations / ((elapsedMs() - startedAtMs) / 1_000 + 0.001));
  const reached = counts.untilMs === undefined ? '' : `, at ${localDateTime(counts.untilMs)}`;
  return `${percent}% read, ${number(counts.observations)} observations, ${number(perSecond)}/s${reached}`;
}

const PARTS: readonly HistoryPart[] = ['orders', 'facts', 'positions'];
/** Examples of unreadable lines shown for each file. */
const EXAMPLES_SHOWN_MAX = 5;

function summary(done: {
  counts: ReplayCounts;
  alerts: readonly ReplayedAlert[];
  suppressed: number;
  onTrial: number;
  history: History;
  options: ReplayOptions;
  tookMs: number;
}): string[] {
  const { counts, alerts, suppressed, onTrial, history, options, tookMs } = done;
  const span =
    counts.fromMs === undefined || counts.untilMs === undefined
      ? 'no observations'
      : `${number(counts.observations)} observations from ${localDateTime(counts.fromMs)} to ${localDateTime(counts.untilMs)}`;
  const byLevel = ([1, 2, 3] as const).map(
    (level) => `${alerts.filter((alert) => alert.level === level).length} of level ${level}`,
  );
  const corrected = alerts.filter(({ corrections }) => corrections !== undefined);
  const withdrawn = corrected.filter(
    ({ corrections }) => corrections?.at(-1)?.outcome === 'withdrawn',
  );
  return [
    `${span}, ${(tookMs / 1_000).toFixed(1)} s`,
    ...PARTS.flatMap((part) => unreadable(history, part, options)),
    countsLine('evaluated', counts.admitted),
    countsLine('not taken', counts.refused),
    `${suppressed} findings suppressed`,
    onTrial > 0 ? `${number(onTrial)} findings of rules on trial, which make no alerts` : '',
    corrected.length > 0
      ? `${number(corrected.length)} alerts corrected later, ${number(withdrawn.length)} of them withdrawn`
      : '',
    `${alerts.length} alerts: ${byLevel.join(', ')} → ${options.out}`,
  ].filter((line) => line !== '');
}

function unreadable(history: History, part: HistoryPart, options: ReplayOptions): string[] {
  const { errors, examples } = history.report(part);
  if (errors === 0) return [];
  const shown = examples.slice(0, EXAMPLES_SHOWN_MAX);
  return [
    `${options[part]}: ${number(errors)} lines not read`,
    ...shown.map((error) => `  ${describeReadError(error, 'en')}`),
    ...(errors > shown.length ? [`  … and ${number(errors - shown.length)} more`] : []),
  ];
}

function countsLine(title: string, counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return '';
  return `${title}: ${entries.map(([name, count]) => `${name} ${number(count)}`).join(', ')}`;
}

const number = (value: number): string => value.toLocaleString('en');
