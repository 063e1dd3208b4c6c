// Writes datasets/passwords/common.txt:  node datasets/build-passwords.ts
// The words below are what published studies and leaked-password rankings agree on, written down from public
// knowledge, not copied from a leak; the file has them with the endings people put on them.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commonPasswords } from './passwords.ts';

const PATH = fileURLToPath(new URL('passwords/common.txt', import.meta.url));

writeFileSync(PATH, `${commonPasswords().join('\n')}\n`);
