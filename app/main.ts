#!/usr/bin/env node
// The command line: npm run plumbline -- <verb>. Each verb is a file in verbs/; this one only reads what
// was typed.

import { Command, InvalidArgumentError, Option } from 'commander';
import { OperatingError, UserError } from '../core/errors.ts';
import { loadConfig, type Role } from './config.ts';
import { DEMO_DEFAULTS } from './demo.ts';
import { leave } from './leave.ts';
import { describeError, printOut } from './print.ts';
import { checkFile } from './verbs/check-file.ts';
import { examine } from './verbs/doctor.ts';
import { testRules } from './verbs/rules-test.ts';
import { readRoles, runDemo, runProduct } from './verbs/up.ts';

const program = new Command('plumbline')
  .description('准绳 Plumbline: graded supervision alerts')
  .showHelpAfterError('(--help shows what there is)')
  .configureOutput({ outputError: (message, write) => write(message) });

const configOption = () =>
  new Option('-c, --config <file>', 'configuration file (default: plumbline.yaml if there)');

program
  .command('up')
  .description('run the product until it is stopped')
  .addOption(configOption())
  .option('--roles <list>', 'parts to run here: ingest,rules,alerts,writer,http', parseRoles)
  .option('--demo', 'with a synthetic city, demo accounts and a gateway that plays phone and SMS')
  .option(
    '--speed <factor>',
    'demo: how many times as fast as real time',
    parseNumber({ min: 1, max: 600 }),
    DEMO_DEFAULTS.speed,
  )
  .option(
    '--persons <count>',
    'demo: how many persons',
    parseNumber({ min: 100, max: 100_000 }),
    DEMO_DEFAULTS.persons,
  )
  .option('--seed <text>', 'demo: another city', DEMO_DEFAULTS.seed)
  .option('--fresh', 'demo: forget what an earlier run left', false)
  .action(async ({ config: configFile, demo, roles, ...city }) => {
    await (demo
      ? runDemo({ ...city, configFile }, printOut)
      : runProduct({ configFile, roles }, printOut));
    leave(0);
  });

const rules = program.command('rules').description('work with rule packs');

rules
  .command('test')
  .description('run the tests inside the rule files')
  .argument('[folder]', 'rule pack', 'rules/packs/dazhou')
  .action((folder: string) => {
    if (!testRules(folder, printOut)) process.exitCode = 1;
  });

program
  .command('check-file')
  .description('read a file of positions or facts and say what in it could not be taken')
  .argument('<file>', 'CSV, NDJSON or Arrow; see docs/input-formats.md')
  .action(async (file: string) => {
    if (!(await checkFile(file, printOut))) process.exitCode = 1;
  });

program
  .command('doctor')
  .description('look at ports, disk, engines and settings, and say what to do')
  .addOption(configOption())
  .action(async ({ config }) => {
    if (!(await examine(loadConfig({ file: config }), printOut))) process.exitCode = 1;
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  leave(error instanceof UserError || error instanceof OperatingError ? 1 : 70);
}

function parseRoles(list: string): Role[] {
  const roles = readRoles(list);
  if (!roles) throw new InvalidArgumentError('known roles: ingest, rules, alerts, writer, http');
  return roles;
}

function parseNumber({ min, max }: { min: number; max: number }) {
  return (value: string): number => {
    const number = Number(value);
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`a number from ${min} to ${max}`);
  };
}
