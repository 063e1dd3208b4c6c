// Opens the pieces of one package on a thread of its own, one after another (open-pieces.ts).

import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../core/errors.ts';
import { createPieceOpener, type PieceOpener } from '../crypto/sealed-stream.ts';
import { createSuite } from '../crypto/suites.ts';
import type { OpenerStart, SealedAt, ThreadSays } from './open-pieces.ts';

const port = parentPort;
assert(port, 'this module runs in a thread of its own');
const { suite: name, key, bound } = workerData as OpenerStart;
const suite = createSuite(name);
let opener: PieceOpener | undefined;

const say = (said: ThreadSays, handedOver: ArrayBuffer[]) => port.postMessage(said, handedOver);

port.on('message', ({ sealed, isLast, number }: SealedAt) => {
  opener ??= createPieceOpener(suite, key, { bound, number });
  const opened = opener.open(sealed, isLast);
  // Memory of its own, which can be handed over; short ones come out of Node's pool.
  const plain = opened && new Uint8Array(opened);
  say({ plain }, plain ? [plain.buffer] : []);
});
say('ready', []);
