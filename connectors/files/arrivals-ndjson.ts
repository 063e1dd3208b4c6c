// ② Observations of any kind from JSON lines, in pages of positions as columns and facts as objects.
// Wrong lines are counted and passed over.

import type { Arrival, FactArrival, ObservationKind } from '../../core/observation.ts';
import type { PositionBatch } from '../../core/position-batch.ts';
import { LineTemplate } from './line-template.ts';
import { PositionSheet } from './position-sheet.ts';
import { readArrivalLine } from './read-arrival.ts';
import { decodeLine, LINE_FEED, readLines } from './read-lines.ts';
import { quotable, type ReadFault, type ReadReport } from './read-report.ts';

/** What lines took in together, in bounds: positions and facts each in line order. */
export type ArrivalPage = {
  readonly positions: PositionBatch | undefined;
  readonly facts: readonly FactArrival[];
  /** Every line up to this one is in this page or an earlier one, or was wrong. */
  readonly lastLine: number;
};

export type ArrivalsOptions = {
  readonly report: ReadReport;
  /** Kinds that are taken; all when left out. */
  readonly kinds?: ReadonlySet<ObservationKind>;
  /** Sources that are taken, as `phone/app`; all when left out. */
  readonly sources?: ReadonlySet<string>;
  /** Put in where a line names no source. */
  readonly defaultSource?: string;
  /** Positions of a page. */
  readonly rowsMax?: number;
};

/** Facts of a page, and the length of their lines. */
export const FACTS_MAX = 1_000;
export const FACT_BYTES_MAX = 1024 * 1024;

export async function* readArrivals(
  bytes: AsyncIterable<Uint8Array>,
  options: ArrivalsOptions,
): AsyncGenerator<ArrivalPage> {
  const reader = new ArrivalReader(options);
  for await (const piece of readLines(bytes)) {
    if (piece.kind === 'too-long') {
      reader.passOver();
      continue;
    }
    const view = new DataView(piece.bytes.buffer, piece.bytes.byteOffset, piece.bytes.length);
    for (let at = 0; at < piece.bytes.length;) {
      at = reader.read(piece.bytes, view, at);
      if (reader.isFull) yield reader.take();
    }
  }
  if (!reader.isEmpty) yield reader.take();
}

/** Templates kept at a time: one for each source, kind of fix and choice of fields a writer mixes. */
const TEMPLATES_MAX = 16;

class ArrivalReader {
  readonly #options: ArrivalsOptions;
  readonly #report: ReadReport;
  readonly #sheet: PositionSheet;
  /** The one that fitted last in front. */
  readonly #templates: LineTemplate[] = [];
  readonly #codes = { subject: 0, source: 0, fix: 0 };
  #facts: FactArrival[] = [];
  #factBytes = 0;
  #line = 0;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
    this.#report = options.report;
    this.#sheet = new PositionSheet(options.rowsMax);
  }

  get isFull(): boolean {
    return (
      this.#sheet.room === 0 || this.#facts.length >= FACTS_MAX || this.#factBytes >= FACT_BYTES_MAX
    );
  }

  get isEmpty(): boolean {
    return this.#sheet.length === 0 && this.#facts.length === 0;
  }

  take(): ArrivalPage {
    const facts = this.#facts;
    this.#facts = [];
    this.#factBytes = 0;
    const positions = this.#sheet.length > 0 ? this.#sheet.take() : undefined;
    return { positions, facts, lastLine: this.#line };
  }

  /** Counts a line that was too long to look at. */
  passOver(): void {
    this.#line++;
    this.#report.lines++;
    this.#report.add(this.#line, { reason: 'line-too-long' });
  }

  /** Reads whole lines from `from` on until a page is full or the bytes end; gives where it stopped. */
  read(bytes: Uint8Array, view: DataView, from: number): number {
    let at = from;
    while (at < bytes.length && this.#sheet.room > 0) {
      this.#line++;
      const next = this.#readFast(bytes, view, at);
      if (next >= 0) {
        at = next;
        continue;
      }
      at = this.#readSlowly(bytes, at);
      if (this.isFull) break;
    }
    return at;
  }

  #readFast(bytes: Uint8Array, view: DataView, at: number): number {
    const templates = this.#templates;
    for (let i = 0; i < templates.length; i++) {
      const template = templates[i] as LineTemplate;
      const next = template.match(bytes, view, at);
      if (next < 0) continue;
      const codes = this.#codes;
      codes.subject = this.#sheet.subjectCodeOfBytes(
        bytes,
        template.subjectStart,
        template.subjectEnd,
      );
      codes.source = template.sourceCode;
      codes.fix = template.fix;
      this.#sheet.addScanned(codes, template.numbers);
      this.#report.lines++;
      this.#report.taken++;
      if (i > 0) templates.unshift(...templates.splice(i, 1));
      return next;
    }
    return -1;
  }

  #readSlowly(bytes: Uint8Array, at: number): number {
    const report = this.#report;
    const end = bytes.indexOf(LINE_FEED, at);
    const line = decodeLine(bytes, at, end);
    const reading =
      line === undefined
        ? ({ kind: 'fault', fault: { reason: 'not-utf-8' } } as const)
        : readArrivalLine(line, this.#options.defaultSource);
    if (reading.kind === 'blank') return end + 1;
    report.lines++;
    const fault =
      reading.kind === 'fault'
        ? reading.fault
        : (refusalOf(reading.arrival, this.#options) ?? this.#keep(reading.arrival, line ?? ''));
    if (fault) report.add(this.#line, fault);
    else report.taken++;
    return end + 1;
  }

  #keep(arrival: Arrival, line: string): ReadFault | undefined {
    if (arrival.kind !== 'position') {
      this.#facts.push(arrival);
      this.#factBytes += line.length;
      return undefined;
    }
    if (!this.#sheet.add(arrival)) return { reason: 'too-many-sources', field: 'position.source' };
    const template = LineTemplate.of(line, arrival, this.#sheet.sourceCode(arrival.source));
    if (template) this.#templates.unshift(template);
    if (this.#templates.length > TEMPLATES_MAX) this.#templates.pop();
    return undefined;
  }
}

/** Why an observation that is sound is not taken here, if so. */
function refusalOf(arrival: Arrival, { kinds, sources }: ArrivalsOptions): ReadFault | undefined {
  if (kinds && !kinds.has(arrival.kind)) {
    return { reason: 'kind-not-allowed', field: 'kind', value: arrival.kind };
  }
  if (sources && !sources.has(arrival.source)) {
    const value = quotable(arrival.source);
    const shown = value === undefined ? {} : { value };
    return { reason: 'source-not-allowed', field: `${arrival.kind}.source`, ...shown };
  }
  return undefined;
}
