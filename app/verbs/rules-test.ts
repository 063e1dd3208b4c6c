// plumbline rules test: loads a rule pack and runs the tests inside its files.

import { createLocator } from '../../datasets/locator.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import { testRulebook, type RuleTestResult } from '../../rules/test-rule.ts';
import type { Print } from '../print.ts';
import { createSurroundings } from '../surroundings.ts';

/** Prints each failing test with what was wanted and what came; gives true when all passed. */
export function testRules(folder: string, print: Print): boolean {
  const rulebook = loadRulebook(folder);
  const results = testRulebook(rulebook, {
    ...createSurroundings(folder),
    locate: createLocator(),
  });
  for (const { rule, version } of rulebook.rules) {
    const own = results.filter(({ ruleId }) => ruleId === rule.id);
    const failed = own.filter(({ passed }) => !passed);
    const mark = failed.length === 0 ? '✓' : '✗';
    print(
      `${mark} ${rule.id} ${version} ${rule.status}  ${rule.title.zh}  ${own.length - failed.length}/${own.length}`,
    );
    for (const result of failed) print(describe(result));
  }
  const failures = results.filter(({ passed }) => !passed).length;
  print(
    `\n${rulebook.rules.length} rules, ${results.length - failures} tests passed, ${failures} failed`,
  );
  return failures === 0;
}

function describe({ name, wanted, got }: RuleTestResult): string {
  const list = (lines: readonly string[]) =>
    lines.length === 0 ? '      nothing' : lines.map((line) => `      ${line}`).join('\n');
  return `    ${name}\n    wanted:\n${list(wanted)}\n    got:\n${list(got)}`;
}
