// The product's own channels and outbox against the demo gateway, over real HTTP in both directions.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { HttpChannel } from '../alerts/channels/http-provider.ts';
import type { Channel, ProviderTerms } from '../alerts/channels/channel.ts';
import { createPhoneHttp } from '../alerts/channels/phone-http.ts';
import { createSmsHttp } from '../alerts/channels/sms-http.ts';
import {
  anOfficer,
  DAZHOU_CITY,
  raised,
  saveOfficers,
  XUANHAN,
} from '../alerts/findings.fixture.ts';
import {
  noticeTo,
  openStage,
  startProgram,
  type Program,
  type Stage,
} from '../alerts/scenario.fixture.ts';
import { UserError } from '../core/errors.ts';
import { createCountingIds } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { systemClock } from '../core/time.ts';
import { openDemoGateway, type DemoGateway, type DemoGatewayOptions } from './demo-gateway.ts';

const SECRET = 'between the two';
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;
const COUNTY = { accountId: 'ac', role: 'county-officer', region: XUANHAN, note: '' } as const;

const offence = raised('cc-000001', { ruleId: 'offence' });
const exit = raised('cc-000002');

type Scene = {
  readonly gateway: DemoGateway;
  readonly program: Program;
  readonly stage: Stage;
  /** Refuses call-backs while it is set. */
  away: boolean;
};

const openGateway = (options: Partial<DemoGatewayOptions> = {}) =>
  openDemoGateway(
    {
      clock: systemClock,
      random: createRandom('gateway'),
      ids: createCountingIds(),
      logger: silentLogger,
    },
    { port: 0, secret: SECRET, ...options },
  );

/** The product on a stage, its call-back address on HTTP, and the gateway. */
async function withScene(
  run: (scene: Scene) => Promise<void>,
  behaviour = {},
  { terms, second = false }: { terms?: ProviderTerms; second?: boolean } = {},
): Promise<void> {
  const gateway = await openGateway({ behaviour });
  const stage = await openStage();
  const channels = new Map<string, HttpChannel>();
  const scene: { away: boolean } = { away: false };
  const product = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const body = Buffer.concat(chunks).toString();
      if (scene.away) return response.writeHead(503).end();
      return void channels
        .get(path)
        ?.receive({ path, headers: request.headers, body })
        .then((outcome) => response.writeHead(outcome === 'unknown-notice' ? 404 : 200).end());
    });
  });
  await new Promise<void>((resolve) => product.listen(0, '127.0.0.1', resolve));
  const { port } = product.address() as AddressInfo;
  const optionsOf = (path: string) => ({
    provider: 'demo',
    url: gateway.apiUrl,
    secret: SECRET,
    callbackUrl: `http://127.0.0.1:${port}${path}`,
    language: 'zh' as const,
    timeoutMs: 900,
  });
  channels.set('/phone', createPhoneHttp(optionsOf('/phone')));
  channels.set('/sms', createSmsHttp(optionsOf('/sms')));
  const spare = createSmsHttp({
    ...optionsOf('/second'),
    provider: 'second',
    url: gateway.secondApiUrl,
  });
  if (second) channels.set('/second', spare);
  const owing = (channel: Channel) => (terms ? { ...channel, terms } : channel);
  const program = await startProgram(stage, {
    wrapChannel: (channel) =>
      channel === spare ? owing(channel) : owing(channels.get(`/${channel.kind}`) ?? channel),
    further: second ? [spare] : [],
  });
  try {
    await run(Object.assign(scene, { gateway, program, stage }));
  } finally {
    await gateway.close();
    product.closeAllConnections();
    product.close();
    await stage.remove();
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

const statusOf = async ({ program }: Scene, alertId: string) =>
  (await program.desk.get(alertId, ALL)).status;

/** What a person does with the newest call or message to an officer. */
async function person(scene: Scene, officer: string, act: Parameters<DemoGateway['act']>[1]) {
  const { phone } = await scene.stage.records.db
    .selectFrom('officer')
    .select('phone')
    .where('id', '=', officer)
    .executeTakeFirstOrThrow();
  const item = scene.gateway.items().find(({ order }) => order.to === phone);
  return scene.gateway.act(item?.messageId ?? '', act);
}

test('a level-1 alert rings at city and county, and key 1 from both acknowledges it', () =>
  withScene(async (scene) => {
    await scene.program.find(offence);
    expect(scene.gateway.items().map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'call ringing',
      'call ringing',
    ]);
    expect(await person(scene, 'xuanhan', { kind: 'answer', key: '1' })).toBe(true);
    expect(await person(scene, 'xuanhan', { kind: 'answer', key: '1' })).toBe(false);
    await person(scene, 'city', { kind: 'answer', key: '31' });
    await until(async () => (await statusOf(scene, offence.alertId)) === 'acknowledged');
  }));

test('key 3 passes the call on: the next of the ladder is called at once', () =>
  withScene(async (scene) => {
    await saveOfficers(scene.stage.records.db, [anOfficer('leader', XUANHAN, { role: 'leader' })]);
    await scene.program.find(offence);
    await person(scene, 'xuanhan', { kind: 'answer', key: '3' });
    await until(async () => {
      await scene.program.settle();
      return scene.gateway.items().length === 3;
    });
    expect(await person(scene, 'leader', { kind: 'answer', key: '1' })).toBe(true);
    await until(async () => {
      const { timeline } = await scene.program.desk.get(offence.alertId, ALL);
      return timeline.some(({ kind, actor }) => kind === 'answered' && actor === 'leader');
    });
  }));

test('an SMS arrives, and the reply acknowledges; answering by itself does too', () =>
  withScene(
    async (scene) => {
      await scene.program.find(exit);
      await until(async () => (await statusOf(scene, exit.alertId)) === 'acknowledged');
      expect(scene.gateway.items()[0]).toMatchObject({ kind: 'message', state: 'replied' });
      expect(scene.gateway.items()[0]?.order.text).toMatch(/^【准绳】二级预警/);
    },
    { answerAfterMs: 100 },
  ));

test('a declined call is a failure the outbox calls again for', () =>
  withScene(async (scene) => {
    await scene.program.find(offence);
    await person(scene, 'city', { kind: 'decline' });
    await until(async () => {
      const { step, state } = await noticeTo(scene.stage, 'phone', 'city');
      return step === 1 && state === 'waiting';
    });
    await scene.program.pass(1.1);
    expect(scene.gateway.items().filter(({ state }) => state === 'ringing').length).toBe(2);
  }));

test.each([
  ['twice', { duplicates: true }],
  ['out of order', { shuffles: true }],
  ['twice and out of order', { duplicates: true, shuffles: true }],
])('reports that come %s end in the same place', (_, behaviour) =>
  withScene(async (scene) => {
    await scene.program.find(offence);
    for (const officer of ['city', 'xuanhan'])
      await person(scene, officer, { kind: 'answer', key: '1' });
    await until(async () => (await statusOf(scene, offence.alertId)) === 'acknowledged');
    await until(async () => (await noticeTo(scene.stage, 'phone', 'city')).providerSequence === 3);
    expect((await noticeTo(scene.stage, 'phone', 'city')).state).toBe('answered');
  }, behaviour),
);

test('an order that is answered too late is settled by asking, and rings once', () =>
  withScene(
    async (scene) => {
      await scene.program.find(offence);
      expect((await noticeTo(scene.stage, 'phone', 'city')).state).toBe('uncertain');
      scene.gateway.behave({ slowMs: 0 });
      await scene.program.pass(0.5);
      expect((await noticeTo(scene.stage, 'phone', 'city')).state).toBe('sent');
      expect(scene.gateway.items().length).toBe(2);
    },
    { slowMs: 3_000 },
  ));

test('while it is out of service notices wait, and go out when it is back', () =>
  withScene(
    async (scene) => {
      await scene.program.find(exit);
      expect(await noticeTo(scene.stage, 'sms', 'xuanhan')).toMatchObject({
        state: 'waiting',
        lastErrorCode: 'http-503',
      });
      scene.gateway.behave({ isDown: false });
      await scene.program.pass(1);
      expect(scene.gateway.items().length).toBe(1);
    },
    { isDown: true },
  ));

test('what is lost never rings and is never reported', () =>
  withScene(
    async (scene) => {
      await scene.program.find(offence);
      expect(scene.gateway.items().map(({ state }) => state)).toEqual(['lost', 'lost']);
      expect(await person(scene, 'city', { kind: 'answer', key: '1' })).toBe(false);
      expect((await noticeTo(scene.stage, 'phone', 'city')).state).toBe('sent');
    },
    { losePercent: 100 },
  ));

test('reports are kept for a product that is away', () =>
  withScene(async (scene) => {
    await scene.program.find(exit);
    scene.away = true;
    await until(async () => scene.gateway.items()[0]?.state === 'delivered');
    await new Promise((resolve) => setTimeout(resolve, 300));
    scene.away = false;
    await until(async () => (await noticeTo(scene.stage, 'sms', 'xuanhan')).state === 'delivered');
    await scene.program.desk.acknowledge(exit.alertId, COUNTY);
  }));

describe('the page', () => {
  const withGateway = async (run: (gateway: DemoGateway) => Promise<void>) => {
    const gateway = await openGateway();
    await run(gateway).finally(gateway.close);
  };
  const post = (gateway: DemoGateway, path: string, headers = {}) =>
    fetch(`${gateway.url}${path}`, { method: 'POST', headers });

  test.each([
    ['/', 'text/html', '演示网关'],
    ['/page.css', 'text/css', ':root'],
    ['/page.js', 'text/javascript', 'EventSource'],
  ])('%s is served', (path, type, content) =>
    withGateway(async ({ url }) => {
      const response = await fetch(`${url}${path}`);
      expect(response.headers.get('content-type')).toContain(type);
      expect(await response.text()).toContain(content);
    }),
  );

  test('sets how the provider behaves, and refuses what is no behaviour', () =>
    withGateway(async (gateway) => {
      const set = await post(
        gateway,
        '/api/behaviour?answerAfterMs=3000&losePercent=20&isDown=true',
      );
      expect(await set.json()).toMatchObject({
        answerAfterMs: 3_000,
        losePercent: 20,
        isDown: true,
        delayMs: 0,
      });
      const off = await post(gateway, '/api/behaviour?answerAfterMs=off');
      expect(await off.json()).toMatchObject({ answerAfterMs: null, isDown: true });
      for (const wrong of ['losePercent=101', 'losePercent=x', 'isDown=maybe', 'colour=red']) {
        const refused = await post(gateway, `/api/behaviour?${wrong}`);
        expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'bad-input' }]);
      }
    }));

  test('presses no keys for a page elsewhere', () =>
    withGateway(async (gateway) => {
      const headers = { 'sec-fetch-site': 'cross-site' };
      expect((await post(gateway, '/api/behaviour?isDown=true', headers)).status).toBe(403);
      expect((await post(gateway, '/api/items/x?act=answer', headers)).status).toBe(403);
      expect((await post(gateway, '/api/items/x?act=answer')).status).toBe(409);
    }));

  test('takes no order that is not signed, and survives nonsense', () =>
    withGateway(async (gateway) => {
      expect((await post(gateway, '/v1/calls')).status).toBe(401);
      expect((await post(gateway, '//')).status).toBe(400);
      expect((await post(gateway, '/api/items/%E0?act=answer')).status).toBe(409);
      expect((await post(gateway, '/__proto__')).status).toBe(404);
      const large = await fetch(`${gateway.url}/v1/calls`, {
        method: 'POST',
        body: 'x'.repeat(20_000),
      });
      expect(large.status).toBe(413);
    }));

  test('is shown what happens as it happens', () =>
    withScene(async ({ gateway, program }) => {
      const giveUp = new AbortController();
      const feed = await fetch(`${gateway.url}/api/live`, { signal: giveUp.signal });
      const pictures: string[] = [];
      const reading = (async () => {
        for await (const chunk of feed.body ?? []) pictures.push(Buffer.from(chunk).toString());
      })().catch(() => {});
      await program.find(offence);
      await until(async () => pictures.some((picture) => picture.includes('"ringing"')));
      giveUp.abort();
      await reading;
    }));

  test('a port that is taken is said so', () =>
    withGateway(async ({ url }) => {
      const again = openGateway({ port: Number(new URL(url).port) });
      await expect(again).rejects.toBeInstanceOf(UserError);
      await expect(again).rejects.toMatchObject({ code: 'port-in-use' });
    }));
});

describe('with a second provider to turn to', () => {
  const RECEIPTS = { receiptWithinMs: { 1: 60_000, 2: 60_000, 3: 60_000 } };

  /** SMS by both, the first behaving as told, the call-backs of each on its own path. */
  const withBoth = (
    run: (scene: Scene & { after: (minutes: number) => Promise<void> }) => Promise<void>,
    behaviour: Partial<DemoGatewayOptions['behaviour']>,
  ) =>
    withScene(
      (scene) => run({ ...scene, after: scene.program.pass }),
      { ...behaviour },
      { terms: RECEIPTS, second: true },
    );

  test('what the first loses arrives by the second, under the same key', () =>
    withBoth(
      async ({ gateway, program, after, stage }) => {
        await program.find(exit);
        await after(1.1);
        const [second] = gateway.items('second');
        expect(second?.order).toMatchObject({
          key: gateway.items('first')[0]?.order.key,
          attempt: 2,
        });
        await until(async () => (await noticeTo(stage, 'sms', 'xuanhan')).state === 'delivered');
        expect((await noticeTo(stage, 'sms', 'xuanhan')).provider).toBe('second');
      },
      { losePercent: 100 },
    ));

  test('a first that never says anything is passed over in time', () =>
    withBoth(
      async ({ gateway, program, after }) => {
        await program.find(exit);
        await after(0.9);
        expect(gateway.items('second')).toEqual([]);
        await after(0.2);
        expect(gateway.items('second').length).toBe(1);
      },
      { reports: 'silent' },
    ));

  test('a first that lies is believed: only the person, who does not answer, can tell', () =>
    withBoth(
      async ({ gateway, program, after, stage }) => {
        await program.find(exit);
        await until(async () => (await noticeTo(stage, 'sms', 'xuanhan')).state === 'delivered');
        await after(3);
        expect(gateway.items('first').map(({ state }) => state)).toEqual(['lost']);
        expect(gateway.items('second')).toEqual([]);
        // The ladder does not depend on what providers say.
        await after(28);
        expect(gateway.items().length).toBeGreaterThan(1);
      },
      { reports: 'lies' },
    ));

  test('a first that is out of service costs no time', () =>
    withBoth(
      async ({ gateway, program }) => {
        await program.find(exit);
        expect([gateway.items('first').length, gateway.items('second').length]).toEqual([0, 1]);
      },
      { isDown: true },
    ));

  test('each is set by itself on the page', () =>
    withScene(async ({ gateway }) => {
      const set = (query: string) =>
        fetch(`${gateway.url}/api/behaviour?${query}`, { method: 'POST' });
      await set('provider=second&isDown=true');
      expect(await (await set('reports=silent')).json()).toMatchObject({
        isDown: false,
        reports: 'silent',
      });
      expect((await set('provider=third&isDown=true')).status).toBe(404);
    }));
});
