// In which region a station, coach station or airport lies, by its code or name. Counties for Dazhou,
// where a county's border decides; prefectures and municipalities elsewhere. Codes are the railways'
// telegraph codes and IATA's; a station without a code here is known by name only.

import { regionCode, type RegionCode } from '../../core/region.ts';

export type Carrier = 'rail' | 'air' | 'coach';

/** Carrier, code or -, name, region. */
const LINES = `
rail RXW 达州 511702
rail - 达州南 511703
rail XHY 宣汉 511722
rail - 普光 511722
rail KAW 开江 511723
rail QRW 渠县 511725
rail - 三汇镇 511725
rail WYY 万源 511781
rail - 官渡 511781
rail CDW 成都 510100
rail ICW 成都东 510100
rail CNW 成都南 510100
rail PRW 攀枝花 510400
rail ZGW 自贡 510300
rail MYW 绵阳 510700
rail GYW 广元 510800
rail NIW 遂宁 510900
rail NJW 内江 511000
rail NCW 南充 511300
rail NUW 营山 511300
rail YBW 宜宾 511500
rail - 广安 511600
rail - 巴中 511900
rail ZYW 资阳 512000
rail CQW 重庆 500000
rail CUW 重庆北 500000
rail WYW 万州 500000
rail AKY 安康 610900
rail HOY 汉中 610700
rail XAY 西安 610100
rail EAY 西安北 610100
rail ESN 恩施 422800
rail LCN 利川 422800
rail WHN 武汉 420100
rail HKN 汉口 420100
rail GIW 贵阳 520100
rail KMM 昆明 530100
rail CSQ 长沙 430100
rail CWQ 长沙南 430100
rail ZZF 郑州 410100
rail NJH 南京 320100
rail NKH 南京南 320100
rail HGH 杭州东 330100
rail BJP 北京 110000
rail BXP 北京西 110000
rail SHH 上海 310000
rail AOH 上海虹桥 310000
rail GZQ 广州 440100
rail IZQ 广州南 440100
rail SZQ 深圳 440300
rail IOQ 深圳北 440300
air DZH 达州 511703
air CTU 成都双流 510100
air TFU 成都天府 510100
air NAO 南充 511300
air MIG 绵阳 510700
air CKG 重庆江北 500000
air WXN 万州 500000
air XIY 西安咸阳 610100
air PEK 北京首都 110000
air PKX 北京大兴 110000
air SHA 上海虹桥 310000
air PVG 上海浦东 310000
air CAN 广州白云 440100
air SZX 深圳宝安 440300
air KMG 昆明长水 530100
air WUH 武汉天河 420100
coach - 达州 511702
coach - 达川 511703
coach - 宣汉 511722
coach - 开江 511723
coach - 大竹 511724
coach - 渠县 511725
coach - 万源 511781
coach - 成都 510100
coach - 南充 511300
coach - 广安 511600
coach - 巴中 511900
coach - 绵阳 510700
coach - 重庆 500000
coach - 万州 500000
coach - 西安 610100
coach - 安康 610900
`;

const known = new Map<string, RegionCode>();

for (const line of LINES.trim().split('\n')) {
  const [carrier = '', code = '', name = '', region = ''] = line.split(' ');
  known.set(`${carrier} ${name}`, regionCode(region));
  if (code !== '-') known.set(`${carrier} ${code}`, regionCode(region));
}

/** What names carry behind the place: 达州站, 宣汉客运站, 成都双流国际机场. */
const SUFFIX = /(客运中心|客运站|汽车站|火车站|国际机场|机场|站)$/;

/** The region of a station by its code or name; undefined when it is not known. */
export const regionOfStation = (carrier: Carrier, station: string): RegionCode | undefined =>
  known.get(`${carrier} ${station.trim()}`) ??
  known.get(`${carrier} ${station.trim().replace(SUFFIX, '')}`);
