// Plays two telephone and SMS providers for demonstrations and tests: takes signed orders as the real ones do,
// shows every call and message on a page where a person can answer, and each can be told to behave badly. Stands
// apart from the product and speaks only HTTP with it. Everything is in memory; nothing leaves this machine.

import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { orderSchema } from '../alerts/channels/provider-form.ts';
import { signatureProblem } from '../alerts/channels/signature.ts';
import type { Text } from '../core/text.ts';
import { ioClock } from '../core/time.ts';
import { changeBehaviour, type Behaviour } from './gateway/behaviour.ts';
import { createExchange, type Exchange, type ExchangeDeps } from './gateway/exchange.ts';
import { json, listen, type Asked, type Reply } from './gateway/http.ts';
import { createLiveFeed } from './gateway/live-feed.ts';
import type { Act, Item } from './gateway/traffic.ts';

export type DemoGatewayDeps = Omit<ExchangeDeps, 'onChanged'>;

export type DemoGatewayOptions = {
  /** Loopback by default: whoever reaches the page answers calls. */
  readonly host?: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Shared with the product; signs both ways. */
  readonly secret: string;
  /** Who is behind a number, as the page shows it. */
  readonly nameOf?: (number: string) => Text | undefined;
  readonly behaviour?: Partial<Behaviour>;
};

export type DemoGateway = {
  /** Of the page. */
  readonly url: string;
  /** Of the first provider's API, for the channels. */
  readonly apiUrl: string;
  /** Of another provider's, to turn to when the first fails. */
  readonly secondApiUrl: string;
  /** Those of both, or of one; the newest first. */
  items(provider?: ProviderName): readonly Item[];
  /** What a person does with a call or message; false when that is not possible any more. */
  act(messageId: string, act: Act): boolean;
  /** Tells a provider, the first unless named, how to behave. */
  behave(change: Partial<Behaviour>, provider?: ProviderName): void;
  close(): Promise<void>;
};

const PROVIDERS = ['first', 'second'] as const;

export type ProviderName = (typeof PROVIDERS)[number];

type Exchanges = Readonly<Record<ProviderName, Exchange>>;

/** Opens the gateway; rejects with UserError `port-in-use`. Close it. */
export async function openDemoGateway(
  deps: DemoGatewayDeps,
  options: DemoGatewayOptions,
): Promise<DemoGateway> {
  const { secret, nameOf } = options;
  const open = () => createExchange({ ...deps, onChanged: () => feed.changed() }, secret);
  const exchanges: Exchanges = { first: open(), second: open() };
  const feed = createLiveFeed(() => pictureOf(exchanges, nameOf));
  exchanges.first.behave(options.behaviour ?? {});
  const server = await listen(
    async (asked, response) => {
      const provider = PROVIDERS.find((name) => asked.path.startsWith(`${API[name]}/`));
      if (provider) {
        const resource = asked.url.pathname.slice(API[provider].length + 1);
        return answerProduct(exchanges[provider], { asked, resource, secret });
      }
      if (asked.url.pathname !== '/api/live') return answerPage(exchanges, asked);
      feed.open(response);
      return undefined;
    },
    { host: options.host ?? '127.0.0.1', port: options.port },
  );
  const { port, address, family } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;

  return {
    url,
    apiUrl: `${url}${API.first}`,
    secondApiUrl: `${url}${API.second}`,
    items: (provider) => (provider ? exchanges[provider].list() : itemsOf(exchanges)),
    act: (messageId, act) => PROVIDERS.some((name) => exchanges[name].act(messageId, act)),
    behave: (change, provider = 'first') => exchanges[provider].behave(change),
    async close() {
      feed.close();
      for (const name of PROVIDERS) await exchanges[name].close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const API: Readonly<Record<ProviderName, string>> = { first: '/v1', second: '/second/v1' };
const KINDS = { calls: 'call', messages: 'message' } as const;

const itemsOf = (exchanges: Exchanges): readonly (Item & { provider: ProviderName })[] =>
  PROVIDERS.flatMap((provider) =>
    exchanges[provider].list().map((item) => ({ ...item, provider })),
  ).sort((a, b) => b.takenAtMs - a.takenAtMs);

/** A provider's API: what the product speaks to. */
async function answerProduct(
  exchange: Exchange,
  { asked, resource: path, secret }: { asked: Asked; resource: string; secret: string },
): Promise<Reply> {
  const problem = signatureProblem(secret, asked, ioClock.now());
  if (problem) return json(401, { says: problem });
  if (exchange.behaviour().isDown) return json(503, { says: 'out of service' });
  const [resource = '', key] = path.split('/');
  const kind = Object.hasOwn(KINDS, resource) ? KINDS[resource as keyof typeof KINDS] : undefined;
  if (kind && asked.method === 'POST' && key === undefined) {
    const order = orderSchema.safeParse(parseJson(asked.body));
    if (!order.success) return json(400, { says: order.error.issues[0]?.message });
    return json(202, { messageId: await exchange.take(kind, order.data) });
  }
  const report = kind && asked.method === 'GET' && exchange.reportOn(kind, key ?? '');
  return report ? json(200, report) : json(404, { says: 'unknown' });
}

/** The page, and what its buttons or a query do. */
async function answerPage(exchanges: Exchanges, { method, url, headers }: Asked): Promise<Reply> {
  const { pathname, searchParams } = url;
  const file = method === 'GET' && Object.hasOwn(PAGE, pathname) ? PAGE[pathname] : undefined;
  if (file) return file;
  // A page elsewhere must not press keys here.
  if (headers['sec-fetch-site'] === 'cross-site') return json(403, { says: 'cross-site' });
  if (method === 'POST' && pathname === '/api/behaviour') {
    const named = searchParams.get('provider') ?? 'first';
    const provider = PROVIDERS.find((name) => name === named);
    if (!provider) return json(404, { says: 'no such provider' });
    searchParams.delete('provider');
    const exchange = exchanges[provider];
    exchange.behave(changeBehaviour(exchange.behaviour(), searchParams));
    return json(200, exchange.behaviour());
  }
  const [, api, resource, messageId = ''] = pathname.split('/');
  const act = readAct(searchParams);
  if (method !== 'POST' || `${api}/${resource}` !== 'api/items' || !act) {
    return json(404, { says: 'not found' });
  }
  const isDone = PROVIDERS.some((name) => exchanges[name].act(messageId, act));
  return isDone ? json(200, {}) : json(409, { says: 'over' });
}

function readAct(query: URLSearchParams): Act | undefined {
  const kind = query.get('act');
  if (kind === 'answer') return { kind, key: query.get('key') ?? '1' };
  return kind === 'decline' || kind === 'ignore' ? { kind } : undefined;
}

const SHOWN_MAX = 200;

/** What the page shows. */
const pictureOf = (exchanges: Exchanges, nameOf: DemoGatewayOptions['nameOf']) => ({
  behaviours: { first: exchanges.first.behaviour(), second: exchanges.second.behaviour() },
  items: itemsOf(exchanges)
    .slice(0, SHOWN_MAX)
    .map(({ order, report: _report, ...item }) => ({
      ...item,
      to: order.to,
      name: nameOf?.(order.to) ?? null,
      text: order.text,
    })),
});

const pageFile = (name: string, type: string): Reply => ({
  status: 200,
  type: `${type}; charset=utf-8`,
  body: readFileSync(join(import.meta.dirname, 'gateway', name)),
});

const PAGE: Readonly<Record<string, Reply>> = {
  '/': pageFile('page.html', 'text/html'),
  '/page.css': pageFile('page.css', 'text/css'),
  '/page.js': pageFile('page.js', 'text/javascript'),
};

function parseJson(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}
