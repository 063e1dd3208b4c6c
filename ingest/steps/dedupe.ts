// Drops what is known already: terminals repeat what was not acknowledged in time, partners send a file
// twice, a restarted connector starts a little too early. What is the same is decided by content.

import type { Fact } from '../../core/observation.ts';
import { drop, ok } from '../../core/outcome.ts';
import { hash32, mix32 } from '../../core/random.ts';
import { RecentKeys, type RecentKeysOptions } from '../recent-keys.ts';
import { verdictOf } from '../reasons.ts';
import type { Run, Step } from '../step.ts';

export type DedupeOptions = { positions: RecentKeysOptions; facts: RecentKeysOptions };

export const DEDUPE_DEFAULTS: DedupeOptions = {
  positions: { horizonMs: 2 * 3_600_000, keysMax: 4_000_000 },
  facts: { horizonMs: 24 * 3_600_000, keysMax: 1_000_000 },
};

export function createDedupe(options: DedupeOptions = DEDUPE_DEFAULTS): Step {
  const positionKeys = new RecentKeys(options.positions);
  const factKeys = new RecentKeys(options.facts);
  const duplicate = verdictOf('duplicate');

  const takePositions = ({ batch, slots, verdicts }: Run, judge: boolean) => {
    const sourceHashes = batch.sources.toArray().map(hash32);
    for (let row = 0; row < batch.length; row++) {
      if (verdicts[row] !== 0) continue;
      const atMs = batch.atMs[row] as number;
      const time = (atMs % 4_294_967_296) ^ Math.imul(Math.floor(atMs / 4_294_967_296), 0x9e37);
      const lng = Math.round((batch.lng[row] as number) * 1e7);
      const lat = Math.round((batch.lat[row] as number) * 1e7);
      const who = mix32(
        (slots[row] as number) ^ (sourceHashes[batch.source[row] as number] as number),
      );
      const low = mix32(mix32(who ^ time) ^ lng) ^ lat;
      const high = mix32(mix32(Math.imul(who, 31) ^ lat) ^ time) ^ Math.imul(lng, 0x85eb_ca6b);
      const receivedAtMs = batch.receivedAtMs[row] as number;
      const fresh = positionKeys.add(high >>> 0, mix32(low), receivedAtMs);
      if (!fresh && judge) verdicts[row] = duplicate;
    }
  };

  const addFact = (fact: Fact) =>
    factKeys.add(hash32(fact.id), hash32(`${fact.id}:`), fact.receivedAtMs);

  return {
    name: 'dedupe',
    positions: (run) => takePositions(run, true),
    fact: (fact) => (addFact(fact) ? ok(fact) : drop('duplicate')),
    recall: {
      positions: (run) => takePositions(run, false),
      fact: (fact) => {
        addFact(fact);
      },
    },
  };
}
