// Long work that somebody ended with Ctrl-C.

import { UserError } from '../core/errors.ts';
import { text } from '../core/text.ts';

/** Nothing was written. The program ends with status 130, as a shell expects. */
export class StoppedByHand extends UserError {
  constructor() {
    super('conflict', text('已停止，未写出结果', 'stopped; nothing was written'));
  }
}
