import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseYaml } from '../../core/yaml-file.ts';
import { assessNeeds, checklistSchema, type Answer, type Checklist } from './assess-needs.ts';

const mistakes: string[] = [];
const source = readFileSync(new URL('checklist.yaml', import.meta.url), 'utf8');
const checklist = parseYaml('checklist.yaml', source, checklistSchema, mistakes)
  ?.value as Checklist;
if (mistakes.length) throw new Error(mistakes.join('\n'));
const ids = checklist.areas.flatMap(({ items }) => items.map(({ id }) => id));

test('each answer adds its points, and the plan says why', () => {
  const found = assessNeeds(checklist, { 'no-home': 'yes', 'no-work': 'yes', illness: 'no' });
  expect(found).toMatchObject({ points: 13, version: '1', band: { zh: '重点帮扶' } });
  expect(found.because.map(({ id, points }) => `${id} ${points}`)).toEqual([
    'no-home 8',
    'no-work 5',
  ]);
  expect(found.plan[0]?.zh).toBe('协调临时住所或过渡性安置基地');
  expect(found.open).toHaveLength(ids.length - 3);
});

test('nothing answered is nothing needed, and every item is open', () => {
  const found = assessNeeds(checklist, {});
  expect(found).toMatchObject({ points: 0, plan: [], because: [], open: ids });
  expect(found.band.zh).toBe('日常联系');
});

test('points are what the answers sum to, whatever their order', () => {
  const answers = fc.dictionary(
    fc.constantFrom(...ids),
    fc.constantFrom<Answer>('yes', 'no', 'unknown'),
  );
  fc.assert(
    fc.property(answers, (given) => {
      const found = assessNeeds(checklist, given);
      expect(found.because.reduce((sum, { points }) => sum + points, 0)).toBe(found.points);
      expect(found.points).toBeLessThanOrEqual(found.pointsMax);
      const turned = Object.fromEntries(Object.entries(given).toReversed());
      expect(assessNeeds(checklist, turned)).toEqual(found);
    }),
  );
});

test('an answer to something that is not asked is a mistake', () => {
  expect(() => assessNeeds(checklist, { smiles: 'yes' })).toThrow(/no item "smiles"/);
});

test('a list that names an item twice is refused', () => {
  const twice = structuredClone(checklist) as { areas: { items: { id: string }[] }[] };
  twice.areas[0]!.items[1]!.id = 'no-home';
  expect(checklistSchema.safeParse(twice).error?.issues[0]?.message).toMatch(/same id/);
});
