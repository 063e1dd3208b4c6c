// plumbline doctor: looks at the machine and the configuration and says what is wrong and what to do.

import { accessSync, constants, existsSync, mkdirSync, readdirSync, statfsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { createLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { openRecords } from '../../warehouse/records.ts';
import { smppOf } from '../channels-config.ts';
import { inDataFolder, type Config } from '../config.ts';
import { recordsOptions } from '../foundation.ts';
import { wrongNumbers } from '../roles/sms-channel.ts';
import { checkTexts } from './texts-check.ts';
import { SCREENS_FOLDER } from '../http/server.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import { elapsedMs } from '../../core/time.ts';
import { describeError, type Print } from '../print.ts';
import { phoneChecks } from './doctor-phone.ts';
import type { Check, Verdict } from './verdict.ts';

const MARKS = { ok: '✓', warn: '!', bad: '✗' } as const;

const DISK_BYTES_MIN = 2 * 1024 ** 3;
const MEMORY_BYTES_MIN = 2 * 1024 ** 3;

/** Prints one line per check; gives true when nothing is bad. */
export async function examine(config: Config, print: Print): Promise<boolean> {
  let healthy = true;
  for (const { name, look } of checksFor(config)) {
    const verdict = await lookSafely(look);
    healthy &&= verdict.state !== 'bad';
    print(`${MARKS[verdict.state]} ${name.padEnd(12)} ${verdict.says}`);
    if (verdict.todo) print(`  ${' '.repeat(12)} → ${verdict.todo}`);
  }
  return healthy;
}

async function lookSafely(look: Check['look']): Promise<Verdict> {
  try {
    return await look();
  } catch (error) {
    return { state: 'bad', says: describeError(error) };
  }
}

function checksFor(config: Config): Check[] {
  return [
    { name: 'node', look: checkNode },
    { name: 'time zone', look: checkTimeZone },
    { name: 'memory', look: checkMemory },
    { name: 'data folder', look: () => checkDataFolder(config) },
    { name: 'disk', look: () => checkDisk(config) },
    {
      name: 'http port',
      look: () => checkPort(config.http.host, config.http.port, 'PLUMBLINE_PORT'),
    },
    ...(config.connectors.jt808
      ? [
          {
            name: 'jt808 port',
            look: () =>
              checkPort(
                config.connectors.jt808?.host ?? '',
                config.connectors.jt808?.port ?? 0,
                'connectors.jt808.port',
              ),
          },
        ]
      : []),
    { name: 'screens', look: checkScreens },
    { name: 'rules', look: () => checkRules(config) },
    { name: 'log', look: () => checkLog(config) },
    { name: 'warehouse', look: () => checkWarehouse(config) },
    ...phoneChecks(config),
    { name: 'texts', look: () => checkNoticeTexts(config) },
    ...(config.channels.sms ? [{ name: 'sms', look: () => checkSms(config) }] : []),
  ];
}

function checkNode(): Verdict {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 24) return { state: 'ok', says: `Node ${process.versions.node}` };
  return {
    state: 'bad',
    says: `Node ${process.versions.node}, but 24 is needed`,
    todo: 'run commands through npm (npm run plumbline -- …), which uses the Node that npm install brought',
  };
}

function checkTimeZone(): Verdict {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    state: 'ok',
    says: `${zone}; rules and screens use China time (UTC+8) whatever the machine says`,
  };
}

function checkMemory(): Verdict {
  const bytes = totalmem();
  const says = `${(bytes / 1024 ** 3).toFixed(1)} GB`;
  if (bytes >= MEMORY_BYTES_MIN) return { state: 'ok', says };
  return { state: 'warn', says, todo: 'the demo with 10,000 persons wants 2 GB' };
}

function checkDataFolder(config: Config): Verdict {
  const folder = inDataFolder(config, '.');
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.W_OK);
  return { state: 'ok', says: `${folder} (${readdirSync(folder).length} entries)` };
}

function checkDisk(config: Config): Verdict {
  const { bavail, bsize } = statfsSync(dirname(inDataFolder(config, 'x')));
  const free = bavail * bsize;
  const says = `${(free / 1024 ** 3).toFixed(1)} GB free`;
  if (free >= DISK_BYTES_MIN) return { state: 'ok', says };
  return {
    state: 'bad',
    says,
    todo: `make room, or set dataFolder to a larger disk; 2 GB is the least`,
  };
}

function checkPort(host: string, port: number, setting: string): Promise<Verdict> {
  if (port === 0) return Promise.resolve({ state: 'ok', says: 'any free port' });
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      resolve({
        state: 'bad',
        says: `${host}:${port} ${taken ? 'is in use' : (error.code ?? error.message)}`,
        todo: `stop what uses it, or choose another with ${setting}`,
      });
    });
    probe.listen(port, host, () =>
      probe.close(() => resolve({ state: 'ok', says: `${host}:${port} is free` })),
    );
  });
}

function checkScreens(): Verdict {
  if (existsSync(SCREENS_FOLDER)) return { state: 'ok', says: 'built' };
  return {
    state: 'warn',
    says: 'not built yet',
    todo: 'npm start builds them; or run npm run build',
  };
}

function checkRules(config: Config): Verdict {
  const { pack, rules, version } = loadRulebook(config.rules.pack);
  const active = rules.filter(({ rule }) => rule.status === 'active').length;
  return {
    state: 'ok',
    says: `${pack.title.zh}: ${rules.length} rules, ${active} active, version ${version.slice(0, 12)}`,
  };
}

async function checkLog(config: Config): Promise<Verdict> {
  if (config.log.kind === 'embedded') {
    const file = inDataFolder(config, 'log.sqlite');
    return { state: 'ok', says: `embedded, ${config.log.partitions} partition(s), ${file}` };
  }
  const answers = await Promise.all(config.log.brokers.map(answersTcp));
  const away = config.log.brokers.filter((_, index) => !answers[index]);
  if (away.length === 0)
    return { state: 'ok', says: `Kafka: ${config.log.brokers.join(', ')} answer` };
  return {
    state: 'bad',
    says: `Kafka does not answer at ${away.join(', ')}`,
    todo: 'start it, or set log.brokers',
  };
}

async function checkWarehouse(config: Config): Promise<Verdict> {
  if (config.warehouse.kind === 'none') return { state: 'warn', says: 'none: no analytics' };
  if (config.warehouse.kind === 'clickhouse') {
    const started = elapsedMs();
    const answer = await fetch(new URL('/ping', config.warehouse.url), {
      redirect: 'error',
      signal: AbortSignal.timeout(3_000),
    });
    return {
      state: answer.ok ? 'ok' : 'bad',
      says: `ClickHouse answered ${answer.status} in ${Math.round(elapsedMs() - started)} ms`,
    };
  }
  const { version } = (await import('chdb/connection')) as { version?: unknown };
  return {
    state: 'ok',
    says: `chDB, embedded ${typeof version === 'string' ? version : ''}`.trim(),
  };
}

function checkNoticeTexts(config: Config): Verdict {
  const says: string[] = [];
  if (checkTexts(config, undefined, (line) => says.push(line))) {
    return { state: 'ok', says: config.alerts.texts ?? 'the product’s own' };
  }
  return {
    state: 'warn',
    says: says.at(-1)?.trim() ?? '',
    todo: 'npm run plumbline -- texts check says which; shorten them, or the titles of the rules',
  };
}

/** Whether the provider is there, and every officer has a number an SMS can reach. */
async function checkSms(config: Config): Promise<Verdict> {
  const centre = smppOf(config.channels);
  if (centre) {
    const address = `${centre.host}:${centre.port}`;
    if (!(await answersTcp(address))) {
      const todo = 'check channels.sms.host and port, and that the operator lets this address in';
      return { state: 'bad', says: `no SMS centre answers at ${address}`, todo };
    }
  }
  const wrong = await knownWrongNumbers(config);
  if (wrong.length > 0) {
    return {
      state: 'bad',
      says: `号码无法接收短信 numbers no SMS reaches: ${wrong.map(({ officer, because }) => `${officer} (${because})`).join(', ')}`,
      todo: 'give these officers a mobile number, as 13800000001 or +8613800000001',
    };
  }
  return {
    state: 'ok',
    says: centre ? `SMPP, ${centre.host}:${centre.port} answers` : 'HTTP provider',
  };
}

async function knownWrongNumbers(config: Config) {
  const deps = { logger: createLogger(config.logLevel), random: createUnseededRandom() };
  const records = await openRecords(deps, recordsOptions(config));
  return wrongNumbers(records.db).finally(() => records.close());
}

const TCP_MS_MAX = 3_000;

/** True when something listens at `host:port`. */
function answersTcp(address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(/:(?=\d+$)/);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: TCP_MS_MAX });
    const end = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
