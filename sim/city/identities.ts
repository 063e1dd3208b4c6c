// Names and numbers for the invented persons, for the vault of a demonstration. None can be anybody's: area
// codes from 98 on belong to no province, and no mobile number begins with 120.

import type { RegionCode } from '../../core/region.ts';
import { regionName } from '../../core/region.ts';
import type { SubjectKey } from '../../core/subject.ts';
import { checkOf, INVENTED_AREA } from '../../security/vault/id-number.ts';

const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧'];
const FIRST = [...'建国志文明德永春晓海伟俊家正光荣天立新少'];
const SECOND = [...'华军平强辉林芳英兰民东波勇杰涛超霞玲红梅'];
const STREETS = ['解放', '人民', '滨河', '朝阳', '凤凰', '金龙'];

const DAY_MS = 86_400_000;
const FIRST_BIRTHDAY_MS = Date.UTC(1955, 0, 1);
/** Birthdays of some 46 years. A prime step spreads neighbours over them and meets each once. */
const DAYS = 17_000;
const STEP = 7_919;

export type InventedIdentity = {
  readonly name: string;
  readonly 'id-number': string;
  readonly phone: string;
  readonly address: string;
};

export type Resident = {
  readonly index: number;
  readonly key: SubjectKey;
  readonly county: RegionCode;
};

/** The same for the same person, and no number twice, for up to 17 million persons. */
export function inventIdentity({ index, county }: Resident): InventedIdentity {
  const pick = <Item>(items: readonly Item[], step: number) =>
    items[Math.floor(index / step) % items.length] as Item;
  const birthday = new Date(FIRST_BIRTHDAY_MS + ((index * STEP) % DAYS) * DAY_MS)
    .toISOString()
    .slice(0, 10)
    .replaceAll('-', '');
  const sequence = String(Math.floor(index / DAYS) + 1).padStart(3, '0');
  const digits = `${INVENTED_AREA}${county.slice(2)}${birthday}${sequence}`;
  const place = regionName(county).zh;
  return {
    name: `${pick(SURNAMES, 1)}${pick(FIRST, 7)}${pick(SECOND, 31)}`,
    'id-number': digits + checkOf(digits),
    phone: `120${String(index).padStart(8, '0')}`,
    address: `达州市${place}演示镇${pick(STREETS, 3)}路${(index % 300) + 1}号`,
  };
}
