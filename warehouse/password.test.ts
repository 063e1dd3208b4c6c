import { expect, test } from 'vitest';
import { createCountingIds, secureIds } from '../core/ids.ts';
import { DECOY_HASH, hashPassword, matchesPassword } from './password.ts';

// Vectors of the Argon2 reference implementation (P-H-C/phc-winner-argon2, src/test.c).
test.each([
  '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
  '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc',
])('%s is a hash of "password" and of nothing else', async (hash) => {
  expect(await matchesPassword('password', hash)).toBe(true);
  expect(await matchesPassword('passwore', hash)).toBe(false);
});

test.each(['', 'x', '密码', 'p'.repeat(1_000)])(
  '%j matches its own hash only',
  async (password) => {
    const hash = await hashPassword({ ids: secureIds }, password);
    expect(await matchesPassword(password, hash)).toBe(true);
    expect(await matchesPassword(`${password}.`, hash)).toBe(false);
  },
);

test('one password has another hash each time', async () => {
  const ids = createCountingIds();
  expect(await hashPassword({ ids }, 'x')).not.toBe(await hashPassword({ ids }, 'x'));
});

test('a letter typed as one character or as two is the same password', async () => {
  const hash = await hashPassword({ ids: secureIds }, 'caf\u00e9');
  expect(await matchesPassword('cafe\u0301', hash)).toBe(true);
});

test.each(['', 'plain', '$2b$12$abc', `${DECOY_HASH}$`, DECOY_HASH])(
  'nothing matches %j',
  async (hash) => {
    expect(await matchesPassword('', hash)).toBe(false);
    expect(await matchesPassword('x', hash)).toBe(false);
  },
);
