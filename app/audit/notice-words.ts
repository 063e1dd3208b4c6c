// What stands in the audit administrator's inbox, in words.

import { text, type Text } from '../../core/text.ts';
import { MINUTE_MS } from '../../core/local-time.ts';
import { describeFinding } from '../../security/audit/finding-words.ts';
import { READER_NOTICE } from '../../security/audit/notice-answers.ts';
import { RIGHTS_NOTICE, type NoticeDetail } from '../../security/audit/notices.ts';
import type { FindingKind } from '../../security/audit/verify-chain.ts';

export function noticeText(kind: string, detail: NoticeDetail): Text {
  if (kind === READER_NOTICE) {
    const { titleZh, titleEn, times } = detail;
    const span = spanText(Number(detail['spanMs']));
    return text(
      `${String(titleZh)}：${span.zh}内 ${String(times)} 次`,
      `${String(titleEn)}: ${String(times)} times in ${span.en}`,
    );
  }
  if (kind === 'audit.broken') {
    const found = describeFinding({
      kind: String(detail['kind']) as FindingKind,
      from: Number(detail['from']),
      until: Number(detail['until']),
      because: String(detail['because']),
      afterMs: null,
      beforeMs: null,
    });
    return text(`审计记录校验不符：${found.zh}`, `The trail does not fit: ${found.en}`);
  }
  if (kind === RIGHTS_NOTICE) {
    const names = String(detail['fields']).split(' ');
    const of = (language: 'zh' | 'en') =>
      names
        .map((name) => FIELD_NAMES[name]?.[language] ?? name)
        .join(language === 'zh' ? '、' : ', ');
    return text(
      `账号权限被直接改库，已停用该账号，待安全管理员重新授权：${of('zh')}`,
      `Rights changed by hand in the database, the account is refused until they are granted anew: ${of('en')}`,
    );
  }
  if (kind === 'audit.refused') {
    const { witness, checkpoint } = detail as Plain;
    return text(
      `见证方“${witness}”拒收第 ${checkpoint} 号检查点，与其已存的不一致`,
      `The witness "${witness}" refused checkpoint ${checkpoint}: it holds another`,
    );
  }
  if (kind === 'audit.split-view') {
    const { origin, known, shown } = detail as Plain;
    return text(
      `被见证方“${origin}”送来的检查点（${shown} 条）与此前所存（${known} 条）不一致，已拒收`,
      `"${origin}" showed a checkpoint (${shown} records) that contradicts the one kept (${known}); refused`,
    );
  }
  return text(kind, kind);
}

/** What of an account was altered, by the names of its seal. */
const FIELD_NAMES: Readonly<Record<string, Text>> = {
  login: text('用户名', 'login'),
  role: text('角色', 'role'),
  region: text('单位', 'unit'),
  officer: text('值班人员', 'officer'),
  active: text('启用状态', 'whether it is active'),
  password: text('密码', 'password'),
  demo: text('演示账号标记', 'mark of a demonstration'),
  scope: text('数据范围', 'data scope'),
  factorSinceMs: text('动态验证码', 'second factor'),
  leads: text('领导身份', 'leadership'),
  seal: text('校验值缺失或无效', 'its seal is missing or forged'),
};

type Plain = Readonly<Record<string, string | number>>;

/** Rounded up: nobody reads twenty persons in no time. */
function spanText(spanMs: number): Text {
  const minutes = Math.max(1, Math.ceil(spanMs / MINUTE_MS));
  if (minutes < 120)
    return text(`${minutes} 分钟`, minutes === 1 ? '1 minute' : `${minutes} minutes`);
  const hours = Math.ceil(minutes / 60);
  return hours < 48
    ? text(`${hours} 小时`, `${hours} hours`)
    : text(`${Math.ceil(hours / 24)} 天`, `${Math.ceil(hours / 24)} days`);
}
