// The whole product in one process, with somebody of every role signed in, alerts, persons in the vault and a
// partner: what the endpoints are driven against.

import type { FastifyInstance } from 'fastify';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anOfficer, raised } from '../../../alerts/findings.fixture.ts';
import { leaveFact, orderFact } from '../../../core/order.fixture.ts';
import { regionCode } from '../../../core/region.ts';
import { subjectKey } from '../../../core/subject.ts';
import { ioClock, sleep, systemClock } from '../../../core/time.ts';
import { encodeLines } from '../../../ingest/log.ts';
import { encodeTick } from '../../../ingest/watermark.ts';
import { markDemoAccount } from '../../../security/access/account-access-store.ts';
import { openSession } from '../../../warehouse/sessions.ts';
import type { Me } from '../../api/session.ts';
import { configSchema, type ConfigInput } from '../../config.ts';
import { savePartner } from '../../partners.ts';
import { startProduct, type Product } from '../../wire.ts';

export const CITY = '511700';
export const COUNTY = '511722';
export const PARTNER_TOKEN = 'token-of-a-partner';
export const SUBJECTS = ['cc-000001', 'cc-000002', 'cc-000003'];

/** Words that are a person's own. They are put into the vault and into everything that is asked. */
export const CANARIES = {
  name: '欧阳金丝雀',
  idNumber: '511722198512310015',
  phone: '13987650123',
  address: '宣汉县东乡街道金丝雀巷八十八号',
} as const;

const PEOPLE = [
  ['city', 'city-officer', CITY, 'city-officer'],
  ['chief', 'city-officer', CITY, 'leader'],
  ['county', 'county-officer', COUNTY, 'county-officer'],
  ['county-chief', 'county-officer', COUNTY, 'leader'],
  ['analyst', 'analyst', CITY, undefined],
  ['system', 'system-administrator', CITY, undefined],
  ['security', 'security-administrator', CITY, undefined],
  ['auditor', 'audit-administrator', CITY, undefined],
] as const;

export type Actor = (typeof PEOPLE)[number][0] | 'nobody' | 'partner';

export const ACTORS: readonly Actor[] = ['nobody', 'partner', ...PEOPLE.map(([login]) => login)];

export type FuzzSite = {
  readonly app: FastifyInstance;
  readonly product: Product;
  readonly folder: string;
  /** What signs a request; a session that ended meanwhile is opened again. */
  headersOf(actor: Actor): Promise<Record<string, string>>;
  close(): Promise<void>;
};

export async function openFuzzSite(change: Partial<ConfigInput> = {}): Promise<FuzzSite> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-fuzz-'));
  let app: FastifyInstance | undefined;
  const config = configSchema.parse({
    dataFolder: join(folder, 'data'),
    logLevel: 'silent',
    http: { port: 0, limits: { api: 1_000_000, signIn: 1_000_000 } },
    ...change,
  });
  const product = await startProduct(config, {
    clock: systemClock,
    routes: (server) => {
      app = server;
    },
  });
  const { records, identities } = product.foundation;
  const { db } = records;
  for (const [login, role, region, officer] of PEOPLE) {
    if (officer !== undefined) {
      const row = anOfficer(login, regionCode(region), { role: officer, name: `值班员 ${login}` });
      await db.insertInto('officer').values(row).execute();
    }
    await db
      .insertInto('account')
      .values({
        id: `ac_${login}`,
        login,
        // Nobody signs in with a password here: hashing takes its time.
        passwordHash: '',
        displayZh: `账号 ${login}`,
        displayEn: login,
        role,
        region: regionCode(region),
        language: 'zh',
        officerId: officer === undefined ? null : login,
        active: 1,
      })
      .execute();
  }
  await savePartner(db, {
    name: 'a partner',
    token: PARTNER_TOKEN,
    sources: ['rail/partner', 'lodging/partner', 'custody/partner', 'phone/partner'],
    kinds: ['booking', 'lodging', 'custody', 'position'],
    trusted: true,
  });
  await identities.vault.put(
    SUBJECTS.slice(0, 1).map((key) => ({
      subject: subjectKey(key),
      county: regionCode(COUNTY),
      synthetic: true,
      identity: {
        name: CANARIES.name,
        'id-number': CANARIES.idNumber,
        phone: CANARIES.phone,
        address: CANARIES.address,
      },
    })),
  );
  await seedAlerts(product);

  const cookies = new Map<Actor, string>();
  const open = async (actor: Actor) => {
    // Whoever was shut out by what was tried is let in again.
    const id = `ac_${actor}`;
    const [, role, region] = PEOPLE.find(([login]) => login === actor) ?? PEOPLE[0];
    await db
      .updateTable('account')
      .set({ active: 1, role, region: regionCode(region) })
      .where('id', '=', id)
      .execute();
    await db.deleteFrom('accountAccess').where('accountId', '=', id).execute();
    await markDemoAccount(db, id);
    await records.transaction((trx) => product.foundation.rights.seal(trx, id));
    const deps = { clock: systemClock, ids: product.foundation.ids };
    const token = await openSession(deps, db, `ac_${actor}`);
    cookies.set(actor, `plumbline_session=${token}`);
  };
  for (const [login] of PEOPLE) await open(login);
  return {
    app: app as FastifyInstance,
    product,
    folder,
    async headersOf(actor) {
      if (actor === 'nobody') return {};
      if (actor === 'partner') return { authorization: `Bearer ${PARTNER_TOKEN}` };
      const headers = () => ({ cookie: cookies.get(actor) ?? '' });
      const me = await app?.inject({ url: '/api/me', headers: headers() });
      const known = me?.statusCode === 200 ? me.json<Me>() : undefined;
      const [, role, region] = PEOPLE.find(([login]) => login === actor) ?? PEOPLE[0];
      const isAsBefore = known?.owes === null && known.role === role && known.region === region;
      if (!isAsBefore) await open(actor);
      return headers();
    },
    async close() {
      await product.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Persons with an order and a leave, and two alerts of each, as the rules would have raised them. */
async function seedAlerts({ foundation, ingest }: Product): Promise<void> {
  const { log, records } = foundation;
  const nowMs = systemClock.now();
  const facts = SUBJECTS.flatMap((key) => [
    orderFact(key, { atMs: nowMs - 30 * 86_400_000, sources: ['phone', 'custody'] }),
    leaveFact(key, { atMs: nowMs - 86_400_000 }),
  ]).map(({ id: _id, receivedAtMs: _at, ...fact }) => fact);
  await ingest?.connectorDeps.publish({ facts: facts as never });
  const findings = SUBJECTS.flatMap((key) => [
    raised(key),
    raised(key, { ruleId: 'offence', atMin: 1 }),
  ]);
  const watermarkMs = findings[0]?.atMs as never;
  const entries = [
    { kind: 'lines', watermarkMs, payload: encodeLines(findings) } as const,
    encodeTick(watermarkMs),
  ];
  await log.append('findings', [{ partition: 0, entries }]);
  for (let tries = 0; tries < 400; tries++) {
    const rows = await records.db.selectFrom('alert').select('id').execute();
    if (rows.length >= findings.length) return;
    await sleep(ioClock, 25);
  }
  throw new Error('the alerts were not raised');
}
