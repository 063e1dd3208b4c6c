import { expect, test } from 'vitest';
import { regionCode } from '../../core/region.ts';
import { subjectKey } from '../../core/subject.ts';
import { readIdNumber } from '../../security/vault/id-number.ts';
import { readField } from '../../security/vault/identity.ts';
import { inventIdentity } from './identities.ts';

test('numbers are well formed, nobody’s, and never the same twice', () => {
  const nowMs = Date.UTC(2026, 10, 27);
  const idNumbers = new Set<string>();
  const phones = new Set<string>();
  for (let index = 0; index < 40_000; index++) {
    const who = { index, key: subjectKey(`cc-${index}`), county: regionCode('511722') };
    const { 'id-number': idNumber, phone } = inventIdentity(who);
    expect(readIdNumber(idNumber, nowMs).kind).toBe('ok');
    expect(idNumber.startsWith('981722')).toBe(true);
    expect(readField('phone', phone, nowMs)).toEqual({ kind: 'ok', value: phone });
    // No mobile number: those begin with 13 to 19.
    expect(phone).toMatch(/^120\d{8}$/);
    idNumbers.add(idNumber);
    phones.add(phone);
  }
  expect([idNumbers.size, phones.size]).toEqual([40_000, 40_000]);
});
