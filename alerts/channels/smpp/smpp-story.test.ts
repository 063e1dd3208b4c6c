import { expect, test } from 'vitest';
import { silentLogger } from '../../../core/logger.ts';
import { createRandom } from '../../../core/random.ts';
import { anOfficer, DAZHOU_CITY, raised, XUANHAN } from '../../findings.fixture.ts';
import { noticeTo, openStage, startProgram } from '../../scenario.fixture.ts';
import { referenceOf } from '../../texts.ts';
import { openSmppChannel } from './smpp-channel.ts';
import { openSmsc } from './smsc.fixture.ts';

const DUTY = '13980818001';
const E164 = `86${DUTY}`;
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;

const OFFICERS = [
  anOfficer('city', DAZHOU_CITY, { phone: '13980818002' }),
  anOfficer('xuanhan', XUANHAN, { phone: DUTY }),
];

async function openStory() {
  const smsc = await openSmsc();
  const stage = await openStage({ officers: OFFICERS });
  const deps = {
    records: stage.records,
    clock: stage.clock,
    logger: silentLogger,
    random: createRandom('smpp'),
  };
  const open = async (senderId: string) => {
    const channel = openSmppChannel(deps, 'sms', smsc.settings());
    const program = await startProgram(stage, {
      senderId,
      wrapChannel: (other) => (other.kind === 'sms' ? channel : other),
    });
    return { channel, program };
  };
  return { smsc, stage, open };
}

test('an alert of level 2 goes out, arrives, is replied to and acknowledged', async () => {
  const { smsc, stage, open } = await openStory();
  const { channel, program } = await open('sender-1');
  const alert = raised('cc-000001');
  const reference = referenceOf(alert.alertId);
  await program.find(alert);
  expect(smsc.submitted.map(({ number, text }) => [number, text])).toEqual([
    [E164, `【准绳】二级预警${reference}：宣汉县，离开所在地域。请核查处置，回复1确认，详见平台。`],
  ]);
  expect(await noticeTo(stage, 'sms', 'xuanhan')).toMatchObject({
    state: 'sent',
    provider: 'sms',
    providerMessageId: 'm0001',
  });
  const [message] = smsc.submitted;
  if (message) await smsc.receipt(message);
  expect((await noticeTo(stage, 'sms', 'xuanhan')).state).toBe('delivered');
  await smsc.reply(E164, '１');
  await program.settle();
  const { status, timeline } = await program.desk.get(alert.alertId, ALL);
  expect(status).toBe('acknowledged');
  expect(timeline.map(({ kind, actor }) => `${kind} ${actor}`)).toEqual([
    'opened alerts',
    'notified alerts',
    'notified alerts',
    'acknowledged xuanhan',
  ]);
  expect(smsc.submitted[1]).toMatchObject({
    number: E164,
    text: `【准绳】预警${reference}已确认。请按要求处置，并在平台填写反馈。`,
  });
  await program.pass(90);
  expect(smsc.submitted).toHaveLength(2);
  await channel.close();
  await stage.remove();
  await smsc.close();
});

test('a message whose answer was lost is not sent again by the next program; its receipt settles it', async () => {
  const { smsc, stage, open } = await openStory();
  const first = await open('sender-1');
  smsc.behave('take-and-time-out');
  await first.program.find(raised('cc-000001'));
  expect((await noticeTo(stage, 'sms', 'xuanhan')).state).toBe('uncertain');
  await first.channel.close();
  smsc.behave('accept');
  const second = await open('sender-2');
  await second.program.pass(3);
  expect(smsc.submitted).toHaveLength(1);
  expect((await noticeTo(stage, 'sms', 'xuanhan')).state).toBe('uncertain');
  const [message] = smsc.submitted;
  if (message) await smsc.receipt(message);
  expect(await noticeTo(stage, 'sms', 'xuanhan')).toMatchObject({
    state: 'delivered',
    providerMessageId: 'm0001',
  });
  await second.channel.close();
  await stage.remove();
  await smsc.close();
});

test('a throttled message goes out later, once; one that does not arrive is sent anew', async () => {
  const { smsc, stage, open } = await openStory();
  const { channel, program } = await open('sender-1');
  smsc.refuseWith('ESME_RTHROTTLED');
  await program.find(raised('cc-000001'));
  expect(smsc.submitted).toEqual([]);
  smsc.refuseWith(undefined);
  await program.pass(1);
  expect(smsc.submitted).toHaveLength(1);
  const [message] = smsc.submitted;
  if (message) await smsc.receipt(message, 'UNDELIV');
  await program.pass(2);
  expect(smsc.submitted).toHaveLength(2);
  expect((await noticeTo(stage, 'sms', 'xuanhan')).step).toBe(1);
  await channel.close();
  await stage.remove();
  await smsc.close();
});
