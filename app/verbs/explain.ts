// plumbline explain: why an alert came, in words, with everything it rests on; or what a terminal sent.

import { describeObservation, sourceName } from '../../cockpit/console/describe-observation.ts';
import { explainFrame } from '../../connectors/jt808/explain-frame.ts';
import { UserError } from '../../core/errors.ts';
import { localDateTime } from '../../core/local-time.ts';
import { regionName } from '../../core/region.ts';
import { text, type Language } from '../../core/text.ts';
import { parseRule, loadRulebook } from '../../rules/rulebook.ts';
import { LEVEL_TABLE } from '../../alerts/level-table.ts';
import { readStoredClaim, readStoredTrail } from '../alert-claims.ts';
import type { Config } from '../config.ts';
import type { Print } from '../print.ts';
import { proveClaim } from '../prove.ts';
import { createSurroundings } from '../surroundings.ts';
import { describe } from './verify-alert.ts';

/** Prints one alert with rule, article, evidence and proof. Throws UserError `not-found`. */
export async function explainAlert(
  config: Config,
  id: string,
  language: Language,
  print: Print,
): Promise<void> {
  const claim = await readStoredClaim(config, id);
  const rulebook = loadRulebook(config.rules.pack);
  const rule = claim.ruleText
    ? parseRule(`${claim.ruleId}.yaml`, claim.ruleText, rulebook.pack).rule
    : rulebook.rules.find((compiled) => compiled.rule.id === claim.ruleId)?.rule;
  const row = LEVEL_TABLE[claim.level];
  const names = text(
    '规则 对象 时间 依据 职责 数值 审批 证据',
    'rule person time article duty values leave evidence',
  );
  const [ruleName, person, time, article, duty, values, leave, evidence] =
    names[language].split(' ');
  const field = (name: string | undefined, content: string) =>
    print(`${(name ?? '').padEnd(language === 'zh' ? 4 : 10)}${content}`);

  print(`${row.name[language]} · ${rule?.title[language] ?? claim.ruleId} · ${claim.id}`);
  field(ruleName, `${claim.ruleId} ${claim.ruleVersion} (${rule?.owner ?? '?'})`);
  field(person, `${claim.subject}, ${regionName(claim.region)[language]}`);
  field(time, spanOf(claim.openedAtMs, claim.closedAtMs));
  field(article, claim.article);
  field(
    duty,
    `${row.duty[language]}${language === 'zh' ? '：' : ': '}${rule?.duty[language] ?? ''}`,
  );
  field(
    values,
    Object.entries(claim.values)
      .map(([name, value]) => `${name}=${value}`)
      .join(', '),
  );
  for (const { leaveId, because } of claim.checkedLeaves) field(leave, `${leaveId}: ${because}`);
  for (const seen of claim.evidence) {
    const says = describeObservation(seen)[language];
    field(
      evidence,
      `${localDateTime(seen.atMs)}  ${sourceName(seen)[language]}  ${says}  [${seen.id}]`,
    );
  }
  const decisions = await readStoredTrail(config, id);
  if (decisions.length > 0) print(language === 'zh' ? '\n处置过程' : '\ndecisions');
  for (const { atMs, actor, says } of decisions) {
    const who = actor === undefined ? '' : `${actor[language]}  `;
    print(`${localDateTime(atMs)}  ${who}${says[language]}`);
  }
  print('');
  print(describe(claim, proveClaim(claim, { rulebook, ...createSurroundings(config.rules.pack) })));
}

const spanOf = (openedAtMs: number, closedAtMs: number | null): string =>
  `${localDateTime(openedAtMs)} – ${closedAtMs === null ? '…' : localDateTime(closedAtMs)}`;

/** One JT/T 808 frame in words. Throws UserError `bad-input` for what is not hexadecimal. */
export function explainTerminalFrame(hex: string): string {
  const digits = hex.replace(/\s+/g, '');
  if (/^([0-9a-f]{2})+$/i.test(digits)) return explainFrame(Buffer.from(digits, 'hex'));
  throw new UserError('bad-input', text('不是十六进制', 'this is not hexadecimal'), {
    detail: hex.slice(0, 80),
  });
}
