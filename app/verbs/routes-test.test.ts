import { expect, test } from 'vitest';
import { configSchema } from '../config.ts';
import { testRouting } from './routes-test.ts';

const config = configSchema.parse({});

test('the stories of the demo’s routing pass', () => {
  const printed: string[] = [];
  expect(testRouting(config, 'sim/demo-routing.yaml', (line) => printed.push(line))).toBe(true);
  expect(printed.at(-1)).toBe('\n13 stories passed, 0 failed');
});

test('without a routing anywhere it says what to do', () => {
  expect(() => testRouting(config, undefined, () => {})).toThrow(
    'there is no routing in the configuration',
  );
});
