// The one configuration file and the few environment variables, checked as a whole: a key nobody knows is
// refused with the one that was probably meant.

import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { answersConfigSchema } from './answer-config.ts';
import { auditConfigSchema } from './audit-config.ts';
import { escalationSettingsSchema } from '../alerts/escalation-settings.ts';
import { backupConfigSchema, retentionConfigSchema } from './retention/retention-config.ts';
import { nearestWord } from '../core/nearest-word.ts';
import { keysAt } from '../core/schema-keys.ts';
import { durationSchema } from '../core/duration.ts';
import { UserError } from '../core/errors.ts';
import { exportConfigSchema } from './export-config.ts';
import { importConfigSchema } from './import-config.ts';
import { text } from '../core/text.ts';
import { accessSettingsSchema } from '../security/access/access-settings.ts';
import { requestLimitsSchema } from './http/access/limit-settings.ts';
import { tlsConfigSchema } from './http/tls.ts';
import { logSecuritySchema } from './log-security.ts';
import {
  asWritten,
  channelsSchema,
  repeatedNames,
  spellOutChannels,
  type ChannelsInput,
} from './channels-config.ts';
import { cryptoConfigSchema, identitiesConfigSchema } from './vault-config.ts';

export const ROLES = ['ingest', 'rules', 'alerts', 'writer', 'http'] as const;

export type Role = (typeof ROLES)[number];

/** The rule pack that ships with the product, from the folder the command runs in. */
export const DEFAULT_PACK = 'rules/packs/dazhou';

const port = z.number().int().min(0).max(65_535);
const url = z.url();
const repeatCount = z.number().int().min(1).max(1_000);

export const configSchema = z.strictObject({
  /** Where embedded stores and secrets live; relative to the folder the command runs in. */
  dataFolder: z.string().min(1).default('.plumbline'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  /** Parts of the system this process runs. */
  roles: z
    .array(z.enum(ROLES))
    .min(1)
    .default([...ROLES]),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: port.default(8080),
      /** Behind TLS: cookies are sent over it only, and bound to this host. */
      secure: z.boolean().default(false),
      /** Reached from elsewhere without TLS, on a network of its own. */
      plain: z.boolean().default(false),
      /** Behind a reverse proxy that says who asks; never without one. */
      trustProxy: z.boolean().default(false),
      limits: requestLimitsSchema.prefault({}),
      /** TLS in the server itself; docs/tls.md. Without it a reverse proxy does it. */
      tls: tlsConfigSchema.optional(),
    })
    .prefault({}),
  /** Sign-in, sessions, second factors. */
  access: accessSettingsSchema.prefault({}),
  log: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('embedded'),
        partitions: z.number().int().min(1).max(64).default(1),
      }),
      z.strictObject({
        kind: z.literal('kafka'),
        brokers: z.array(z.string().min(3)).min(1),
        partitions: z.number().int().min(1).max(64).default(8),
        topicPrefix: z.string().min(1).default('plumbline'),
        retention: durationSchema.prefault('30d'),
        /** TLS and sign-in; without it brokers are spoken to in clear. */
        security: logSecuritySchema.prefault({}),
      }),
    ])
    .prefault({ kind: 'embedded' }),
  records: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('sqlite') }),
      z.strictObject({
        kind: z.literal('postgres'),
        url: z.string().min(1),
        /** The account that owns the tables; the one of `url` then only reads and writes rows. */
        ownerUrl: z.string().min(1).optional(),
      }),
    ])
    .prefault({ kind: 'sqlite' }),
  warehouse: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('chdb') }),
      z.strictObject({
        kind: z.literal('clickhouse'),
        url,
        database: z.string().default('default'),
        username: z.string().default('default'),
        password: z.string().default(''),
      }),
      z.strictObject({ kind: z.literal('none') }),
    ])
    .prefault({ kind: 'chdb' }),
  rules: z
    .strictObject({
      pack: z.string().default(DEFAULT_PACK),
      /** Threads that judge, each its share of the partitions; 0 judges on the main thread. */
      threads: z.number().int().min(0).max(64).default(0),
      /** How often the state of the rules is saved; after a crash so much of the log is judged again. */
      snapshotEvery: durationSchema.prefault('2m'),
      /**
       * `settled` waits for the lateness of ingest before anything is judged, so that the order of
       * arrival makes no difference; every alert comes so much later (docs/adr/0012).
       */
      arrival: z.enum(['as-it-comes', 'settled']).default('as-it-comes'),
      /** A change is approved on a backtest whose history ends no longer ago than this … */
      reportAgeMax: durationSchema.prefault('7d'),
      /** … and is at least this long. */
      reportSpanMin: durationSchema.prefault('7d'),
    })
    .prefault({}),
  ingest: z
    .strictObject({
      /** How far behind the clock event time is taken as complete; silence is noticed this much later. */
      lateness: durationSchema.prefault('30s'),
    })
    .prefault({}),
  connectors: z
    .strictObject({
      jt808: z
        .strictObject({ host: z.string().default('127.0.0.1'), port: port.default(6808) })
        .optional(),
      pull: z
        .array(
          z.strictObject({
            name: z.string().regex(/^[a-z][a-z0-9-]*$/),
            of: z.enum(['bookings', 'lodging']),
            url,
            token: z.string().default(''),
            every: durationSchema.prefault('5s'),
          }),
        )
        .default([]),
    })
    .prefault({}),
  alerts: z
    .strictObject({
      /** File of the duty roster. Without one every active officer of a bureau is on duty at all times. */
      roster: z.string().min(1).optional(),
      /** File of the routing. Without one alerts are routed by the level table alone. */
      routing: z.string().min(1).optional(),
      /** File of local workdays and days off, over the national calendar. */
      workdays: z.string().min(1).optional(),
      duty: z
        .strictObject({
          /** A change of the roster that leaves nobody reachable within this time is refused. */
          coverage: durationSchema.prefault('60d'),
          /** Two officers who swap their turns need their leader's word as well. */
          leaderConfirmsSwaps: z.boolean().default(false),
          /** From when on the day before officers are reminded of their turn. */
          remindAt: z
            .string()
            .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day reads 17:00')
            .default('17:00'),
          /** How long a number that was tried is trusted. */
          numberTrustedFor: durationSchema.prefault('180d'),
        })
        .prefault({}),
      /** Due times, reopening, photos, objections. */
      answers: answersConfigSchema,
      /** File of the words of notices. What it leaves out stays as the product has it. */
      texts: z.string().min(1).optional(),
      /** So often met again within so long, a rule about a person makes its alert graver by one. */
      repeats: z
        .strictObject({
          count: repeatCount.default(3),
          within: durationSchema.prefault('24h'),
          /** Rules for which something else holds; `off` for none. */
          rules: z
            .record(
              z.string(),
              z.union([
                z.literal('off'),
                z.strictObject({
                  count: repeatCount.default(3),
                  within: durationSchema.prefault('24h'),
                }),
              ]),
            )
            .default({}),
        })
        .prefault({}),
      /** How long a silence may last, and one that covers level 1. */
      silences: z
        .strictObject({
          max: durationSchema.prefault('7d'),
          level1Max: durationSchema.prefault('24h'),
        })
        .prefault({}),
      /** Ladders other than those of the level table. */
      escalation: escalationSettingsSchema.prefault({}),
      drills: z
        .strictObject({
          /** A drill nobody ended ends by itself after this. */
          longest: durationSchema.prefault('2h'),
        })
        .prefault({}),
      canary: z
        .strictObject({
          /** How often a canary goes through the whole path; 0s sends none. */
          every: durationSchema.prefault('10m'),
          /** So many in a row may be missing before the operators are told. */
          missedMax: z.number().int().min(1).max(100).default(3),
        })
        .prefault({}),
      watchdog: z
        .strictObject({
          every: durationSchema.prefault('15s'),
          /** A level-1 alert nobody was reached about. */
          unreached: durationSchema.prefault('3m'),
          rungLate: durationSchema.prefault('1m'),
          noticeLate: durationSchema.prefault('2m'),
          /** How long it may be unknown whether a provider took a notice. */
          uncertain: durationSchema.prefault('10m'),
          outboxLate: durationSchema.prefault('5m'),
          findingsLate: durationSchema.prefault('2m'),
        })
        .prefault({}),
      /** Who is told when the system itself stands still; by SMS, by push to an officer's console, or both. */
      operators: z
        .array(
          z
            .strictObject({
              name: z.string().min(1).max(60),
              phone: z.string().min(3).max(40).optional(),
              officer: z.string().min(1).optional(),
            })
            .refine(({ phone, officer }) => phone !== undefined || officer !== undefined, {
              message: 'an operator has a phone, an officer id, or both',
            }),
        )
        .max(20)
        .default([]),
    })
    .prefault({}),
  basis: z
    .strictObject({
      /** One term of electronic monitoring, in months: at most three by Community Corrections Law art. 29. */
      monitoringMonths: z.number().int().min(1).max(3).default(3),
      /** So often it may be extended; the law bounds each extension, not their number. */
      monitoringRenewals: z.number().int().min(0).max(12).default(3),
      /** One term of any other movement source, and of a source of another sort, in days. */
      movementDays: z.number().int().min(1).max(400).default(180),
      otherDays: z.number().int().min(1).max(1_100).default(366),
      /** A paper may begin so long before it is recorded. */
      recordedLate: durationSchema.prefault('7d'),
      /** How long data about a person are kept after the end of supervision. */
      keptAfterEnd: durationSchema.prefault('365d'),
    })
    .prefault({}),
  reports: z
    .strictObject({
      /** Alerts of one officer in one shift that should not be reached. */
      alertBudget: z.number().int().min(1).max(10_000).default(30),
    })
    .prefault({}),
  audit: auditConfigSchema,
  /** Files that leave the product; docs/exports.md. */
  exports: exportConfigSchema,
  /** Files of figures people bring; docs/import.md. */
  imports: importConfigSchema,
  channels: channelsSchema.prefault({}),
  /** How long data stays; docs/retention.md. */
  retention: retentionConfigSchema.prefault({}),
  /** Where backups go; docs/backup.md. Without it none are made by themselves. */
  backup: backupConfigSchema.optional(),
  crypto: cryptoConfigSchema,
  /** The product does not start when its files are not as they were sealed; docs/cryptography.md. */
  program: z.strictObject({ seal: z.string().min(1), key: z.string().min(1) }).optional(),
  identities: identitiesConfigSchema,
});

export type Config = z.infer<typeof configSchema>;
export type ConfigInput = Omit<z.input<typeof configSchema>, 'channels'> & {
  channels?: ChannelsInput;
};

const FILE_NAME = 'plumbline.yaml';

/**
 * Reads the configuration: the file given, or plumbline.yaml where the command runs, or defaults; then
 * PLUMBLINE_PORT, PLUMBLINE_DATA, PLUMBLINE_LOG_LEVEL and PLUMBLINE_SIP_PASSWORD. Throws UserError `bad-configuration`.
 */
export function loadConfig(
  options: { file?: string | undefined; base?: ConfigInput } = {},
  environment: NodeJS.ProcessEnv = process.env,
): Config {
  const file = options.file ?? (existsSync(FILE_NAME) ? FILE_NAME : undefined);
  const read = file === undefined ? {} : readFile(file);
  const merged = withEnvironment(merge(options.base ?? {}, read), environment);
  const result = configSchema.safeParse({
    ...merged,
    ...('channels' in merged ? { channels: spellOutChannels(merged['channels']) } : {}),
  });
  if (result.success) return withoutRepeats(result.data, file);
  throw new UserError('bad-configuration', text('配置有误', 'the configuration is not valid'), {
    detail: `\n${result.error.issues.flatMap((issue) => explain(issue, merged, file)).join('\n')}`,
  });
}

function withoutRepeats(config: Config, file: string | undefined): Config {
  const [name] = repeatedNames(config.channels);
  if (name === undefined) return config;
  throw new UserError('bad-configuration', text('配置有误', 'the configuration is not valid'), {
    detail: `${file ?? 'configuration'}: channels: two providers are called "${name}"`,
    hint: text(
      '每个服务商的名称（name）不能相同，请改名',
      'Give each provider a name of its own, as in "name: sms-two".',
    ),
  });
}

/** The path of something in the data folder. */
export const inDataFolder = (config: Config, name: string): string =>
  isAbsolute(config.dataFolder)
    ? join(config.dataFolder, name)
    : join(process.cwd(), config.dataFolder, name);

function readFile(file: string): Record<string, unknown> {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    throw new UserError(
      'bad-configuration',
      text('读不到配置文件', 'the configuration file cannot be read'),
      {
        detail: file,
      },
    );
  }
  try {
    return (parseYaml(content) ?? {}) as Record<string, unknown>;
  } catch (error) {
    throw new UserError(
      'bad-configuration',
      text('配置文件不是有效的 YAML', 'the configuration file is not YAML'),
      {
        // The lines that follow quote the file, and secrets stand in it.
        detail: `${file}: ${(error as Error).message.split('\n')[0] ?? ''}`,
      },
    );
  }
}

function withEnvironment(
  read: Record<string, unknown>,
  environment: NodeJS.ProcessEnv,
): Record<string, unknown> {
  const change: Record<string, unknown> = {};
  const { PLUMBLINE_PORT, PLUMBLINE_DATA, PLUMBLINE_LOG_LEVEL } = environment;
  const { PLUMBLINE_SIP_PASSWORD: password } = environment;
  if (PLUMBLINE_PORT) change['http'] = { port: Number(PLUMBLINE_PORT) };
  if (PLUMBLINE_DATA) change['dataFolder'] = PLUMBLINE_DATA;
  if (PLUMBLINE_LOG_LEVEL) change['logLevel'] = PLUMBLINE_LOG_LEVEL;
  const all = merge(read, change);
  return password === undefined || password === '' ? all : withSipPassword(all, password);
}

/** The password of the environment is for trunks that want one, and for nothing else. */
function withSipPassword(all: Record<string, unknown>, password: string): Record<string, unknown> {
  const channels = isObject(all['channels']) ? all['channels'] : {};
  const { phone } = channels;
  if (!isObject(phone)) return all;
  const given = (one: unknown) =>
    isObject(one) && one['kind'] === 'sip' && one['user'] !== undefined
      ? { ...one, password }
      : one;
  const { providers } = phone;
  const told = Array.isArray(providers)
    ? { ...phone, providers: providers.map(given) }
    : given(phone);
  return { ...all, channels: { ...channels, phone: told } };
}

/** The second over the first, objects merged, everything else replaced. */
function merge(
  base: Record<string, unknown>,
  over: Record<string, unknown>,
): Record<string, unknown> {
  const out = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = out[key];
    out[key] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return out;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** One line per mistake, with the path and, for an unknown key, the nearest known one. */
function explain(
  issue: z.core.$ZodIssue,
  given: Record<string, unknown>,
  file: string | undefined,
): string[] {
  const where = file ?? 'configuration';
  const path = asWritten(issue.path, given['channels']).join('.');
  if (issue.code !== 'unrecognized_keys') return [`${where}: ${path}: ${issue.message}`];
  const known = keysAt(configSchema, issue.path);
  return issue.keys.map((key) => {
    const meant = nearestWord(key, known);
    const hint = meant ? `did you mean "${meant}"?` : `known here: ${known.join(', ')}`;
    return `${where}: ${path === '' ? key : `${path}.${key}`}: unknown key; ${hint}`;
  });
}
