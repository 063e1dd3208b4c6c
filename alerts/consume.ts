// One turn over one partition of the findings: read, load, step, write. Alerts, events, notices and the
// offset are one transaction, so a finding has its effect once however often it is delivered.

import { UserError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import type { Logger } from '../core/logger.ts';
import { text } from '../core/text.ts';
import type { Clock } from '../core/time.ts';
import { decodeLines, type Log, type LogRecord } from '../ingest/log.ts';
import { nextOffset, setNextOffset } from '../warehouse/offsets.ts';
import type { Records, RecordsTransaction } from '../warehouse/records.ts';
import type { AlertTable } from '../warehouse/records-schema.ts';
import { loadStates, writeEffects } from './alert-store.ts';
import type { DutyOfficers } from './duty-officers.ts';
import { EVENT_TURN } from './events.ts';
import { step, type PipelineOptions } from './pipeline.ts';
import { longestWithinMs } from './repeats.ts';
import { loadLiveSilences } from './silences/silence-store.ts';
import type { Routing } from './routing/choose-row.ts';
import { PLAIN_ROUTING } from './routing/routing-plan.ts';
import { EMPTY_STATE, type Effect } from './subject-state.ts';
import type { RuleTexts } from './texts.ts';

export type OpenedAlert = Pick<AlertTable, 'id' | 'level' | 'ruleId' | 'region' | 'late'> & {
  /** From the moment the condition could be known here to the moment it was recorded. */
  readonly latencyMs: number;
};

export type ConsumeDeps = {
  readonly records: Records;
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ruleTexts: RuleTexts;
  readonly dutyOfficers: DutyOfficers;
  /** The level table alone when left out. */
  readonly routing?: Routing;
  readonly onChanged: (alertIds: readonly string[]) => void;
  /** Told of each real alert once it is recorded; for metrics. */
  readonly onOpened?: (alert: OpenedAlert) => void;
};

export type Consumer = {
  readonly partition: number;
  nextOffset: number;
  /** When the newest record taken was appended. */
  appendedAtMs: number;
};

const PLAIN: Routing = { plan: PLAIN_ROUTING, calendar: undefined };

const CONSUMER = 'alerts';
const RECORDS_MAX = 64;
/** A transaction takes records until it has so many findings: the longest other work waits for it. */
const FINDINGS_MAX = 100;

/** Finds out where to go on. Throws UserError when the log is shorter than what was read from it. */
export async function openConsumer(
  { records, log, logger }: Pick<ConsumeDeps, 'records' | 'log' | 'logger'>,
  partition: number,
): Promise<Consumer> {
  const next = await nextOffset(records.db, { consumer: CONSUMER, topic: 'findings', partition });
  const { start, end } = await log.bounds('findings', partition);
  if (end < next) {
    throw new UserError(
      'conflict',
      text(
        '日志比预警记录短，日志可能被替换或丢失',
        'the log is shorter than what alerts have read',
      ),
      { detail: `findings partition ${partition}: the log ends at ${end}, alerts are at ${next}` },
    );
  }
  if (start > next) logger.error('alerts.records-missing', { partition, nextOffset: next, start });
  return { partition, nextOffset: next, appendedAtMs: 0 };
}

/** Takes the next records, waiting up to `waitMs` for the first; gives how many there were. */
export async function consume(
  deps: ConsumeDeps,
  consumer: Consumer,
  { waitMs, signal, ...options }: PipelineOptions & { waitMs: number; signal?: AbortSignal },
): Promise<number> {
  const read = await deps.log.read('findings', consumer.partition, {
    offset: consumer.nextOffset,
    recordsMax: RECORDS_MAX,
    waitMs,
    ...(signal ? { signal } : {}),
  });
  const { batch, findings } = takeSome(read);
  const last = batch.at(-1);
  if (!last) return 0;
  const key = { consumer: CONSUMER, topic: 'findings' as const, partition: consumer.partition };
  const { stored, effects } = await deps.records.transaction(async (trx) => {
    await deps.records.takeTurn(trx, EVENT_TURN);
    const from = await nextOffset(trx, key);
    // A commit whose answer was lost, or another program: the records know how far we are.
    if (from !== consumer.nextOffset) return { stored: from, effects: [] };
    const written = await takeFindings(deps, trx, findings, options);
    await setNextOffset(trx, key, last.offset + 1);
    return { stored: last.offset + 1, effects: written };
  });
  consumer.nextOffset = stored;
  consumer.appendedAtMs = last.appendedAtMs;
  announce(deps, effects);
  return batch.length;
}

/** Steps through the findings in their order and writes what comes out. */
async function takeFindings(
  deps: ConsumeDeps,
  trx: RecordsTransaction,
  findings: readonly Finding[],
  options: PipelineOptions,
): Promise<readonly Effect[]> {
  if (findings.length === 0) return [];
  const nowAtMs = deps.clock.now();
  const { ruleTexts, routing = PLAIN } = deps;
  const roster = await deps.dutyOfficers.read(trx, nowAtMs);
  const silences = await loadLiveSilences(trx, nowAtMs);
  const context = { nowAtMs, roster, ruleTexts, routing, silences, options };
  const states = await loadStates(trx, findings, {
    toldSinceMs: nowAtMs - options.quietMs,
    repeatsMs: longestWithinMs(options),
  });
  const effects: Effect[] = [];
  for (const finding of findings) {
    const state = states.get(finding.subject) ?? EMPTY_STATE;
    const [next, out] = step(state, finding, context);
    states.set(finding.subject, next);
    effects.push(...out);
  }
  await writeEffects(trx, effects);
  return effects;
}

/** The first records with their findings, whole records only and at least one. */
function takeSome(read: readonly LogRecord[]) {
  const batch: LogRecord[] = [];
  const findings: Finding[] = [];
  for (const record of read) {
    if (findings.length >= FINDINGS_MAX) break;
    batch.push(record);
    if (record.kind === 'lines') findings.push(...decodeLines<Finding>(record.payload));
  }
  return { batch, findings };
}

function announce(deps: ConsumeDeps, effects: readonly Effect[]): void {
  const changed = new Set<string>();
  for (const effect of effects) {
    if (effect.kind === 'event') changed.add(effect.event.alertId);
    if (effect.kind === 'open' && effect.alert.exercise === null) {
      deps.onOpened?.(openedOf(effect.alert));
    }
    if (effect.kind === 'unreached') {
      const { alertId, channel } = effect;
      deps.logger.error('alerts.nobody-to-reach', { alertId, channel });
    }
  }
  if (changed.size > 0) deps.onChanged([...changed]);
}

/** What time alone completes, a silence, could be known when it was complete and not before. */
function openedOf({ id, level, ruleId, region, late, ...at }: AlertTable): OpenedAlert {
  const knowableAtMs = Math.max(at.receivedAtMs, at.openedAtMs);
  const latencyMs = Math.max(0, at.recordedAtMs - knowableAtMs);
  return { id, level, ruleId, region, late, latencyMs };
}
