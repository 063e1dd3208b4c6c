// ② What a partner posts: JSON lines of any kind or Arrow batches of positions, taken in while they
// arrive. Framework-free; the answer is given once what was valid is in the log. Repeating a request is
// always safe: ingest recognises by content what it has already.

import { OperatingError, UserError } from '../../core/errors.ts';
import type { Arrival } from '../../core/observation.ts';
import { text, type Language } from '../../core/text.ts';
import { readArrivals } from '../files/arrivals-ndjson.ts';
import { readPositionsArrow } from '../files/positions-arrow.ts';
import { createReadReport, describeReadError, type ReadReport } from '../files/read-report.ts';
import type { ConnectorDeps, Delivery, Receipt } from '../publish.ts';
import { readBody, type BodyLimits } from './body.ts';

/** Who pushes, as the caller has established by their token. */
export type Partner = {
  readonly id: string;
  /** Feeds they may push, as `rail/12306`. */
  readonly sources: readonly string[];
  readonly kinds: readonly Arrival['kind'][];
  /** May learn what was admitted; others must not find out who is under supervision. */
  readonly trusted: boolean;
};

export type PushRequest = {
  readonly partner: Partner;
  readonly contentType: string | undefined;
  readonly contentEncoding?: string | undefined;
  /** The source of lines and rows that name none; needed for Arrow without a source column. */
  readonly source?: string | undefined;
  readonly language?: Language;
  readonly body: AsyncIterable<Uint8Array>;
};

export type PushStatus = 200 | 400 | 403 | 413 | 415 | 429 | 503;

export type PushAnswer = {
  readonly status: PushStatus;
  /** For the header Retry-After. */
  readonly retryAfterS?: number;
  readonly body: PushResult | { readonly problem: PushProblem };
};

/** What became of a body; a line is a line of NDJSON or a row of Arrow, from 1. */
export type PushResult = {
  /** Lines looked at. */
  readonly received: number;
  /** Lines that were sound and are in the hands of ingest. */
  readonly valid: number;
  /** The first 100 errors, and how many there are. */
  readonly errors: readonly { line: number; reason: string; message: string }[];
  readonly errorsTotal: number;
  /** When the body was not taken to its end: why, and up to which line it was. Sending it again is safe. */
  readonly problem?: PushProblem;
  readonly takenToLine?: number;
} & Partial<Receipt>;

export type PushProblem = {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
};

export type PushDeps = Pick<ConnectorDeps, 'publish' | 'refuse' | 'logger'>;

const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];
const ARROW_TYPE = 'application/vnd.apache.arrow.stream';

/** How long a partner waits before it tries again while the log is away. */
const RETRY_AFTER_S = 5;

/** Takes one body in. Never throws for what a partner or the log does. */
export async function handlePush(
  deps: PushDeps,
  request: PushRequest,
  limits?: BodyLimits,
): Promise<PushAnswer> {
  const { partner, language = 'zh' } = request;
  const refusal = refusalOf(request);
  if (refusal) return answerProblem(refusal, language);
  const report = createReadReport();
  const taken = createTaken();
  let trouble: unknown;
  try {
    const bytes = readBody(request.body, request.contentEncoding, limits);
    for await (const page of pagesOf(bytes, request, report)) {
      const rows = sizeOf(page.delivery);
      taken.add(rows, await deps.publish(page.delivery));
      taken.toLine = page.lastLine;
    }
  } catch (error) {
    if (!(error instanceof UserError) && !(error instanceof OperatingError)) throw error;
    trouble = error;
  }
  for (const [reason, count] of report.byReason) deps.refuse(`push/${partner.id}`, reason, count);
  if (trouble instanceof OperatingError) {
    deps.logger.warn('push.publish-failed', { partner: partner.id, code: trouble.code });
  }
  const result: PushResult = {
    received: report.lines,
    valid: taken.count,
    errors: report.examples.map((error) => ({
      line: error.line,
      reason: error.reason,
      message: describeReadError(error, language),
    })),
    errorsTotal: report.errors,
    ...(partner.trusted ? taken.receipt : {}),
  };
  return trouble
    ? answerTrouble(trouble, result, taken.toLine, language)
    : { status: 200, body: result };
}

type Page = { readonly delivery: Delivery; readonly lastLine: number };

const sizeOf = ({ positions, facts }: Delivery): number =>
  (positions?.length ?? 0) + (facts?.length ?? 0);

const typeOf = (contentType: string | undefined): string =>
  contentType?.split(';')[0]?.trim().toLowerCase() ?? '';

/** Why a request is not even looked into. */
function refusalOf({ partner, contentType, source }: PushRequest): Refusal | undefined {
  const type = typeOf(contentType);
  const isArrow = type === ARROW_TYPE;
  if (!isArrow && !NDJSON_TYPES.includes(type)) return { status: 415, error: wrongType(type) };
  const says =
    source !== undefined && !partner.sources.includes(source)
      ? text('不得推送此来源', 'this source is not yours to push')
      : isArrow && !partner.kinds.includes('position')
        ? text('不得推送定位数据', 'positions are not yours to push')
        : undefined;
  return says && { status: 403, error: new UserError('forbidden', says) };
}

const wrongType = (type: string) =>
  new UserError('bad-input', text('不支持此内容类型', 'this content type is not supported'), {
    // What is no type of a file may be anything, and is not said again.
    ...(/^[a-z]+\/[a-z.+-]{1,60}$/.test(type) ? { detail: type } : {}),
    hint: text(
      `请使用 ${NDJSON_TYPES[0]} 或 ${ARROW_TYPE}。`,
      `Send ${NDJSON_TYPES[0]} or ${ARROW_TYPE}.`,
    ),
  });

/** The body in portions to publish one after the other, each bounded. */
async function* pagesOf(
  bytes: AsyncIterable<Uint8Array>,
  { partner, contentType, source }: PushRequest,
  report: ReadReport,
): AsyncGenerator<Page> {
  const sources = new Set(partner.sources);
  // Whoever may push one source only need not name it.
  const defaultSource = source ?? (partner.sources.length === 1 ? partner.sources[0] : undefined);
  if (typeOf(contentType) === ARROW_TYPE) {
    const pages = readPositionsArrow(bytes, { report, sources, source: defaultSource });
    for await (const { positions, lastRow } of pages)
      yield { delivery: { positions }, lastLine: lastRow };
    return;
  }
  const kinds = new Set(partner.kinds);
  const named = defaultSource === undefined ? {} : { defaultSource };
  for await (const page of readArrivals(bytes, { report, kinds, sources, ...named })) {
    const { positions, facts, lastLine } = page;
    const delivery = {
      ...(positions ? { positions } : {}),
      ...(facts.length > 0 ? { facts } : {}),
    };
    yield { delivery, lastLine };
  }
}

/** What ingest said to the portions so far. */
function createTaken() {
  const receipt = { admitted: 0, duplicates: 0, refused: {}, dead: {} };
  const addTo = (sums: Record<string, number>, more: Readonly<Record<string, number>>) => {
    for (const [reason, count] of Object.entries(more)) sums[reason] = (sums[reason] ?? 0) + count;
  };
  return {
    count: 0,
    toLine: 0,
    receipt: receipt as Receipt,
    add(rows: number, more: Receipt) {
      this.count += rows;
      receipt.admitted += more.admitted;
      receipt.duplicates += more.duplicates;
      addTo(receipt.refused, more.refused);
      addTo(receipt.dead, more.dead);
    },
  };
}

type Refusal = { readonly status: PushStatus; readonly error: UserError };

const problemOf = (error: UserError, language: Language): PushProblem => ({
  code: error.code,
  message: error.says[language],
  ...(error.detail === undefined ? {} : { detail: error.detail }),
  ...(error.hint === undefined ? {} : { hint: error.hint[language] }),
});

const answerProblem = ({ status, error }: Refusal, language: Language): PushAnswer => ({
  status,
  body: { problem: problemOf(error, language) },
});

const logAway = text(
  '暂时无法保存，请稍后整体重发',
  'it cannot be stored at the moment; send all of it again later',
);

/** The answer when a body was not taken to its end. */
function answerTrouble(
  trouble: unknown,
  result: PushResult,
  takenToLine: number,
  language: Language,
): PushAnswer {
  if (trouble instanceof UserError) {
    const problem = problemOf(trouble, language);
    const status = trouble.code === 'too-large' ? 413 : 400;
    return { status, body: { ...result, problem, takenToLine } };
  }
  const problem = { code: 'unavailable', message: logAway[language] };
  return { status: 503, retryAfterS: RETRY_AFTER_S, body: { ...result, problem, takenToLine } };
}
