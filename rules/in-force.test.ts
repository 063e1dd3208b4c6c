import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { rulesInForce, type ActivationState } from './in-force.ts';
import { loadRulebook, parseRule, rulebookOf, type Rulebook } from './rulebook.ts';

const folder = fileURLToPath(new URL('packs/dazhou', import.meta.url));
const { pack } = loadRulebook(folder);
const first = readFileSync(`${folder}/detention.yaml`, 'utf8');
const second = first.replace(/^number: \d+/m, 'number: 9').replace('{ cc: 2,', '{ cc: 1,');
const withStatus = (source: string, status: string) =>
  source.replace('status: active', `status: ${status}`);

const filesOf = (...sources: string[]): Rulebook =>
  rulebookOf(
    pack,
    sources.map((source) => ({ compiled: parseRule('detention.yaml', source, pack), source })),
  );
const versionOf = (source: string) => parseRule('detention.yaml', source, pack).version;
const act = (source: string, status: 'active' | 'retired' = 'active'): ActivationState => ({
  ruleId: 'detention',
  ruleVersion: versionOf(source),
  status,
  source,
});

const [v1, v2] = [versionOf(first), versionOf(second)];

test.each<[string, Rulebook, ActivationState[], string[]]>([
  [
    'a file that says active and was never activated is on trial',
    filesOf(first),
    [],
    [`${v1} shadow`],
  ],
  ['what was activated is active', filesOf(first), [act(first)], [`${v1} active`]],
  [
    'a changed file is on trial beside what was activated',
    filesOf(second),
    [act(first)],
    [`${v1} active`, `${v2} shadow`],
  ],
  [
    'a file that says shadow does not silence',
    filesOf(withStatus(first, 'shadow')),
    [act(first)],
    [`${v1} active`],
  ],
  [
    'a draft is not evaluated',
    filesOf(withStatus(second, 'draft')),
    [act(first)],
    [`${v1} active`],
  ],
  [
    'a file that says retired silences nothing',
    filesOf(withStatus(first, 'retired')),
    [act(first)],
    [`${v1} active`],
  ],
  ['nor does one that is gone', filesOf(), [act(first)], [`${v1} active`]],
  ['an act does', filesOf(withStatus(first, 'retired')), [act(first, 'retired')], []],
  [
    'after it a file that says active is on trial again',
    filesOf(first),
    [act(first, 'retired')],
    [`${v1} shadow`],
  ],
])('%s', (_name, files, acts, expected) => {
  const { rules, sources } = rulesInForce(files, acts);
  expect(rules.map(({ rule, version }) => `${version} ${rule.status}`)).toEqual(expected);
  for (const { version } of rules) expect(sources[version]).toContain('id: detention');
});
