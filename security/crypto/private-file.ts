// Files of secrets are their owner's alone: one that others may read is refused, with the command that mends it.

import { statSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

/** Throws UserError where group or others have any right. Windows knows no such modes. */
export function refuseIfOpenToOthers(path: string, mode: '600' | '700'): void {
  if (process.platform === 'win32' || (statSync(path).mode & 0o077) === 0) return;
  throw new UserError(
    'bad-configuration',
    text('密钥文件能被其他用户读取，已拒绝使用', 'keys can be read by other users and are refused'),
    {
      detail: path,
      hint: text(
        `执行 chmod ${mode} '${path}'；如果其他人可能已经读过，请随后轮换密钥`,
        `Run: chmod ${mode} '${path}'. If somebody may have read it, rotate the key afterwards.`,
      ),
    },
  );
}
