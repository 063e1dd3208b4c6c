// A push service and the browsers behind it as a test plays them: checks the signature of every push (RFC 8292)
// and decrypts its body with the browser's own keys (RFC 8291), independently of the package that made them.

import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  verify,
  type ECDH,
} from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ReceivedPush = {
  readonly payload: Record<string, unknown>;
  readonly ttlS: number;
  readonly urgency: string;
  readonly topic: string;
  readonly contact: string;
};

export type Browser = {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly received: ReceivedPush[];
};

export type PushService = {
  readonly host: string;
  /** A new subscription for pushes signed with `publicKey`. */
  subscribe(publicKey: string): Browser;
  /** Answers pushes to a browser with this status from now on; nothing at all for `silence`. */
  answer(browser: Browser, status: number | 'silence'): void;
  /** What was wrong with pushes that were refused. */
  readonly problems: string[];
  close(): Promise<void>;
};

type Subscription = Browser & {
  readonly ecdh: ECDH;
  readonly secret: Buffer;
  readonly publicKey: string;
  status: number | 'silence';
};

export async function openPushService(): Promise<PushService> {
  const subscriptions = new Map<string, Subscription>();
  const problems: string[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const subscription = subscriptions.get(request.url ?? '');
      if (!subscription) return void response.writeHead(404).end();
      if (subscription.status === 'silence') return undefined;
      if (subscription.status !== 201) return void response.writeHead(subscription.status).end();
      try {
        const contact = contactOf(request, subscription, origin);
        const { headers } = request;
        subscription.received.push({
          payload: JSON.parse(decrypt(body, subscription)) as Record<string, unknown>,
          ttlS: Number(headers['ttl']),
          urgency: String(headers['urgency']),
          topic: String(headers['topic']),
          contact,
        });
        response.writeHead(201).end();
      } catch (error) {
        problems.push(String(error));
        response.writeHead(400).end();
      }
      return undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = `http://${host}`;
  return {
    host,
    problems,
    subscribe(publicKey) {
      const path = `/push/${randomBytes(8).toString('hex')}`;
      const ecdh = createECDH('prime256v1');
      const secret = randomBytes(16);
      const subscription: Subscription = {
        endpoint: `${origin}${path}`,
        p256dh: ecdh.generateKeys('base64url', 'uncompressed'),
        auth: secret.toString('base64url'),
        received: [],
        ecdh,
        secret,
        publicKey,
        status: 201,
      };
      subscriptions.set(path, subscription);
      return subscription;
    },
    answer(browser, status) {
      const subscription = subscriptions.get(new URL(browser.endpoint).pathname);
      if (subscription) subscription.status = status;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Checks the signed token and gives whom it names. */
function contactOf(request: IncomingMessage, { publicKey }: Subscription, origin: string): string {
  const match = /^vapid t=([^.]+)\.([^.]+)\.([^,]+), k=(.+)$/.exec(
    request.headers.authorization ?? '',
  );
  const [, head = '', claims = '', signature = '', key = ''] = match ?? [];
  if (key !== publicKey) throw new Error('signed with another key than the browser subscribed to');
  const point = Buffer.from(key, 'base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) throw new Error('not signed');
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
    aud: string;
    exp: number;
    sub: string;
  };
  if (aud !== origin) throw new Error(`for "${aud}"`);
  const leftS = exp - Date.now() / 1_000;
  if (leftS <= 0 || leftS > 86_400) throw new Error(`valid for ${leftS} s`);
  return sub;
}

/** RFC 8188, one record, with the key of RFC 8291. */
function decrypt(body: Buffer, { ecdh, secret }: Subscription): string {
  const salt = body.subarray(0, 16);
  const keyBytes = body.readUInt8(20);
  const sender = body.subarray(21, 21 + keyBytes);
  const record = body.subarray(21 + keyBytes);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender]);
  const derive = (key: Buffer, from: Buffer, about: Buffer | string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', key, from, about, bytes));
  const input = derive(ecdh.computeSecret(sender), secret, info, 32);
  const key = derive(input, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = derive(input, salt, 'Content-Encoding: nonce\0', 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  return padded.subarray(0, padded.lastIndexOf(2)).toString();
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
