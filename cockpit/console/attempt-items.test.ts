import { expect, test } from 'vitest';
import type { Notice, NoticeStep } from '../../app/api/alerts.ts';
import { attemptItems } from './attempt-items.ts';

const AT_MS = Date.UTC(2026, 10, 22, 1);

const notice = (...steps: readonly Partial<NoticeStep>[]): Notice => ({
  id: 'nt_1',
  channel: 'sms',
  recipient: 'xuanhan',
  recipientName: { zh: '王某', en: 'Wang' },
  text: { zh: '', en: '' },
  state: 'sent',
  attempts: 1,
  provider: 'sms-a',
  createdAtMs: AT_MS,
  sentAtMs: AT_MS,
  deliveredAtMs: null,
  answeredAtMs: null,
  lastErrorCode: null,
  steps: steps.map((step) => ({
    attempt: 1,
    provider: 'sms-a',
    what: 'begun' as const,
    code: null,
    atMs: AT_MS,
    untilMs: null,
    ...step,
  })),
});

const said = (...steps: readonly Partial<NoticeStep>[]) =>
  attemptItems(notice(...steps)).map(({ more }) => [more[1]?.zh, more[1]?.en]);

const second = { provider: 'sms-b', attempt: 2 };

test.each<[string, readonly Partial<NoticeStep>[], readonly (readonly string[])[]]>([
  [
    'what went well goes without',
    [{}, { what: 'accepted' }, { what: 'receipt', code: 'delivered' }],
    [],
  ],
  ['tries with one provider are one', [{}, { what: 'rejected' }, { attempt: 2 }], []],
  [
    'who failed, how, and who took over',
    [{}, { what: 'accepted' }, { what: 'no-receipt' }, second],
    [
      [
        'sms-a 逾时无回执，改由 sms-b 发送（第 2 次）',
        'sms-a gave no receipt in time, handed to sms-b (attempt 2)',
      ],
    ],
  ],
  [
    'a receipt that came late',
    [{ what: 'late-receipt', code: 'delivered' }],
    [['sms-a 补报回执：已送达', 'late receipt from sms-a: delivered']],
  ],
  [
    'a receipt that came late and says that nothing came of it',
    [{ what: 'late-receipt', code: 'no-answer' }],
    [['sms-a 补报回执：未送达', 'late receipt from sms-a: not delivered']],
  ],
  [
    'what a limit did',
    [
      { what: 'held', provider: '', untilMs: AT_MS + 600_000 },
      { what: 'covered', provider: '', code: 'nt_2' },
    ],
    [
      ['超出个人接收上限，暂缓至 09:10:00', 'over the person’s limit, held until 09:10:00'],
      ['并入一条汇总通知', 'told in sum by one notice'],
    ],
  ],
])('%s', (_, steps, expected) => {
  expect(said(...steps)).toEqual(expected);
});
