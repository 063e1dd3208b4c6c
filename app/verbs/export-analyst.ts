// plumbline export analyst: the portable database of one analyst, with that analyst's rights and a watermark.

import { existsSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { hideNumbers } from '../../core/hide-numbers.ts';
import { secureIds } from '../../core/ids.ts';
import { localDateTime } from '../../core/local-time.ts';
import { createLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import { systemClock } from '../../core/time.ts';
import { readAccountAccess } from '../../security/access/account-access-store.ts';
import { grantedScopeSchema, type DataScope } from '../../security/access/data-scope.ts';
import { scopeOf } from '../../security/access/policy.ts';
import { policyRoleOf } from '../../security/access/roles.ts';
import { findAccountByLogin, type Account } from '../../warehouse/accounts.ts';
import { writeDatabase, type DatabaseForm } from '../../warehouse/console/write-database.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap } from '../../warehouse/olap.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import type { Config } from '../config.ts';
import { recordsOptions } from '../foundation.ts';
import type { Print } from '../print.ts';
import { olapOptions } from '../roles/warehouse.ts';
import { enterDatabase } from '../exports/enter-database.ts';
import { sealerOf } from '../exports/sealing.ts';
import { rangesOf } from '../sql/region-ranges.ts';

export type ExportAnalystOptions = {
  readonly out: string;
  /** Login of the analyst it is for; the rights are those of this account. */
  readonly for: string;
  readonly purpose: string;
  readonly form: DatabaseForm;
};

/** Writes the database; the trail hears of it before it is given its name. Throws UserError. */
export async function exportAnalyst(
  config: Config,
  { out, for: login, purpose, form }: ExportAnalystOptions,
  print: Print,
): Promise<void> {
  if (existsSync(out)) {
    throw new UserError('conflict', text('文件已存在，不覆盖', 'it is there already'), {
      detail: out,
      hint: text('换一个文件名', 'Give another name.'),
    });
  }
  const options = olapOptions(config);
  if (!options) {
    throw new UserError('bad-configuration', text('未配置数据仓库', 'there is no warehouse'), {
      hint: text('在配置项 warehouse 中启用', 'Configure one under "warehouse".'),
    });
  }
  const logger = createLogger(config.logLevel);
  const clock = systemClock;
  const olap = await openOlap({ logger }, options);
  try {
    await migrateWarehouse({ clock, logger }, olap);
    const records = await openRecords(
      { logger, random: createUnseededRandom() },
      recordsOptions(config),
    );
    try {
      const { account, scope } = await rightsOf(records, login);
      const ranges = rangesOf(scope);
      const reach = ranges.map(({ from, until }) => `${from}-${until}`).join(' ');
      const reason = hideNumbers(purpose);
      const atMs = clock.now();
      const written = await writeDatabase(olap, {
        path: out,
        form,
        ranges,
        mark: {
          takenBy: account.id,
          takenAt: localDateTime(atMs),
          purpose: reason,
          scope: reach,
        },
        // What leaves the house is told of before it is there.
        told: (database) =>
          enterDatabase(
            { records, ids: secureIds, config: config.exports, seal: sealerOf(config) },
            { database, account, form, scope: reach, purpose: reason, atMs },
          ),
      });
      for (const [view, rows] of Object.entries(written.rows)) {
        print(`${String(rows).padStart(9)}  ${view}`);
      }
      for (const [file, hash] of Object.entries(written.files)) print(`${hash}  ${file}`);
      print(`已写出 ${out}，内含水印 (written, with a watermark inside); digest ${written.digest}`);
    } finally {
      await records.close();
    }
  } finally {
    await olap.close();
  }
}

/** Throws UserError for an account that is not there, is disabled or may not. */
async function rightsOf(
  records: Records,
  login: string,
): Promise<{ account: Account; scope: DataScope }> {
  const account = await findAccountByLogin(records.db, login);
  const access = account && (await readAccountAccess(records.db, account.id));
  const granted = access?.scope ? grantedScopeSchema.parse(JSON.parse(access.scope)) : undefined;
  const scope =
    account?.active &&
    scopeOf(
      {
        accountId: account.id,
        officerId: account.officerId,
        region: account.region,
        role: policyRoleOf({ role: account.role, leads: false }),
        granted,
      },
      'sql.export',
    );
  if (account && scope) return { account, scope };
  throw new UserError('forbidden', text('该账户无权导出', 'this account may not take data away'), {
    detail: `"${login}"`,
    hint: text('请填写分析研判账户的登录名', 'Name the login of an analyst.'),
  });
}
