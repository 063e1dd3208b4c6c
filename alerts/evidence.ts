// The evidence of an alert as it lies in the records: written from the finding, read for the console.

import { z } from 'zod';
import { checkedLeaveSchema, type RaisedFinding } from '../core/finding.ts';
import { observationSchema } from '../core/observation.ts';
import { jsonColumn } from '../warehouse/json-column.ts';
import type { AlertTable } from '../warehouse/records-schema.ts';

const observations = jsonColumn(z.array(observationSchema).readonly());
const values = jsonColumn(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])));
const leaves = jsonColumn(z.array(checkedLeaveSchema));

type EvidenceColumns = Pick<AlertTable, 'evidence' | 'measured' | 'checkedLeaves'>;

export const encodeEvidence = (finding: RaisedFinding): EvidenceColumns => ({
  evidence: observations.encode(finding.evidence),
  measured: values.encode(finding.values),
  checkedLeaves: leaves.encode(finding.checkedLeaves),
});

/** The columns checked and read. Throws ZodError when a row is older than this program understands. */
export const decodeEvidence = (columns: EvidenceColumns) => ({
  evidence: [...observations.decode(columns.evidence)],
  values: values.decode(columns.measured),
  checkedLeaves: leaves.decode(columns.checkedLeaves),
});
