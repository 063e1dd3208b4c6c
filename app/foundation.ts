// What every part of the system stands on: configuration, clock, log, records, rules and maps, opened in
// order and closed in reverse. Only app constructs things with side effects.

import { createLogger, type Logger } from '../core/logger.ts';
import { secureIds, type ChanceIds } from '../core/ids.ts';
import { createUnseededRandom, type Random } from '../core/random.ts';
import type { Clock } from '../core/time.ts';
import type { Calendar } from '../core/calendar.ts';
import { createAreas } from '../datasets/areas.ts';
import { createLocator, type Locate } from '../datasets/locator.ts';
import { createChinaCalendar } from '../datasets/workdays.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { openKafkaLog } from '../ingest/log-kafka.ts';
import type { Log } from '../ingest/log.ts';
import type { Areas } from '../rules/frame.ts';
import { createRightsSeal, type RightsSeal } from '../security/access/rights-seal.ts';
import type { AuditTrail } from '../security/audit/audit-entry.ts';
import { createAuditTrail } from '../security/audit/trail.ts';
import { openRecords, type Records } from '../warehouse/records.ts';
import { inDataFolder, type Config } from './config.ts';
import { readLogSecurity } from './log-security.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { openVault, type OpenedVault } from './open-vault.ts';
import { openRulesInForce, type RulesInForce } from './rules-in-force.ts';
import { openSecrets, type Secrets } from './secrets.ts';

export type Foundation = {
  readonly config: Config;
  /** Event time and everything that is recorded. Runs fast in an accelerated demo. */
  readonly clock: Clock;
  /** How many times as fast as real time the clock runs. */
  readonly speed: number;
  readonly logger: Logger;
  readonly ids: ChanceIds;
  readonly random: Random;
  readonly secrets: Secrets;
  /** By which rights are known to be as they were given. */
  readonly rights: RightsSeal;
  readonly log: Log;
  readonly records: Records;
  /** Who the pseudonymous keys are, and the keys it is sealed by. */
  readonly identities: OpenedVault;
  /** Where everything that must leave a trace is told. */
  readonly audit: AuditTrail;
  /** The rules as they are in force; they change while the product runs. */
  readonly rules: RulesInForce;
  readonly areas: Areas;
  readonly calendar: Calendar;
  readonly locate: Locate;
  readonly metrics: Metrics;
  close(): Promise<void>;
};

/** Opens everything. Rejects with UserError when the configuration does not fit what is there. */
export async function openFoundation(
  config: Config,
  { clock, speed = 1 }: { clock: Clock; speed?: number },
): Promise<Foundation> {
  const logger = createLogger(config.logLevel);
  const random = createUnseededRandom();
  const secrets = openSecrets(inDataFolder(config, 'secret.key'));
  const records = await openRecords({ logger, random }, recordsOptions(config));
  let rules: RulesInForce | undefined;
  let log: Log;
  let identities: OpenedVault;
  try {
    identities = openVault({ config, clock, records, secrets });
    rules = await openRulesInForce({ clock, logger, records }, { folder: config.rules.pack });
    log = await openLog({ clock, logger }, config);
  } catch (error) {
    await rules?.stop();
    await records.close();
    throw error;
  }
  return {
    config,
    clock,
    speed,
    logger,
    ids: secureIds,
    random,
    secrets,
    rights: rightsSealOf(secrets),
    log,
    records,
    identities,
    audit: createAuditTrail({ records }),
    rules,
    areas: createAreas(),
    calendar: createChinaCalendar(),
    locate: createLocator(),
    metrics: createMetrics(),
    async close() {
      await rules.stop();
      await log.close();
      await records.close();
    },
  };
}

export const rightsSealOf = (secrets: Secrets): RightsSeal =>
  createRightsSeal(secrets.key('rights are sealed by'));

/** Where the records of the configured product are. */
export const recordsOptions = (config: Config) =>
  config.records.kind === 'sqlite'
    ? ({ kind: 'sqlite', path: inDataFolder(config, 'records.sqlite') } as const)
    : config.records;

export function openLog(deps: { clock: Clock; logger: Logger }, config: Config): Promise<Log> {
  const { log } = config;
  if (log.kind === 'embedded') {
    const path = inDataFolder(config, 'log.sqlite');
    return Promise.resolve(openEmbeddedLog(deps, { path, partitions: log.partitions }));
  }
  const { brokers, partitions, topicPrefix, retention } = log;
  const security = readLogSecurity(log.security);
  return openKafkaLog(deps, {
    brokers,
    partitions,
    topicPrefix,
    retentionMs: retention,
    security,
  });
}
