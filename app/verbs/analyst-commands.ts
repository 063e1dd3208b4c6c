// The commands for people who bring data to analyse.

import { Option, type Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { DELIMITERS } from '../../warehouse/import/delimited.ts';
import { ENCODINGS } from '../../warehouse/import/encoding.ts';
import { IMPORT_KINDS } from '../../warehouse/import/mapping.ts';
import { loadConfig } from '../config.ts';
import type { Print } from '../print.ts';
import { StoppedByHand } from '../stopped-by-hand.ts';

/** Adds them to the program. `failed` says that a command found something wrong. */
export function addAnalystCommands(
  program: Command,
  { print, configOption, failed }: { print: Print; configOption: () => Option; failed: () => void },
): void {
  program
    .command('import')
    .description('take a file of incidents or measures into the warehouse; see docs/import.md')
    .argument('[file]', 'CSV or other delimited text, Excel (.xlsx) or Parquet')
    .addOption(new Option('--as <what>', 'what it holds (default: guessed)').choices(IMPORT_KINDS))
    .option('--mapping <file>', 'which column is what (default: guessed)')
    .option('--save-mapping <file>', 'where to write the mapping that was used')
    .addOption(new Option('--encoding <name>', 'instead of the one seen').choices(ENCODINGS))
    .addOption(new Option('--delimiter <one>', 'instead of the one seen').choices(DELIMITERS))
    .option('--dry-run', 'say what would come of it, change nothing', false)
    .option('--undo <import>', 'take an import out again')
    .option('--list', 'the newest imports', false)
    .addOption(configOption())
    .action(async (file: string | undefined, { config, undo, list, ...options }) => {
      const verb = await import('./import.ts');
      const load = () => loadConfig({ file: config });
      if (list) return verb.printImports(load(), print);
      if (undo !== undefined) return verb.undoImportById(load(), undo, print);
      if (file === undefined) {
        throw new UserError('bad-input', text('未指明文件', 'no file is named'), {
          hint: text('plumbline import <文件>', 'plumbline import <file>'),
        });
      }
      const stopping = new AbortController();
      process.once('SIGINT', () => stopping.abort(new StoppedByHand()));
      const { signal } = stopping;
      if (!(await verb.importFile(load, { ...options, file, signal }, print))) failed();
    });
  const exported = program
    .command('export')
    .description('files that are taken away; see docs/exports.md');
  exported
    .command('verify')
    .description('say whether a file is one of ours, unaltered, who took it and when')
    .argument('<file>', 'an exported file, or one that may be')
    .option('--seal <file>', 'by its seal alone, without the ledger; needs --key')
    .option('--key <file>', 'public keys as "export key" printed them')
    .option('--tsa <file>', 'certificate of the time stamp authority or of its issuer, in PEM')
    .option('--en', 'in English', false)
    .addOption(configOption())
    .action(async (file: string, { config, en, seal, key, tsa }) => {
      const asked = { file, language: en ? 'en' : 'zh' } as const;
      if (seal === undefined) {
        const { exportVerify } = await import('./export-verify.ts');
        if (!(await exportVerify(loadConfig({ file: config }), asked, print))) failed();
        return;
      }
      const { sealVerify } = await import('./seal-verify.ts');
      if (!(await sealVerify({ ...asked, seal, key, tsa }, print))) failed();
    });
  exported
    .command('key')
    .description('print the public keys seals of exported files are verified with')
    .addOption(configOption())
    .action(async ({ config }) => {
      const { sealKeysOf } = await import('../exports/sealing.ts');
      print(JSON.stringify(await sealKeysOf(loadConfig({ file: config })), null, 2));
    });
  exported
    .command('analyst')
    .description("the declared views within an analyst's rights; see docs/sql-console.md")
    .requiredOption('--for <login>', 'account of the analyst, whose rights it has')
    .requiredOption('--purpose <text>', 'what it is for; names nobody')
    .requiredOption('--out <path>', 'a file, or for Parquet a folder')
    .addOption(
      new Option('--form <form>', 'one DuckDB file or Parquet files')
        .choices(['duckdb', 'parquet'] as const)
        .default('duckdb' as const),
    )
    .addOption(configOption())
    .action(async ({ config, ...options }) => {
      const { exportAnalyst } = await import('./export-analyst.ts');
      await exportAnalyst(loadConfig({ file: config }), options, print);
    });
}
