import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSmsc, PASSWORD, SENDER, type Smsc } from '../../alerts/channels/smpp/smsc.fixture.ts';
import { anOfficer, DAZHOU_CITY, raised, XUANHAN } from '../../alerts/findings.fixture.ts';
import { appendFindings } from '../../alerts/scenario.fixture.ts';
import { createRandom } from '../../core/random.ts';
import { createLogger } from '../../core/logger.ts';
import { elapsedMs, ioClock, sleep, systemClock } from '../../core/time.ts';
import { openRecords } from '../../warehouse/records.ts';
import { configSchema, type Config } from '../config.ts';
import { recordsOptions } from '../foundation.ts';
import { examine } from '../verbs/doctor.ts';
import { checkTexts } from '../verbs/texts-check.ts';
import { startProduct } from '../wire.ts';

const DUTY = '8613980818001';

let folder: string;
let smsc: Smsc;
let config: Config;

const configWith = (change: Record<string, unknown> = {}) =>
  configSchema.parse({
    dataFolder: folder,
    logLevel: 'silent',
    roles: ['alerts'],
    warehouse: { kind: 'none' },
    http: { port: 0 },
    channels: {
      sms: {
        providers: [
          {
            kind: 'smpp',
            host: '127.0.0.1',
            port: smsc.port,
            systemId: 'plumbline',
            password: PASSWORD,
            sender: SENDER,
          },
        ],
      },
    },
    ...change,
  });

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const startMs = elapsedMs();
  while (!(await isSo())) {
    if (elapsedMs() - startMs > 15_000) throw new Error('it never came so far');
    await sleep(ioClock, 20);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-sms-'));
  smsc = await openSmsc();
  config = configWith();
  const deps = { logger: createLogger('silent'), random: createRandom('sms') };
  const records = await openRecords(deps, recordsOptions(config));
  await records.db
    .insertInto('officer')
    .values([
      anOfficer('xuanhan', XUANHAN, { phone: '13980818001' }),
      anOfficer('city', DAZHOU_CITY, { phone: '0818-2345678' }),
    ])
    .execute();
  await records.close();
});

afterAll(async () => {
  await smsc.close();
  await rm(folder, { recursive: true });
});

test('the product sends by the centre of its configuration, and a reply acknowledges', async () => {
  const texts = join(folder, 'texts.yaml');
  await writeFile(
    texts,
    "notice:\n  sms:\n    zh: '【达州司法】{level}预警{reference}：{county}，{title}。回复1确认。'\n",
  );
  const product = await startProduct(configWith({ alerts: { texts } }), { clock: systemClock });
  try {
    const { log, records, metrics } = product.foundation;
    const alert = raised('cc-000001', { atMin: 0 });
    const finding = { ...alert, ruleId: 'area-exit' };
    await appendFindings(log, [finding]);
    await until(() => smsc.submitted.length === 1);
    expect(smsc.submitted[0]).toMatchObject({ number: DUTY });
    expect(smsc.submitted[0]?.text).toMatch(/^【达州司法】二级预警.{6}：宣汉县，.+。回复1确认。$/);
    await smsc.receipt(smsc.submitted[0] as (typeof smsc.submitted)[number]);
    expect(await smsc.reply(DUTY, '1')).toBe(0);
    await until(() => smsc.submitted.length === 2);
    const row = await records.db
      .selectFrom('alert')
      .selectAll()
      .where('exercise', 'is', null)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'xuanhan' });
    const notice = await records.db
      .selectFrom('outbox')
      .selectAll()
      .where('channel', '=', 'sms')
      .executeTakeFirstOrThrow();
    expect(notice.state).toBe('answered');
    expect(await smsc.reply('8613900000000', '1')).toBe(0);
    const counted = await metrics.text();
    expect(counted).toContain('plumbline_replies_total{outcome="acknowledged"} 1');
    expect(counted).toContain('plumbline_replies_total{outcome="unknown-number"} 1');
    const health = await (await fetch(`${product.address}/health`)).text();
    expect(health).toContain('"gateway"');
    smsc.behave('down');
  } finally {
    await product.stop();
    smsc.behave('accept');
  }
});

test('the doctor names the officers no SMS reaches, and a centre that is not there', async () => {
  const said: string[] = [];
  expect(await examine(config, (line) => said.push(line))).toBe(false);
  const line = said.findIndex((one) => one.includes(' sms '));
  expect(said[line]).toContain('city (landline)');
  expect(said[line]).not.toContain('2345678');
  expect(said[line + 1]).toContain('give these officers a mobile number');
  const away: string[] = [];
  const providers = (config.channels.sms?.providers ?? []).map((one) => ({ ...one, port: 1 }));
  await examine({ ...config, channels: { ...config.channels, sms: { providers } } }, (one) =>
    away.push(one),
  );
  expect(away.join('\n')).toContain('no SMS centre answers at 127.0.0.1:1');
});

test('texts check prints every text, and says what does not fit', async () => {
  const said: string[] = [];
  expect(checkTexts(config, undefined, (line) => said.push(line))).toBe(true);
  expect(said).toContain('answers.ambiguous');
  const file = join(folder, 'long.yaml');
  const words = `{level}预警{reference}：{county}，{title}。${'请立即联系本人核实去向，'.repeat(3)}请回复1确认。`;
  await writeFile(file, `notice:\n  sms:\n    zh: '${words}'\n`);
  const long: string[] = [];
  expect(checkTexts(config, file, (line) => long.push(line))).toBe(false);
  expect(long.join('\n')).toContain('预警名称会被截短');
  await writeFile(file, "notice:\n  sms:\n    zh: '{level}预警{姓名}'\n");
  expect(() => checkTexts(config, file, () => {})).toThrow(
    /long\.yaml:3:19: notice\.sms\.zh: .*涉及个人信息/,
  );
  await expect(
    startProduct(configWith({ alerts: { texts: file } }), { clock: systemClock }),
  ).rejects.toThrow('the texts of notices are not valid');
});
