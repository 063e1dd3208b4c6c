// The key pair Web Push is signed with. Browsers are bound to the public half: with other keys every device
// has to subscribe anew, so it is made once, by hand, and kept.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import webPush from 'web-push';
import { z } from 'zod';
import type { PushKeys } from '../alerts/channels/web-push.ts';
import { UserError } from '../core/errors.ts';
import { text } from '../core/text.ts';
import { refuseIfOpenToOthers } from '../security/crypto/private-file.ts';
import { inDataFolder, type Config } from './config.ts';

const keysSchema = z.strictObject({
  publicKey: z.string().regex(/^[\w-]{87}$/),
  privateKey: z.string().regex(/^[\w-]{43}$/),
});

/** Where the configuration has them. */
export const pushKeysPath = (config: Config): string =>
  config.channels.push.web?.keys ?? inDataFolder(config, 'push-keys.json');

/** Reads the keys at `path`. Throws UserError `bad-configuration` when there are none, or no keys in it. */
export function readPushKeys(path: string): PushKeys {
  if (!existsSync(path)) {
    throw new UserError('bad-configuration', text('缺少推送密钥', 'there are no push keys'), {
      detail: path,
      hint: text(
        '先执行 npm run plumbline -- push keys 生成密钥',
        'Make them with: npm run plumbline -- push keys',
      ),
    });
  }
  refuseIfOpenToOthers(path, '600');
  const keys = keysSchema.safeParse(parseJson(readFileSync(path, 'utf8')));
  if (keys.success) return keys.data;
  throw new UserError(
    'bad-configuration',
    text('推送密钥文件已损坏', 'the push keys are damaged'),
    {
      detail: path,
      hint: text(
        '从备份恢复该文件；换用新密钥后，各设备须重新开启推送',
        'Restore the file from a backup; with other keys every device has to subscribe anew.',
      ),
    },
  );
}

/** Makes keys at `path`, readable by their owner alone; throws UserError `conflict` when there are some. */
export function makePushKeys(path: string): PushKeys {
  if (existsSync(path)) {
    throw new UserError('conflict', text('已有推送密钥', 'there are push keys already'), {
      detail: path,
      hint: text(
        '更换密钥会使所有设备的推送失效；确需更换时，请先移走该文件',
        'Other keys would silence every device; move the file away first if that is meant.',
      ),
    });
  }
  const keys = webPush.generateVAPIDKeys();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(keys, null, 2)}\n`, {
    flag: 'wx',
    mode: 0o600,
    flush: true,
  });
  return keys;
}

function parseJson(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}
