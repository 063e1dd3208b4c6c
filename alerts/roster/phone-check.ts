// Proves that a number reaches its officer: a code goes out over SMS or a call and is entered on the page. A
// new number takes the place of the old one only then, so that trying one never leaves a gap.

import { UserError } from '../../core/errors.ts';
import { contentHash, contentId } from '../../core/ids.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/local-time.ts';
import type { Logger } from '../../core/logger.ts';
import { text } from '../../core/text.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import type { Records } from '../../warehouse/records.ts';
import { MESSAGE_PREFIX, writeMessages } from '../messages/message-store.ts';
import { CODE_MINUTES, composeCode } from '../messages/message-texts.ts';
import { readNumber } from './phone-number.ts';
import { mustHandle, type RosterOfficer } from './roster-scope.ts';

export type PhoneCheckDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Six digits nobody can guess. */
  readonly nextCode: () => string;
  /** The channels there is a provider for. */
  readonly codeChannels: readonly AskedCheck['channel'][];
};

export type AskedCheck = {
  readonly officer: string;
  /** The officer's number as it is when left out. */
  readonly phone?: string | undefined;
  readonly channel: 'sms' | 'phone';
};

export type PhoneCheckAnswer = { readonly id: string; readonly expiresAtMs: number };

/** Codes one officer may be sent within an hour, and codes that may be entered for one of them. */
export const CODES_MAX = 5;
export const TRIES_MAX = 5;

/** Sends a code. Throws UserError. */
export async function askPhoneCheck(
  { records, clock, logger, nextCode, codeChannels }: PhoneCheckDeps,
  { officer, phone, channel }: AskedCheck,
  by: RosterOfficer,
): Promise<PhoneCheckAnswer> {
  if (!codeChannels.includes(channel)) throw NO_PROVIDER[channel];
  const nowMs = clock.now();
  const code = nextCode();
  const answer = await records.transaction(async (trx) => {
    const row = await trx
      .selectFrom('officer')
      .selectAll()
      .where('id', '=', officer)
      .where('active', '=', 1)
      .executeTakeFirst();
    if (!row) throw noOfficer(officer);
    mustHandle(by, row.region);
    const number = readNumber(phone ?? row.phone ?? '');
    const { asked } = await trx
      .selectFrom('phoneCheck')
      .select(({ fn }) => fn.countAll<number>().as('asked'))
      .where('officer', '=', officer)
      .where('askedAtMs', '>', epochMs(nowMs - HOUR_MS))
      .executeTakeFirstOrThrow();
    if (Number(asked) >= CODES_MAX) throw TOO_MANY;
    const id = contentId('pc', [officer, number, nowMs, Number(asked)]);
    const expiresAtMs = epochMs(nowMs + CODE_MINUTES * MINUTE_MS);
    await trx
      .insertInto('phoneCheck')
      .values({
        id,
        officer,
        phone: number,
        codeHash: hashOf(id, code),
        askedBy: by.accountId,
        askedAtMs: nowMs,
        expiresAtMs,
        tries: 0,
        passedAtMs: null,
      })
      .execute();
    const said = composeCode(channel, code);
    await writeMessages(trx, [
      {
        id: contentId(MESSAGE_PREFIX, ['phone-code', id]),
        kind: 'phone-code',
        recipient: officer,
        channel,
        address: number,
        textZh: said.zh,
        textEn: said.en,
        createdAtMs: nowMs,
        expiresAtMs,
      },
    ]);
    return { id, expiresAtMs };
  });
  logger.info('roster.number-asked', { check: answer.id, by: by.accountId, channel });
  return answer;
}

/** Takes the code: right, the number is the officer's and tried. Throws UserError. */
export async function enterPhoneCode(
  { records, clock, logger }: PhoneCheckDeps,
  { id, code }: { readonly id: string; readonly code: string },
  by: RosterOfficer,
): Promise<void> {
  const nowMs = clock.now();
  // A wrong code is counted, so the transaction ends well and the refusal comes after it.
  const refusal = await records.transaction(async (trx) => {
    const check = await trx
      .selectFrom('phoneCheck')
      .innerJoin('officer', 'officer.id', 'phoneCheck.officer')
      .selectAll('phoneCheck')
      .select('officer.region')
      .where('phoneCheck.id', '=', id)
      .executeTakeFirst();
    if (!check) throw new UserError('not-found', text('没有这次验证', 'there is no such trial'));
    mustHandle(by, check.region);
    if (check.passedAtMs !== null) return undefined;
    if (check.expiresAtMs <= nowMs || check.tries >= TRIES_MAX) return SPENT;
    const isRight = hashOf(id, code.trim()) === check.codeHash;
    await trx
      .updateTable('phoneCheck')
      .set({ tries: check.tries + 1, ...(isRight ? { passedAtMs: nowMs } : {}) })
      .where('id', '=', id)
      .execute();
    if (!isRight) return wrongCode(TRIES_MAX - check.tries - 1);
    await trx
      .updateTable('officer')
      .set({ phone: check.phone, phoneVerifiedAtMs: nowMs })
      .where('id', '=', check.officer)
      .execute();
    return undefined;
  });
  if (refusal) throw refusal;
  logger.info('roster.number-verified', { check: id, by: by.accountId });
}

const hashOf = (id: string, code: string): string => contentHash(`${id} ${code}`);

const noOfficer = (id: string) =>
  new UserError('not-found', text('没有这位在用人员', 'there is no such active officer'), {
    detail: `"${id}"`,
  });

const TO_CONFIGURE = {
  hint: text(
    '请由管理员在配置中设置 channels，或改用另一种方式。',
    'Let an administrator set channels in the configuration, or use the other way.',
  ),
};

const NO_PROVIDER = {
  sms: new UserError(
    'conflict',
    text('没有配置短信通道', 'there is no provider for SMS'),
    TO_CONFIGURE,
  ),
  phone: new UserError(
    'conflict',
    text('没有配置电话通道', 'there is no provider for calls'),
    TO_CONFIGURE,
  ),
} as const;

const TOO_MANY = new UserError(
  'conflict',
  text('验证码获取过于频繁', 'too many codes were asked for'),
  {
    hint: text(
      `每小时最多 ${CODES_MAX} 次，请稍后再试。`,
      `At most ${CODES_MAX} an hour; try again later.`,
    ),
  },
);

const SPENT = new UserError('conflict', text('验证码已失效', 'the code does not hold any more'), {
  hint: text('请重新获取验证码。', 'Ask for a new code.'),
});

const wrongCode = (left: number) =>
  new UserError('bad-input', text('验证码不正确', 'this is not the code'), {
    hint:
      left > 0
        ? text(
            `请核对短信或来电中的六位数字，还可再试 ${left} 次。`,
            `Check the six digits of the message; ${left} more tries.`,
          )
        : text('请重新获取验证码。', 'Ask for a new code.'),
  });
