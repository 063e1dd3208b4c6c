// The inside of the demo gateway: takes orders, lets them ring and be delivered in time, and reports what
// persons, or its own behaviour, make of them.

import type { ProviderOrder, ProviderReport } from '../../alerts/channels/provider-form.ts';
import type { ChanceIds } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import type { Random } from '../../core/random.ts';
import type { Clock, Timer } from '../../core/time.ts';
import { GOOD_BEHAVIOUR, type Behaviour } from './behaviour.ts';
import { createReporter } from './reporter.ts';
import { createTraffic, type Act, type Item, type ItemKind, type Traffic } from './traffic.ts';

export type ExchangeDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: ChanceIds;
  readonly logger: Logger;
  readonly onChanged: () => void;
};

export type Exchange = Pick<Traffic, 'list'> & {
  /** What the provider says of an order when it is asked; undefined for one it never took. */
  reportOn(kind: ItemKind, key: string): ProviderReport | undefined;
  /** Takes an order and gives its message id, in due time. */
  take(kind: ItemKind, order: ProviderOrder): Promise<string>;
  /** False when the act is not possible any more. */
  act(messageId: string, act: Act): boolean;
  behaviour(): Behaviour;
  behave(change: Partial<Behaviour>): void;
  close(): Promise<void>;
};

/** How long a telephone rings, and how long a message takes to the handset. */
const RINGS_MS = 45_000;
const DELIVERS_MS = 600;

export function createExchange(deps: ExchangeDeps, secret: string): Exchange {
  const { clock, random, ids, onChanged } = deps;
  const traffic = createTraffic();
  const timers = new Set<Timer>();
  /** What was reported of orders that went nowhere, by key. */
  const claims = new Map<string, ProviderReport>();
  let behaviour = GOOD_BEHAVIOUR;
  const reporter = createReporter({ ...deps, behaviour: () => behaviour }, secret);

  const after = (delayMs: number, run: () => void) => {
    const timer = clock.after(delayMs, () => {
      timers.delete(timer);
      run();
    });
    timers.add(timer);
  };
  const act = (messageId: string, what: Act): boolean => {
    const item = traffic.list().find((one) => one.messageId === messageId);
    const reports = traffic.act(messageId, what);
    if (!item || reports.length === 0) return false;
    if (behaviour.reports !== 'silent') reporter.report(item.order.callbackUrl, reports);
    onChanged();
    return true;
  };
  /** Nobody is reached, and the provider says otherwise. */
  const lie = ({ order, report }: Item) =>
    after(DELIVERS_MS, () => {
      const claim = { ...report, sequence: report.sequence + 1, state: 'delivered' as const };
      claims.set(order.key, claim);
      reporter.report(order.callbackUrl, [claim]);
    });
  const start = ({ messageId, kind }: Item) => {
    if (kind === 'call') after(RINGS_MS, () => act(messageId, { kind: 'ignore' }));
    else after(DELIVERS_MS, () => act(messageId, { kind: 'deliver' }));
    const { answerAfterMs } = behaviour;
    if (answerAfterMs === null) return;
    const readsMs = kind === 'call' ? 0 : DELIVERS_MS + 1;
    after(Math.max(answerAfterMs, readsMs), () => act(messageId, { kind: 'answer', key: '1' }));
  };

  return {
    reportOn(kind, key) {
      const item = traffic.find(kind, key);
      const taken = item && { ...item.report, sequence: 1, state: 'accepted' as const };
      if (behaviour.reports === 'silent' && taken) return reportOfTaken(taken);
      return item && (claims.get(key) ?? item.report);
    },
    list: traffic.list,
    act,
    async take(kind, order) {
      const isLie = behaviour.reports === 'lies';
      const isLost = isLie || random.chance(behaviour.losePercent / 100);
      const taking = { messageId: ids.next(kind), atMs: clock.now(), isLost };
      const { item, isNew } = traffic.take(kind, order, taking);
      if (isNew && !isLost) start(item);
      if (isNew && isLie) lie(item);
      onChanged();
      const { slowMs } = behaviour;
      if (slowMs > 0) await new Promise<void>((go) => after(slowMs, go));
      return item.messageId;
    },
    behaviour: () => behaviour,
    behave(change) {
      behaviour = { ...behaviour, ...change };
      onChanged();
    },
    async close() {
      for (const timer of timers) timer.cancel();
      await reporter.close();
    },
  };
}

/** Of an order only that it was taken. */
const reportOfTaken = ({ key, messageId, sequence, state }: ProviderReport): ProviderReport => ({
  key,
  messageId,
  sequence,
  state,
});
