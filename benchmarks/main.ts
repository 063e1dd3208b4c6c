// npm run bench -- <name> [--json] [--runs n] [--docs]: runs one benchmark and prints a table, or one JSON
// object; with --docs it also writes its page in docs/, if it has one.

import { parseArgs } from 'node:util';
import { benchAlerts } from './alerts.ts';
import { meetsBar, type BenchReport, type CaseResult } from './bench.ts';
import { benchFalseExits } from './false-exits.ts';
import { benchIndex } from './composite-index.ts';
import { benchIngest } from './ingest.ts';
import { benchLaboratory } from './laboratory.ts';
import { benchQueries } from './queries.ts';
import { benchRules } from './rules.ts';
import { benchSecurity } from './security.ts';
import { benchStartup } from './startup.ts';

const BENCHES: Readonly<
  Record<
    string,
    (
      runs: number,
      say: (line: string) => void,
      options: { docs: boolean; large: boolean },
    ) => Promise<BenchReport>
  >
> = {
  alerts: benchAlerts,
  'false-exits': benchFalseExits,
  index: benchIndex,
  ingest: benchIngest,
  laboratory: benchLaboratory,
  queries: benchQueries,
  rules: benchRules,
  security: benchSecurity,
  startup: benchStartup,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
  },
});
const [name = ''] = positionals;
const bench = BENCHES[name];
const runs = Number(values.runs);

if (!bench || !(runs >= 1)) {
  process.stderr.write(
    `usage: npm run bench -- <${Object.keys(BENCHES).join('|')}> [--json] [--runs 5] [--docs] [--large]\n`,
  );
  process.exitCode = 2;
} else {
  const say = (line: string) => process.stderr.write(`${name}: ${line}\n`);
  const report = await bench(runs, say, { docs: values.docs, large: values.large });
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : tableOf(report));
  if (report.cases.some(({ answerOk }) => !answerOk)) process.exitCode = 1;
}

function tableOf({ bench: title, machine, cases }: BenchReport): string {
  const lines = cases.map((one) => {
    const { name: label, value, unit, spread, answerOk, vs } = one;
    const against = Object.entries(vs).map(([peer, ratio]) => `${ratio}× ${peer}`);
    const amount = value >= 1_000 ? Math.round(value).toLocaleString('en') : String(value);
    return [
      label.padEnd(44),
      `${amount} ${unit}`.padStart(28),
      `±${Math.round(spread * 100)} %`.padStart(7),
      answerOk ? 'ok   ' : 'WRONG',
      barOf(one),
      against.join(', '),
    ]
      .join('  ')
      .trimEnd();
  });
  return `${title} on ${machine}\n${lines.join('\n')}\n`;
}

function barOf(one: CaseResult): string {
  const { bar } = one;
  if (bar === undefined) return '';
  const words = 'atLeast' in bar ? `≥ ${bar.atLeast}` : `≤ ${bar.atMost}`;
  return `bar ${words} ${meetsBar(one) ? 'met' : 'MISSED'}`;
}
