// What the register says of a person in a random world: orders that change, end and begin anew, monitoring
// that is granted, prolonged, lifted or forgotten, leaves that are granted, prolonged, cut short, ended or
// forgotten. All is recorded when it is decided.

import type { LeaveFact, OrderFact } from '../core/observation.ts';
import { leaveFact, orderFact } from '../core/order.fixture.ts';
import type { Random } from '../core/random.ts';
import { SOURCE_KINDS, type SourceKind } from '../core/source.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Conditions = { noContactWith?: string[] } & Record<string, unknown>;
type Paper = { id: string; documentNumber: string; fromMs: number; untilMs: number };

export type RegisterWorld = {
  readonly subject: string;
  readonly fromMs: number;
  /** How long a life is that has to have its ends in it. */
  readonly minutes: number;
  readonly areas: readonly (readonly string[])[];
  readonly drawConditions: () => Conditions;
};

/** The register of one person; each act gives what was recorded at that instant, and counts from then. */
export function createRegister(
  random: Random,
  { subject, fromMs, minutes, areas, drawConditions }: RegisterWorld,
) {
  let orderId = 0;
  let drawn = drawOrder();
  let untilMs = random.chance(0.2) ? fromMs + someMs() : fromMs + 100 * DAY;
  let papers = random.chance(0.8) ? [firstPaper()] : [];
  let numbers = 1;
  const leaves: LeaveFact[] = [];

  function drawOrder() {
    return {
      ...random.pick([
        { category: 'cc' },
        { category: 'cc' },
        { category: 'cc' },
        { category: 'ra', group: 'key' },
        { category: 'ra', withoutSupport: true },
        { category: 'ra' },
      ]),
      area: random.pick(areas),
      conditions: drawConditions(),
    };
  }

  function someMs(): number {
    return (20 + random.int(minutes)) * MINUTE;
  }

  /** Monitoring that ends or comes to a warning in the world, or has been granted for too long. */
  function firstPaper(): Paper {
    const paper = { id: 'monitoring', documentNumber: '监1号' };
    const daysAgo = random.pick([0, 1, 5, 20, 60, 74, 75, 82, 83, 86, 87, 89, 90, 91]);
    const begunMs = fromMs - daysAgo * DAY - random.int(600) * MINUTE;
    if (random.chance(0.5)) return { ...paper, fromMs: begunMs, untilMs: fromMs + 300 * DAY };
    const daysLeft = random.pick([0, 0, 3, 7, 15, 15, 30]);
    return { ...paper, fromMs: begunMs, untilMs: fromMs + daysLeft * DAY + someMs() };
  }

  function decideOnPapers(atMs: number): void {
    const last = papers.at(-1);
    const documentNumber = `监${++numbers}号`;
    const longer = atMs + random.pick([3, 7, 15, 40, 120]) * DAY + someMs();
    if (!last) {
      papers = [{ id: 'monitoring', documentNumber, fromMs: atMs, untilMs: longer }];
      return;
    }
    const others = papers.slice(0, -1);
    const dueMs = last.untilMs;
    switch (random.int(6)) {
      case 0:
        papers = [];
        break;
      case 1:
        papers = [...others, { ...last, untilMs: Math.max(last.fromMs + 1, atMs - random.int(2)) }];
        break;
      case 2:
        papers = [...others, { ...last, untilMs: longer }];
        break;
      case 3:
        papers = [...others, { ...last, documentNumber, untilMs: longer }];
        break;
      case 4:
        papers = [{ ...last, documentNumber, fromMs: atMs, untilMs: longer }];
        break;
      default: {
        const beginsMs = dueMs + random.pick([-HOUR, 0, HOUR, 2 * DAY]);
        const second = { id: `monitoring-${numbers}`, documentNumber, fromMs: beginsMs };
        papers = [last, { ...second, untilMs: Math.max(beginsMs + HOUR, longer) }];
      }
    }
  }

  function recordOrder(action: OrderFact['action'], atMs: number): OrderFact {
    const { noContactWith, ...conditions } = drawn.conditions;
    const kinds = Object.keys(SOURCE_KINDS) as SourceKind[];
    const basis = { article: '第二十六条', approvedBy: 'county-bureau' };
    const always = {
      ...basis,
      id: 'always',
      documentNumber: '（2026）演示第1号',
      sources: kinds.filter((source) => source !== 'bracelet'),
      fromMs: atMs,
      untilMs: atMs + 365 * DAY,
    };
    return orderFact(subject, {
      ...drawn,
      conditions: { ...conditions, ...(noContactWith?.length ? { noContactWith } : {}) },
      bases: [always, ...papers.map((paper) => ({ ...basis, ...paper, sources: ['bracelet'] }))],
      atMs,
      action,
      fromMs: action === 'start' ? atMs : fromMs,
      untilMs,
      orderId: `order-${subject}-${orderId}`,
    });
  }

  function grantLeave(atMs: number): LeaveFact {
    const isRegular = random.chance(0.3);
    const period = isRegular
      ? {
          fromMs: atMs - random.pick([0, 1, 8, 100]) * DAY,
          untilMs: atMs + random.pick([0, 7, 7, 7, 12]) * DAY + someMs(),
        }
      : {
          fromMs: atMs - random.int(30) * MINUTE,
          untilMs: atMs + (5 + random.int(180)) * MINUTE,
        };
    return leaveFact(subject, {
      atMs,
      leaveId: `leave-${subject}-${leaves.length}`,
      regions: [random.pick(['511722', '511723', '510100', '500000'])],
      reason: isRegular ? 'regular' : 'work',
      transitMs: random.pick([0, 0, 15, 30]) * MINUTE,
      ...period,
    });
  }

  return {
    begin: (): OrderFact => recordOrder('start', fromMs),

    decideOnLeave(atMs: number): LeaveFact {
      const before = leaves.length > 0 && random.chance(0.4) ? random.pick(leaves) : undefined;
      const leave = before ? leaveAnew(before, atMs, random) : grantLeave(atMs);
      leaves.push(leave);
      return leave;
    },

    decideOnOrder(atMs: number): OrderFact {
      const isOver = untilMs <= atMs;
      const action = isOver ? 'start' : random.pick(['change', 'change', 'renew', 'end'] as const);
      if (isOver) orderId++;
      if (isOver || action === 'renew') untilMs = atMs + (isOver ? 9_000 * MINUTE : someMs());
      if (isOver || action === 'change') {
        const next = drawOrder();
        drawn = random.chance(0.5) ? next : { ...next, area: drawn.area };
        if (random.chance(0.6)) decideOnPapers(atMs);
      }
      const order = recordOrder(action, atMs);
      if (action === 'end') untilMs = atMs;
      return order;
    },
  };
}

/** Another version of a leave: reported back, prolonged or changed, by the first day of what was granted. */
function leaveAnew(before: LeaveFact, atMs: number, random: Random): LeaveFact {
  const action = random.pick(['end', 'end', 'renew', 'change'] as const);
  const { leaveId, regions, reason, transitMs, fromMs } = before;
  const isLonger = action === 'renew' || (action === 'change' && random.chance(0.5));
  const untilMs = isLonger
    ? Math.max(fromMs, atMs) + (5 + random.int(300)) * MINUTE
    : before.untilMs;
  return leaveFact(before.subject, {
    atMs,
    action,
    leaveId,
    regions: [...regions],
    reason,
    transitMs,
    fromMs,
    untilMs,
  });
}
