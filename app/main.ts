#!/usr/bin/env node
// The command line: npm run plumbline -- <verb>. Each verb is a file in verbs/; this one only reads what
// was typed.

import { Command, InvalidArgumentError, Option } from 'commander';
import { OperatingError, UserError } from '../core/errors.ts';
import { DEFAULT_PACK, loadConfig, ROLES, type Role } from './config.ts';
import { DEMO_DEFAULTS } from './demo-options.ts';
import { leave } from './leave.ts';
import { describeError, printOut } from './print.ts';
import { StoppedByHand } from './stopped-by-hand.ts';
import { addAnalystCommands } from './verbs/analyst-commands.ts';
import { addKeepingCommands } from './verbs/keeping-commands.ts';
import { addProgramCommands } from './verbs/program-commands.ts';

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
    const { runDemo, runProduct } = await import('./verbs/up.ts');
    await (demo
      ? runDemo({ ...city, configFile }, printOut)
      : runProduct({ configFile, roles }, printOut));
    leave(0);
  });

program
  .command('replay')
  .description('evaluate files of positions, orders and facts; write the alerts as JSON lines')
  .argument('[positions]', 'positions as CSV, JSON lines or Arrow')
  .option('--orders <file>', 'orders and leaves as JSON lines')
  .option('--facts <file>', 'every other kind of fact as JSON lines')
  .option('--rules <folder>', 'rule pack', DEFAULT_PACK)
  .requiredOption('--out <file>', 'where the alerts go')
  .option('--source <kind/feed>', 'source of positions that name none', 'phone/replay')
  .option(
    '--partitions <count>',
    'through an embedded log of so many partitions, not straight through memory',
    parseNumber({ min: 1, max: 64 }),
  )
  .option('--brokers <host:port,…>', 'through a Kafka log', (list: string) => list.split(','))
  .action(async (positions: string | undefined, options) => {
    const { replay } = await import('./verbs/replay.ts');
    const stopping = new AbortController();
    process.once('SIGINT', () => stopping.abort(new StoppedByHand()));
    await replay({ ...options, positions, signal: stopping.signal }, printOut);
  });

program
  .command('city')
  .description('write a stretch of the synthetic city as files for replay')
  .requiredOption('--out <folder>', 'where the files go')
  .option('--hours <count>', 'how long', parseNumber({ min: 0.1, max: 24 * 366 }), 2)
  .option('--persons <count>', 'how many persons', parseNumber({ min: 300, max: 100_000 }), 2_000)
  .option('--seed <text>', 'another city', DEMO_DEFAULTS.seed)
  .action(async (options) => {
    const { writeCity } = await import('./verbs/city.ts');
    await writeCity(options, printOut);
  });

program
  .command('explain')
  .description('say in words why an alert came or did not come, or what a terminal sent')
  .argument('[alert]', 'id of an alert')
  .addOption(configOption())
  .option('--frame <hex>', 'a JT/T 808 frame instead of an alert')
  .option('--why-not', 'why a rule raised nothing about a person, in files or the log', false)
  .option('--subject <key>', 'why not: whom it is about')
  .option('--rule <id>', 'why not: which rule')
  .option('--at <time>', 'why not: local date and time, as "2026-11-22 08:30"')
  .option('--window <duration>', 'why not: how much time around it, as 24h (default: by the kind)')
  .option('--rules <folder>', 'why not: this pack instead of the rules as they were in force')
  .option('--positions <file>', 'why not: history from files instead of the log of the product')
  .option('--orders <file>', 'why not: orders and leaves as JSON lines')
  .option('--facts <file>', 'why not: every other kind of fact as JSON lines')
  .option('--source <kind/feed>', 'why not: source of positions that name none', 'phone/replay')
  .option('--en', 'in English', false)
  .action(async (id: string | undefined, { config, frame, en, whyNot, ...asked }) => {
    const language = en ? 'en' : 'zh';
    if (whyNot) {
      const { explainAbsence } = await import('./verbs/why-not.ts');
      const stopping = new AbortController();
      process.once('SIGINT', () => stopping.abort(new StoppedByHand()));
      const options = { ...asked, language, signal: stopping.signal } as const;
      await explainAbsence(loadConfig({ file: config }), options, printOut);
      return;
    }
    if (frame === undefined && id === undefined)
      throw new InvalidArgumentError(
        'an alert id, or --frame with a frame in hex, or --why-not with --subject, --rule and --at',
      );
    const { explainAlert, explainTerminalFrame } = await import('./verbs/explain.ts');
    if (frame !== undefined) printOut(explainTerminalFrame(frame));
    else await explainAlert(loadConfig({ file: config }), id as string, language, printOut);
  });

program
  .command('verify-alert')
  .description('derive an alert again from nothing but its own evidence')
  .argument('<alert>', 'id of an alert, or a file of alerts as replay writes it')
  .addOption(configOption())
  .option('--rules <folder>', 'rule pack for alerts of a file')
  .action(async (what: string, { config, rules: pack }) => {
    const { verify } = await import('./verbs/verify-alert.ts');
    if (!(await verify(loadConfig({ file: config }), { what, pack }, printOut)))
      process.exitCode = 1;
  });

const rules = program.command('rules').description('work with rule packs');

rules
  .command('test')
  .description('run the tests inside the rule files')
  .argument('[folder]', 'rule pack', DEFAULT_PACK)
  .action(async (folder: string) => {
    const { testRules } = await import('./verbs/rules-test.ts');
    if (!testRules(folder, printOut)) process.exitCode = 1;
  });

rules
  .command('backtest')
  .description('what a changed rule would have said on history, against the one in force')
  .argument('<rule>', 'id of a rule in the pack, or the file of one')
  .requiredOption('--from <time>', 'local date and time, as "2026-11-01 00:00"')
  .requiredOption('--to <time>', 'local date and time; not included')
  .option('--rules <folder>', 'rule pack with the candidate', DEFAULT_PACK)
  .option(
    '--against <folder>',
    'rule pack to compare with, or what the product has "active"',
    'active',
  )
  .option(
    '--source <which>',
    'history from the "log" or the "warehouse" of the product (default: the log where it reaches)',
  )
  .option('--positions <file>', 'history from files instead')
  .option('--orders <file>', 'orders and leaves as JSON lines')
  .option('--facts <file>', 'every other kind of fact as JSON lines')
  .option('--positions-source <kind/feed>', 'source of positions that name none', 'phone/replay')
  .option('--minutes <list>', 'what an alert of each level takes an officer', '1=45,2=20,3=5')
  .requiredOption('--out <file>', 'where the report goes')
  .option('--resume', 'go on where a killed run was', false)
  .addOption(configOption())
  .action(async (rule: string, { config, ...options }) => {
    const { backtest } = await import('./verbs/rules-backtest.ts');
    const stopping = new AbortController();
    process.once('SIGINT', () => stopping.abort(new StoppedByHand()));
    const { signal } = stopping;
    await backtest(loadConfig({ file: config }), { ...options, rule, signal }, printOut);
  });

rules
  .command('propose')
  .description('propose that a rule comes into force, or with "status: retired" that it ends')
  .argument('<file>', 'file of the rule')
  .requiredOption('--by <login>', 'account of an analyst or administrator')
  .option('--reason <text>', 'why', '')
  .addOption(configOption())
  .action(async (file: string, { config, ...options }) => {
    const { proposeRule } = await import('./verbs/rules-lifecycle.ts');
    await proposeRule(loadConfig({ file: config }), { ...options, file }, printOut);
  });

rules
  .command('approve')
  .description('approve what somebody else proposed, with a backtest of that very change')
  .argument('<rule>', 'id of the rule')
  .requiredOption('--version <number@hash>', 'the version that was proposed')
  .requiredOption('--by <login>', 'account of another administrator')
  .requiredOption('--report <file>', 'report of rules backtest')
  .option('--reason <text>', 'why', '')
  .addOption(configOption())
  .action(async (rule: string, { config, ...options }) => {
    const { approveRule } = await import('./verbs/rules-lifecycle.ts');
    await approveRule(loadConfig({ file: config }), { ...options, rule }, printOut);
  });

rules
  .command('table')
  .description('print the grading table of a pack, or what differs from another pack')
  .argument('[folder]', 'rule pack', DEFAULT_PACK)
  .option('--against <folder>', 'the pack before the change')
  .action(async (folder: string, { against }: { against?: string }) => {
    const { printTable } = await import('./verbs/rules-table.ts');
    printTable({ folder, against }, printOut);
  });

const roster = program.command('roster').description('work with the duty roster');

roster
  .command('check')
  .description('prove that each bureau has somebody to reach at every minute, or name the gaps')
  .argument('[file]', 'file of the roster (default: the one of the configuration)')
  .option('--days <count>', 'how far ahead', parseNumber({ min: 1, max: 400 }), 60)
  .addOption(configOption())
  .action(async (file: string | undefined, { config, days }) => {
    const { checkRoster } = await import('./verbs/roster.ts');
    if (!(await checkRoster(loadConfig({ file: config }), { file, days }, printOut)))
      process.exitCode = 1;
  });

roster
  .command('show')
  .description('who is on duty, turn by turn')
  .argument('[file]', 'file of the roster (default: the one of the configuration)')
  .option('--days <count>', 'how far ahead', parseNumber({ min: 1, max: 400 }), 7)
  .addOption(configOption())
  .action(async (file: string | undefined, { config, days }) => {
    const { showRoster } = await import('./verbs/roster.ts');
    await showRoster(loadConfig({ file: config }), { file, days }, printOut);
  });

const routes = program.command('routes').description('work with the routing of alerts');

routes
  .command('explain')
  .description('who would be told of such an alert, by which channel, and which node decided')
  .argument('[file]', 'file of the routing (default: the one of the configuration)')
  .requiredOption('--rule <id>', 'rule')
  .requiredOption('--level <number>', '1, 2 or 3')
  .requiredOption('--county <code>', 'county that answers, as 511722')
  .option('--at <time>', 'local date and time, as "2026-11-22 08:30" (default: now)')
  .option('--class <name>', 'class of person', 'cc')
  .option('--subject <key>', 'the person, for silences that name persons')
  .option('--late', 'the facts came too late for anyone to act at once', false)
  .option('--en', 'in English', false)
  .addOption(configOption())
  .action(async (file: string | undefined, { config, en, ...options }) => {
    const { explainRoute } = await import('./verbs/routes-explain.ts');
    const { systemClock } = await import('../core/time.ts');
    const asked = { ...options, file, language: en ? 'en' : 'zh' } as const;
    await explainRoute({ clock: systemClock }, loadConfig({ file: config }), asked, printOut);
  });

routes
  .command('test')
  .description(
    'run the stories inside the routing file: these alerts, these people, these channels',
  )
  .argument('[file]', 'file of the routing (default: the one of the configuration)')
  .addOption(configOption())
  .action(async (file: string | undefined, { config }) => {
    const { testRouting } = await import('./verbs/routes-test.ts');
    if (!testRouting(loadConfig({ file: config }), file, printOut)) process.exitCode = 1;
  });

const account = program.command('account').description('the first accounts, and the way back in');

account
  .command('create')
  .description('make an administrator of a role nobody has yet; prints a one-time password')
  .argument('<login>', 'login')
  .requiredOption(
    '--role <role>',
    'system-administrator, security-administrator or audit-administrator',
  )
  .requiredOption('--name <name>', 'name in Chinese')
  .requiredOption('--name-en <name>', 'name in English')
  .option('--region <code>', 'unit, as 511700', '511700')
  .addOption(configOption())
  .action(async (login: string, { config, ...options }) => {
    const { createFirstAccount } = await import('./verbs/account.ts');
    await createFirstAccount(loadConfig({ file: config }), { login, ...options }, printOut);
  });

account
  .command('reset')
  .description('a new one-time password for an account; its second factor is taken off')
  .argument('<login>', 'login')
  .addOption(configOption())
  .action(async (login: string, { config }) => {
    const { resetAccount } = await import('./verbs/account.ts');
    await resetAccount(loadConfig({ file: config }), login, printOut);
  });

const drill = program
  .command('drill')
  .description('drills: marked alerts about nobody, end to end');
const drillBy = () =>
  new Option('--by <login>', 'account of a city or county officer').makeOptionMandatory();

drill
  .command('start')
  .description('start a drill; the running product takes it up within a second')
  .addOption(drillBy())
  .requiredOption('--level <level>', '1, 2 or 3', parseNumber({ min: 1, max: 3 }))
  .requiredOption('--rule <id>', 'rule whose title and duty the drill has')
  .requiredOption('--county <code>', 'county it is about, as 511722')
  .requiredOption('--purpose <text>', 'what for')
  .addOption(configOption())
  .action(async ({ config, ...options }) => {
    const { startDrill } = await import('./verbs/drill.ts');
    await startDrill(loadConfig({ file: config }), options, printOut);
  });

drill
  .command('list')
  .description('the newest drills')
  .addOption(drillBy())
  .addOption(configOption())
  .action(async ({ config, by }) => {
    const { printDrills } = await import('./verbs/drill.ts');
    await printDrills(loadConfig({ file: config }), by, printOut);
  });

drill
  .command('show')
  .description('who was reached when by which channel, and what was missed')
  .argument('<drill>', 'id of a drill')
  .addOption(drillBy())
  .addOption(configOption())
  .action(async (id: string, { config, by }) => {
    const { printDrill } = await import('./verbs/drill.ts');
    await printDrill(loadConfig({ file: config }), { id, by }, printOut);
  });

drill
  .command('end')
  .description('end a drill; whoever was told hears of it by push')
  .argument('<drill>', 'id of a drill')
  .addOption(drillBy())
  .addOption(configOption())
  .action(async (id: string, { config, by }) => {
    const { endDrill } = await import('./verbs/drill.ts');
    await endDrill(loadConfig({ file: config }), { id, by }, printOut);
  });

const audit = program.command('audit').description('work with the audit trail');

audit
  .command('verify')
  .description('say whether anything in the trail was edited, deleted, cut off, moved or rewritten')
  .argument('[file]', 'an export, read without anything else (default: the records of the product)')
  .option('--key <file>', 'public key as "audit key" printed it')
  .option('--witness <folder>', 'checkpoints a witness keeps in a folder')
  .option('--code <text>', 'what a scanner reads off the code on a printed report')
  .option('--data <folder>', 'data folder instead of the one of the configuration')
  .option('--en', 'in English', false)
  .addOption(configOption())
  .action(async (file: string | undefined, { config, data, en, ...options }) => {
    const { auditVerify } = await import('./verbs/audit.ts');
    const base = loadConfig({ file: config });
    const given = data === undefined ? base : { ...base, dataFolder: data };
    const asked = { ...options, file, language: en ? 'en' : 'zh' } as const;
    if (!(await auditVerify(given, asked, printOut))) process.exitCode = 1;
  });

audit
  .command('export')
  .description('write a stretch of the trail into a file that verifies by itself')
  .option('--from <time>', 'local date and time, as "2026-11-01 00:00" (default: the beginning)')
  .option('--to <time>', 'local date and time; not included (default: now)')
  .requiredOption('--out <file>', 'where it goes')
  .requiredOption('--by <login>', 'account of whoever takes it; told in the trail')
  .requiredOption('--purpose <text>', 'what for; told in the trail')
  .addOption(configOption())
  .action(async ({ config, ...options }) => {
    const { auditExport } = await import('./verbs/audit.ts');
    await auditExport(loadConfig({ file: config }), options, printOut);
  });

audit
  .command('key')
  .description(
    'print the public key of checkpoints, to be kept where this installation cannot reach',
  )
  .addOption(configOption())
  .action(async ({ config }) => {
    const { auditKey } = await import('./verbs/audit.ts');
    auditKey(loadConfig({ file: config }), printOut);
  });

const packages = program
  .command('package')
  .description('registers and orders from site to site, in one sealed and signed file');

packages
  .command('card')
  .description('print the card of this site: its public keys, for those it exchanges packages with')
  .addOption(configOption())
  .action(async ({ config }) => {
    const { printCard } = await import('./verbs/package.ts');
    await printCard(loadConfig({ file: config }), printOut);
  });

packages
  .command('export')
  .description('write a package that only its receiver opens')
  .argument('<file>', 'where it goes; must not be there yet')
  .requiredOption('--to <card>', 'file with the card of the receiver')
  .requiredOption('--region <code>', 'whose persons: a county as 511722, a city as 511700')
  .requiredOption('--purpose <text>', 'what for; stands in the package and in the audit')
  .option('--what <list>', 'orders,identities', 'orders,identities')
  .addOption(configOption())
  .action(async (file: string, { config, ...options }) => {
    const { writePackageFile } = await import('./verbs/package.ts');
    await writePackageFile(loadConfig({ file: config }), { ...options, file }, printOut);
  });

packages
  .command('inspect')
  .description('say from whom, for whom and which number a package is; opens nothing')
  .argument('<file>', 'a package')
  .action(async (file: string) => {
    const { printPackage } = await import('./verbs/package.ts');
    await printPackage(file, printOut);
  });

packages
  .command('import')
  .description('look a package through and say what is wrong by line; with --apply take it in')
  .argument('<file>', 'a package')
  .requiredOption('--from <card>', 'file with the card of the sender')
  .option('--apply', 'take it in, all or nothing', false)
  .addOption(configOption())
  .action(async (file: string, { config, from, apply }) => {
    const { importPackageFile } = await import('./verbs/package.ts');
    const sound = await importPackageFile(
      loadConfig({ file: config }),
      { file, from, apply },
      printOut,
    );
    if (!sound) process.exitCode = 1;
  });

packages
  .command('undo')
  .description('take back what a package brought')
  .argument('<package>', 'id of the package, as import printed it')
  .addOption(configOption())
  .action(async (id: string, { config }) => {
    const { undoPackageById } = await import('./verbs/package.ts');
    await undoPackageById(loadConfig({ file: config }), id, printOut);
  });

program
  .command('push')
  .description('work with pushes to the devices of officers')
  .command('keys')
  .description('make the keys pushes are signed with, or say which there are')
  .addOption(configOption())
  .action(async ({ config }) => {
    const { pushKeys } = await import('./verbs/push-keys.ts');
    pushKeys(loadConfig({ file: config }), printOut);
  });

program
  .command('texts')
  .description('work with the texts of notices')
  .command('check')
  .description('print every text with the longest names there are, and what is wrong with it')
  .argument('[file]', 'file of the texts (default: the one of the configuration)')
  .addOption(configOption())
  .action(async (file: string | undefined, { config }) => {
    const { checkTexts } = await import('./verbs/texts-check.ts');
    if (!checkTexts(loadConfig({ file: config }), file, printOut)) process.exitCode = 1;
  });

program
  .command('report')
  .description('a weekly or monthly report, printed or, with --out, kept and written as files')
  .requiredOption('--by <login>', 'account whose region and rights count')
  .option('--period <name>', '2026-W47 or 2026-10 (default: the last whole week)')
  .option('--from <day>', 'first day, as 2026-11-16, instead of a period')
  .option('--to <day>', 'last day, which is part of it')
  .option('--region <code>', 'county or city (default: the one of the account)')
  .option('--purpose <text>', 'what for; stands in the watermark of every page', '')
  .option('--out <folder>', 'where the files go')
  .option('--format <list>', 'which files', 'xlsx,docx,pdf')
  .option('--en', 'in English', false)
  .addOption(configOption())
  .action(async ({ config, en, ...options }) => {
    const { report } = await import('./verbs/report.ts');
    const language = en ? 'en' : 'zh';
    await report(loadConfig({ file: config }), { ...options, language }, printOut);
  });

const index = program.command('index').description('compute composite indices over history');

const indexOptions = (command: Command) =>
  command
    .requiredOption('--definition <file>', 'definition of the index')
    .option(
      '--input <file>',
      'incidents as CSV or Parquet: region, at, kind (default: the warehouse)',
    )
    .option('--measures <file>', 'figures as CSV or Parquet: region, period, column, value')
    .addOption(configOption());

indexOptions(
  index.command('recompute').description('compute the months whose data or method changed'),
)
  .option('--reference <file>', 'frozen ends and weights, as index freeze writes them')
  .option('--from <month>', 'first month, as 2025-01 (default: the first of the data)')
  .option('--to <month>', 'last month (default: the last of the data)')
  .option('--out <folder>', 'where results lie, a file per month', 'index-out')
  .option('--plan', 'say what would be computed, and compute nothing', false)
  .action(async ({ config: file, ...options }) => {
    const { recomputeIndex } = await import('./verbs/index-recompute.ts');
    const stopping = new AbortController();
    process.once('SIGINT', () => stopping.abort(new StoppedByHand()));
    const config = () => loadConfig({ file });
    await recomputeIndex({ ...options, config, signal: stopping.signal }, printOut);
  });

indexOptions(
  index.command('freeze').description('freeze ends and data weights from a reference year'),
)
  .requiredOption('--from <month>', 'first month, as 2025-01')
  .requiredOption('--to <month>', 'last month')
  .option('--out <file>', 'where the reference goes', 'reference.json')
  .action(async ({ config: file, ...options }) => {
    const { freezeIndex } = await import('./verbs/index-recompute.ts');
    await freezeIndex({ ...options, config: () => loadConfig({ file }) }, printOut);
  });

index
  .command('method')
  .description('print the method of an index as a document')
  .requiredOption('--definition <file>', 'definition of the index')
  .option('--reference <file>', 'frozen ends and weights')
  .option('--en', 'in English', false)
  .action(async ({ definition, reference, en }) => {
    const { printMethod } = await import('./verbs/index-recompute.ts');
    printMethod({ definition, reference, language: en ? 'en' : 'zh' }, printOut);
  });

const sourceOptions = (command: Command) =>
  command
    .option('--definition <file>', 'definition of the index (default: one the product serves)')
    .option('--input <file>', 'incidents as CSV or Parquet (default: the warehouse)')
    .option('--measures <file>', 'figures as CSV or Parquet')
    .option('--reference <file>', 'frozen ends and weights')
    .addOption(configOption());

sourceOptions(
  index
    .command('receipt')
    .description('everything a figure was made of, enough to compute it again')
    .argument('<figure-id>', 'index/month/region/node, as social-order/2026-10/511722/index'),
)
  .option('--out <file>', 'where the receipt goes (default: printed)')
  .action(async (figure: string, { config, ...options }) => {
    const { writeReceipt } = await import('./verbs/index-receipt.ts');
    await writeReceipt(loadConfig({ file: config }), { figure, ...options }, printOut);
  });

index
  .command('verify-receipt')
  .description('compute the figure of a receipt again, to 1e-9')
  .argument('<file>', 'a receipt')
  .action(async (file: string) => {
    const { checkReceipt } = await import('./verbs/index-receipt.ts');
    if (!checkReceipt(file, printOut)) process.exitCode = 1;
  });

index
  .command('reach')
  .description('communication indices of official accounts, WCI or BCI, from a file of counts')
  .argument('<file>', 'CSV, Excel or Parquet with a row per account; see docs/reach-and-needs.md')
  .addOption(
    new Option('--kind <kind>', 'WeChat or Weibo')
      .choices(['wci', 'bci'] as const)
      .default('wci' as const),
  )
  .option('--parameters <version>', 'a version that is known, or a .yaml file')
  .option('--out <folder>', 'where the receipts go')
  .action(async (file: string, options) => {
    const { printReach } = await import('./verbs/index-reach.ts');
    if (!(await printReach({ file, ...options }, printOut))) process.exitCode = 1;
  });

index
  .command('needs')
  .description('add up a checklist of needs; advice to staff only')
  .requiredOption('--answers <file>', 'YAML: an item of the list and yes, no or unknown')
  .option('--checklist <file>', 'another list than the one of the product')
  .option('--out <file>', 'where the receipt goes')
  .action(async (options) => {
    const { printNeeds } = await import('./verbs/index-reach.ts');
    printNeeds(options, printOut);
  });

sourceOptions(
  index
    .command('uncertainty')
    .description('how sure ranks are, and which assumption moves them')
    .argument('[index]', 'id of the index', 'social-order'),
)
  .option('--period <month>', 'as 2026-10 (default: the last)')
  .option('--samples <n>', 'draws', Number, 1_000)
  .option('--seed <text>', 'the same seed gives the same draws', 'plumbline')
  .action(async (id: string, { config, ...options }) => {
    const { printUncertainty } = await import('./verbs/index-receipt.ts');
    await printUncertainty(loadConfig({ file: config }), { index: id, ...options }, printOut);
  });

program
  .command('check-file')
  .description('read a file of positions or facts and say what in it could not be taken')
  .argument('<file>', 'CSV, NDJSON or Arrow; see docs/input-formats.md')
  .action(async (file: string) => {
    const { checkFile } = await import('./verbs/check-file.ts');
    if (!(await checkFile(file, printOut))) process.exitCode = 1;
  });

program
  .command('doctor')
  .description('look at ports, disk, engines and settings, and say what to do')
  .addOption(configOption())
  .action(async ({ config }) => {
    const { examine } = await import('./verbs/doctor.ts');
    if (!(await examine(loadConfig({ file: config }), printOut))) process.exitCode = 1;
  });

program
  .command('phone-words')
  .description('list the words calls may say, for recording; with --speak let espeak-ng say them')
  .option('--speak <folder>', 'write each as a WAV file')
  .option('--en', 'in English', false)
  .addOption(configOption())
  .action(async ({ config, speak, en }) => {
    const { listPhoneWords } = await import('./verbs/phone-words.ts');
    const options = { language: en ? ('en' as const) : ('zh' as const), folder: speak };
    await listPhoneWords(loadConfig({ file: config }), options, printOut);
  });

addAnalystCommands(program, {
  print: printOut,
  configOption,
  failed: () => {
    process.exitCode = 1;
  },
});

addKeepingCommands(program, {
  print: printOut,
  configOption,
  failed: () => (process.exitCode = 1),
});

addProgramCommands(program, {
  print: printOut,
  configOption,
  failed: () => (process.exitCode = 1),
});

// Whoever reads what is printed may stop reading: `| head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  if (error instanceof StoppedByHand) leave(130);
  leave(error instanceof UserError || error instanceof OperatingError ? 1 : 70);
}

function parseRoles(list: string): Role[] {
  const roles = list.split(',').map((role) => role.trim());
  const isRole = (role: string): role is Role => (ROLES as readonly string[]).includes(role);
  if (roles.every(isRole)) return roles;
  throw new InvalidArgumentError(`known roles: ${ROLES.join(', ')}`);
}

function parseNumber({ min, max }: { min: number; max: number }) {
  return (value: string): number => {
    const number = Number(value);
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`a number from ${min} to ${max}`);
  };
}
