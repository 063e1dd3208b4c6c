// Keys do not lie about bare: whoever protects them wraps each one for the key file and unwraps it when it
// is read. The port a key management service is attached by; key-wrapper.contract.ts has its promises.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

export type KeyWrapper = {
  /** Written into key files, so that a change of protection is noticed and named. */
  readonly name: string;
  /** Rejects with OperatingError `keys-unavailable`. */
  wrap(keyId: string, key: Uint8Array): Promise<Uint8Array>;
  /** Rejects with OperatingError `keys-unavailable`, or UserError when this is not what was wrapped as `keyId`. */
  unwrap(keyId: string, wrapped: Uint8Array): Promise<Uint8Array>;
};

/** Says that a key was wrapped by somebody else, for another id, or altered. */
export const notOurKey = (keyId: string): UserError =>
  new UserError('bad-configuration', text('密钥无法解开', 'a key does not unwrap'), {
    detail: keyId,
    hint: text(
      '密钥文件已损坏，或者不是由本系统的保护方式封装的；请从备份恢复与之相配的密钥文件和 secret.key',
      'The key file is damaged or was wrapped by another protection: restore the key files together with the secret.key they belong to.',
    ),
  });
