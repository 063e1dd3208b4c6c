// The people who take turns in the demonstration's duty roster (sim/demo-roster.yaml): four duty officers and a
// second leader of every bureau. All invented, and so are their numbers; they sign in nowhere.

import { regionCode, type RegionCode } from '../core/region.ts';

export type DutyPerson = {
  readonly id: string;
  readonly name: string;
  /** The name in Latin letters. */
  readonly nameEn: string;
  readonly region: RegionCode;
  readonly isLeader: boolean;
  readonly phone: string;
};

/** Of each bureau the two of the day, the two of the night, and the second leader. */
const BUREAUS: Readonly<Record<string, readonly string[]>> = {
  '511700': ['tang-yu 唐宇', 'deng-jie 邓洁', 'xie-ming 谢明', 'peng-fei 彭飞', 'gao-yuan 高源'],
  '511702': [
    'li-wenbo 李文博',
    'wang-yaqin 王雅琴',
    'zhao-jianguo 赵建国',
    'sun-xiaoyan 孙晓燕',
    'lei-hong 雷宏',
  ],
  '511703': [
    'chen-zhiyuan 陈志远',
    'he-jun 何俊',
    'qin-lan 秦岚',
    'luo-min 罗敏',
    'ma-guoliang 马国梁',
  ],
  '511722': [
    'zhang-lixin 张立新',
    'yang-fan 杨帆',
    'liu-ping 刘萍',
    'xu-haitao 徐海涛',
    'wu-zhengming 吴正明',
  ],
  '511723': [
    'zhou-bin 周斌',
    'huang-ying 黄莹',
    'feng-lei 冯磊',
    'jiang-nan 蒋楠',
    'lu-chengwu 陆成武',
  ],
  '511724': [
    'zeng-qiang 曾强',
    'xiao-hua 肖华',
    'pan-li 潘丽',
    'yuan-tao 袁涛',
    'shi-jianping 石建平',
  ],
  '511725': [
    'hu-jianjun 胡建军',
    'du-juan 杜娟',
    'ye-qing 叶青',
    'tian-ye 田野',
    'fan-weimin 范卫民',
  ],
  '511781': [
    'guo-rui 郭锐',
    'song-jia 宋佳',
    'tan-jun 谭军',
    'wei-hua 魏华',
    'dai-guangming 戴光明',
  ],
};

export const DUTY_PEOPLE: readonly DutyPerson[] = Object.entries(BUREAUS).flatMap(
  ([region, people], bureau) =>
    people.map((person, index) => {
      const [id = '', name = ''] = person.split(' ');
      return {
        id: `officer-${id}`,
        name,
        nameEn: id.replaceAll(
          /(^|-)([a-z])/g,
          (_, dash: string, first: string) => `${dash && ' '}${first.toUpperCase()}`,
        ),
        region: regionCode(region),
        isLeader: index === people.length - 1,
        phone: `0818-00001${bureau + 1}${index + 1}`,
      };
    }),
);
