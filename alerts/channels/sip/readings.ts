// How espeak-ng has to be told to read Chinese. It reads character by character, each by its most frequent
// reading; what sounds otherwise in our messages is given to it in pinyin.

/** Words before single characters. A number behind a syllable is its tone. */
const READINGS: Readonly<Record<string, string>> = {
  处置: 'chu3zhi4',
  身处: 'shen1chu3',
  重听: 'chong2ting1',
  更正: 'geng1zheng4',
  现为: 'xian4wei2',
  逮捕: 'dai4bu3',
  电子: 'dian4zi3',
  销假: 'xiao1jia4',
  请假: 'qing3jia4',
  应答: 'ying4da2',
  // Never the particle in what an officer is told.
  地: 'di4',
};

const WORDS = new RegExp(Object.keys(READINGS).join('|'), 'g');

/** A Chinese text with pinyin where the voice would read it wrongly. */
export const withReadings = (text: string): string =>
  text.replaceAll(WORDS, (word) => READINGS[word] ?? word);
