// explain --why-not on files: the sentences as an officer reads them, and what is asked wrongly.

import { expect, test } from 'vitest';
import { configSchema, DEFAULT_PACK } from '../config.ts';
import { explainAbsence, type WhyNotVerbOptions } from './why-not.ts';

const config = configSchema.parse({ dataFolder: '/nowhere', rules: { pack: DEFAULT_PACK } });

async function ask(change: Partial<WhyNotVerbOptions>): Promise<string[]> {
  const lines: string[] = [];
  await explainAbsence(
    config,
    {
      subject: 'DZ-DEMO-1',
      rule: 'area-exit',
      at: '2026-03-10 09:00',
      window: '2h',
      positions: 'docs/follow-one-ping/positions.csv',
      orders: 'docs/follow-one-ping/orders.ndjson',
      source: 'phone/replay',
      language: 'zh',
      ...change,
    },
    (line) => lines.push(line),
  );
  return lines;
}

test('an alert that came after all is named', async () => {
  expect((await ask({})).at(-1)).toMatch(/^已经报警：2026-03-10 09:02:00 二级，预警编号 al_\w+。$/);
  expect((await ask({ language: 'en' })).at(-1)).toMatch(
    /^it was raised: level 2 at 2026-03-10 09:02:00, alert al_\w+\.$/,
  );
});

test('the first condition that failed, how near it came, and what would have come without it', async () => {
  expect((await ask({ at: '2026-03-10 09:00', window: '2m' })).slice(1)).toEqual([
    '对象 DZ-DEMO-1，时间 2026-03-10 09:00:00，查看 2026-03-10 08:59:00 – 2026-03-10 09:01:00',
    '没有报警：确认在活动区域外须有连续 3 条定位或持续 5 分钟，最多只有 2 条、1 分钟。',
    '到 2026-03-10 09:01 为止，在边界外 30 公里。',
    '若只需 2 条定位，经规则引擎重算，会在 2026-03-10 09:01:00 报二级预警。',
  ]);
});

test('what is asked wrongly is said to be, with what to do', async () => {
  await expect(ask({ subject: undefined })).rejects.toMatchObject({ code: 'bad-input' });
  await expect(ask({ at: 'yesterday' })).rejects.toMatchObject({ detail: '"yesterday"' });
  await expect(ask({ window: 'long' })).rejects.toMatchObject({ detail: '"long"' });
  await expect(ask({ subject: '513021199001011234' })).rejects.toMatchObject({
    code: 'bad-input',
  });
  await expect(
    ask({ positions: undefined, orders: undefined, facts: undefined }),
  ).rejects.toMatchObject({ code: 'not-found' });
});
