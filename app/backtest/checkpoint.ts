// Where a long run stands, in one file that is replaced as a whole, so that a kill at any moment leaves the
// one before or the one after.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

type Checkpoint<State> = { readonly identity: string; readonly state: State };

const pathIn = (folder: string): string => join(folder, 'checkpoint');

/** Saves plain data; `identity` says of what. */
export function saveCheckpoint<State>(folder: string, identity: string, state: State): void {
  const checkpoint: Checkpoint<State> = { identity, state };
  const path = pathIn(folder);
  writeFileSync(`${path}.part`, serialize(checkpoint), { flush: true });
  renameSync(`${path}.part`, path);
}

/** What was saved last, unless it is of something else. Guarantee: the same program wrote the state. */
export function loadCheckpoint<State>(folder: string, identity: string): State | undefined {
  const path = pathIn(folder);
  if (!existsSync(path)) return undefined;
  const checkpoint = deserialize(readFileSync(path)) as Checkpoint<State>;
  return checkpoint.identity === identity ? checkpoint.state : undefined;
}
