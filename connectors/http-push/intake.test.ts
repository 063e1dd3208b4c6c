import { expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { inChunks } from '../files/reading.fixture.ts';
import type { Delivery, Receipt } from '../publish.ts';
import { createPushIntake } from './intake.ts';
import type { Partner } from './push.ts';

const RECEIPT: Receipt = { admitted: 0, duplicates: 0, refused: {}, dead: {} };

const partner = (id: string): Partner => ({
  id,
  sources: ['bracelet/x'],
  kinds: ['device'],
  trusted: false,
});

const line = JSON.stringify({
  kind: 'device',
  subject: 'dz-1',
  atMs: 1_763_769_600_000,
  event: 'sos',
});

const request = (id: string) => ({
  partner: partner(id),
  contentType: 'application/x-ndjson',
  language: 'en' as const,
  body: inChunks(line),
});

function open() {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  const intake = createPushIntake(
    {
      publish: async (_delivery: Delivery) => {
        mostUnderWay = Math.max(mostUnderWay, ++underWay);
        await new Promise<void>((resolve) => waiting.push(resolve));
        underWay--;
        return RECEIPT;
      },
      refuse: () => {},
      logger: silentLogger,
    },
    { requestsPerSecondMax: 10_000, concurrentMax: 2, queuedMax: 3 },
  );
  return {
    intake,
    waiting,
    mostUnderWay: () => mostUnderWay,
    release: async (count: number) => {
      for (let i = 0; i < count; i++) {
        await expect.poll(() => waiting.length, { interval: 1 }).toBeGreaterThan(0);
        waiting.shift()?.();
      }
    },
  };
}

test('so many of one partner at a time, so many waiting, and the rest are told to come again', async () => {
  const { intake, waiting, release, mostUnderWay } = open();
  const answers = [intake.take(request('a')), intake.take(request('a'))];
  await expect.poll(() => waiting.length, { interval: 1 }).toBe(2);
  let turnedAway = 0;
  for (let i = 0; i < 6; i++) {
    const answer = intake.take(request('a'));
    answers.push(answer);
    void answer.then(({ status }) => (turnedAway += status === 429 ? 1 : 0));
  }
  await expect.poll(() => turnedAway, { interval: 1 }).toBe(3);
  await release(5);
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(3);
  expect(mostUnderWay()).toBe(2);
  const busy = (await Promise.all(answers)).find(({ status }) => status === 429);
  expect(busy).toEqual({
    status: 429,
    retryAfterS: 1,
    body: { problem: { code: 'too-many-requests', message: 'too many requests; try again later' } },
  });
});

test('one partner does not crowd out another', async () => {
  const { intake, waiting, release } = open();
  const crowd = Array.from({ length: 3 }, () => intake.take(request('a')));
  await expect.poll(() => waiting.length, { interval: 1 }).toBe(2);
  const other = intake.take(request('b'));
  await expect.poll(() => waiting.length, { interval: 1 }).toBe(3);
  waiting.pop()?.();
  expect((await other).status).toBe(200);
  await release(3);
  await Promise.all(crowd);
});

test('stopping finishes what was begun and turns the rest away', async () => {
  const { intake, waiting, release } = open();
  const answers = Array.from({ length: 3 }, () => intake.take(request('a')));
  await expect.poll(() => waiting.length, { interval: 1 }).toBe(2);
  const stopped = intake.stop();
  await release(2);
  await stopped;
  expect((await Promise.all(answers)).map(({ status }) => status).sort()).toEqual([200, 200, 429]);
  expect((await intake.take(request('b'))).status).toBe(429);
});
