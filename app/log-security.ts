// How the log proves itself to Kafka and Kafka to the log: TLS and SASL as the configuration says, from files.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from '@platformatic/kafka';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { text, type Text } from '../core/text.ts';

const path = z.string().min(1);

export const logSecuritySchema = z.strictObject({
  /** Encrypts, and refuses a broker whose certificate is not good for its name. `{}` trusts the system's roots. */
  tls: z
    .strictObject({
      /** PEM: who may have issued the brokers' certificates. */
      caFile: path.optional(),
      /** PEM: our own certificate, where brokers ask for one, and its key. */
      certFile: path.optional(),
      keyFile: path.optional(),
      minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
    })
    .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
      message: 'a certificate and its key go together: set both certFile and keyFile, or neither',
      path: ['keyFile'],
    })
    .optional(),
  sasl: z
    .strictObject({
      mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']),
      username: z.string().min(1),
      /** The password on one line, readable by the product's user only. */
      passwordFile: path,
    })
    .optional(),
});

export type LogSecurityConfig = z.infer<typeof logSecuritySchema>;

export type LogSecurity = Pick<ConnectionOptions, 'tls' | 'sasl'>;

/** Reads the files. Throws UserError `bad-configuration` naming the file; never quotes what is in it. */
export function readLogSecurity({ tls, sasl }: LogSecurityConfig): LogSecurity {
  return {
    ...(tls && {
      tls: {
        minVersion: tls.minVersion,
        ...(tls.caFile !== undefined && { ca: readCertificate(tls.caFile) }),
        ...(tls.certFile !== undefined && { cert: readCertificate(tls.certFile) }),
        ...(tls.keyFile !== undefined && { key: read(tls.keyFile) }),
      },
    }),
    ...(sasl && {
      sasl: {
        mechanism: sasl.mechanism,
        username: sasl.username,
        password: readPassword(sasl.passwordFile),
      },
    }),
  };
}

function readCertificate(file: string): string {
  const pem = read(file);
  try {
    // Looked at here, so that a wrong file is named and not merely a broker that cannot be reached.
    void new X509Certificate(pem);
  } catch {
    throw unusable(file, text('文件不是 PEM 格式的证书', 'the file is no certificate in PEM'));
  }
  return pem;
}

function readPassword(file: string): string {
  const password = read(file).trim();
  if (password !== '') return password;
  throw unusable(
    file,
    text('密码文件是空的，请写入一行密码', 'the file is empty; write the password into it'),
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw unusable(file, text('日志连接所需的文件读不到', 'a file the log needs cannot be read'));
  }
}

const unusable = (file: string, says: Text): UserError =>
  new UserError('bad-configuration', says, { detail: file });
