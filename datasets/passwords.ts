// Passwords everybody tries first: a list made from common words and the endings people put on them. It is no
// dump of leaked accounts, and far shorter than one; a site may check against a bigger one besides.

import { readFileSync } from 'node:fs';

/** English and digits, as rankings of leaked passwords have had them for years. */
const WORDS = `
password passw0rd p@ssw0rd p@ssword pass1234 admin administrator root user guest test default changeme welcome
login letmein qwerty qwertyuiop qwerty123 asdfgh asdfghjkl zxcvbn zxcvbnm 1qaz2wsx 1q2w3e4r 1q2w3e4r5t qazwsx qazwsxedc
iloveyou monkey dragon football baseball sunshine princess master shadow superman batman michael jordan hunter
trustno1 starwars computer internet server system oracle database secret freedom whatever killer pepper ginger
hello hello123 abc abc123 abcd1234 abcdef abcdefg a123456 a12345678 aa123456 aa12345678 qq123456 q123456 z123456
123 1234 12345 123456 1234567 12345678 123456789 1234567890 0123456789 987654321 0987654321 111111 11111111 000000
00000000 222222 333333 555555 666666 66666666 777777 888888 88888888 999999 121212 123123 123321 112233 654321 696969
147258369 159357 789456 789456123 741852963 110110 100200 101010 131313 202020 zaq12wsx google facebook samsung
`;

/** Chinese: pinyin of what is said most, numbers that sound like it, places and names. */
const CHINESE = `
woaini woaini1314 woaini520 woaini521 wo5201314 5201314 1314520 520520 5211314 1314521 7758521 7758258 147258 5845201314
woaiwojia wodemima mima mima123 mimashi wangjimima woshishui nihao nihaoma nihao123 zhongguo zhonghua aini aini1314
woaizhongguo beijing shanghai sichuan chengdu dazhou tongchuan dachuan xuanhan kaijiang dazhu quxian wanyuan chongqing
sifaju sifasuo sifa jianyu jiaozheng gongan jingcha zhengfu zhongyang renmin fuwu xitong guanliyuan yonghu denglu
wang wangwei li liwei zhang zhangwei zhangsan lisi wangwu zhaoliu liu chen yang zhao huang zhou wu xiaoming xiaohong
baobao baobei laopo laogong mama baba gege jiejie didi meimei xingfu kuaile pingan jiankang facai gongxifacai
tiantian xiangshang taobao taobao123 qq qqqq weixin wechat alipay zhifubao baidu sina tencent huawei xiaomi
longlong dragon888 niubi caonima asd123 asdasd asd123456 qwe123 qweqwe qwe123456 zxc123 zxcvbnm123 q1w2e3r4
`;

const ENDINGS = [
  '',
  ...`
1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890
! @ # . 123! @123 @1234 @123456 #123 !@# !@#$ !@#$%^ 123!@#
0 00 000 000000 111 111111 520 521 1314 5201314 666 666666 888 888888
abc qwe asd aaa 2020 2021 2022 2023 2024 2025 2026 2027 @2024 @2025 @2026
`
    .trim()
    .split(/\s+/),
];

const LETTERS_MIN = 6;

/** The list, sorted; every entry in lower case and without spaces. */
export function commonPasswords(): string[] {
  const words = [...new Set(`${WORDS} ${CHINESE}`.trim().split(/\s+/))];
  const made = words.flatMap((word) => [
    ...ENDINGS.map((ending) => word + ending),
    ...['123', '123456', '1', '520'].map((start) => start + word),
    word + word,
    word + word + word,
  ]);
  return [...new Set(made)].filter((entry) => entry.length >= LETTERS_MIN).sort();
}

/** How a password is written in the list: without capitals and spaces. */
export const plainly = (password: string): string =>
  password.normalize('NFKC').toLowerCase().replaceAll(/\s/g, '');

/** Reads the list that ships with the product; gives whether a password is on it. */
export function createBreachList(): (password: string) => boolean {
  const path = new URL('passwords/common.txt', import.meta.url);
  const known = new Set(
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== ''),
  );
  return (password) => known.has(plainly(password));
}
