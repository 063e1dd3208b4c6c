// A stage with two SMS providers that owe receipts, and what happened to a notice as short lines.

import { createFakeProvider, type FakeChannel } from '../channels/channel.fixture.ts';
import type { Channel, ProviderTerms } from '../channels/channel.ts';
import { raised } from '../findings.fixture.ts';
import {
  noticeTo,
  openStage,
  startProgram,
  type Program,
  type ProgramParts,
  type Stage,
} from '../scenario.fixture.ts';
import { loadAttempts } from './attempt-store.ts';

export const exit = raised('cc-000001');

/** A receipt within half a minute at level 1, within a minute at the others. */
export const TERMS: ProviderTerms = { receiptWithinMs: { 1: 30_000, 2: 60_000, 3: 60_000 } };

export type TwoProviders = {
  readonly stage: Stage;
  readonly program: Program;
  readonly first: FakeChannel;
  readonly second: FakeChannel;
  /** `attempt provider what code`, of the notice to the county's officer. */
  trail(): Promise<string[]>;
  state(): Promise<string>;
  id(): Promise<string>;
};

export async function withTwoProviders(
  run: (given: TwoProviders) => Promise<void>,
  parts: ProgramParts = {},
): Promise<void> {
  const stage = await openStage();
  const second = createFakeProvider('sms', 'second', TERMS);
  const program = await startProgram(stage, {
    ...parts,
    further: [second, ...(parts.further ?? [])],
    wrapChannel: (channel) => parts.wrapChannel?.(owing(channel)) ?? owing(channel),
  });
  try {
    await run({
      stage,
      program,
      first: stage.sms,
      second,
      trail: () => trailOf(stage),
      state: async () => (await noticeTo(stage, 'sms', 'xuanhan')).state,
      id: async () => (await noticeTo(stage, 'sms', 'xuanhan')).id,
    });
  } finally {
    await stage.remove();
  }
}

export const owing = (channel: Channel): Channel =>
  channel.kind === 'sms' ? { terms: TERMS, ...channel } : channel;

export async function trailOf(stage: Stage): Promise<string[]> {
  const { id } = await noticeTo(stage, 'sms', 'xuanhan');
  const steps = await loadAttempts(stage.records.db, [id]);
  return steps.map(({ attempt, provider, what, code }) =>
    [attempt, provider, what, code].filter((part) => part !== null && part !== '').join(' '),
  );
}
