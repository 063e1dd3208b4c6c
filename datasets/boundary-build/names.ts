// Which parts of the source become which regions: the province of each file, and the counties around
// Dazhou that are drawn for context, with their present codes and names.

import type { Text } from '../../core/text.ts';

type Province = { readonly prefix: string; readonly code: string };

/** The province of a file by how its name begins. */
export const PROVINCES: readonly Province[] = `
beijing 110000
tianjin 120000
he2_bei3_ 130000
shan1_xi1_ 140000
nei4_meng2_ 150000
liao2_ning2_ 210000
ji2_lin2_ 220000
hei1_long2_jiang1_ 230000
shanghai 310000
jiang1_su1_ 320000
zhe4_jiang1_ 330000
an1_hui1_ 340000
fu2_jian4_ 350000
jiang1_xi1_ 360000
shan1_dong1_ 370000
he2_nan2_ 410000
hu2_bei3_ 420000
hu2_nan2_ 430000
guang3_dong1_ 440000
guang3_xi1_ 450000
hai3_nan2_ 460000
chongqing 500000
si4_chuan1_ 510000
gui4_zhou1_ 520000
yun2_nan2_ 530000
xi1_cang2_ 540000
shan3_xi1_ 610000
gan1_su4_ 620000
qing1_hai3_ 630000
ning2_xia4_ 640000
xin1_jiang1_ 650000
tai2_wan1_ 710000
xianggang 810000
aomen 820000
`
  .trim()
  .split('\n')
  .map((line) => {
    const [prefix = '', code = ''] = line.split(' ');
    return { prefix, code };
  });

type Neighbour = { readonly code: string; readonly sourceCode: string; readonly name: Text };

/** Codes the source still gives to counties that have since become districts. */
const SOURCE_CODES: Readonly<Record<string, string>> = { 500155: '500228', 610703: '610721' };

/** Counties around Dazhou, as wide as a wall map centred on the city shows. */
export const NEIGHBOURS: readonly Neighbour[] = `
422802 利川市 Lichuan
500101 万州区 Wanzhou
500115 长寿区 Changshou
500117 合川区 Hechuan
500154 开州区 Kaizhou
500155 梁平区 Liangping
500229 城口县 Chengkou
500230 丰都县 Fengdu
500231 垫江县 Dianjiang
500233 忠县 Zhongxian
500235 云阳县 Yunyang
500236 奉节县 Fengjie
500238 巫溪县 Wuxi
500240 石柱土家族自治县 Shizhu
510821 旺苍县 Wangcang
510824 苍溪县 Cangxi
511302 顺庆区 Shunqing
511303 高坪区 Gaoping
511304 嘉陵区 Jialing
511321 南部县 Nanbu
511322 营山县 Yingshan
511323 蓬安县 Peng'an
511324 仪陇县 Yilong
511381 阆中市 Langzhong
511602 广安区 Guang'an
511603 前锋区 Qianfeng
511621 岳池县 Yuechi
511622 武胜县 Wusheng
511623 邻水县 Linshui
511681 华蓥市 Huaying
511902 巴州区 Bazhou
511903 恩阳区 Enyang
511921 通江县 Tongjiang
511922 南江县 Nanjiang
511923 平昌县 Pingchang
610703 南郑区 Nanzheng
610724 西乡县 Xixiang
610728 镇巴县 Zhenba
610902 汉滨区 Hanbin
610924 紫阳县 Ziyang
610925 岚皋县 Langao
`
  .trim()
  .split('\n')
  .map((line) => {
    const [code = '', zh = '', en = ''] = line.split(' ');
    return { code, sourceCode: SOURCE_CODES[code] ?? code, name: { zh, en } };
  });
