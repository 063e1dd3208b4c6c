// The demonstration: a living, entirely synthetic city around the product, its officers and their accounts,
// a partner's system to poll, and a gateway that plays the telephone and SMS provider.

import type { FastifyInstance } from 'fastify';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DEVICE_MODELS, type DeviceModel } from '../connectors/jt808/device-model.ts';
import { assert, UserError } from '../core/errors.ts';
import { secureIds } from '../core/ids.ts';
import { createLogger } from '../core/logger.ts';
import { createRandom, createUnseededRandom } from '../core/random.ts';
import { DAZHOU, regionName, regionsWithin, type RegionCode } from '../core/region.ts';
import { text, type Text } from '../core/text.ts';
import { createAcceleratedClock, ioClock, sleep, systemClock } from '../core/time.ts';
import { openCity, type CityRun } from '../sim/city/run.ts';
import { openDemoGateway, type DemoGateway } from '../sim/demo-gateway.ts';
import { openSourceServer } from '../sim/source-server.ts';
import { createTerminalFleet } from '../sim/terminal-fleet.ts';
import { markDemoAccount } from '../security/access/account-access-store.ts';
import { createAccount } from '../warehouse/accounts.ts';
import { loadCursor, saveCursor } from '../warehouse/cursors.ts';
import { flag } from '../warehouse/records-schema.ts';
import type { Role } from './api/session.ts';
import { inDataFolder, loadConfig, type Config, type ConfigInput } from './config.ts';
import { seedBases } from './demo-bases.ts';
import { DUTY_PEOPLE } from './demo-duty-people.ts';
import { fillVault } from './demo-identities.ts';
import { seedIncidents } from './demo-incidents.ts';
import type { DemoOptions } from './demo-options.ts';
import type { Foundation } from './foundation.ts';
import { savePartner } from './partners.ts';
import { startPull } from './roles/ingest.ts';
import { startProduct, type Product } from './wire.ts';

export type Demo = {
  readonly product: Product;
  readonly gatewayUrl: string;
  readonly city: CityRun;
  stop(): Promise<void>;
};

/** One password for every demo account: there is nothing real to protect. */
const PASSWORD = 'plumbline-demo';

/** The token with which README shows how a partner pushes. */
const PARTNER_TOKEN = 'demo-partner-token';

/** Duty rooms and people in turns, leaders behind them; quiet nights for level 3. */
const [ROSTER, ROUTING] = ['demo-roster', 'demo-routing'].map((name) =>
  fileURLToPath(new URL(`../sim/${name}.yaml`, import.meta.url)),
);

const BASE: ConfigInput = {
  dataFolder: '.plumbline/demo',
  alerts: { roster: ROSTER, routing: ROUTING },
  connectors: { jt808: { port: 0 } },
};

/** Starts product and city. Rejects with UserError when a port is in use or the configuration is wrong. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { speed, seed, persons } = options;
  const settings = loadConfig({ file: options.configFile, base: BASE });
  // A city that lives faster than the clock cannot be taken up again later: its past lies in our future.
  if (options.fresh || speed !== 1)
    await rm(inDataFolder(settings, '.'), { recursive: true, force: true });
  const clock =
    speed === 1
      ? systemClock
      : createAcceleratedClock(systemClock, { startAtMs: systemClock.now(), speed });
  const secret = secureIds.next('gateway');
  const gateway = await openGateway(settings, secret);
  const config = {
    ...settings,
    channels: {
      // Two providers for each, so that one can be made to fail by hand.
      phone: { providers: gatewayProviders(gateway, secret, 'phone') },
      sms: { providers: gatewayProviders(gateway, secret, 'sms') },
      ...settings.channels,
    },
  };
  const stops: (() => Promise<unknown>)[] = [gateway.close];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const product = await startProduct(config, { clock, speed, routes: registerDemoAccounts });
    stops.push(product.stop);
    await seedPeople(product.foundation);
    const city = await startCity(product, { seed, persons }, stops);
    const seeding = new AbortController();
    const seeded = seedBases(product.foundation, {
      persons: city.city.population.persons,
      wake: () => product.ingest?.wakeBases(),
      signal: seeding.signal,
    }).catch((error: unknown) =>
      product.foundation.logger.error('demo.bases-failed', { cause: String(error) }),
    );
    const invented = inventIncidents(product, seed, seeding.signal);
    stops.push(() => {
      seeding.abort();
      return Promise.all([seeded, invented]);
    });
    return { product, gatewayUrl: gateway.url, city, stop };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

/** How long the first look at the city goes before figures nobody has asked for yet. */
const INCIDENTS_AFTER_MS = 20_000;

/** Figures for the indices, in the background. */
async function inventIncidents(
  { olap, foundation: { clock, logger } }: Product,
  seed: string,
  signal: AbortSignal,
): Promise<void> {
  if (!olap) return;
  try {
    await sleep(ioClock, INCIDENTS_AFTER_MS, signal).catch(() => {});
    if (!signal.aborted) await seedIncidents(olap, { seed, nowMs: clock.now(), signal });
  } catch (error) {
    logger.error('demo.incidents-failed', { cause: String(error) });
  }
}

/** On the port after the product's, or any free one when that is taken. */
async function openGateway({ http, logLevel }: Config, secret: string): Promise<DemoGateway> {
  const logger = createLogger(logLevel);
  const deps = { clock: systemClock, random: createUnseededRandom(), ids: secureIds, logger };
  const open = (port: number) => openDemoGateway(deps, { port, secret, nameOf: officerAt });
  try {
    return await open(http.port === 0 ? 0 : http.port + 1);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'port-in-use') throw error;
    return open(0);
  }
}

const gatewayProviders = (gateway: DemoGateway, secret: string, kind: 'phone' | 'sms') =>
  [gateway.apiUrl, gateway.secondApiUrl].map((url, index) => ({
    kind: 'http' as const,
    name: `${kind}-${index === 0 ? 'a' : 'b'}`,
    url,
    secret,
  }));

async function startCity(
  { foundation, ingest }: Product,
  { seed, persons }: { seed: string; persons: number },
  stops: (() => Promise<unknown>)[],
): Promise<CityRun> {
  const { areas, locate, clock, records } = foundation;
  if (!ingest) {
    throw new UserError(
      'bad-configuration',
      text('演示需要 ingest 角色', 'the demo needs the ingest role'),
    );
  }
  const { connectorDeps, directory, terminalModels, jt808 } = ingest;
  const token = secureIds.next('source');
  const source = await openSourceServer(
    { random: createRandom(`${seed}/source`) },
    { port: 0, token },
  );
  stops.push(source.stop);
  for (const [of, path] of [
    ['bookings', '/bookings'],
    ['lodging', '/lodging'],
  ] as const) {
    const url = `${source.url}${path}`;
    const pull = startPull(foundation, connectorDeps, {
      name: 'demo',
      of,
      url,
      token,
      every: 2_000,
    });
    stops.push(pull.stop);
  }
  const city = await openCity(
    {
      ...connectorDeps,
      areas,
      locate,
      cursor: {
        load: () => loadCursor(records.db, `city ${seed}`),
        save: (value) => saveCursor({ clock }, records.db, { name: `city ${seed}`, value }),
      },
      feed: source,
      async prepare({ population }) {
        await directory.assign(
          [...population.aliases].map(([alias, subject]) => ({ alias, subject })),
        );
        for (const { number, model } of population.terminals) terminalModels.set(number, model);
      },
      fleet({ population }) {
        const fleet = createTerminalFleet(
          { random: createRandom(`${seed}/fleet`) },
          population.terminals.map(({ number, model }, index) => ({
            phone: number,
            model: modelNamed(model),
            // Both editions of the protocol are on the street.
            version: index % 2 === 0 ? 2013 : 2019,
            host: '127.0.0.1',
            port: jt808?.port ?? 0,
          })),
        );
        stops.push(fleet.stop);
        return fleet;
      },
    },
    { seed, size: persons },
  );
  stops.push(city.stop);
  const { vault } = foundation.identities;
  stops.push(fillVault({ ...foundation, vault }, city.city.population.persons).stop);
  return city;
}

function modelNamed(id: string): DeviceModel {
  const model = DEVICE_MODELS.find((known) => known.id === id);
  assert(model, `a device model "${id}" exists`);
  return model;
}

type DemoPerson = {
  readonly login: string;
  readonly name: Text;
  readonly role: Role;
  readonly region: RegionCode;
  /** An invented number; nobody is called by the demo gateway. */
  readonly phone?: string;
  /** A leader who signs in; the officers of duty get rows of their own. */
  readonly officerId?: string;
};

const people: readonly DemoPerson[] = [
  {
    login: 'city',
    name: text('达州市司法局值班员', 'Dazhou duty officer'),
    role: 'city-officer',
    region: DAZHOU,
    phone: '0818-0000001',
  },
  ...regionsWithin(DAZHOU).map(({ code, name }, index): DemoPerson => ({
    login: name.en.toLowerCase(),
    name: text(`${name.zh}司法局值班员`, `${name.en} duty officer`),
    role: 'county-officer',
    region: code,
    phone: `0818-00000${String(index + 11)}`,
  })),
  {
    login: 'leader',
    name: text('达州市司法局带班领导', 'Dazhou leader on duty'),
    role: 'city-officer',
    region: DAZHOU,
    officerId: 'officer-dazhou-leader',
  },
  { login: 'analyst', name: text('分析员', 'Analyst'), role: 'analyst', region: DAZHOU },
  {
    login: 'admin',
    name: text('系统管理员', 'System administrator'),
    role: 'system-administrator',
    region: DAZHOU,
  },
  {
    login: 'security',
    name: text('安全管理员', 'Security administrator'),
    role: 'security-administrator',
    region: DAZHOU,
  },
  {
    login: 'auditor',
    name: text('审计管理员', 'Audit administrator'),
    role: 'audit-administrator',
    region: DAZHOU,
  },
];

/** They are called when a duty officer does not answer; that of the city signs in to see what is open. */
const leaders = [DAZHOU, ...regionsWithin(DAZHOU).map(({ code }) => code)].map((region, index) => {
  const { zh, en } = regionName(region);
  return {
    id: `officer-${en.toLowerCase()}-leader`,
    name: text(`${zh}司法局带班领导`, `${en} leader on duty`),
    region,
    phone: `0818-00000${String(index + 31)}`,
  };
});

const officerAt = (number: string): Text | undefined => {
  const person = DUTY_PEOPLE.find(({ phone }) => phone === number);
  if (person) return text(person.name, person.nameEn);
  return [...people, ...leaders].find(({ phone }) => phone === number)?.name;
};

/** Officers, accounts and a partner, each made once. */
async function seedPeople({ records, ids, clock, rights }: Foundation): Promise<void> {
  const duty = people.flatMap(({ login, name, role, region, phone = null, officerId: leader }) =>
    leader === undefined && (role === 'city-officer' || role === 'county-officer')
      ? [{ id: `officer-${login}`, name: name.zh, role, region, phone }]
      : [],
  );
  const leading = leaders.map((leader) => ({
    ...leader,
    name: leader.name.zh,
    role: 'leader' as const,
  }));
  const inTurns = DUTY_PEOPLE.map(({ isLeader, nameEn: _latin, ...person }) => ({
    ...person,
    role: isLeader
      ? ('leader' as const)
      : person.region === DAZHOU
        ? ('city-officer' as const)
        : ('county-officer' as const),
  }));
  const { db } = records;
  await db
    .insertInto('officer')
    .values(
      [...duty, ...leading, ...inTurns].map((officer) => ({
        ...officer,
        phoneVerifiedAtMs: clock.now(),
        active: flag(true),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  for (const person of people) {
    const { login, name, role, region } = person;
    const officerId = person.officerId ?? duty.find(({ id }) => id === `officer-${login}`)?.id;
    await records.transaction(async (trx) => {
      const made = await createAccount({ ids }, trx, {
        login,
        displayZh: name.zh,
        displayEn: name.en,
        role,
        region,
        language: 'zh',
        password: PASSWORD,
        ...(officerId === undefined ? {} : { officerId }),
      });
      if (!made) return;
      // Everybody is told the password: a second factor would protect nothing.
      await markDemoAccount(trx, made.id);
      await rights.seal(trx, made.id);
    });
  }
  await savePartner(db, {
    name: 'demo partner',
    token: PARTNER_TOKEN,
    sources: ['rail/partner', 'air/partner', 'lodging/partner', 'custody/partner', 'phone/partner'],
    kinds: ['booking', 'lodging', 'custody', 'position'],
    trusted: true,
  });
}

/** The accounts anyone may sign in with, told by the sign-in page of a demonstration only. */
function registerDemoAccounts(app: FastifyInstance): void {
  const accounts = people.map(({ login, name, role, region }) => ({
    login,
    password: PASSWORD,
    name,
    role,
    region: regionName(region),
  }));
  app.get('/api/demo-accounts', { schema: { hide: true } }, () => accounts);
}
