// Writes the tables of the policy into docs/access.md:  node security/access/write-matrix.ts

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { matrixAsMarkdown } from './matrix.ts';

const PATH = fileURLToPath(new URL('../../docs/access.md', import.meta.url));
const [BEGIN, END] = ['<!-- matrix -->', '<!-- end of matrix -->'];

const doc = readFileSync(PATH, 'utf8');
const before = doc.slice(0, doc.indexOf(BEGIN) + BEGIN.length);
writeFileSync(PATH, `${before}\n\n${matrixAsMarkdown()}\n\n${doc.slice(doc.indexOf(END))}`);
