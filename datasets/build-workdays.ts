// A developer's tool, run by hand once a year when the State Council has published the next year's days
// off: makes datasets/workdays/china.json from the unpacked npm package chinese-days. See README.md here.
//
//   node datasets/build-workdays.ts <folder with the unpacked package>

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../core/errors.ts';

const [folder] = process.argv.slice(2);
assert(folder, 'wants the folder with the unpacked package chinese-days');

const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown;
const { version } = read('package.json') as { version: string };
const { holidays, workdays } = read('dist/chinese-days.json') as Record<
  'holidays' | 'workdays',
  Record<string, string>
>;
const daysOff = Object.keys(holidays).sort();
const table = {
  version: `china-${daysOff.at(-1)?.slice(0, 4)} (chinese-days ${version})`,
  until: `${daysOff.at(-1)?.slice(0, 4)}-12-31`,
  holidays: daysOff,
  makeUpWorkdays: Object.keys(workdays).sort(),
};
writeFileSync(
  new URL('workdays/china.json', import.meta.url),
  `${JSON.stringify(table, undefined, 2)}\n`,
);
