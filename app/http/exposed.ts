// Whether the server may be reached from elsewhere: over TLS, here or at a proxy, or because somebody said in so
// many words that it may without.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

export type Exposure = {
  readonly host: string;
  readonly secure: boolean;
  readonly plain: boolean;
  readonly tls?: unknown;
};

/** True for an address only this machine reaches. */
export const isLoopback = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);

/** Throws UserError `bad-configuration` when sessions would go over the network in clear by oversight. */
export function mustBePrivate({ host, secure, plain, tls }: Exposure): void {
  if (isLoopback(host) || secure || plain || tls !== undefined) return;
  throw new UserError(
    'bad-configuration',
    text('未配置 TLS，不能对外监听', 'the server would be reached without TLS'),
    {
      detail: `http.host: "${host}"`,
      hint: text(
        '请配置 http.tls 的证书，或置于 TLS 反向代理之后并设 http.secure: true；隔离网络中确需明文时设 http.plain: true',
        'Give http.tls a certificate, or put it behind a proxy with TLS and set http.secure: true. On a line of its own, http.plain: true does without.',
      ),
    },
  );
}
