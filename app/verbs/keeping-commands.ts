// The commands about what is kept and for how long: retention, backup, restore.

import { Option, type Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import { DAY_MS } from '../../core/local-time.ts';
import { text } from '../../core/text.ts';
import { loadConfig } from '../config.ts';
import type { Print } from '../print.ts';

/** Adds them to the program. `failed` says that a command found something wrong. */
export function addKeepingCommands(
  program: Command,
  { print, configOption, failed }: { print: Print; configOption: () => Option; failed: () => void },
): void {
  program
    .command('warehouse')
    .description('look after the warehouse; see docs/metrics.md')
    .command('doctor')
    .description(
      'parts, disk, lag, roll-ups, retention, and what to do; an embedded one while the product is stopped',
    )
    .addOption(configOption())
    .action(async ({ config }) => {
      const { examineWarehouse } = await import('./warehouse-doctor.ts');
      if (!(await examineWarehouse(loadConfig({ file: config }), print))) failed();
    });
  const retention = program
    .command('retention')
    .description('how long data stays, deleting what is due, legal holds; see docs/retention.md');
  retention
    .command('plan')
    .description('every place that holds data, its period, and what goes next')
    .addOption(configOption())
    .action(async ({ config }) => {
      const { printPlan } = await import('./retention.ts');
      await printPlan(loadConfig({ file: config }), print);
    });
  retention
    .command('run')
    .description(
      'delete now what is due; the product must be stopped, running it does so by itself',
    )
    .addOption(configOption())
    .action(async ({ config }) => {
      const { runNow } = await import('./retention.ts');
      if (!(await runNow(loadConfig({ file: config }), print))) failed();
    });
  const by = () => new Option('--by <login>', 'account of an administrator').makeOptionMandatory();
  const hold = retention.command('hold').description('legal holds: data that must not be deleted');
  hold
    .command('list')
    .addOption(configOption())
    .action(async ({ config }) => {
      const { printHolds } = await import('./retention.ts');
      await printHolds(loadConfig({ file: config }), print);
    });
  hold
    .command('place')
    .description('works at once; a second person must confirm it')
    .addOption(by())
    .option('--subject <key>', 'the person')
    .option('--alert <id>', 'or the case of an alert')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--document <number>', 'number of the document that asks for it')
    .requiredOption('--until <day>', 'last day, as 2027-03-31')
    .addOption(configOption())
    .action(async ({ config, by: login, subject, alert, reason, document, until }) => {
      const { actOnHold } = await import('./retention.ts');
      const act = {
        kind: 'place' as const,
        subject,
        alertId: alert,
        reason,
        documentNumber: document,
        untilMs: endOfDay(until),
      };
      await actOnHold(loadConfig({ file: config }), { by: login, act }, print);
    });
  hold
    .command('approve')
    .argument('<hold>', 'id of a hold')
    .addOption(by())
    .addOption(configOption())
    .action(async (id: string, { config, by: login }) => {
      const { actOnHold } = await import('./retention.ts');
      await actOnHold(
        loadConfig({ file: config }),
        { by: login, act: { kind: 'approve', id } },
        print,
      );
    });
  hold
    .command('lift')
    .description('end a hold before its time; somebody else than who placed it')
    .argument('<hold>', 'id of a hold')
    .addOption(by())
    .requiredOption('--reason <text>', 'why')
    .addOption(configOption())
    .action(async (id: string, { config, by: login, reason }) => {
      const { actOnHold } = await import('./retention.ts');
      const act = { kind: 'lift' as const, id, reason };
      await actOnHold(loadConfig({ file: config }), { by: login, act }, print);
    });
  program
    .command('backup')
    .description('make a backup now, or have the running product make it; see docs/backup.md')
    .option('--full', 'a full one, though an incremental one would do', false)
    .option('--list', 'only list what there is', false)
    .addOption(configOption())
    .action(async ({ config, full, list }) => {
      const { backupNow, printBackups } = await import('./backup.ts');
      const loaded = loadConfig({ file: config });
      if (list) printBackups(loaded, print);
      else await backupNow(loaded, { full }, print);
    });
  program
    .command('restore')
    .description('bring a backup back into an empty data folder')
    .argument('[backup]', 'id of a backup (default: the newest)')
    .option('--verify', 'run the rules again over the last stretch and compare', false)
    .addOption(configOption())
    .action(async (id: string | undefined, { config, verify }) => {
      const { restore } = await import('./backup.ts');
      if (!(await restore(loadConfig({ file: config }), { id, verify }, print))) failed();
    });
}

function endOfDay(day: string): number {
  const startMs = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00+08:00`) : NaN;
  const atMs = startMs + DAY_MS;
  if (Number.isFinite(atMs)) return atMs;
  throw new UserError('bad-input', text('日期格式应为 2027-03-31', 'a day reads 2027-03-31'), {
    detail: `"${day}"`,
  });
}
