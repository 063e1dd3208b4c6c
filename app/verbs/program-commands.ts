// The commands about the files of the program: who signed them, and whether they are as they were signed.

import { Option, type Command } from 'commander';
import { loadConfig } from '../config.ts';
import type { Print } from '../print.ts';

const rootOption = () =>
  new Option('--root <folder>', 'another installation than the one the command is of');

export function addProgramCommands(
  parent: Command,
  { print, configOption, failed }: { print: Print; configOption: () => Option; failed: () => void },
): void {
  const program = parent
    .command('program')
    .description('sign the files of the program, and verify them; see docs/cryptography.md');
  program
    .command('key')
    .description('print the public key seals are verified with')
    .addOption(configOption())
    .action(async ({ config }) => {
      const { printSealKey } = await import('./program.ts');
      await printSealKey(loadConfig({ file: config }), print);
    });
  program
    .command('seal')
    .description('write the signed hashes of every file of the program')
    .requiredOption('--out <file>', 'where the seal goes')
    .addOption(rootOption())
    .addOption(configOption())
    .action(async ({ config, ...options }) => {
      const { writeSeal } = await import('./program.ts');
      await writeSeal(loadConfig({ file: config }), options, print);
    });
  program
    .command('verify')
    .description('hold the files of the program against a seal')
    .argument('<seal>', 'file of the seal')
    .requiredOption('--key <file>', 'public key as "program key" printed it')
    .addOption(rootOption())
    .action(async (seal: string, options) => {
      const { verifySeal } = await import('./program.ts');
      if (!verifySeal({ seal, ...options }, print)) failed();
    });
}
