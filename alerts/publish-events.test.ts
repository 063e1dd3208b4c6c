import { expect, test } from 'vitest';
import type { AlertEvent } from '../core/alert-event.ts';
import { OperatingError } from '../core/errors.ts';
import { silentLogger } from '../core/logger.ts';
import { decodeLines, type Log } from '../ingest/log.ts';
import { raised } from './findings.fixture.ts';
import { createPublisher, EVENTS_MAX } from './publish-events.ts';
import { openStage, startProgram, type Stage } from './scenario.fixture.ts';

const withEvents = async (run: (stage: Stage, written: string[]) => Promise<void>) => {
  const stage = await openStage();
  const silent: Log = { ...stage.log, append: () => new Promise(() => {}) };
  try {
    // A program whose events never reach the log.
    const program = await startProgram(stage, { log: silent });
    void program.find(raised('cc-1'), raised('cc-2'), raised('cc-3'));
    const rows = () =>
      stage.records.db.selectFrom('alertEvent').select('id').orderBy('seq').execute();
    while ((await rows()).length < 9) await new Promise((resolve) => setTimeout(resolve, 2));
    await run(
      stage,
      (await rows()).map(({ id }) => id),
    );
  } finally {
    await stage.remove();
  }
};

const inLog = async (log: Log) => {
  const records = await log.read('alert-events', 0, { offset: 0, recordsMax: 1_000 });
  return records.flatMap(({ payload }) => decodeLines<AlertEvent>(payload)).map(({ id }) => id);
};

const depsOf = ({ records, log, clock }: Stage) => ({ records, log, clock, logger: silentLogger });

test('every event is in the log once, in order', () =>
  withEvents(async (stage, written) => {
    const publisher = createPublisher(depsOf(stage));
    expect(await publisher.publish()).toBe(written.length);
    expect(await publisher.publish()).toBe(0);
    expect(await inLog(stage.log)).toEqual(written);
    expect(written.length).toBeLessThan(EVENTS_MAX);
  }));

test('a crash between append and note repeats nothing', () =>
  withEvents(async (stage, written) => {
    await createPublisher(depsOf(stage)).publish();
    await stage.records.db.deleteFrom('cursor').execute();
    expect(await createPublisher(depsOf(stage)).publish()).toBe(0);
    expect(await inLog(stage.log)).toEqual(written);
  }));

test.each([
  ['took the records all the same', true],
  ['did not take them', false],
])('after an append that failed, when the log %s, each event is in it once', (_, takes) =>
  withEvents(async (stage, written) => {
    let failures = 1;
    const log: Log = {
      ...stage.log,
      async append(topic, batches) {
        if (failures === 0 || takes) await stage.log.append(topic, batches);
        if (failures-- > 0)
          throw new OperatingError('log-unavailable', 'gone', { retry: 'backoff' });
        failures = 0;
      },
    };
    const publisher = createPublisher({ ...depsOf(stage), log });
    await expect(publisher.publish()).rejects.toMatchObject({ code: 'log-unavailable' });
    while ((await publisher.publish()) > 0);
    expect(await inLog(stage.log)).toEqual(written);
  }),
);

test('a log that holds other records’ events is said aloud and goes on from the note', () =>
  withEvents(async (stage, written) => {
    await stage.log.append('alert-events', [
      {
        partition: 0,
        entries: [
          {
            kind: 'lines',
            watermarkMs: stage.clock.now(),
            payload: Buffer.from('{"id":"ev_elsewhere"}\n'),
          },
        ],
      },
    ]);
    const errors: string[] = [];
    const logger = { ...silentLogger, error: (event: string) => void errors.push(event) };
    await createPublisher({ ...depsOf(stage), logger }).publish();
    expect(errors).toEqual(['alerts.events-of-other-records']);
    expect(await inLog(stage.log)).toEqual(['ev_elsewhere', ...written]);
  }));
