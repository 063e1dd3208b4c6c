// What the card of a person's identity says.

import type { IdentityFieldName } from '../../../app/api/identities.ts';
import { text, type Text } from '../../../core/text.ts';

export const IDENTITY_WORDS = {
  title: text('人员身份', 'Identity'),
  hint: text(
    '查看完整信息须说明用途和事由，并记入审计',
    'Showing it takes a purpose and a reason, and is recorded',
  ),
  loading: text('正在读取…', 'Loading…'),
  none: text('身份库中没有此人的资料。', 'The vault knows nobody of this key.'),
  synthetic: text('演示数据', 'Invented'),
  unreadable: text(
    '资料损坏，无法解密；请报系统管理员',
    'Damaged and cannot be opened; tell the administrator',
  ),
  reveal: text('查看完整信息', 'Show in clear'),
  revealHint: text(
    '只勾选这次要用的项目。谁、何时、为何查看了哪些项目会记入审计；内容只显示一会儿，随后自动隐藏。',
    'Tick only what you need. Who looked at what, when and why is recorded; it is shown for a short while and hidden again.',
  ),
  what: text('要查看的项目', 'What to show'),
  purpose: text('用途', 'Purpose'),
  choose: text('请选择', 'Choose'),
  reason: text(
    '事由（至少 4 个字，不要写姓名或号码）',
    'Reason (4 characters or more; no names or numbers)',
  ),
  hide: text('立即隐藏', 'Hide now'),
} as const;

export const FIELD_NAMES: Readonly<Record<IdentityFieldName, Text>> = {
  name: text('姓名', 'Name'),
  'id-number': text('身份证号码', 'ID number'),
  phone: text('电话号码', 'Phone'),
  address: text('住址', 'Address'),
  face: text('人脸照片', 'Face picture'),
};

export const leftText = (seconds: number): Text =>
  text(`${seconds} 秒后自动隐藏`, `hidden again in ${seconds} s`);
