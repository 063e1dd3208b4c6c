// The rows of a package: orders as they came, identities in clear inside the sealed file. Read one by one;
// what is wrong with one is said by its line, never by its content.

import { z } from 'zod';
import { orderArrivalSchema, type FactArrival } from '../../core/observation.ts';
import { createPlainCheck } from '../../core/plain-check.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { subjectKeySchema } from '../../core/subject.ts';
import { text, type Text } from '../../core/text.ts';
import { IDENTITY_FIELDS } from '../../warehouse/records-vault.ts';
import { UserError } from '../../core/errors.ts';
import { readChange } from '../vault/identity.ts';
import type { VaultEntry } from '../vault/vault.ts';

export type OrderArrival = Extract<FactArrival, { kind: 'order' }>;

export type PackageContent = {
  readonly orders: OrderArrival[];
  readonly identities: VaultEntry[];
};

export type RowError = { readonly line: number; readonly says: Text };

/** Wrong rows that are told one by one. */
export const ROW_ERRORS_MAX = 100;

const identityRowSchema = z.strictObject({
  kind: z.literal('identity'),
  subject: subjectKeySchema,
  county: regionCodeSchema,
  synthetic: z.boolean(),
  identity: z.partialRecord(z.enum(IDENTITY_FIELDS), z.string()),
});

export const identityLine = (entry: VaultEntry): string =>
  JSON.stringify({ kind: 'identity', ...entry });

export const orderLine = (order: OrderArrival): string => JSON.stringify(order);

/** As the schema parses; a row that may pass as it stands is not copied, which is most of the work. */
function quickly<Row>(schema: z.ZodType<Row>): (row: unknown) => z.ZodSafeParseResult<Row> {
  const isPlain = createPlainCheck(schema);
  return (row) => (isPlain(row) ? { success: true, data: row as Row } : schema.safeParse(row));
}

const readOrder = quickly(orderArrivalSchema);
const readIdentity = quickly(identityRowSchema);

/** Collects rows line by line. */
export function createRowReader(todayMs: number) {
  const content: PackageContent = { orders: [], identities: [] };
  const errors: RowError[] = [];
  const places = new Map<string, number>();
  let line = 0;
  let wrong = 0;
  const fail = (says: Text) => {
    wrong++;
    if (errors.length < ROW_ERRORS_MAX) errors.push({ line, says });
  };
  return {
    content,
    errors,
    wrong: () => wrong,
    take(given: string): void {
      line++;
      const row = parse(given);
      if (kindOf(row) === 'order') {
        const order = readOrder(row);
        if (order.success) content.orders.push(order.data);
        else fail(pathsOf(text('监管令不符合格式', 'the order is not valid'), order.error));
        return;
      }
      if (kindOf(row) !== 'identity') {
        fail(text('既不是监管令，也不是人员身份', 'it is neither an order nor an identity'));
        return;
      }
      const identity = readIdentity(row);
      if (!identity.success) {
        fail(pathsOf(text('人员身份不符合格式', 'the identity is not valid'), identity.error));
        return;
      }
      const { kind: _identity, ...entry } = identity.data;
      const before = places.get(entry.subject);
      if (before !== undefined) {
        fail(text(`与第 ${before} 行是同一人`, `it is the person of line ${before} again`));
        return;
      }
      places.set(entry.subject, line);
      try {
        readChange(entry.identity, todayMs);
        content.identities.push(entry);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        fail(error.says);
      }
    },
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const kindOf = (row: unknown): unknown =>
  row !== null && typeof row === 'object' && 'kind' in row ? row.kind : undefined;

/** Which fields are wrong; what is in them is nobody's business. */
function pathsOf(says: Text, error: z.ZodError | undefined): Text {
  const paths = [...new Set((error?.issues ?? []).map(({ path }) => path.join('.')))].filter(
    (path) => path !== '',
  );
  const where = paths.slice(0, 5).join(', ');
  return where === '' ? says : text(`${says.zh}：${where}`, `${says.en}: ${where}`);
}
