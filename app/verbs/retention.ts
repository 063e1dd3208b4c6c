// plumbline retention plan, run, hold: what is deleted when, deleting it now, and legal holds.

import { formatDuration } from '../../core/duration.ts';
import { UserError } from '../../core/errors.ts';
import { localDateTime } from '../../core/local-time.ts';
import { createLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import { systemClock } from '../../core/time.ts';
import {
  approveHold,
  liftHold,
  listHolds,
  placeHold,
  type Hold,
  type HoldDeps,
} from '../../security/retention/holds.ts';
import { planRetention } from '../../security/retention/plan.ts';
import { runRetention } from '../../security/retention/run-retention.ts';
import { findAccountByLogin } from '../../warehouse/accounts.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap } from '../../warehouse/olap.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import type { Config } from '../config.ts';
import { openLog, recordsOptions } from '../foundation.ts';
import type { Print } from '../print.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import { openRetention, periodsOf } from '../retention/open-retention.ts';
import { olapOptions } from '../roles/warehouse.ts';

const STATES: Readonly<Record<Hold['state'], string>> = {
  provisional: '待确认 to be confirmed',
  confirmed: '生效 confirmed',
  lapsed: '逾期未确认 lapsed',
  over: '到期 over',
  lifted: '已解除 lifted',
};

export const printPlan = (config: Config, print: Print): Promise<void> =>
  withRecords(config, async (records) => {
    const plan = await planRetention({
      records,
      nowAtMs: systemClock.now(),
      periods: periodsOf(config.retention),
      unconfirmedMs: config.retention.unconfirmedHold,
      oldestIn: () => Promise.resolve(undefined),
    });
    for (const { declared, periodMs, nextAtMs } of plan.places) {
      const { store, name, holds, personal } = declared;
      const period = !personal
        ? '不含个人信息 nobody is named'
        : periodMs === null
          ? personal.clock.zh
          : `${formatDuration(periodMs)} · ${personal.clock.zh}`;
      const next = nextAtMs === null ? '' : `  下次 next ${localDateTime(nextAtMs)}`;
      print(`${`${store}.${name}`.padEnd(36)} ${holds.zh}  ${period}${next}`);
    }
    const { due, period, hold } = plan.persons;
    print(
      `期满人员 persons whose order ended: 应删除 due ${due} · 保存期内 within the period ${period} · 预警未办结 open alert ${plan.persons['open-alert']} · 保全 on hold ${hold}`,
    );
    for (const { rule, stage, place } of plan.running)
      print(`正在删除 deleting: ${rule} · ${stage} ${place}`);
  });

/** Deletes what is due, with the product at rest. */
export async function runNow(config: Config, print: Print): Promise<boolean> {
  const logger = createLogger(config.logLevel);
  const clock = systemClock;
  const options = olapOptions(config);
  // First: while the product runs its warehouse is held, and it deletes by itself.
  const olap = options && (await openOlap({ logger }, options));
  try {
    if (olap) await migrateWarehouse({ clock, logger }, olap);
    return await withRecords(config, async (records) => {
      const log = await openLog({ clock, logger }, config);
      const audit = createAuditTrail({ records });
      const parts = { config, clock, logger, records, log, olap, audit, runs: false };
      const retention = openRetention(parts);
      try {
        const { finished, waiting, settled } = await runRetention(retention);
        print(`删除完成 deleted: ${finished}  等待 waiting: ${waiting}`);
        if (!settled) print('! 尚未从磁盘清除，请再次执行 not off the disk yet: run it again');
        return settled;
      } finally {
        retention.close();
        await log.close();
      }
    });
  } finally {
    await olap?.close();
  }
}

export const printHolds = (config: Config, print: Print): Promise<void> =>
  withRecords(config, async (records) => {
    const holds = await listHolds(holdDeps(config, records));
    if (holds.length === 0) print('没有保全 no holds');
    for (const hold of holds) print(lineOf(hold));
  });

export type HoldAct =
  | {
      readonly kind: 'place';
      readonly subject?: string | undefined;
      readonly alertId?: string | undefined;
      readonly reason: string;
      readonly documentNumber: string;
      readonly untilMs: number;
    }
  | { readonly kind: 'approve'; readonly id: string }
  | { readonly kind: 'lift'; readonly id: string; readonly reason: string };

export const actOnHold = (
  config: Config,
  { by, act }: { by: string; act: HoldAct },
  print: Print,
): Promise<void> =>
  withRecords(config, async (records) => {
    const account = await findAccountByLogin(records.db, by);
    if (account?.role !== 'security-administrator') {
      throw new UserError(
        'forbidden',
        text('只有安全管理员可以办理保全', 'only a security administrator places and ends holds'),
      );
    }
    const deps = holdDeps(config, records);
    const hold =
      act.kind === 'place'
        ? await placeHold(deps, act, account.id)
        : act.kind === 'approve'
          ? await approveHold(deps, act.id, account.id)
          : await liftHold(deps, act, account.id);
    print(lineOf(hold));
  });

const holdDeps = (config: Config, records: Records): HoldDeps => ({
  records,
  clock: systemClock,
  unconfirmedMs: config.retention.unconfirmedHold,
  audit: createAuditTrail({ records }),
});

const lineOf = ({ id, subject, documentNumber, untilMs, state, reason }: Hold): string =>
  [id, subject, documentNumber, `至 until ${localDateTime(untilMs)}`, STATES[state], reason].join(
    '  ',
  );

async function withRecords<Result>(
  config: Config,
  run: (records: Records) => Promise<Result>,
): Promise<Result> {
  const deps = { logger: createLogger(config.logLevel), random: createUnseededRandom() };
  const records = await openRecords(deps, recordsOptions(config));
  try {
    return await run(records);
  } finally {
    await records.close();
  }
}
