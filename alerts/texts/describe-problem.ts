// What is wrong with a text, in a sentence for whoever writes texts: Chinese first.

import { never } from '../../core/errors.ts';
import type { TemplateProblem } from './check-template.ts';
import { VARIABLES } from './templates.ts';

/** What is wrong and what to do. */
export function describeProblem(problem: TemplateProblem): string {
  switch (problem.kind) {
    case 'unknown-variable': {
      const { name, meant, known } = problem;
      const list = known.map((one) => `{${one}}`).join(' ');
      return meant
        ? `没有变量 {${name}}，是否应为 {${meant}} there is no {${name}}; did you mean {${meant}}?`
        : `没有变量 {${name}}，此处可用 there is no {${name}}; known here: ${list}`;
    }
    case 'about-the-person':
      return `{${problem.name}} 涉及个人信息，锁屏可见，不得写入通知；请用编号 {reference} a notice says nothing about the person, for lock screens are read by others; use {reference}`;
    case 'missing-variable':
      return `缺少 {${problem.name}} {${problem.name}} is missing: ${VARIABLES[problem.name]}`;
    case 'stray-brace':
      return '花括号不成对 a brace without its partner; write {name}';
    case 'title-twice':
      return '{title} 只能出现一次，以便超长时截短 {title} may stand once only, for it is cut when it is too long';
    case 'no-key':
      return '没有写明按 1 或回复 1 确认 it does not say that 1 acknowledges';
    case 'too-long':
      return `过长：填入最长名称后 ${problem.chars} 字，上限 ${problem.charsMax} too long: ${problem.chars} characters with the longest names, at most ${problem.charsMax}; shorten it`;
    case 'cut':
      return '预警名称会被截短 the title is cut; shorten the words around it, or the title';
    case 'not-gsm-7':
      return `英文短信不能使用字符 an English SMS cannot carry "${problem.characters}"; write plain letters`;
    case 'not-readable-aloud':
      return `无法朗读 a voice cannot read "${problem.characters}"; write it in words`;
    case 'digits-run':
      return `连续数字 "${problem.digits}" 会读错，请逐位以顿号分开或写成汉字 a voice reads "${problem.digits}" as one number; set the digits apart, or write words`;
    case 'latin-run':
      return `中文语音中的字母 "${problem.letters}" 会读错，请写成汉字 a Chinese voice misreads "${problem.letters}"; write it in Chinese`;
    case 'level-in-digits':
      return `级别请写成汉字，如"一级" write the level in words, not "${problem.written}"`;
    case 'number':
      return `像是电话或证件号码 this looks like a telephone or identity number: "${problem.digits}"; leave it out`;
    default:
      return never(problem);
  }
}
