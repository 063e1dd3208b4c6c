// Many simulated terminals that share one ticker and come up one after the other, so that a few hundred
// cost little and do not all knock at once.

import { assert } from '../core/errors.ts';
import { elapsedMs } from '../core/time.ts';
import {
  createTickedTerminal,
  startTicker,
  type TerminalDeps,
  type TerminalOptions,
  type TerminalStatus,
  type TickedTerminal,
} from './terminal.ts';
import type { TerminalPoint } from './terminal-point.ts';

/** New connections a ticker turn (100 ms) may begin. */
const DIALS_PER_TICK_MAX = 25;

export type TerminalFleet = {
  /** Measurements of the terminal at `index`, oldest first. */
  report(index: number, points: readonly TerminalPoint[]): void;
  setCoverage(index: number, isCovered: boolean): void;
  /** Sums over all terminals, and how many can report. */
  status(): FleetStatus;
  stop(): Promise<void>;
};

export type FleetStatus = Omit<TerminalStatus, 'stage'> & {
  readonly terminals: number;
  readonly ready: number;
};

export function createTerminalFleet(
  deps: TerminalDeps,
  options: readonly TerminalOptions[],
): TerminalFleet {
  const terminals = options.map((each) =>
    createTickedTerminal({ random: deps.random.fork(each.phone) }, each),
  );
  let turn = 0;
  const ticker = startTicker(() => {
    const nowMs = elapsedMs();
    let dials = 0;
    // Begins elsewhere at each turn: those at the end of the list get their chance to connect too.
    turn = (turn + 1) % Math.max(1, terminals.length);
    for (let i = 0; i < terminals.length; i++) {
      const terminal = terminals[(turn + i) % terminals.length] as TickedTerminal;
      const { stage } = terminal.status();
      if (stage === 'away' && dials === DIALS_PER_TICK_MAX) continue;
      terminal.tick(nowMs);
      if (stage === 'away' && terminal.status().stage === 'connecting') dials++;
    }
  });

  const at = (index: number): TickedTerminal => {
    const terminal = terminals[index];
    assert(terminal !== undefined, `the fleet has no terminal ${index}`);
    return terminal;
  };

  return {
    report: (index, points) => at(index).report(points),
    setCoverage: (index, isCovered) => at(index).setCoverage(isCovered),
    status: () => sumOf(terminals.map((terminal) => terminal.status())),
    async stop() {
      ticker.cancel();
      await Promise.all(terminals.map((terminal) => terminal.stop()));
    },
  };
}

function sumOf(statuses: readonly TerminalStatus[]): FleetStatus {
  const sum = (count: (status: TerminalStatus) => number) =>
    statuses.reduce((total, status) => total + count(status), 0);
  return {
    terminals: statuses.length,
    ready: sum(({ stage }) => (stage === 'ready' ? 1 : 0)),
    recorded: sum((status) => status.recorded),
    taken: sum((status) => status.taken),
    rejected: sum((status) => status.rejected),
    forgotten: sum((status) => status.forgotten),
    pending: sum((status) => status.pending),
    dials: sum((status) => status.dials),
  };
}
