import { expect, test } from 'vitest';
import { createFakeProvider } from '../channels/channel.fixture.ts';
import type { OutgoingNotice } from '../channels/channel.ts';
import { paced } from './paced-channel.ts';

const notice = (id: string, level: 1 | 2 | 3): OutgoingNotice => ({
  id,
  alertId: 'al',
  recipient: 'xuanhan',
  address: '0818-1',
  text: { zh: '预警', en: 'alert' },
  level,
});

test('level 1 passes everything that waits, and level 3 lets everything pass', async () => {
  const channel = createFakeProvider('sms', 'slow', { perSecond: 15 });
  const { send } = paced(channel);
  const storm = [...Array(12).keys()].map((index) => send(notice(`storm-${index}`, 3)));
  await storm[0];
  const later = [send(notice('second', 2)), send(notice('first', 1))];
  const outcomes = await Promise.all([...storm, ...later]);
  expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
  const order = channel.sent.map(({ id }) => id);
  // What had leave to begin already went before.
  expect(order.indexOf('first')).toBeLessThan(order.indexOf('second'));
  expect(order.indexOf('second')).toBeLessThan(order.indexOf('storm-11'));
  expect(order.length).toBe(14);
});

test('never more at once than the provider takes, and all in the end', async () => {
  const channel = createFakeProvider('sms', 'narrow', { concurrent: 3 });
  const release: (() => void)[] = [];
  const slow = paced({
    ...channel,
    async send(given) {
      await new Promise<void>((resolve) => release.push(resolve));
      return channel.send(given);
    },
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const all = [...Array(20).keys()].map((index) => slow.send(notice(`n${index}`, 2)));
  for (let released = 0; released < 20; released++) {
    const most = Math.min(released + 3, 20);
    while (release.length < most) await turn();
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(release.length).toBe(most);
    release[released]?.();
  }
  await Promise.all(all);
  expect(channel.sent.length).toBe(20);
});

test('a provider without limits is left as it is', () => {
  const channel = createFakeProvider('sms', 'free');
  expect(paced(channel)).toBe(channel);
});
