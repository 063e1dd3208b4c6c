// Anchors for the simulated city: towns, stations, motorway gates and the like. Names of towns and
// stations are public; every position is an approximation good to a few kilometres, written from common
// knowledge, and must not be used for anything but simulation. Hospitals, offices and venues are
// invented. No private address is among them.

import { assert } from '../core/errors.ts';
import type { LngLat } from '../core/geo.ts';
import { regionCode, regionOf, type RegionCode } from '../core/region.ts';
import type { Text } from '../core/text.ts';

export type PlaceKind =
  | 'town'
  | 'railway-station'
  | 'coach-station'
  | 'motorway-gate'
  | 'airport'
  | 'hospital'
  | 'justice-office'
  | 'venue';

export type Place = {
  readonly id: string;
  readonly kind: PlaceKind;
  readonly county: RegionCode;
  readonly name: Text;
  readonly at: LngLat;
  readonly approximate: true;
};

export type Town = Place & {
  readonly kind: 'town';
  /** Share of the county's people who live in and around it; the shares of a county sum to 1. */
  readonly share: number;
  /** Most homes lie within this many metres. */
  readonly spreadM: number;
};

/** Somewhere out of Dazhou people travel to. */
export type Destination = {
  readonly region: RegionCode;
  readonly name: Text;
  readonly at: LngLat;
};

/** County, name, position, weight among the towns of the county, spread in metres; the seat first. */
const TOWN_LINES = `
511702 达州城区 Dazhou-city 107.496 31.224 30 2200
511702 西外 Xiwai 107.456 31.222 18 1600
511702 北外 Beiwai 107.500 31.252 8 1200
511702 东岳 Dongyue 107.580 31.215 3 800
511702 罗江 Luojiang 107.545 31.285 3 800
511702 魏兴 Weixing 107.523 31.333 4 800
511702 蒲家 Pujia 107.455 31.345 4 800
511702 复兴 Fuxing 107.430 31.272 3 800
511702 碑庙 Beimiao 107.405 31.455 3 700
511702 江陵 Jiangling 107.300 31.465 2 600
511702 安云 Anyun 107.470 31.475 2 600
511703 南外 Nanwai 107.512 31.180 24 1600
511703 河市 Heshi 107.458 31.133 7 900
511703 石桥 Shiqiao 107.100 31.250 5 900
511703 石梯 Shiti 107.060 31.220 3 700
511703 管村 Guancun 107.115 31.290 3 700
511703 双庙 Shuangmiao 107.300 31.205 3 700
511703 赵家 Zhaojia 107.262 31.120 3 700
511703 渡市 Dushi 107.280 31.020 3 700
511703 景市 Jingshi 107.335 31.005 3 700
511703 百节 Baijie 107.395 31.090 3 700
511703 亭子 Tingzi 107.450 31.020 4 800
511703 福善 Fushan 107.590 31.060 3 700
511703 大树 Dashu 107.620 30.960 3 700
511703 南岳 Nanyue 107.660 30.905 3 600
511703 麻柳 Maliu 107.720 31.045 4 800
511703 万家 Wanjia 107.725 30.985 3 600
511722 东乡 Dongxiang 107.722 31.352 26 1800
511722 君塘 Juntang 107.665 31.300 3 700
511722 清溪 Qingxi 107.625 31.420 3 700
511722 普光 Puguang 107.745 31.470 4 800
511722 双河 Shuanghe 107.790 31.505 4 800
511722 土主 Tuzhu 107.710 31.520 3 700
511722 胡家 Hujia 107.640 31.600 4 800
511722 马渡关 Maduguan 107.555 31.590 3 700
511722 南坝 Nanba 107.988 31.360 8 1000
511722 下八 Xiaba 107.960 31.270 3 600
511722 天生 Tiansheng 107.870 31.335 3 600
511722 华景 Huajing 107.965 31.500 3 600
511722 黄金 Huangjin 107.800 31.640 3 600
511722 厂溪 Changxi 107.950 31.620 3 600
511722 樊哙 Fankuai 108.160 31.650 3 600
511722 土黄 Tuhuang 108.188 31.585 4 700
511722 龙泉 Longquan 108.370 31.710 2 500
511723 新宁 Xinning 107.866 31.083 20 1500
511723 普安 Pu'an 107.835 31.050 5 800
511723 任市 Renshi 107.792 30.924 5 900
511723 广福 Guangfu 107.785 30.870 3 600
511723 讲治 Jiangzhi 107.915 31.140 4 700
511723 甘棠 Gantang 107.905 31.020 4 700
511723 回龙 Huilong 107.845 30.985 4 700
511723 长岭 Changling 107.790 31.110 3 700
511723 灵岩 Lingyan 107.970 31.175 3 600
511723 永兴 Yongxing 107.820 31.150 3 600
511723 八庙 Bamiao 107.930 31.085 3 600
511724 竹阳 Zhuyang 107.204 30.738 26 1800
511724 乌木 Wumu 107.165 30.665 3 700
511724 石河 Shihe 107.275 30.605 4 800
511724 石桥铺 Shiqiaopu 107.330 30.640 4 800
511724 观音 Guanyin 107.165 30.540 4 800
511724 周家 Zhoujia 107.230 30.440 4 700
511724 高穴 Gaoxue 107.245 30.480 3 700
511724 欧家 Oujia 107.120 30.590 3 700
511724 清河 Qinghe 107.170 30.900 4 700
511724 庙坝 Miaoba 107.190 30.820 4 700
511724 双拱 Shuanggong 107.255 30.905 3 600
511724 杨家 Yangjia 107.390 30.790 3 700
511724 石子 Shizi 107.420 30.700 3 700
511724 文星 Wenxing 107.400 30.860 3 600
511724 朝阳 Chaoyang 107.320 30.820 3 600
511725 渠江 Qujiang 106.973 30.836 26 1800
511725 三汇 Sanhui 107.090 31.005 7 1000
511725 土溪 Tuxi 106.990 30.975 4 700
511725 临巴 Linba 107.062 30.904 5 800
511725 有庆 Youqing 106.950 30.760 4 700
511725 清溪场 Qingxichang 106.952 30.722 4 700
511725 李渡 Lidu 106.900 30.870 3 700
511725 龙凤 Longfeng 106.850 30.900 3 700
511725 鲜渡 Xiandu 106.870 30.820 3 600
511725 静边 Jingbian 106.860 30.990 4 700
511725 宝城 Baocheng 106.920 31.040 3 600
511725 涌兴 Yongxing 107.030 31.110 4 800
511725 贵福 Guifu 106.970 31.160 4 700
511725 岩峰 Yanfeng 107.040 31.060 3 600
511725 望溪 Wangxi 107.110 30.950 3 600
511725 卷硐 Juandong 107.065 30.800 3 600
511781 太平 Taiping 108.036 32.079 22 1400
511781 青花 Qinghua 107.945 32.010 4 600
511781 官渡 Guandu 108.160 32.140 4 600
511781 白沙 Baisha 108.130 31.985 5 700
511781 八台 Batai 108.220 32.005 2 500
511781 旧院 Jiuyuan 108.060 31.880 4 600
511781 固军 Gujun 108.140 31.890 3 500
511781 罗文 Luowen 107.830 31.890 4 700
511781 长坝 Changba 107.870 31.960 3 500
511781 石塘 Shitang 107.900 32.090 3 500
511781 草坝 Caoba 107.640 31.830 4 600
511781 沙滩 Shatan 107.720 31.900 4 600
511781 井溪 Jingxi 107.760 31.790 3 500
511781 铁矿 Tiekuang 107.830 31.770 3 500
511781 竹峪 Zhuyu 107.720 32.215 4 600
511781 黄钟 Huangzhong 107.770 32.110 3 500
511781 大竹河 Dazhuhe 108.200 32.230 3 500
`;

const STATION_LINES = `
railway-station 511702 达州站 Dazhou 107.496 31.214
railway-station 511703 达州南站 Dazhou-South 107.410 31.125
railway-station 511722 宣汉站 Xuanhan 107.718 31.340
railway-station 511722 普光站 Puguang 107.750 31.465
railway-station 511723 开江站 Kaijiang 107.840 31.100
railway-station 511725 渠县站 Quxian 106.982 30.846
railway-station 511725 三汇镇站 Sanhuizhen 107.095 31.012
railway-station 511781 万源站 Wanyuan 108.030 32.070
railway-station 511781 官渡站 Guandu 108.155 32.135
airport 511703 达州机场 Dazhou-airport 107.430 31.050
coach-station 511702 达州客运站 Dazhou 107.490 31.222
coach-station 511703 达川客运站 Dachuan 107.515 31.178
coach-station 511722 宣汉客运站 Xuanhan 107.715 31.348
coach-station 511723 开江客运站 Kaijiang 107.860 31.088
coach-station 511724 大竹客运站 Dazhu 107.210 30.742
coach-station 511725 渠县客运站 Quxian 106.966 30.832
coach-station 511781 万源客运站 Wanyuan 108.040 32.075
motorway-gate 511702 达州西收费站 Dazhou-West 107.420 31.215
motorway-gate 511702 魏兴收费站 Weixing 107.515 31.320
motorway-gate 511703 达州南收费站 Dazhou-South 107.480 31.150
motorway-gate 511703 麻柳收费站 Maliu 107.700 31.050
motorway-gate 511722 宣汉收费站 Xuanhan 107.690 31.345
motorway-gate 511722 普光收费站 Puguang 107.755 31.480
motorway-gate 511722 南坝收费站 Nanba 107.970 31.350
motorway-gate 511723 开江收费站 Kaijiang 107.850 31.070
motorway-gate 511723 任市收费站 Renshi 107.800 30.935
motorway-gate 511724 大竹收费站 Dazhu 107.230 30.730
motorway-gate 511724 石河收费站 Shihe 107.265 30.615
motorway-gate 511725 渠县收费站 Quxian 106.990 30.825
motorway-gate 511725 三汇收费站 Sanhui 107.080 30.995
motorway-gate 511725 涌兴收费站 Yongxing 107.025 31.100
motorway-gate 511781 万源收费站 Wanyuan 108.050 32.070
motorway-gate 511781 罗文收费站 Luowen 107.840 31.900
`;

const DESTINATION_LINES = `
510100 成都市 Chengdu 104.070 30.660
500000 重庆市 Chongqing 106.550 29.560
500000 重庆市万州区 Wanzhou,-Chongqing 108.400 30.810
511300 南充市 Nanchong 106.110 30.800
511600 广安市 Guang'an 106.640 30.470
511900 巴中市 Bazhong 106.760 31.860
510700 绵阳市 Mianyang 104.740 31.470
511000 内江市 Neijiang 105.060 29.590
610000 陕西省西安市 Xi'an,-Shaanxi 108.950 34.270
440000 广东省深圳市 Shenzhen,-Guangdong 114.060 22.550
`;

const rows = (lines: string): string[][] =>
  lines
    .trim()
    .split('\n')
    .map((line) => line.split(' '));

const english = (word: string) => word.replaceAll('-', ' ');

/** Towns of Dazhou, the seat of each county first. */
export const TOWNS: readonly Town[] = (() => {
  const lines = rows(TOWN_LINES);
  const weightOf = (county: string | undefined) =>
    lines.filter(([own]) => own === county).reduce((sum, line) => sum + Number(line[5]), 0);
  return lines.map(([county = '', zh = '', en = '', lng, lat, weight, spread]) => ({
    id: `town-${county}-${en.toLowerCase().replaceAll("'", '')}`,
    kind: 'town' as const,
    county: regionCode(county),
    name: { zh, en: english(en) },
    at: [Number(lng), Number(lat)] as const,
    share: Number(weight) / weightOf(county),
    spreadM: Number(spread),
    approximate: true as const,
  }));
})();

/** Railway and coach stations, the airport and motorway gates. */
export const STATIONS: readonly Place[] = rows(STATION_LINES).map(
  ([kind = '', county = '', zh = '', en = '', lng, lat]) => ({
    id: `${kind}-${county}-${en.toLowerCase().replaceAll("'", '')}`,
    kind: kind as PlaceKind,
    county: regionCode(county),
    name: { zh, en: english(en) },
    at: [Number(lng), Number(lat)] as const,
    approximate: true as const,
  }),
);

/** Where leaves and tickets lead to, out of Dazhou. */
export const DESTINATIONS: readonly Destination[] = rows(DESTINATION_LINES).map(
  ([region = '', zh = '', en = '', lng, lat]) => ({
    region: regionCode(region),
    name: { zh, en: english(en) },
    at: [Number(lng), Number(lat)] as const,
  }),
);

type Invented = {
  readonly kind: PlaceKind;
  readonly slug: string;
  readonly zh: string;
  readonly en: string;
  readonly east: number;
  readonly north: number;
};

/** What every county seat is given, offset from its middle in thousandths of a degree. */
const INVENTED: readonly Invented[] = [
  { kind: 'justice-office', slug: 'a', zh: '司法所甲', en: 'justice office A', east: 4, north: 3 },
  { kind: 'hospital', slug: 'a', zh: '医院甲', en: 'hospital A', east: -5, north: 4 },
  { kind: 'venue', slug: 'a', zh: '网吧A', en: 'internet café A', east: 6, north: -4 },
  { kind: 'venue', slug: 'b', zh: '歌厅B', en: 'karaoke bar B', east: -7, north: -5 },
  { kind: 'venue', slug: 'c', zh: '棋牌室C', en: 'card room C', east: 2, north: 7 },
];

/** Invented offices, hospitals and venues near each county seat. */
export const INVENTED_PLACES: readonly Place[] = seats().flatMap((seat) =>
  INVENTED.map(({ kind, slug, zh, en, east, north }) => ({
    id: `${kind}-${seat.county}-${slug}`,
    kind,
    county: seat.county,
    name: {
      zh: `${regionOf(seat.county)?.name.zh ?? ''}${zh}`,
      en: `${regionOf(seat.county)?.name.en ?? ''} ${en}`,
    },
    at: [
      Math.round((seat.at[0] + east / 1_000) * 1e5) / 1e5,
      Math.round((seat.at[1] + north / 1_000) * 1e5) / 1e5,
    ] as const,
    approximate: true as const,
  })),
);

/** The seat of a county. */
export function seatOf(county: RegionCode): Town {
  const seat = seats().find((town) => town.county === county);
  assert(seat !== undefined, `county ${county} has towns`);
  return seat;
}

function seats(): Town[] {
  return TOWNS.filter((town, i) => TOWNS[i - 1]?.county !== town.county);
}
