// The log of a configured product as the history of a backtest, beside the product that writes it.

import { existsSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { silentLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import { systemClock } from '../../core/time.ts';
import { loadOrderFacts } from '../../warehouse/order-store.ts';
import { openRecords } from '../../warehouse/records.ts';
import { inDataFolder, type Config } from '../config.ts';
import { openLog, recordsOptions } from '../foundation.ts';
import type { HistorySource } from './history-source.ts';
import { openLogSource } from './log-source.ts';

export type OpenedSource = { readonly source: HistorySource; close(): Promise<void> };

/** Rejects with UserError `not-found` where there is no product. */
export async function openProductSource(
  config: Config,
  signal?: AbortSignal,
): Promise<OpenedSource> {
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
