// An answer about metrics as an Arrow stream, for programs that go on counting. What the answer says of itself
// stands in the schema's metadata, and a comparison in columns beside the figures.

import * as arrow from 'apache-arrow';
import type { MetricAnswerBody } from '../api/metrics.ts';

export const ARROW_STREAM = 'application/vnd.apache.arrow.stream';

/** Under this key the metadata hold the answer as JSON, without its rows. */
export const ANSWER_KEY = 'plumbline.answer';

type Cells = readonly (string | number | null)[];
type ColumnType = MetricAnswerBody['columns'][number]['type'];

/** Names of the columns are the ids; those of a comparison are `<metric>.before` and so on. */
export function answerAsArrow(answer: MetricAnswerBody): Uint8Array {
  const { rows, comparison, ...about } = answer;
  const vectors: Record<string, arrow.Vector> = {};
  for (const [index, { id, type }] of answer.columns.entries()) {
    vectors[id] = vectorOf(
      type,
      rows.map((row) => row[index] ?? null),
    );
  }
  if (comparison) Object.assign(vectors, comparisonVectors(answer));
  const { schema, batches } = new arrow.Table(vectors);
  const { rows: _changes, ...compared } = comparison ?? {};
  const told = JSON.stringify({ ...about, ...(comparison && { comparison: compared }) });
  const named = new arrow.Schema(schema.fields, new Map([[ANSWER_KEY, told]]));
  return arrow.tableToIPC(new arrow.Table(named, batches), 'stream');
}

function comparisonVectors({
  columns,
  comparison,
}: MetricAnswerBody): Readonly<Record<string, arrow.Vector>> {
  const changes = comparison?.rows ?? [];
  const metrics = columns.filter(({ type }) => type === 'value');
  return Object.fromEntries(
    metrics.flatMap(({ id }, index) => [
      ...(['before', 'difference', 'change', 'z'] as const).map((name) => [
        `${id}.${name}`,
        vectorOf(
          'value',
          changes.map((row) => row[index]?.[name] ?? null),
        ),
      ]),
      [
        `${id}.notes`,
        vectorOf(
          'text',
          changes.map((row) => row[index]?.notes.join(' ') ?? ''),
        ),
      ],
    ]),
  ) as Record<string, arrow.Vector>;
}

function vectorOf(type: ColumnType, cells: Cells): arrow.Vector {
  switch (type) {
    case 'time':
      return arrow.vectorFromArray(cells, new arrow.TimestampMillisecond('Asia/Shanghai'));
    case 'value':
      return arrow.vectorFromArray(cells, new arrow.Float64());
    case 'number':
      return arrow.vectorFromArray(cells, new arrow.Int32());
    case 'text':
    case 'region':
      return arrow.vectorFromArray(
        cells,
        new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()),
      );
  }
}
