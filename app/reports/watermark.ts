// What every file of a report carries on every page: who took it, when, and what for. Who finds a page lying
// about can ask whose it was.

import { localDateTime } from '../../core/local-time.ts';
import { text, type Text } from '../../core/text.ts';

export type Taking = {
  /** How the account is called, and its login. */
  readonly name: Text;
  readonly login: string;
  readonly atMs: number;
  /** In the taker's words. */
  readonly purpose: string;
};

export function watermarkText({ name, login, atMs, purpose }: Taking): Text {
  const at = localDateTime(atMs).slice(0, 16);
  return text(
    `${name.zh}（${login}）  ${at}  用途：${purpose}`,
    `${name.en} (${login})  ${at}  purpose: ${purpose}`,
  );
}
