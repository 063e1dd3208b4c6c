import { expect, test } from 'vitest';
import type { UserError } from '../../core/errors.ts';
import { readCsvHeader } from './csv-header.ts';

const failure = (line: string): UserError => {
  try {
    readCsvHeader(line);
  } catch (error) {
    return error as UserError;
  }
  throw new Error('the header was taken');
};

test.each([
  ['subject,atMs,lng,lat', ['subject', 'atMs', 'lng', 'lat']],
  ['lat,"lng", atMs ,subject,fix\r', ['lat', 'lng', 'atMs', 'subject', 'fix']],
])('takes %j', (line, columns) => {
  expect(readCsvHeader(line)).toEqual(columns);
});

test('names everything wrong at once, with what was meant', () => {
  const error = failure('subject,at_ms,lon,latt,lng,subject,speedKmh,colour');
  expect(error.message).toBe(
    'the columns are wrong: missing: "atMs", "lat"; unknown: "at_ms", "lon", "latt", "colour"; ' +
      'more than once: "subject"',
  );
  expect(error.hint?.en).toBe(
    'For "at_ms", did you mean "atMs"? For "lon", did you mean "lng"? For "latt", did you mean "lat"? ' +
      'Columns are subject,atMs,lng,lat,accuracyM,fix,speedKmh,batteryPercent, ' +
      'of which subject,atMs,lng,lat must be there.',
  );
});

test.each([
  ['latitude', 'lat'],
  ['经度', 'lng'],
  ['纬度', 'lat'],
  ['timestamp', 'atMs'],
  ['Accuracy_M', 'accuracyM'],
  ['batteryPercnt', 'batteryPercent'],
])('knows what %s means', (name, meant) => {
  expect(failure(`subject,${name}`).hint?.en).toContain(`For "${name}", did you mean "${meant}"?`);
});

test('a first row of data is not repeated in the message', () => {
  const error = failure('110101199001011234,1763769600000,107.5,31.2');
  expect(error.message).toBe('the first line does not name the columns');
  expect(`${error.message}${error.hint?.en}${error.hint?.zh}`).not.toMatch(/1101|1763/);
});
