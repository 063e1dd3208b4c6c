// `push keys`: makes the key pair Web Push is signed with, or says which one there is.

import { existsSync } from 'node:fs';
import type { Config } from '../config.ts';
import { makePushKeys, pushKeysPath, readPushKeys } from '../push-keys.ts';

export function pushKeys(config: Config, print: (line: string) => void): void {
  const path = pushKeysPath(config);
  const isNew = !existsSync(path);
  const { publicKey } = isNew ? makePushKeys(path) : readPushKeys(path);
  print(isNew ? `made ${path}` : `kept ${path}`);
  print(`public key ${publicKey}`);
  if (!config.channels.push.web) {
    print('Web Push is off; to switch it on, add to the configuration:');
    print('channels: { push: { web: { contact: "mailto:duty@example.org" } } }');
  }
}
