// How often someone who stays inside is said to have left, and how soon someone who leaves is noticed: the
// rule `area-exit` against plain point-in-polygon, on noisy days along the real borders of Dazhou.

import { fileURLToPath } from 'node:url';
import { orderFact } from '../core/order.fixture.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import { createAreas } from '../datasets/areas.ts';
import { compileRule, type CompiledRule } from '../rules/compile.ts';
import { createEngine } from '../rules/engine.ts';
import type { RuleOf } from '../rules/rule.ts';
import { loadRulebook } from '../rules/rulebook.ts';
import { describeMachine, round, type BenchReport, type CaseResult } from './bench.ts';
import { createBorderWalks, WALKS_START_MS, type Walk } from './border-walks.ts';
import { writeFalseExitsDocs } from './false-exits-docs.ts';
import { falsePer1000Hours, judge, type Claim, type Judgement } from './false-exits-judge.ts';

const PERSONS_PER_COUNTY = 60;
const FEWER_MIN = 10;
const DWELLS_MIN = [0, 1, 2, 3, 5, 10];
const MARGINS_M = [0, 50, 100, 200];

export async function benchFalseExits(
  _runs: number,
  say: (line: string) => void,
  { docs }: { docs: boolean },
): Promise<BenchReport> {
  const areas = createAreas();
  say(`building ${7 * PERSONS_PER_COUNTY} days at the borders`);
  const walks = createBorderWalks(areas, PERSONS_PER_COUNTY);
  const rulebook = loadRulebook(fileURLToPath(new URL('../rules/packs/dazhou', import.meta.url)));
  const areaExit = rulebook.rules.find(({ rule }) => rule.id === 'area-exit') as CompiledRule<
    RuleOf<'zone'>
  >;
  const variants = DWELLS_MIN.flatMap((dwellMin) =>
    MARGINS_M.map((marginM) => ({ dwellMin, marginM, id: `dwell-${dwellMin}-margin-${marginM}` })),
  );
  const rules = [
    areaExit,
    ...variants.map(({ dwellMin, marginM, id }) => {
      const { rule, pack } = areaExit;
      // Twenty fixes take longer than any dwell here, so the dwell alone decides.
      const fixesMin = dwellMin === 0 ? 1 : 20;
      const params = { ...rule.params, fixesMin, outsideFor: dwellMin * 60_000, marginM };
      const variant = { ...rule, id, params };
      return compileRule(variant, pack, variant);
    }),
  ];
  say(`running ${rules.length} rules`);
  const claims = claimsByRule(walks, createEngine({ rulebook: { ...rulebook, rules }, areas }));
  const plain = judge(walks, plainClaims(walks, areas), { name: 'plain', dwellMin: 0, marginM: 0 });
  const { outsideFor = 0, marginM } = areaExit.rule.params;
  const ours = judge(walks, claims.get('area-exit') ?? [], {
    name: 'area-exit',
    dwellMin: outsideFor / 60_000,
    marginM,
  });
  const curve = variants.map(({ id, dwellMin, marginM: margin }) =>
    judge(walks, claims.get(id) ?? [], { name: id, dwellMin, marginM: margin }),
  );
  if (docs) writeFalseExitsDocs({ plain, ours, curve, persons: walks.length });
  return { bench: 'false-exits', machine: describeMachine(), cases: casesOf(plain, ours) };
}

function casesOf(plain: Judgement, ours: Judgement): CaseResult[] {
  // Had there been none at all, one is assumed.
  const atLeastOne = { ...ours, falseExits: Math.max(1, ours.falseExits) };
  const fewer = falsePer1000Hours(plain) / falsePer1000Hours(atLeastOne);
  const shared = { runs: 1, spread: 0, vs: {} };
  const rate = { metric: 'false exits', unit: 'per 1,000 watched hours' };
  return [
    {
      ...shared,
      ...rate,
      name: 'point in polygon',
      value: falsePer1000Hours(plain),
      answerOk: true,
    },
    {
      ...shared,
      ...rate,
      name: 'rule area-exit',
      value: falsePer1000Hours(ours),
      answerOk: fewer >= FEWER_MIN,
      vs: { 'point in polygon': round(fewer) },
    },
    {
      ...shared,
      name: `exits missed of ${ours.found + ours.missed} over 5 minutes`,
      metric: 'missed exits',
      unit: 'exits',
      value: ours.missed,
      answerOk: ours.missed === 0 && ours.found > 0,
    },
    {
      ...shared,
      name: 'rule area-exit, border crossed to alert',
      metric: 'delay',
      unit: 's (median)',
      value: round(ours.medianDelayMs / 1_000),
      answerOk: true,
    },
  ];
}

/** Feeds all days to the engine, minute by minute, and gathers what each rule raises. */
function claimsByRule(
  walks: readonly Walk[],
  engine: ReturnType<typeof createEngine>,
): Map<string, Claim[]> {
  const orders = walks.map(({ key, county }) =>
    orderFact(key, { atMs: WALKS_START_MS - 60_000, county, area: [county], sources: ['phone'] }),
  );
  const claims = new Map<string, Claim[]>();
  const open = new Map<string, Claim>();
  const builder = createPositionBuilder();
  const step = (input: Parameters<typeof engine.step>[0]) => {
    for (const finding of engine.step(input)) {
      if (finding.kind === 'cleared') {
        const claim = open.get(finding.alertId);
        if (claim) claim.untilMs = finding.atMs - WALKS_START_MS;
      }
      if (finding.kind !== 'raised') continue;
      const first = finding.evidence.find(({ kind }) => kind === 'position');
      const claim = {
        key: finding.subject,
        fromMs: (first?.atMs ?? finding.atMs) - WALKS_START_MS,
        atMs: finding.atMs - WALKS_START_MS,
        untilMs: Infinity,
      };
      open.set(finding.alertId, claim);
      claims.set(finding.ruleId, [...(claims.get(finding.ruleId) ?? []), claim]);
    }
  };
  step({ watermarkMs: 0, facts: orders });
  const rows = walks
    .flatMap(({ key, fixes }) => fixes.map((fix) => ({ key, ...fix })))
    .sort((a, b) => a.atMs - b.atMs);
  for (const [index, { key, ...fix }] of rows.entries()) {
    builder.add({ ...fix, subject: key, source: 'phone/walk', atMs: WALKS_START_MS + fix.atMs });
    if (builder.length < 8_192 && index < rows.length - 1) continue;
    const positions = builder.drain();
    step({ watermarkMs: (positions.atMs[0] as number) - 1, positions });
  }
  return claims;
}

/** Every fix outside after one inside is an exit. It sees the same kinds of fix as the rule. */
function plainClaims(walks: readonly Walk[], areas: ReturnType<typeof createAreas>): Claim[] {
  return walks.flatMap(({ key, county, fixes }) => {
    const zone = areas.zoneOf(
      county === '511702' || county === '511703' ? ['511702', '511703'] : [county],
    );
    const mine: Claim[] = [];
    let open: Claim | undefined;
    for (const { atMs, lng, lat, fix } of fixes) {
      if (fix === 'cell') continue;
      if (zone.contains(lng, lat)) {
        if (open) open.untilMs = atMs;
        open = undefined;
      } else if (!open) {
        open = { key, fromMs: atMs, atMs, untilMs: Infinity };
        mine.push(open);
      }
    }
    return mine;
  });
}
