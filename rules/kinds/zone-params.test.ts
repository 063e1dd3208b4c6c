import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { zoneParamsSchema } from './zone-params.ts';

const section = readFileSync(new URL('../../docs/rule-kinds.md', import.meta.url), 'utf8')
  .split('\n## ')
  .find((part) => part.startsWith('`zone`'));

const { shape } = zoneParamsSchema;
const names = [...Object.keys(shape), ...Object.keys(shape.schedule.unwrap().shape)];

test.each(names)('docs/rule-kinds.md explains the parameter %s', (name) => {
  expect(section).toMatch(new RegExp(`^\\|.*\`${name}\`.*\\|`, 'm'));
});
