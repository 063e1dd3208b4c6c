import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { metricsAsMarkdown } from './metrics-markdown.ts';

test('docs/metrics.md has the catalogue as it is', () => {
  const doc = readFileSync(new URL('../docs/metrics.md', import.meta.url), 'utf8');
  expect(doc.includes(metricsAsMarkdown()), 'run node warehouse/write-metrics.ts').toBe(true);
});
