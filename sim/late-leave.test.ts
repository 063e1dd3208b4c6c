// From what a partner sends to what an officer reads: somebody leaves the county, the officer gets an SMS;
// then a leave approved too late is recorded, and the officer hears that the alert is withdrawn. And a
// custody record that its source takes back.

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { DAZHOU_CITY } from '../alerts/findings.fixture.ts';
import { noticeTo, openStage, startProgram } from '../alerts/scenario.fixture.ts';
import type { Finding } from '../core/finding.ts';
import { arrivalSchema, type FactArrival } from '../core/observation.ts';
import { createOrderBook } from '../core/order-book.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import { epochMs } from '../core/time.ts';
import { createAreas } from '../datasets/areas.ts';
import { createLocator } from '../datasets/locator.ts';
import { createPipeline } from '../ingest/pipeline.ts';
import { createEngine } from '../rules/engine.ts';
import { loadRulebook } from '../rules/rulebook.ts';
import { inputOf } from '../rules/run.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const NOON = Date.UTC(2026, 10, 24, 4);
const ALL = { kind: 'within', region: DAZHOU_CITY } as const;

const ORDER = {
  kind: 'order',
  subject: 'dz-000123',
  source: 'case/register',
  atMs: NOON - DAY,
  action: 'start',
  orderId: 'O1',
  category: 'cc',
  county: '511722',
  area: ['511722'],
  bases: [
    {
      id: 'B1',
      article: '《中华人民共和国社区矫正法》第二十六条',
      documentNumber: '（2026）演示第1号',
      approvedBy: 'county-bureau',
      sources: ['phone', 'custody'],
      fromMs: NOON - DAY,
      untilMs: NOON + 300 * DAY,
    },
  ],
  fromMs: NOON - DAY,
  untilMs: NOON + 300 * DAY,
};

/** Ingest and rules as they run, one minute at a time. */
function openProduct() {
  const locate = createLocator();
  const pipeline = createPipeline(
    { directory: { resolve: () => undefined }, orders: createOrderBook(), locator: locate },
    { partitions: 1 },
  );
  const engine = createEngine({
    rulebook: loadRulebook(fileURLToPath(new URL('../rules/packs/dazhou', import.meta.url))),
    areas: createAreas(),
  });
  const take = (atMin: number, delivery: Parameters<typeof pipeline.process>[0][number]) => {
    const receivedAtMs = epochMs(NOON + atMin * MINUTE);
    const watermarkMs = epochMs(receivedAtMs - 30_000);
    const { batches, receipts } = pipeline.process([delivery], { receivedAtMs, watermarkMs });
    const findings = batches.flatMap(({ entries }) =>
      entries.flatMap((entry): Finding[] => engine.step(inputOf(entry))),
    );
    return { findings, receipt: receipts[0] };
  };
  return {
    fact: (atMin: number, fact: object) =>
      take(atMin, { facts: [arrivalSchema.parse(fact) as FactArrival] }),
    /** Chengdu, or the county seat. */
    fix(atMin: number, where: 'away' | 'home') {
      const builder = createPositionBuilder();
      const [lng, lat] = where === 'away' ? [104.066, 30.572] : [107.722, 31.352];
      const atMs = NOON + atMin * MINUTE;
      builder.add({ subject: 'dz-000123', source: 'phone/app', atMs, lng, lat, accuracyM: 20 });
      return take(atMin, { positions: builder.drain() }).findings;
    },
  };
}

const LEAVE = {
  kind: 'leave',
  subject: 'dz-000123',
  source: 'case/register',
  atMs: NOON + 60 * MINUTE,
  action: 'start',
  leaveId: 'V1',
  regions: ['510100'],
  reason: 'medical',
  approvedBy: 'county-bureau',
  documentNumber: '（2026）演示假1号',
  fromMs: NOON - 120 * MINUTE,
  untilMs: NOON + 3 * DAY,
};

describe('an officer who was texted about an exit', () => {
  test('is texted again when the leave turns out to have been approved, and reads why', async () => {
    const product = openProduct();
    const stage = await openStage();
    try {
      const program = await startProgram(stage);
      const { findings: none } = product.fact(0, ORDER);
      expect(none).toEqual([]);
      product.fix(1, 'home');
      for (let minute = 400; minute < 410; minute++) {
        await program.find(...product.fix(minute, 'away'));
      }
      expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
      const sms = await noticeTo(stage, 'sms', 'xuanhan');

      await program.find(...product.fact(450, LEAVE).findings);
      expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
      const { textZh, alertId } = await noticeTo(stage, 'sms', 'xuanhan');
      expect(alertId).toBe(sms.alertId);
      expect(textZh).toContain('已撤回');
      expect(textZh).toContain('补办外出审批');

      const alert = await program.desk.get(alertId, ALL);
      expect(alert.withdrawnAtMs).toBe(NOON + 450 * MINUTE);
      expect(alert.corrections).toMatchObject([
        { outcome: 'withdrawn', evidence: [{ kind: 'leave', leaveId: 'V1' }] },
      ]);
      expect(alert.evidence.some(({ kind }) => kind === 'position')).toBe(true);

      for (let minute = 451; minute < 480; minute++) {
        await program.find(...product.fix(minute, 'away'));
      }
      await program.find(...product.fact(450, LEAVE).findings);
      expect(program.sent()).toEqual([]);
    } finally {
      await stage.remove();
    }
  });
});

test('a custody record taken back by its source withdraws its alert, also after the basis ended', async () => {
  const product = openProduct();
  const stage = await openStage();
  try {
    const program = await startProgram(stage);
    const [basis] = ORDER.bases;
    product.fact(0, { ...ORDER, bases: [{ ...basis, untilMs: NOON + 30 * MINUTE }] });
    const custody = {
      kind: 'custody',
      subject: 'dz-000123',
      source: 'custody/register',
      atMs: NOON + 5 * MINUTE,
      custodyId: 'D1',
      measure: 'arrest',
      action: 'begin',
      authority: '演示公安局',
    };
    await program.find(...product.fact(6, custody).findings);
    expect(program.sent()).toEqual(['sms xuanhan', 'push xuanhan']);
    const back = {
      kind: 'retraction',
      subject: 'dz-000123',
      source: 'custody/register',
      atMs: NOON + 90 * MINUTE,
      of: 'custody',
      ofAtMs: custody.atMs,
      reason: '登记对象有误',
    };
    expect(product.fact(91, { ...back, source: 'incident/110' }).receipt?.admitted).toBe(0);
    const { findings, receipt } = product.fact(92, back);
    expect(receipt?.admitted).toBe(1);
    await program.find(...findings);
    const { textZh } = await noticeTo(stage, 'sms', 'xuanhan');
    expect(textZh).toContain('数据来源更正');
  } finally {
    await stage.remove();
  }
});
