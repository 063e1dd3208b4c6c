import { expect, test } from 'vitest';
import { createCountingIds, secureIds } from '../../core/ids.ts';
import {
  newRecoveryCodes,
  newTotpSecret,
  recoveryCodeHash,
  STEP_MS,
  takeCode,
  totpAt,
  totpUri,
} from './one-time-code.ts';
import { seal, unseal } from './seal.ts';

/** RFC 6238 appendix B, SHA-1: eight digits there, the last six of them here. */
const SECRET = newTotpSecret(Buffer.from('12345678901234567890'));

test.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('at %d s the code ends in that of %s', (atS, code) => {
  expect(totpAt(SECRET, atS * 1_000)).toBe(code.slice(-6));
});

const NOW = 1_234_567_890_000;
const at = (stepsAway: number) => totpAt(SECRET, NOW + stepsAway * STEP_MS);
const take = (code: string, lastStep = 0, nowMs = NOW) =>
  takeCode(code, { secret: SECRET, lastStep, nowMs });

test('one step of drift either way is taken, two are not', () => {
  const step = Math.floor(NOW / STEP_MS);
  expect([-1, 0, 1].map((away) => take(at(away)))).toEqual([step - 1, step, step + 1]);
  expect(take(at(-2))).toBeUndefined();
  expect(take(at(2))).toBeUndefined();
});

test('a code is taken once, and none that is older', () => {
  const step = take(at(0)) as number;
  expect(take(at(0), step)).toBeUndefined();
  expect(take(at(-1), step)).toBeUndefined();
  expect(take(at(1), step)).toBe(step + 1);
});

test.each(['', '12345', '1234567', 'abcdef', `${at(0)}0`])('%j is no code', (code) =>
  expect(take(code)).toBeUndefined(),
);

test('spaces in a code do not matter', () => {
  expect(take(`${at(0).slice(0, 3)} ${at(0).slice(3)}`)).toBe(Math.floor(NOW / STEP_MS));
});

test('the app scans issuer, login and secret', () => {
  const uri = totpUri(SECRET, 'city');
  expect(uri).toMatch(/^otpauth:\/\/totp\//);
  expect(decodeURIComponent(uri)).toContain('准绳 Plumbline:city');
  expect(uri).toContain(`secret=${SECRET}`);
});

test('recovery codes are ten, each another, and hashed with whose they are', () => {
  const codes = newRecoveryCodes(secureIds);
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) expect(code).toMatch(/^[a-z0-9]{4}(-[a-z0-9]{4}){2}$/);
  const [code = ''] = codes;
  expect(recoveryCodeHash('a', code)).toBe(
    recoveryCodeHash('a', code.toUpperCase().replaceAll('-', ' ')),
  );
  expect(recoveryCodeHash('a', code)).not.toBe(recoveryCodeHash('b', code));
  expect(newRecoveryCodes(createCountingIds())).toHaveLength(10);
});

test('a sealed secret opens with its key, for its owner, unaltered', () => {
  const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const sealed = seal(key, { owner: 'a', secret: SECRET });
  expect(sealed).not.toContain(SECRET);
  expect(unseal(key, { owner: 'a', sealed })).toBe(SECRET);
  expect(unseal(other, { owner: 'a', sealed })).toBeUndefined();
  expect(unseal(key, { owner: 'b', sealed })).toBeUndefined();
  const altered = Buffer.from(sealed, 'base64');
  altered[altered.byteLength - 1] = (altered.at(-1) ?? 0) ^ 1;
  expect(unseal(key, { owner: 'a', sealed: altered.toString('base64') })).toBeUndefined();
  expect(unseal(key, { owner: 'a', sealed: 'AA==' })).toBeUndefined();
});
