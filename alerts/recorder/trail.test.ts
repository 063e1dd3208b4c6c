// The trail of an alert, told from a real story.

import { expect, test } from 'vitest';
import { text } from '../../core/text.ts';
import {
  anOfficer,
  corrected,
  DAZHOU_CITY,
  MINUTE,
  OFFICERS,
  raised,
  XUANHAN,
} from '../findings.fixture.ts';
import { answer, openStage, startProgram, type Program, type Stage } from '../scenario.fixture.ts';
import { readTrail } from './read-trail.ts';
import { trailOf, type NoticeAttempt } from './trail.ts';

const CITY = { accountId: 'ac_city', role: 'city-officer', region: DAZHOU_CITY } as const;
const COUNTY = { accountId: 'ac_county', role: 'county-officer', region: XUANHAN } as const;

const onStage = async (play: (program: Program, stage: Stage) => Promise<void>) => {
  const officers = [...OFFICERS, anOfficer('leader', XUANHAN, { role: 'leader' })];
  const stage = await openStage({ officers });
  try {
    await play(await startProgram(stage), stage);
  } finally {
    await stage.remove();
  }
};

const trail = async ({ records }: Stage, id: string) =>
  (await readTrail(records.db, id)).map(({ says }) => says.zh);

const exit = raised('cc-000002');

test('routed, escalated, answered: who, by what, and what was not needed any more', () =>
  onStage(async (program, stage) => {
    await program.find(exit);
    await program.pass(31, 30);
    await answer(stage, 'sms', 'city');
    await program.pass(30, 60);
    const lines = await trail(stage, exit.alertId);
    expect(lines.map((line) => line.replace(/（编号 .*）/, ''))).toEqual([
      '按二级预警分级表，以短信通知：xuanhan；一人确认即可',
      '首次通知：向xuanhan发短信',
      '首次通知：向xuanhan发平台推送',
      '第 1 次尝试，fake-sms发给xuanhan的短信：已受理',
      '第 1 次尝试，fake-push发给xuanhan的平台推送：已受理',
      '县局无人确认，第 1 次升级：以短信通知city',
      '第 1 次升级：向city发短信',
      '第 1 次升级：向city发平台推送',
      '第 1 次尝试，fake-sms发给city的短信：已受理',
      '第 1 次尝试，fake-push发给city的平台推送：已受理',
      'city应答了短信',
      '代表市局通过短信确认收到，停止通知和升级',
      '县局第 2 次升级到时已无必要，未通知',
    ]);
  }));

test('hidden, told after all, raised by repeats, corrected: each with its reason', () =>
  onStage(async (program, stage) => {
    const bracelet = (atMin: number) => raised('cc-000001', { ruleId: 'terminal-silent', atMin });
    const { id } = await program.silences.propose(
      {
        matcher: { levels: [3], rules: ['terminal-silent'] },
        coversOpen: false,
        reason: '基站检修',
        untilMs: stage.clock.now() + 60 * MINUTE,
      },
      COUNTY,
    );
    await program.find(bracelet(0), bracelet(5));
    await program.silences.end(id, { ...CITY, reason: '已修复' });
    await program.settle();
    await program.find(bracelet(10), bracelet(15));
    await program.find(corrected(bracelet(0), { atMin: 20 }));
    const lines = await trail(stage, bracelet(0).alertId);
    for (const line of [
      '处于静默（ac_county设置），至 10:00 不通知；理由：基站检修',
      '同一情形再次出现（第 1 次重复），并入本预警，不另行通知',
      '静默提前结束，预警仍未确认，重新通知',
      '24 小时内重复出现 3 次，等级由三级升为二级',
      '等级由二级更正为三级（补办外出审批）',
    ])
      expect(lines, lines.join('\n')).toContain(line);
    // What is still to come stands last.
    expect(lines.at(-1)).toMatch(/^若 .*前县局仍无人确认，第 1 次升级/);
  }));

test('attempts that are kept one by one stand for themselves', () => {
  const attempt = (number: number, change: Partial<NoticeAttempt>): NoticeAttempt => ({
    noticeId: 'nt_1',
    number,
    atMs: number * 1_000,
    provider: '甲',
    providerMessageId: null,
    outcome: 'uncertain',
    code: null,
    ...change,
  });
  const lines = trailOf({
    alert: { status: 'new', corrections: 0, silencedBy: null, withdrawnAtMs: null },
    timeline: [],
    rungs: [],
    notices: [
      {
        id: 'nt_1',
        step: 0,
        channel: 'phone',
        recipient: 'of_1',
        state: 'sent',
        attempts: 2,
        provider: '乙',
        providerMessageId: 'm-2',
        lastErrorCode: null,
        createdAtMs: 0 as never,
        nextAttemptAtMs: 0 as never,
        sentAtMs: 2_000 as never,
        deliveredAtMs: null,
        answeredAtMs: null,
      },
    ],
    attempts: [
      attempt(1, { outcome: 'rejected', code: 'busy' }),
      attempt(2, { provider: '乙', outcome: 'accepted', providerMessageId: 'm-2' }),
    ],
    nameOf: () => text('张三', 'A'),
  });
  expect(lines.map(({ says }) => says.zh)).toEqual([
    '首次通知：向张三发电话',
    '第 1 次尝试，甲发给张三的电话：未受理，占线',
    '第 2 次尝试，乙发给张三的电话：已受理（编号 m-2）',
  ]);
});
