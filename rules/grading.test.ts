import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { expectGolden } from '../checks/golden.ts';
import { SUBJECT_CLASSES, type SubjectClass } from '../core/order.ts';
import { createAreas } from '../datasets/areas.ts';
import { createLocator } from '../datasets/locator.ts';
import { createChinaCalendar } from '../datasets/workdays.ts';
import { describeTable, redline } from './grading.ts';
import { loadRulebook, readGrading } from './rulebook.ts';
import { ruleTestSchema } from './rule-test-form.ts';
import { testRulebook } from './test-rule.ts';

const packFolder = fileURLToPath(new URL('packs/dazhou', import.meta.url));
const table = readGrading(packFolder)!;
const rulebook = loadRulebook(packFolder);
const deps = { areas: createAreas(), locate: createLocator(), calendar: createChinaCalendar() };

/** What happens in a row, the same for every class: far from the city, so that it is outside for all. */
const incident = (kind: string) => ({
  time: '10:00',
  source: 'incident',
  fact: { kind: 'incident', incidentId: 'J', incident: kind, stage: 'verified', authority: '某所' },
});
const custody = (measure: string) => ({
  time: '10:00',
  source: 'custody',
  fact: { kind: 'custody', custodyId: 'C', measure, action: 'begin', authority: '某局' },
});
const passage = (source: string, more: Record<string, unknown>) => ({
  time: '10:00',
  source,
  fact: { kind: 'passage', direction: 'out', place: '某处', to: '500000', ...more },
});
const stay = (day: string, position: readonly [number, number]) => ({
  firstDay: day,
  steps: ['10:00', '10:10', '10:20', '10:30', '10:40', '10:50'].map((time) => ({ time, position })),
});
const CHONGQING = [106.55, 29.56] as const;
const period = rulebook.pack.keyPeriods[0]!;
const periodDay = new Date(period.from + 32 * 3_600_000).toISOString().slice(0, 10);
const venue = rulebook.pack.zones.find(({ kind }) => kind === 'key-venue')!;
const venueAt = 'circle' in venue ? ([venue.circle.lng, venue.circle.lat] as const) : CHONGQING;

/** By row: what happens and the rule whose word counts. */
const SCENES: Readonly<Record<string, { rule: string; firstDay?: string; steps: unknown[] }>> = {
  offence: { rule: 'offence-or-conflict', steps: [incident('offence')] },
  conflict: { rule: 'offence-or-conflict', steps: [incident('conflict')] },
  'administrative-detention': { rule: 'detention', steps: [custody('administrative-detention')] },
  'criminal-detention': { rule: 'detention', steps: [custody('arrest')] },
  'drug-isolation': { rule: 'detention', steps: [custody('compulsory-drug-isolation')] },
  gate: { rule: 'gate-passage', steps: [passage('station', { gate: 'rail-station' })] },
  ticket: {
    rule: 'ticket-outside',
    steps: [
      {
        time: '10:00',
        source: 'rail',
        fact: {
          kind: 'booking',
          bookingId: 'B',
          carrier: 'rail',
          status: 'booked',
          from: '511702',
          to: '510100',
          departAtMs: 1_772_500_000_000,
        },
      },
    ],
  },
  lodging: {
    rule: 'lodging-outside',
    steps: [
      {
        time: '10:00',
        source: 'lodging',
        fact: { kind: 'lodging', lodgingId: 'L', action: 'in', place: '某店', at: '500000' },
      },
    ],
  },
  'own-vehicle': {
    rule: 'gate-passage',
    steps: [passage('motorway', { gate: 'motorway', ownVehicle: true })],
  },
  'key-venue': {
    rule: 'key-venue-visits',
    steps: ['', '+1d ', '+2d '].flatMap((day) => [
      { time: `${day}10:00`, position: venueAt },
      { time: `${day}10:20`, position: venueAt },
      { time: `${day}11:00`, position: CHONGQING },
    ]),
  },
  'key-period': { rule: 'key-period-away', ...stay(periodDay, CHONGQING) },
};

const SOURCES = ['phone', 'incident', 'custody', 'station', 'rail', 'lodging', 'motorway'];

/** What the row's rule says of a person of the class: the levels raised, or why not. */
function saidOf(row: string, subjectClass: SubjectClass): string[] {
  const scene = SCENES[row]!;
  const compiled = rulebook.rules.find(({ rule }) => rule.id === scene.rule)!;
  const only = ruleTestSchema.parse({
    name: row,
    person: { class: subjectClass, county: '511702', sources: SOURCES },
    ...(scene.firstDay ? { firstDay: scene.firstDay } : {}),
    steps: scene.steps,
    expect: [],
  });
  const alone = {
    ...rulebook,
    rules: [{ ...compiled, rule: { ...compiled.rule, tests: [only] } }],
  };
  return testRulebook(alone, deps).flatMap(({ got }) => got.map((line) => line.slice(20)));
}

describe('the grading table of Dazhou', () => {
  test('has 15 kinds of event for 3 classes, 35 cells graded and 10 not', () => {
    const cells = table.rows.flatMap(({ level }) => SUBJECT_CLASSES.map((one) => level[one]));
    expect(table.rows).toHaveLength(15);
    expect(cells.filter((level) => level !== undefined)).toHaveLength(35);
    expect(cells.filter((level) => level === undefined)).toHaveLength(10);
  });

  const cells = table.rows.flatMap((row) =>
    SUBJECT_CLASSES.map((subjectClass) => [row.id, subjectClass, row] as const),
  );
  test.each(cells)('%s, %s', (id, subjectClass, row) => {
    const level = row.level[subjectClass];
    if (row.collected === 'no') {
      expect(row.rules).toEqual([]);
      expect(SCENES[id]).toBeUndefined();
      return;
    }
    expect(row.rules).toContain(SCENES[id]?.rule);
    const said = saidOf(id, subjectClass);
    expect(said[0]).toBe(level === undefined ? 'suppressed ungraded' : `raised ${level}`);
    expect(said.filter((line) => line.startsWith('raised'))).toHaveLength(level ? 1 : 0);
  });

  test('stands in the docs as it is', () => {
    expectGolden(new URL('../docs/grading-table.md', import.meta.url), describeTable(table));
  });
});

describe('a table and its rules that differ', () => {
  const folders: string[] = [];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

  const changed = (from: string, to: string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'plumbline-grading-'));
    folders.push(folder);
    cpSync(packFolder, folder, { recursive: true });
    const path = join(folder, 'grading.yaml');
    const before = readFileSync(path, 'utf8');
    expect(before).toContain(from);
    writeFileSync(path, before.replace(from, to));
    return folder;
  };

  test.each([
    [
      'another level',
      'raOrdinary: 1',
      'raOrdinary: 2',
      /offence-or-conflict.yaml: level: raOrdinary/,
    ],
    ['a rule that is not there', '[detention]', '[arrest]', /there is no rule "arrest"/],
    ['a row twice', 'id: conflict', 'id: offence', /"offence" twice/],
    [
      'collected and nobody watches',
      'rules: [key-venue-visits, key-venue]',
      'rules: []',
      /names the rules that watch/,
    ],
  ])('%s: the pack does not load', (_what, from, to, says) => {
    expect(() => loadRulebook(changed(from, to))).toThrow(says);
  });

  test('a change shows as a redline, cell by cell', () => {
    const after = readGrading(changed('cc: 1, raKey: 1, raOrdinary: 1', 'cc: 1, raKey: 2'))!;
    expect(
      redline(table, after).map(({ row, subjectClass, before, after: now }) => [
        row,
        subjectClass,
        before,
        now,
      ]),
    ).toEqual([
      ['offence', 'raKey', 1, 2],
      ['offence', 'raOrdinary', 1, undefined],
    ]);
    expect(redline(table, table)).toEqual([]);
  });
});
