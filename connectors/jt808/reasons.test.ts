import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CONDITIONS, parseDeviceModels } from './device-model.ts';
import { MESSAGES } from './message.ts';
import { FRAME_DEFECTS, REASONS } from './reasons.ts';
import { parse } from 'yaml';

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');

test('the README explains every reason, and none that does not exist', () => {
  const explained = [...readme.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, reason]) => reason);
  expect(explained.toSorted()).toEqual(Object.keys(REASONS).toSorted());
});

test('frame defects stand in the order in which they are reported', () => {
  const order = Object.keys(FRAME_DEFECTS);
  expect(order.indexOf('bad-checksum')).toBeLessThan(order.indexOf('length-mismatch'));
  expect(order[0]).toBe('frame-too-short');
});

test('the README names every message of the terminal', () => {
  for (const { messageId } of Object.values(MESSAGES)) {
    expect(readme).toContain(`0x${messageId.toString(16).padStart(4, '0')}`);
  }
});

test('the model in the README is valid, and every condition is named', () => {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
  const [model] = parseDeviceModels(parse(yaml));
  expect(model).toMatchObject({ id: 'acme-band-3', forcedVersion: 2013 });
  for (const condition of Object.keys(CONDITIONS)) expect(readme).toContain(condition);
});
