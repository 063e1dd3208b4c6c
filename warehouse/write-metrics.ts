// Writes the catalogue into docs/metrics.md:  node warehouse/write-metrics.ts

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { metricsAsMarkdown } from './metrics-markdown.ts';

const PATH = fileURLToPath(new URL('../docs/metrics.md', import.meta.url));
const [BEGIN, END] = ['<!-- catalogue -->', '<!-- end of catalogue -->'];

const doc = readFileSync(PATH, 'utf8');
const before = doc.slice(0, doc.indexOf(BEGIN) + BEGIN.length);
writeFileSync(PATH, `${before}\n\n${metricsAsMarkdown()}\n\n${doc.slice(doc.indexOf(END))}`);
