// Everything about who may do what, over HTTP: sign-in, own account, accounts and rights, wall kiosks. Gives the
// guard the other routes stand behind.

import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { UserError } from '../../../core/errors.ts';
import { text } from '../../../core/text.ts';
import { createBreachList } from '../../../datasets/passwords.ts';
import { openLeakedPasswords } from '../../../security/access/leaked-passwords.ts';
import type { AccessSettings } from '../../../security/access/access-settings.ts';
import { createKioskDesk } from '../../../security/access/kiosk-desk.ts';
import { fillIn, registerSessions, type SessionRoutesDeps } from '../sessions.ts';
import { registerCertificates } from './certificate-routes.ts';
import { registerAccounts } from './account-routes.ts';
import type { Guard } from './guard.ts';
import { findKioskBy, registerKiosks } from './kiosk-routes.ts';
import { registerOwnAccount } from './own-account-routes.ts';

export function registerAccess(app: FastifyInstance, given: SessionRoutesDeps): Guard {
  const access = fillIn(given);
  const kiosks = createKioskDesk(access);
  const guard = registerSessions(app, { ...access, findKiosk: findKioskBy(kiosks, access.secure) });
  registerOwnAccount(app, { guard, access, isCommon: knownPasswords(access.settings) });
  registerAccounts(app, { guard, access });
  const { proxySecretFile } = access.settings.certificates;
  const proxySecret = proxySecretFile === undefined ? undefined : readProxySecret(proxySecretFile);
  registerCertificates(app, { guard, access, proxySecret });
  registerKiosks(app, { guard, desk: kiosks, db: access.db, secure: access.secure });
  return guard;
}

/** The list that ships, and that of the site. */
function knownPasswords({
  leakedPasswordsFile: path,
}: AccessSettings): (password: string) => boolean {
  const isCommon = createBreachList();
  const isLeaked = path === undefined ? undefined : openLeakedPasswords(path);
  return (password) => isCommon(password) || (isLeaked?.(password) ?? false);
}

const SECRET_BYTES_MIN = 32;

/** Throws UserError `bad-configuration`: a short secret would let anybody vouch. */
function readProxySecret(path: string): Uint8Array {
  let secret: Buffer | undefined;
  try {
    secret = Buffer.from(readFileSync(path, 'utf8').trim());
  } catch {
    // Told below, with what to do.
  }
  if (secret && secret.byteLength >= SECRET_BYTES_MIN) return secret;
  throw new UserError(
    'bad-configuration',
    text('反向代理的共享密钥读不到或过短', 'the secret shared with the proxy is missing or short'),
    {
      detail: path,
      hint: text(
        `文件内容至少 ${SECRET_BYTES_MIN} 个字符，反向代理使用同一内容`,
        `The file has at least ${SECRET_BYTES_MIN} characters; the proxy has the same.`,
      ),
    },
  );
}
