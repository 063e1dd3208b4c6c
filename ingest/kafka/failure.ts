// Tells by its codes, never by its text, what a failure of Kafka means to the caller of the log.

import { OperatingError, UserError, type Retry } from '../../core/errors.ts';
import { text, type Text } from '../../core/text.ts';

/** Trying again changes nothing: someone has to change a setting, a permission or the program. */
const HOPELESS: ReadonlySet<string> = new Set([
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_CONFIG',
  'INVALID_FETCH_SIZE',
  'INVALID_PARTITIONS',
  'INVALID_RECORD',
  'INVALID_REPLICATION_FACTOR',
  'INVALID_REQUEST',
  'INVALID_REQUIRED_ACKS',
  'INVALID_TIMESTAMP',
  'INVALID_TOPIC_EXCEPTION',
  'ILLEGAL_SASL_STATE',
  'MESSAGE_TOO_LARGE',
  'OFFSET_OUT_OF_RANGE',
  'PLT_KFK_AUTHENTICATION',
  'PLT_KFK_UNSUPPORTED',
  'PLT_KFK_UNSUPPORTED_API',
  'PLT_KFK_UNSUPPORTED_COMPRESSION',
  'PLT_KFK_USER',
  'POLICY_VIOLATION',
  'RECORD_LIST_TOO_LARGE',
  'SASL_AUTHENTICATION_FAILED',
  'SECURITY_DISABLED',
  'TOPIC_ALREADY_EXISTS',
  'TOPIC_AUTHORIZATION_FAILED',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'UNSUPPORTED_SASL_MECHANISM',
  'UNSUPPORTED_VERSION',
]);

/** The broker has forgotten the producer or lost its place: a new producer puts it right. */
const PRODUCER_LOST: ReadonlySet<string> = new Set([
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
]);

/** Part of a change of leader or of a start: over in a moment. */
const PASSING: ReadonlySet<string> = new Set([
  ...PRODUCER_LOST,
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'LEADER_NOT_AVAILABLE',
  'NOT_CONTROLLER',
  'NOT_COORDINATOR',
  'NOT_LEADER_OR_FOLLOWER',
  'OFFSET_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'UNKNOWN_LEADER_EPOCH',
]);

/**
 * What went wrong as the log's own error: `log-unavailable` with advice on trying again. Gives back an
 * OperatingError as it is and throws on whatever is not Kafka's doing, for that is a bug.
 */
export function toOperatingError(error: unknown, act: string): OperatingError {
  if (error instanceof OperatingError) return error;
  const codes = failureCodes(error);
  if (!codes.some((code) => code.startsWith(LIBRARY))) throw error;
  const reasons = codes.filter((code) => !WRAPPERS.has(code));
  return new OperatingError('log-unavailable', `could not ${act}: ${reasons.join(', ')}`, {
    retry: adviceOn(reasons),
    cause: error,
  });
}

/** For what Kafka refuses for good because of how it, or we, are configured. */
export function toUserError(says: Text, error: OperatingError): UserError {
  const isDenied = failureCodes(error).some((code) => code.endsWith('_AUTHORIZATION_FAILED'));
  const hint = text(
    '请授予该账号对这些主题的 Create、AlterConfigs 权限',
    'Grant the account Create and AlterConfigs on these topics.',
  );
  return new UserError('bad-configuration', says, {
    detail: error.message,
    ...(isDenied && { hint }),
  });
}

/** Kafka's and the client library's codes in an error, in what it bundles and in what caused it. */
export function failureCodes(error: unknown): string[] {
  const codes = [...partsOf(error)].flatMap(({ apiId, code }) => [apiId, code]);
  return [...new Set(codes.filter((code) => typeof code === 'string'))];
}

/** True when `error` says so, wrapped or not. */
export const isFailure = (error: unknown, code: string): boolean =>
  failureCodes(error).includes(code);

export const isProducerLost = (error: unknown): boolean =>
  failureCodes(error).some((code) => PRODUCER_LOST.has(code));

/** True when a broker answered, so that another would answer the same. */
export const isAnswer = (error: unknown): boolean => isFailure(error, 'PLT_KFK_PROTOCOL');

const LIBRARY = 'PLT_KFK_';

/** Codes that only say that there is more inside. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'PLT_KFK_MULTIPLE',
  'PLT_KFK_PROTOCOL',
  'PLT_KFK_RESPONSE',
]);

function adviceOn(codes: readonly string[]): Retry {
  if (codes.some((code) => HOPELESS.has(code))) return 'never';
  return codes.some((code) => PASSING.has(code)) ? 'soon' : 'backoff';
}

type Part = Error & { apiId?: unknown; code?: unknown };

function* partsOf(error: unknown): Generator<Part> {
  if (!(error instanceof Error)) return;
  yield error;
  if (error instanceof AggregateError) for (const inner of error.errors) yield* partsOf(inner);
  yield* partsOf(error.cause);
}
