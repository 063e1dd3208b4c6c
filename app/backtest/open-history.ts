// Which history a backtest goes over: files when any are given, the source that was asked for, or the log
// where it reaches back to the start and otherwise the warehouse.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { localDateTime } from '../../core/local-time.ts';
import { silentLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import { systemClock } from '../../core/time.ts';
import { createLocator } from '../../datasets/locator.ts';
import type { Log } from '../../ingest/log.ts';
import { openOlap } from '../../warehouse/olap.ts';
import { loadOrderFacts } from '../../warehouse/order-store.ts';
import { openRecords } from '../../warehouse/records.ts';
import { inDataFolder, type Config } from '../config.ts';
import { openLog, recordsOptions } from '../foundation.ts';
import { olapOptions } from '../roles/warehouse.ts';
import { openFileSource } from './file-source.ts';
import type { HistorySource } from './history-source.ts';
import { logKeptFrom, openLogSource } from './log-source.ts';
import { openWarehouseSource } from './warehouse-source.ts';

export type HistoryChoice = {
  /** `log`, `warehouse`, or undefined for the log where it reaches. */
  readonly source?: string | undefined;
  readonly positions?: string | undefined;
  readonly orders?: string | undefined;
  readonly facts?: string | undefined;
  /** The source of positions in files that name none. */
  readonly positionsSource: string;
  readonly fromMs: number;
  /** Where what is read may lie meanwhile. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
};

export type OpenHistory = {
  readonly source: HistorySource;
  /** One line: which history it is. */
  readonly says: string;
  close(): Promise<void>;
};

/** Opens it. Close it. Rejects with UserError when there is none or it does not reach back far enough. */
export async function openHistory(config: Config, choice: HistoryChoice): Promise<OpenHistory> {
  const { source, positions, orders, facts } = choice;
  if (source !== undefined && source !== 'log' && source !== 'warehouse') throw noSource(source);
  if (positions !== undefined || orders !== undefined || facts !== undefined) {
    if (source === undefined) return openFiles(choice);
    throw new UserError(
      'bad-input',
      text('--source 与历史文件只能二选一', '--source and files of a history exclude each other'),
    );
  }
  if (source === 'warehouse') return openWarehouse(config, choice);
  const log = await openProductLog(config);
  const name = logName(config);
  const fromLog = (says: string): OpenHistory => ({
    source: openLogSource({ log, name, register: registerOf(config), signal: choice.signal }),
    says: `history from the log ${name}${says}`,
    close: () => log.close(),
  });
  if (source === 'log') return fromLog('');
  try {
    const beginsAtMs = await logKeptFrom(log);
    if (beginsAtMs <= choice.fromMs) return fromLog('');
    const begins = beginsAtMs === Infinity ? 'is empty' : `begins at ${localDateTime(beginsAtMs)}`;
    if (!hasWarehouse(config)) return fromLog(`, which ${begins}`);
    const opened = await openWarehouse(config, choice);
    await log.close();
    return { ...opened, says: `${opened.says}: the log ${begins}` };
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function openFiles({
  positions,
  orders,
  facts,
  positionsSource,
  signal,
}: HistoryChoice): Promise<OpenHistory> {
  const files = {
    source: positionsSource,
    ...(positions === undefined ? {} : { positions }),
    ...(orders === undefined ? {} : { orders }),
    ...(facts === undefined ? {} : { facts }),
  };
  return {
    source: await openFileSource({ locate: createLocator(), signal }, files),
    says: 'history from files',
    close: () => Promise.resolve(),
  };
}

const logName = (config: Config): string =>
  config.log.kind === 'embedded'
    ? inDataFolder(config, 'log.sqlite')
    : config.log.brokers.join(',');

async function openProductLog(config: Config): Promise<Log> {
  const path = inDataFolder(config, 'log.sqlite');
  if (config.log.kind !== 'embedded' || existsSync(path)) {
    return openLog({ clock: systemClock, logger: silentLogger }, config);
  }
  throw new UserError('not-found', text('没有产品日志', 'there is no log of a product'), {
    detail: path,
    hint: text(
      '用 -c 指定产品配置，或给出 --positions/--orders/--facts 文件',
      'Name the product with -c, or give files with --positions, --orders and --facts.',
    ),
  });
}

const registerOf = (config: Config) => async () => {
  const deps = { logger: silentLogger, random: createUnseededRandom() };
  const records = await openRecords(deps, recordsOptions(config));
  try {
    return await loadOrderFacts(records.db);
  } finally {
    await records.close();
  }
};

function hasWarehouse(config: Config): boolean {
  const options = olapOptions(config);
  return options !== undefined && (options.kind !== 'chdb' || existsSync(options.folder));
}

/** Cores the engine may use to sort what is exported. */
const SORTING_THREADS = 2;

async function openWarehouse(config: Config, choice: HistoryChoice): Promise<OpenHistory> {
  const options = olapOptions(config);
  if (!options || !hasWarehouse(config)) throw noWarehouse(config);
  const name = options.kind === 'chdb' ? options.folder : `${options.url} ${options.database}`;
  const olap = await openOlap(
    { logger: silentLogger },
    { ...options, threadsPerQueryMax: SORTING_THREADS },
  );
  const deps = {
    olap,
    name,
    partitions: config.log.partitions,
    folder: join(choice.folder, 'windows'),
    register: registerOf(config),
    signal: choice.signal,
  };
  try {
    return {
      source: await openWarehouseSource(deps, choice.fromMs),
      says: `history from the warehouse ${name}`,
      close: () => olap.close(),
    };
  } catch (error) {
    await olap.close();
    throw error;
  }
}

const noSource = (source: string): UserError =>
  new UserError('bad-input', text('--source 写法不对', '--source is not right'), {
    detail: `"${source}"`,
    hint: text(
      '可写 log 或 warehouse；历史文件中未注明来源的定位用 --positions-source 指定',
      'It is log or warehouse. The source of positions in files that name none is --positions-source.',
    ),
  });

const noWarehouse = (config: Config): UserError =>
  new UserError('not-found', text('没有产品数据仓库', 'there is no warehouse of a product'), {
    ...(config.warehouse.kind === 'chdb' ? { detail: inDataFolder(config, 'warehouse') } : {}),
    hint: text(
      '用 -c 指定产品配置，或给出 --positions/--orders/--facts 文件',
      'Name the product with -c, or give files with --positions, --orders and --facts.',
    ),
  });
