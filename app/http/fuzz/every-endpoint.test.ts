// Every endpoint of the product, driven from its own API description by somebody of every role. A longer run:
// PLUMBLINE_FUZZ_RUNS=50 PLUMBLINE_FUZZ_SEED=7 vitest run app/http/fuzz

import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { subjectKey } from '../../../core/subject.ts';
import { problemSchema } from '../../api/session.ts';
import { requestsOf, unmark, type FuzzRequest, type Operation } from './arbitrary.fixture.ts';
import {
  ACTORS,
  CANARIES,
  COUNTY,
  openFuzzSite,
  SUBJECTS,
  type Actor,
  type FuzzSite,
} from './site.fixture.ts';

const SEED = Number(process.env['PLUMBLINE_FUZZ_SEED'] ?? 20_261_127);
const RUNS = Number(process.env['PLUMBLINE_FUZZ_RUNS'] ?? 2);

/** They start a process or hash a password for every request that is right: fewer of those. */
const COSTLY =
  /backtests|\/files$|api\/session$|reset-password|account\/password|\/bench$|rules\/check|proposals$/;

let site: FuzzSite;
let operations: Operation[] = [];
const schemas = new Map<string, Record<string, unknown>>();
beforeAll(async () => {
  site = await openFuzzSite();
  operations = operationsOf(site.app.swagger());
  for (const { method, url, schema } of site.app.seenRoutes) {
    const response = schema?.response as Record<string, unknown> | undefined;
    schemas.set(`${String(method).toLowerCase()} ${braced(url)}`, response ?? {});
  }
});
afterAll(() => site?.close());

const braced = (url: string) => url.replaceAll(/:(\w+)/g, '{$1}');

function operationsOf(document: object): Operation[] {
  const { paths } = document as { paths: Record<string, Record<string, Described>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      method,
      path,
      parameters,
      body: Object.values(requestBody?.content ?? {})[0]?.schema,
    })),
  );
}
type Described = {
  readonly parameters?: Operation['parameters'];
  readonly requestBody?: { readonly content?: Record<string, { schema: Operation['body'] }> };
  readonly responses?: Record<string, unknown>;
};

test('every route is in the description, with what it answers', () => {
  const { paths } = site.app.swagger() as { paths: Record<string, Record<string, Described>> };
  const routes = site.app.seenRoutes.filter(({ url }) => /^\/(api|health|metrics)/.test(url));
  const missing = routes
    .filter(({ url }) => url !== '/api/openapi.json')
    .filter(({ method, url, schema }) => {
      const described = paths[braced(url)]?.[String(method).toLowerCase()];
      const good = Object.keys((schema?.response as object | undefined) ?? {});
      return (
        described?.responses?.['default'] === undefined ||
        !good.some((status) => status.startsWith('2')) ||
        (/:/.test(url) && schema?.params === undefined)
      );
    })
    .map(({ method, url }) => `${String(method)} ${url}`);
  expect(missing).toEqual([]);
  expect(operations.length).toBeGreaterThan(100);
});

/** Strings the site answered with, by the name they stood under; some are known from the start. */
const pool = new Map<string, string[]>([
  ['subject', [...SUBJECTS]],
  ['subjects', [...SUBJECTS]],
  ['county', ['511722']],
  ['region', ['511722', '511700']],
  ['ruleId', ['area-exit', 'offence', 'detention']],
  ['purpose', ['alert-handling', 'daily-supervision', 'contact', 'rule-tuning']],
]);
const POOL_MAX = 60;

function remember(value: unknown, name: string): void {
  if (typeof value === 'string') {
    if (value.length > 120) return;
    const list = pool.get(name) ?? [];
    if (list.length < POOL_MAX && !list.includes(value)) pool.set(name, [...list, value]);
  } else if (Array.isArray(value)) {
    for (const one of value.slice(0, 20)) remember(one, name);
  } else if (value !== null && typeof value === 'object') {
    for (const [key, one] of Object.entries(value)) remember(one, key);
  }
}

/** An id is looked for among what the same part of the address has answered. */
const findIn = (path: string) => (name: string, pick: number) => {
  const part = path.split('/')[2] ?? '';
  const list = pool.get(name === 'id' ? `${part}.id` : name) ?? pool.get(name) ?? [];
  return list[pick % Math.max(1, list.length)];
};

function keepIds(path: string, answer: unknown): void {
  remember(answer, '');
  const part = path.split('/')[2] ?? '';
  const ids: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.slice(0, 20).forEach(walk);
    else if (value !== null && typeof value === 'object') {
      for (const [key, one] of Object.entries(value)) {
        if (key === 'id' && typeof one === 'string') ids.push(one);
        else walk(one);
      }
    }
  };
  walk(answer);
  remember(ids, `${part}.id`);
}

type Sent = { readonly method: string; readonly url: string; readonly payload: unknown };

async function send(operation: Operation, actor: Actor, request: FuzzRequest) {
  const find = findIn(operation.path);
  const encode = (value: unknown) => encodeURIComponent(String(value).toWellFormed());
  const url = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    encode(unmark(request.path[name], find)),
  );
  const query = Object.entries(request.query)
    .map(([name, value]) => `${encode(name)}=${encode(unmark(value, find))}`)
    .join('&');
  const full = query === '' ? url : `${url}?${query}`;
  const takesBody = operation.method !== 'get';
  const body = unmark(request.body, find);
  const headers: Record<string, string> = { ...request.headers, ...(await site.headersOf(actor)) };
  let payload: string | Buffer | undefined;
  if (takesBody && request.raw) [headers['content-type'], payload] = request.raw;
  else if (takesBody && body !== undefined) {
    headers['content-type'] = 'application/json';
    payload = JSON.stringify(body);
  }
  const response = await site.app.inject({
    method: operation.method.toUpperCase() as 'GET',
    url: full,
    headers,
    // Each from an address of its own: nobody is locked out for another.
    remoteAddress: `10.${nextAddress() >> 8}.${address & 255}.1`,
    payloadAsStream: operation.path === '/api/live',
    ...(payload === undefined ? {} : { payload }),
  });
  const sent: Sent = {
    method: operation.method,
    url: full,
    payload: String(payload).slice(0, 300),
  };
  return { response, sent };
}
let address = 0;
const nextAddress = () => (address = (address + 1) % 60_000);

const LEAKS =
  /node_modules|\.ts:\d+|\bat (?:async )?[\w.]+ \(|SQLITE_|SqliteError|SELECT .* FROM|ECONN|\/tmp\//;

/** What is wrong with an answer; undefined when nothing is. */
function faultOf(
  operation: Operation,
  { status, type, body }: { status: number; type: string; body: string },
): string | undefined {
  const declared = schemas.get(`${operation.method} ${operation.path}`) ?? {};
  if (status >= 500 && !(String(status) in declared))
    return `status ${status}: ${body.slice(0, 300)}`;
  const isError = status >= 400;
  if (isError && LEAKS.test(body)) return `says too much: ${body.slice(0, 300)}`;
  if (isError) {
    const echoed = Object.entries(CANARIES).find(([, word]) => body.includes(word));
    if (echoed) return `echoes the ${echoed[0]}: ${body.slice(0, 300)}`;
  }
  const schema = (declared[status] ?? (isError ? problemSchema : undefined)) as
    | z.ZodType
    | { readonly content: object }
    | undefined;
  if (schema && 'content' in schema) {
    const isOurs =
      !type.includes('json') || Object.keys(schema.content).some((one) => type.startsWith(one));
    return isOurs ? undefined : `${status} as ${type}`;
  }
  if (!schema) return `status ${status} is not described: ${body.slice(0, 200)}`;
  if (status === 204) return body === '' ? undefined : 'has a body';
  if (!type.includes('json')) return isError ? `an error as ${type}` : undefined;
  const read = schema.safeParse(JSON.parse(body));
  return read.success
    ? undefined
    : `${status} is not as described: ${z.prettifyError(read.error).slice(0, 300)} in ${body.slice(0, 200)}`;
}

/** Tables that are written by looking, refusing or by themselves. */
const BY_THEMSELVES =
  /^(sqlite_|audit|session|sign_in|account_access|access_grant|offset|consumer|cursor|watch|canary|outbox|rollup|lock|job|stall|notice|health|migration|kysely|escalation$|alert_raise$)/;

/** Of the alerts those of these ids: on a slow machine the rules raise others meanwhile. */
async function digest(alertIds: ReadonlySet<unknown>): Promise<Record<string, string>> {
  const { db } = site.product.foundation.records;
  const tables = await sql<{ name: string }>`
    SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`.execute(db);
  const out: Record<string, string> = {};
  for (const { name } of tables.rows.filter((table) => !BY_THEMSELVES.test(table.name))) {
    const { rows } = await sql<Record<string, unknown>>`SELECT * FROM ${sql.table(name)}`.execute(
      db,
    );
    // What the product does by itself meanwhile goes on.
    const byPeople = rows.filter(
      ({ actor }) => actor === undefined || String(actor).startsWith('ac_'),
    );
    out[name] = JSON.stringify(
      name === 'alert'
        ? rows.filter(({ id }) => alertIds.has(id)).map(({ id, status }) => [id, status])
        : byPeople,
    );
  }
  return out;
}

const sample = (operation: Operation, runs: number, salt: number) =>
  fc.sample(requestsOf(operation), { seed: SEED + salt, numRuns: runs });

test('no address carries what names a person or opens anything', () => {
  const named = operations.flatMap(({ method, path, parameters }) =>
    parameters
      .filter((one) => one.in !== 'header' && PRIVATE.test(one.name))
      .map(({ name }) => `${method} ${path} ${name}`),
  );
  expect(named).toEqual([]);
  expect(operations.flatMap(({ parameters }) => parameters).length).toBeGreaterThan(50);
});

const PRIVATE = /pass|token|secret|code$|phone|number|birth|address|(?:^|[a-z])[Nn]ame$|session/;

/** They name nobody, and are meant for programs that watch and for a screen before it is enrolled. */
const OPEN = ['/api/kiosk', '/health', '/metrics'];

test('without a session nothing answers but what is meant to', async () => {
  const answered = new Set<string>();
  for (const operation of operations) {
    if (operation.method !== 'get') continue;
    const path = Object.fromEntries(
      [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, SUBJECTS[0]]),
    );
    const request: FuzzRequest = {
      path,
      query: {},
      headers: { 'x-purpose': 'alert-handling' },
      body: undefined,
      raw: undefined,
    };
    for (const actor of ['nobody', 'partner'] as const) {
      const { response } = await send(operation, actor, request);
      if (response.statusCode < 400) answered.add(operation.path);
    }
  }
  expect([...answered].sort()).toEqual(OPEN);
});

test('what nobody, or another site, asks for changes nothing', async () => {
  const { db } = site.product.foundation.records;
  // A canary closes by itself.
  const own = await db
    .selectFrom('alert')
    .select('id')
    .where('subject', 'in', SUBJECTS.map(subjectKey))
    .execute();
  const alerts = new Set(own.map(({ id }) => id));
  const before = await digest(alerts);
  const answered: string[] = [];
  for (const [index, operation] of operations.entries()) {
    if (operation.method === 'get' || /^\/api\/(session|kiosk|push|receipts)/.test(operation.path))
      continue;
    // As described: neither the form nor the address gives a reason to refuse it.
    const [given] = sample(operation, 1, index) as [FuzzRequest];
    const request = {
      ...given,
      raw: undefined,
      path: { id: 'a', channel: 'a', job: 'a', photoId: 'a', objectionId: 'a' },
    };
    const { response } = await send(operation, 'nobody', request);
    const foreign = { ...request, headers: { ...request.headers, origin: 'https://evil.example' } };
    const { response: crossed } = await send(operation, 'city', foreign);
    if (response.statusCode < 400 || crossed.statusCode !== 403) {
      answered.push(
        `${operation.method} ${operation.path} ${response.statusCode} ${crossed.statusCode}`,
      );
    }
  }
  expect(answered).toEqual([]);
  expect(await digest(alerts)).toEqual(before);
});

test.each([
  ['city', 'GET', '/api/live?topics=constructor', undefined],
  ['city', 'GET', '/api/live?topics=__proto__', undefined],
  ['city', 'GET', '/api/live?topics=always', undefined],
  [
    'system',
    'POST',
    '/api/accounts',
    {
      login: 'somebody',
      displayZh: '某人',
      displayEn: 'Somebody',
      role: 'county-officer',
      region: COUNTY,
      reason: '新到岗人员',
      officerId: 'nobody',
    },
  ],
] as const)(
  'what was found once is refused in words: %s %s %s',
  async (actor, method, url, body) => {
    const response = await site.app.inject({
      method,
      url,
      headers: await site.headersOf(actor),
      ...(body === undefined ? {} : { payload: body }),
    });
    expect(response.statusCode).toBe(400);
    expect(problemSchema.safeParse(response.json()).success).toBe(true);
  },
);

test('a wall is told of pushes nobody could read', async () => {
  const response = await site.app.inject({
    method: 'POST',
    url: '/api/push',
    headers: { ...(await site.headersOf('partner')), 'content-type': 'application/x-ndjson' },
    payload: 'no line of ours\n',
  });
  expect(response.statusCode).toBe(200);
  let names: string[] = [];
  await vi.waitFor(
    async () => {
      const wall = await site.app.inject({
        url: '/api/wall/supervision',
        headers: await site.headersOf('city'),
      });
      const { streams } = wall.json<{ streams: { name: { zh: string } }[] }>();
      names = streams.map(({ name }) => name.zh);
      expect(names).toContain('外部接口数据');
    },
    { timeout: 30_000, interval: 100 },
  );
  const other = await site.app.inject({
    method: 'POST',
    url: '/api/push',
    headers: {
      ...(await site.headersOf('partner')),
      'content-type': `application/${CANARIES.phone}`,
    },
    payload: 'a',
  });
  expect(other.statusCode).toBe(415);
  expect(other.body).not.toContain(CANARIES.phone);
});

test(
  'no endpoint fails, tells too much, or answers otherwise than described',
  async () => {
    const faults = new Map<string, string>();
    const statuses = new Map<string, Set<number>>();
    // What is there is asked for first: its ids make the requests that follow meaningful.
    const inOrder = [...operations].sort((a, b) => a.path.length - b.path.length);
    for (let round = 0; round < RUNS; round++) {
      for (const [index, operation] of inOrder.entries()) {
        const name = `${operation.method} ${operation.path}`;
        const actors = COSTLY.test(operation.path)
          ? ACTORS.slice(round % 3, ACTORS.length)
          : ACTORS;
        const requests = sample(operation, actors.length, index + 1_000 * (round + 1));
        for (const [at, actor] of actors.entries()) {
          const { response, sent } = await send(operation, actor, requests[at] as FuzzRequest);
          const type = String(response.headers['content-type'] ?? '');
          const isStream = type.startsWith('text/event-stream');
          if (operation.path === '/api/live' && isStream) {
            response.stream().destroy();
            continue;
          }
          const body =
            operation.path === '/api/live' ? await textOf(response.stream()) : response.body;
          const answer = { status: response.statusCode, type, body };
          const seen = statuses.get(name) ?? new Set();
          statuses.set(name, seen.add(answer.status));
          const fault = faultOf(operation, answer);
          if (fault !== undefined) {
            const key = `${name} ${fault.slice(0, 60)}`;
            if (!faults.has(key))
              faults.set(key, `${actor}: ${JSON.stringify(sent)}\n  → ${fault}`);
          } else if (answer.status === 200 && type.startsWith('application/json')) {
            keepIds(operation.path, JSON.parse(body));
          }
        }
      }
    }
    expect([...faults.values()].join('\n')).toBe('');
    // Whoever drives endpoints that answer nothing but refusals has not driven them.
    const reached = [...statuses.values()].filter((seen) =>
      [...seen].some((status) => status < 300),
    );
    expect(reached.length).toBeGreaterThan(operations.length / 3);
  },
  // A run takes a minute on a quiet machine.
  240_000 * (RUNS + 1),
);

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test('afterwards the records hold together and the audit trail is whole', async () => {
  const { db } = site.product.foundation.records;
  const broken = await sql`PRAGMA foreign_key_check`.execute(db);
  expect(broken.rows).toEqual([]);
  const answer = await site.app.inject({
    method: 'POST',
    url: '/api/audit/verify',
    headers: { ...(await site.headersOf('auditor')), 'x-purpose': 'audit-review' },
  });
  expect(answer.json()).toMatchObject({ verified: { findings: [] } });
});
