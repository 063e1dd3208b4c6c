import { expect, test } from 'vitest';
import { corrected, DAZHOU_CITY, raised, START_MS } from './findings.fixture.ts';
import { readAlertsCounted } from './report-rows.ts';
import { openStage, startProgram } from './scenario.fixture.ts';

test('a report counts an alert that was taken back as taken back', async () => {
  const stage = await openStage();
  try {
    const program = await startProgram(stage);
    const [kept, gone] = [raised('cc-000001'), raised('cc-000002')];
    await program.find(kept, gone);
    await program.pass(1);
    await program.find(corrected(gone, { atMin: 1 }));
    const period = { region: DAZHOU_CITY, sinceMs: START_MS, untilMs: START_MS + 86_400_000 };
    const rows = await readAlertsCounted(stage.records.db, period);
    expect(rows.map(({ withdrawnAtMs }) => withdrawnAtMs).toSorted()).toEqual([
      START_MS + 60_000,
      null,
    ]);
  } finally {
    await stage.remove();
  }
});
