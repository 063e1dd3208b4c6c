// How fast packages between sites are written and read: rows in clear to sealed pieces, and back to rows that
// were checked one by one, in memory; disks and tables are not in it. Beside the time on the clock stands the
// time of a core, which says what a machine with nothing else to do gives.

import { cpuUsage } from 'node:process';
import { subjectKey } from '../core/subject.ts';
import { contentId, secretBytes } from '../core/ids.ts';
import { regionCode } from '../core/region.ts';
import { elapsedMs, systemClock } from '../core/time.ts';
import { SUITE_NAMES, type SuiteName } from '../security/crypto/suite.ts';
import { createSuites } from '../security/crypto/suites.ts';
import type { Card } from '../security/packages/package-form.ts';
import { readPackage } from '../security/packages/read-package.ts';
import { createRowReader, identityLine } from '../security/packages/rows.ts';
import { writePackage, type PackageRow } from '../security/packages/write-package.ts';
import { checkOf, INVENTED_AREA } from '../security/vault/id-number.ts';
import { median, round, spreadAround, type CaseResult } from './bench.ts';

const PERSONS = 30_000;
/** Megabytes a second, each way. */
const BAR = 30;
const DAY_MS = 86_400_000;

type Taken = { readonly ms: number; readonly cpuMs: number };
type Measured = { readonly write: Taken; readonly read: Taken; readonly isRight: boolean };

export async function benchPackages(
  runs: number,
  say: (line: string) => void,
): Promise<CaseResult[]> {
  const rows = Array.from({ length: PERSONS }, (_, at) => rowsAt(at)).flat();
  const bytes = rows.reduce((sum, { line }) => sum + Buffer.byteLength(line) + 1, 0);
  const cases: CaseResult[] = [];
  for (const suite of SUITE_NAMES) {
    const measured: Measured[] = [];
    for (let run = -1; run < runs; run++) {
      say(`packages ${suite}: ${run < 0 ? 'warm-up' : `run ${run + 1} of ${runs}`}`);
      const result = await measure(suite, rows, bytes);
      if (run >= 0) measured.push(result);
    }
    const caseOf = (name: string, ms: (one: Measured) => number, unit: string): CaseResult => ({
      name: `package ${suite}: ${name}`,
      metric: 'rate',
      unit,
      value: round(bytes / 1_000 / median(measured.map(ms))),
      runs,
      spread: spreadAround(measured.map(ms)),
      answerOk: measured.every(({ isRight }) => isRight),
      ...(unit === 'MB/s' ? { bar: { atLeast: BAR } } : {}),
      vs: {},
    });
    cases.push(
      caseOf('export', ({ write }) => write.ms, 'MB/s'),
      caseOf('import, every row checked', ({ read }) => read.ms, 'MB/s'),
      caseOf('export', ({ write }) => write.cpuMs, 'MB/s of a core'),
      caseOf('import, every row checked', ({ read }) => read.cpuMs, 'MB/s of a core'),
    );
  }
  return cases;
}

async function measure(
  name: SuiteName,
  rows: readonly PackageRow[],
  bytes: number,
): Promise<Measured> {
  const suites = createSuites();
  const signer = suites[name].signer(secretBytes(32));
  const recipient = suites[name].recipient(secretBytes(32));
  const base64 = (key: Uint8Array) => Buffer.from(key).toString('base64');
  const card: Card = {
    version: 1,
    site: '演示市司法局',
    suite: name,
    signing: base64(signer.publicKey),
    receiving: base64(recipient.publicKey),
  };
  const pieces: Uint8Array[] = [];
  const write = await taken(async () => {
    const stream = writePackage(
      { suites, random: secretBytes },
      {
        sender: { site: card.site, suite: name, signer },
        receiver: card,
        sequence: 1,
        madeAtMs: systemClock.now(),
        purpose: 'transfer',
      },
      streamOf(rows),
    );
    for await (const piece of stream) pieces.push(piece);
  });
  const reader = createRowReader(systemClock.now());
  let manifestBytes = 0;
  const read = await taken(async () => {
    const answer = await readPackage(
      { suites, sender: card, recipientOf: () => Promise.resolve(recipient) },
      streamOf(pieces),
      reader.take,
    );
    if (answer.kind === 'read') manifestBytes = answer.manifest.bytes;
  });
  const { orders, identities } = reader.content;
  const isRight =
    manifestBytes === bytes &&
    reader.wrong() === 0 &&
    orders.length === PERSONS &&
    identities.length === PERSONS &&
    identities.every((one, at) => identityLine(one) === rows[2 * at + 1]?.line);
  return { write, read, isRight };
}

async function taken(run: () => Promise<void>): Promise<Taken> {
  globalThis.gc?.();
  const before = cpuUsage();
  const startedMs = elapsedMs();
  await run();
  const ms = elapsedMs() - startedMs;
  const { user, system } = cpuUsage(before);
  return { ms, cpuMs: (user + system) / 1_000 };
}

// eslint-disable-next-line require-await -- a stream of what is there already
async function* streamOf<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

/** The order and the identity of an invented person, as a register gives them. */
function rowsAt(at: number): PackageRow[] {
  const subject = subjectKey(`cc-${String(at).padStart(6, '0')}`);
  const county = regionCode('511722');
  const fromMs = Date.UTC(2026, 10, 1);
  const untilMs = fromMs + 180 * DAY_MS;
  const order = {
    kind: 'order',
    subject,
    atMs: fromMs,
    source: 'case/register',
    sequence: 0,
    action: 'start',
    orderId: contentId('or', [subject]),
    category: 'cc',
    group: 'ordinary',
    withoutSupport: false,
    county,
    area: ['511722'],
    conditions: {},
    bases: [
      {
        id: contentId('ba', [subject]),
        article: '《中华人民共和国社区矫正法》第二十六条',
        documentNumber: `（2026）演示第${at + 1}号`,
        approvedBy: 'county-bureau',
        sources: ['phone'],
        fromMs,
        untilMs,
      },
    ],
    fromMs,
    untilMs,
  };
  const digits = `${INVENTED_AREA}1722199001${String((at % 28) + 1).padStart(2, '0')}${String(at % 1_000).padStart(3, '0')}`;
  const identity = {
    name: `演示人员${at}`,
    'id-number': digits + checkOf(digits),
    phone: `120${String(at).padStart(8, '0')}`,
    address: `达州市宣汉县演示镇演示路${at}号`,
  };
  return [
    { kind: 'order', line: JSON.stringify(order) },
    { kind: 'identity', line: identityLine({ subject, county, synthetic: true, identity }) },
  ];
}
