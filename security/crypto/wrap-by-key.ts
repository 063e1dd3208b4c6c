// Keys wrapped by one key that is given, such as one derived from the installation's secret; or not wrapped
// at all, where the file itself is the secret and its mode the protection.

import { notOurKey, type KeyWrapper } from './key-wrapper.ts';
import { KEY_BYTES, type Suite } from './suite.ts';

export const createKeyWrapper = (suite: Suite, wrappingKey: Uint8Array): KeyWrapper => ({
  name: `secret-${suite.name}`,
  wrap: async (keyId, key) => suite.seal(wrappingKey, key, Buffer.from(keyId)),
  async unwrap(keyId, wrapped) {
    const key = suite.open(wrappingKey, wrapped, Buffer.from(keyId));
    if (key?.byteLength !== KEY_BYTES) throw notOurKey(keyId);
    return key;
  },
});

/** The key as it is behind a hash of it and its id, which finds slips of copying and no attacker. */
export const createBareKeys = (suite: Suite): KeyWrapper => {
  const checkOf = (keyId: string, key: Uint8Array) => suite.mac(key, keyId);
  return {
    name: `file-${suite.name}`,
    wrap: async (keyId, key) => Buffer.concat([key, checkOf(keyId, key)]),
    async unwrap(keyId, wrapped) {
      const key = wrapped.subarray(0, KEY_BYTES);
      const check = wrapped.subarray(KEY_BYTES);
      if (key.byteLength !== KEY_BYTES || Buffer.compare(check, checkOf(keyId, key)) !== 0) {
        throw notOurKey(keyId);
      }
      return key;
    },
  };
};
