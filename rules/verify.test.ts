// An alert that says anything else than its evidence gives is not proven, and the difference is named.

import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { RaisedFinding } from '../core/finding.ts';
import { createEngine } from './engine.ts';
import { loadRulebook } from './rulebook.ts';
import { createStream, recordsOf, squareAreas } from './stream.fixture.ts';
import { verifyAlert } from './verify.ts';

const rulebook = loadRulebook(fileURLToPath(new URL('packs/dazhou', import.meta.url)));
const deps = { rulebook, areas: squareAreas };
let alert: RaisedFinding;

beforeAll(() => {
  const engine = createEngine(deps);
  const raised = recordsOf(createStream(7, { persons: 4, minutes: 400 }))
    .flatMap((record) => engine.step(record))
    .filter((finding): finding is RaisedFinding => finding.kind === 'raised');
  alert = raised.find(
    ({ values }) => Object.values(values).filter((value) => typeof value === 'number').length > 0,
  ) as RaisedFinding;
});

test('as it was raised it is proven', () => {
  expect(verifyAlert(alert, deps)).toMatchObject({
    proven: true,
    finding: { alertId: alert.alertId, values: alert.values },
  });
});

test('a value that was altered is named, with what the evidence gives', () => {
  const [name, value] = Object.entries(alert.values).find(([, one]) => typeof one === 'number') as [
    string,
    number,
  ];
  const altered = { ...alert, values: { ...alert.values, [name]: value + 1 } };
  expect(verifyAlert(altered as RaisedFinding, deps)).toEqual({
    proven: false,
    because: 'values-differ',
    detail: `${name}: the evidence gives ${value}, the alert says ${value + 1}`,
  });
});

test('a value that was added is named', () => {
  const altered = { ...alert, values: { ...alert.values, extra: 'x' } } as unknown as RaisedFinding;
  expect(verifyAlert(altered, deps)).toMatchObject({
    because: 'values-differ',
    detail: 'extra: the evidence gives null, the alert says "x"',
  });
});

test('another level, another rule, another version are told apart', () => {
  const other = { ...alert, level: alert.level === 1 ? 2 : 1 } as RaisedFinding;
  expect(verifyAlert(other, deps)).toMatchObject({ because: 'level-differs' });
  expect(verifyAlert({ ...alert, ruleId: 'nowhere' }, deps)).toMatchObject({
    because: 'rule-unknown',
  });
  expect(verifyAlert({ ...alert, ruleVersion: '1@other' }, deps)).toMatchObject({
    because: 'version-differs',
  });
  expect(verifyAlert({ ...alert, evidence: [] }, deps)).toMatchObject({ because: 'not-raised' });
});
