// Administrative divisions by GB/T 2260 code. The table holds what the product names on screens:
// provinces, Sichuan's prefectures, the counties of Dazhou and the districts of Shanghai.

import { z } from 'zod';
import type { Text } from './text.ts';

/** A six-digit GB/T 2260 code: province `510000`, prefecture `511700`, county `511722`. */
export type RegionCode = string & z.$brand<'RegionCode'>;

export const regionCodeSchema = z
  .string()
  .regex(/^[1-8]\d{5}$/, 'a GB/T 2260 code has six digits')
  .brand<'RegionCode'>();

/** Names a literal as a region code. Guarantee: the caller wrote a six-digit code. */
export const regionCode = (code: string): RegionCode => code as RegionCode;

export type Region = { readonly code: RegionCode; readonly name: Text };

const table = new Map<string, Region>();

const add = (lines: string) => {
  for (const line of lines.trim().split('\n')) {
    const [code = '', zh = '', ...en] = line.trim().split(' ');
    table.set(code, { code: regionCode(code), name: { zh, en: en.join(' ') } });
  }
};

add(`
110000 北京市 Beijing
120000 天津市 Tianjin
130000 河北省 Hebei
140000 山西省 Shanxi
150000 内蒙古自治区 Inner Mongolia
210000 辽宁省 Liaoning
220000 吉林省 Jilin
230000 黑龙江省 Heilongjiang
310000 上海市 Shanghai
320000 江苏省 Jiangsu
330000 浙江省 Zhejiang
340000 安徽省 Anhui
350000 福建省 Fujian
360000 江西省 Jiangxi
370000 山东省 Shandong
410000 河南省 Henan
420000 湖北省 Hubei
430000 湖南省 Hunan
440000 广东省 Guangdong
450000 广西壮族自治区 Guangxi
460000 海南省 Hainan
500000 重庆市 Chongqing
510000 四川省 Sichuan
520000 贵州省 Guizhou
530000 云南省 Yunnan
540000 西藏自治区 Tibet
610000 陕西省 Shaanxi
620000 甘肃省 Gansu
630000 青海省 Qinghai
640000 宁夏回族自治区 Ningxia
650000 新疆维吾尔自治区 Xinjiang
710000 台湾省 Taiwan
810000 香港特别行政区 Hong Kong
820000 澳门特别行政区 Macao
`);

add(`
510100 成都市 Chengdu
510300 自贡市 Zigong
510400 攀枝花市 Panzhihua
510500 泸州市 Luzhou
510600 德阳市 Deyang
510700 绵阳市 Mianyang
510800 广元市 Guangyuan
510900 遂宁市 Suining
511000 内江市 Neijiang
511100 乐山市 Leshan
511300 南充市 Nanchong
511400 眉山市 Meishan
511500 宜宾市 Yibin
511600 广安市 Guang'an
511700 达州市 Dazhou
511800 雅安市 Ya'an
511900 巴中市 Bazhong
512000 资阳市 Ziyang
513200 阿坝藏族羌族自治州 Aba
513300 甘孜藏族自治州 Garzê
513400 凉山彝族自治州 Liangshan
`);

add(`
511702 通川区 Tongchuan
511703 达川区 Dachuan
511722 宣汉县 Xuanhan
511723 开江县 Kaijiang
511724 大竹县 Dazhu
511725 渠县 Quxian
511781 万源市 Wanyuan
`);

add(`
310101 黄浦区 Huangpu
310104 徐汇区 Xuhui
310105 长宁区 Changning
310106 静安区 Jing'an
310107 普陀区 Putuo
310109 虹口区 Hongkou
310110 杨浦区 Yangpu
310112 闵行区 Minhang
310113 宝山区 Baoshan
310114 嘉定区 Jiading
310115 浦东新区 Pudong
310116 金山区 Jinshan
310117 松江区 Songjiang
310118 青浦区 Qingpu
310120 奉贤区 Fengxian
310151 崇明区 Chongming
`);

/** Codes that no longer exist, still found in old records, with what they became. */
const HISTORIC: Readonly<Record<string, string>> = {
  310103: '310101',
  310108: '310106',
  310119: '310115',
  310230: '310151',
  511721: '511703',
};

export const DAZHOU = regionCode('511700');

/** The region of a code, historic codes resolved; undefined when the table does not name it. */
export const regionOf = (code: string): Region | undefined => table.get(HISTORIC[code] ?? code);

/** What to call a region on a screen: its own name, else its prefecture's, else its province's. */
export const regionName = (code: string): Text =>
  (regionOf(code) ?? regionOf(`${code.slice(0, 4)}00`) ?? regionOf(`${code.slice(0, 2)}0000`))
    ?.name ?? { zh: code, en: code };

/** Direct and indirect divisions of `parent` that the table names, in code order, without itself. */
export const regionsWithin = (parent: RegionCode): readonly Region[] =>
  [...table.values()].filter((region) => region.code !== parent && isWithin(region.code, parent));

/** All divisions that the table names. */
export const regionsKnown = (): readonly Region[] => [...table.values()];

/** True when `code` is `ancestor` or lies inside it, by the structure of the code. */
export function isWithin(code: string, ancestor: string): boolean {
  if (code === ancestor) return true;
  if (ancestor.endsWith('0000')) return code.startsWith(ancestor.slice(0, 2));
  if (ancestor.endsWith('00')) return code.startsWith(ancestor.slice(0, 4));
  return false;
}
