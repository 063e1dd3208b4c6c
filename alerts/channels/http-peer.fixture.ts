// A provider behind HTTP as a test plays it: takes signed orders, fails as told, reports with its signature.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChannelPeer } from './channel.contract.ts';
import type { FakeBehaviour } from './channel.fixture.ts';
import type { ReceiptOutcome } from './channel.ts';
import type { HttpChannel, HttpProviderOptions } from './http-provider.ts';
import { orderSchema, type ProviderOrder, type ProviderReport } from './provider-form.ts';
import { signatureHeaders, signatureProblem } from './signature.ts';

export const SECRET = 'a secret both sides know';
const CALLBACK = '/provider/report';

export type HttpPeer = {
  readonly options: HttpProviderOptions;
  readonly orders: ProviderOrder[];
  readonly peer: ChannelPeer;
  /** Answers every order with this status and body from now on. */
  answerWith(answer: { status: number; body: string } | undefined): void;
  close(): Promise<void>;
};

export async function openHttpPeer(channelOf: () => HttpChannel): Promise<HttpPeer> {
  const orders: ProviderOrder[] = [];
  const reports = new Map<string, ProviderReport>();
  const problems: string[] = [];
  let behaviour: FakeBehaviour = 'accept';
  let fixed: { status: number; body: string } | undefined;

  const take = (order: ProviderOrder): string => {
    orders.push(order);
    const messageId = `m-${order.key}`;
    reports.set(order.key, { key: order.key, messageId, sequence: 0, state: 'accepted' });
    return JSON.stringify({ messageId });
  };
  const order = (body: string, response: ServerResponse) => {
    if (fixed) return void response.writeHead(fixed.status).end(fixed.body);
    if (behaviour === 'busy') return void response.writeHead(503).end();
    if (behaviour === 'refuse') return void response.writeHead(400).end();
    if (behaviour === 'down' || behaviour === 'lose-and-time-out') return undefined;
    const answer = take(orderSchema.parse(JSON.parse(body)));
    if (behaviour === 'accept') response.writeHead(202).end(answer);
    return undefined;
  };
  const status = (path: string, response: ServerResponse) => {
    if (behaviour === 'down') return;
    const report = reports.get(decodeURIComponent(path.split('/').at(-1) ?? ''));
    response.writeHead(report ? 200 : 404).end(JSON.stringify(report ?? {}));
  };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await textOf(request);
    const { method = '', url: path = '', headers } = request;
    const problem = signatureProblem(SECRET, { method, path, body, headers }, Date.now());
    if (problem) problems.push(problem);
    if (problem) response.writeHead(401).end();
    else if (method === 'POST') order(body, response);
    else status(path, response);
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    orders,
    options: {
      provider: 'test-provider',
      url: `http://127.0.0.1:${port}/v1`,
      secret: SECRET,
      callbackUrl: `http://127.0.0.1${CALLBACK}`,
      language: 'zh',
      timeoutMs: 150,
    },
    answerWith(answer) {
      fixed = answer;
    },
    peer: {
      behave(next) {
        behaviour = next;
      },
      effectsOf: (noticeId) => orders.filter(({ key }) => key === noticeId).length,
      report(key, { state, sequence, answer, reason, from }) {
        const known = reports.get(key);
        const report: ProviderReport = {
          key,
          messageId: known?.messageId ?? `m-${key}`,
          sequence: sequence ?? (known?.sequence ?? 0) + 1,
          state,
          ...(answer === undefined ? {} : { answer }),
          ...(reason === undefined ? {} : { reason }),
          from: from ?? orders.find((taken) => taken.key === key)?.to ?? '',
        };
        return channelOf().receive(signed(JSON.stringify(report))) as Promise<ReceiptOutcome>;
      },
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (problems.length > 0) throw new Error(`badly signed: ${problems.join()}`);
    },
  };
}

/** A call-back as it would come in. */
export const signed = (
  body: string,
  { secret = SECRET, atMs = Date.now(), path = CALLBACK } = {},
) => ({
  path,
  body,
  headers: signatureHeaders(secret, { method: 'POST', path, body }, atMs),
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
