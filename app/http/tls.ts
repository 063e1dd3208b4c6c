// TLS in the server itself, from files: read and judged before anything listens, and read again while it runs
// when somebody has replaced them. What cannot be used is not put in place of what works.

import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:https';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { text, type Text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';

export const tlsConfigSchema = z.strictObject({
  /** PEM: the certificate of this host, then those between it and its root. */
  certFile: z.string().min(1),
  /** PEM, not encrypted, readable by the product's user only. */
  keyFile: z.string().min(1),
  /** PEM: clients have to show a certificate of one of these. */
  clientCaFile: z.string().min(1).optional(),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
});

export type TlsConfig = z.infer<typeof tlsConfigSchema>;

export type TlsFiles = {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: TlsConfig['minVersion'];
};

/** Throws UserError `bad-configuration` naming the file and what is wrong with it. Never quotes a key. */
export function readTls(config: TlsConfig, nowMs: number): TlsFiles {
  const { certFile, keyFile, clientCaFile, minVersion } = config;
  const cert = readPem(certFile);
  const key = readPem(keyFile);
  const certificate = certificateIn(cert, certFile);
  if (!certificate.checkPrivateKey(privateKeyIn(key, keyFile))) {
    throw unusable(keyFile, text('私钥与证书不匹配', 'the key is not that of the certificate'));
  }
  if (certificate.validToDate.getTime() <= nowMs) {
    const says = text('证书已过期', 'the certificate has expired');
    throw unusable(`${certFile}: ${certificate.validTo}`, says);
  }
  if (certificate.validFromDate.getTime() > nowMs) {
    const says = text('证书尚未生效', 'the certificate is not valid yet');
    throw unusable(`${certFile}: ${certificate.validFrom}`, says);
  }
  const ca = clientCaFile === undefined ? undefined : readPem(clientCaFile);
  if (ca !== undefined && clientCaFile !== undefined) certificateIn(ca, clientCaFile);
  return {
    cert,
    key,
    ...(ca === undefined ? {} : { ca }),
    requestCert: ca !== undefined,
    rejectUnauthorized: ca !== undefined,
    minVersion,
  };
}

const LOOK_MS = 30_000;

/** Looks at the files now and then; new connections come under what is in them. */
export function followTls(
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  config: TlsConfig,
  server: Pick<Server, 'setSecureContext'>,
): { look(): void; stop(): void } {
  let seen = stampOf(config);
  const look = () => {
    const stamp = stampOf(config);
    if (stamp === seen) return;
    seen = stamp;
    try {
      server.setSecureContext(readTls(config, clock.now()));
      logger.info('tls.replaced');
    } catch (error) {
      const cause = error instanceof UserError ? error.message : String(error);
      logger.error('tls.not-replaced', { cause });
    }
  };
  let next = clock.after(LOOK_MS, again);
  function again() {
    look();
    next = clock.after(LOOK_MS, again);
  }
  return { look, stop: () => next.cancel() };
}

/** Changes whenever one of the files does; a file that is away for a moment is a change too. */
const stampOf = ({ certFile, keyFile, clientCaFile }: TlsConfig): string =>
  [certFile, keyFile, clientCaFile]
    .map((path) => {
      const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
      return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : '';
    })
    .join();

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw unusable(path, text('证书或密钥文件读不到', 'a file of the certificate cannot be read'));
  }
}

function certificateIn(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw unusable(path, text('文件不是 PEM 格式的证书', 'the file is no certificate in PEM'));
  }
}

function privateKeyIn(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw unusable(
      path,
      text('文件不是未加密的 PEM 私钥', 'the file is no private key in PEM, or it is encrypted'),
    );
  }
}

const unusable = (detail: string, says: Text) =>
  new UserError('bad-configuration', says, {
    detail,
    hint: text(
      '核对 http.tls 中的文件；换发证书后把新文件放在原处即可，无需重启',
      'Check the files under http.tls; a renewed certificate goes where the old one was, no restart is needed.',
    ),
  });
