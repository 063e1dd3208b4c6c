// plumbline program key|seal|verify: the files of an installation signed where it is made, and verified where it
// runs, best by another copy than the one that is looked at.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { systemClock } from '../../core/time.ts';
import { createSuites } from '../../security/crypto/suites.ts';
import {
  sealKeyOf,
  sealKeySchema,
  sealProgram,
  verifyProgram,
  type FileFinding,
  type SealFault,
  type SealKey,
} from '../../security/programs/program-seal.ts';
import { inDataFolder, type Config } from '../config.ts';
import { openKeys } from '../open-vault.ts';
import type { Print } from '../print.ts';
import { openSecrets } from '../secrets.ts';

const PURPOSE = 'program-sign';
const OWN_ROOT = fileURLToPath(new URL('../..', import.meta.url));

const signingKey = (config: Config) => {
  const secrets = openSecrets(inDataFolder(config, 'secret.key'));
  return openKeys({ config, clock: systemClock, secrets }).keys.current(PURPOSE);
};

/** The public half, for those who verify. */
export async function printSealKey(config: Config, print: Print): Promise<void> {
  const { suite, bytes } = await signingKey(config);
  print(JSON.stringify(sealKeyOf(createSuites()[suite], bytes), null, 2));
}

export async function writeSeal(
  config: Config,
  { out, root = OWN_ROOT }: { out: string; root?: string | undefined },
  print: Print,
): Promise<void> {
  const { suite, bytes } = await signingKey(config);
  const seal = sealProgram(root, {
    suite: createSuites()[suite],
    seed: bytes,
    version: versionOf(root),
    atMs: systemClock.now(),
  });
  writeFileSync(out, seal);
  print(`${out}  ${seal.split('\n').length - 3} files`);
}

/** True when every file is as it was sealed. Throws UserError for what is no seal of the key. */
export function verifySeal(
  given: { seal: string; key: string; root?: string | undefined },
  print: Print,
): boolean {
  const findings = findingsOf(given);
  for (const { kind, path } of findings.slice(0, FINDINGS_SHOWN)) {
    print(`${FINDING_WORDS[kind]}  ${path}`);
  }
  const more = findings.length - FINDINGS_SHOWN;
  if (more > 0) print(`… 另有 ${more} 个文件 (and ${more} more)`);
  print(
    findings.length === 0
      ? '程序文件与签名一致 (every file is as it was sealed)'
      : `程序文件与签名不一致：${findings.length} (files that are not as they were sealed)`,
  );
  return findings.length === 0;
}

/** For the start of the product. Throws UserError `bad-configuration` naming the first files that differ. */
export function mustBeAsSealed(given: { seal: string; key: string }): void {
  const findings = findingsOf(given);
  if (findings.length === 0) return;
  throw new UserError(
    'bad-configuration',
    text(
      '程序文件与签名不一致，未启动',
      'the program is not as it was sealed, and was not started',
    ),
    {
      detail: findings
        .slice(0, 5)
        .map(({ kind, path }) => `${kind} ${path}`)
        .join(', '),
      hint: text(
        '请用 program verify 查看全部差异，核实后恢复安装或重新签名',
        'See all with program verify; restore the installation, or seal it anew once it is clear why.',
      ),
    },
  );
}

const FINDINGS_SHOWN = 100;

const FINDING_WORDS: Readonly<Record<FileFinding['kind'], string>> = {
  added: '多出 added  ',
  altered: '被改 altered',
  missing: '缺失 missing',
};

const FAULTS: Readonly<Record<SealFault, ReturnType<typeof text>>> = {
  'no-seal': text('不是完整的程序签名文件', 'the file is no seal, or half of one'),
  'other-key': text('签名者不是所给公钥', 'it was sealed by another key'),
  'wrong-signature': text('签名不符，文件可能被改动', 'the signature is wrong: it was altered'),
};

function findingsOf({
  seal,
  key,
  root = OWN_ROOT,
}: {
  seal: string;
  key: string;
  root?: string | undefined;
}): readonly FileFinding[] {
  const outcome = verifyProgram(root, {
    seal: readText(seal),
    key: readKey(key),
    suites: createSuites(),
  });
  if (outcome.kind === 'read') return outcome.findings;
  throw new UserError('bad-configuration', FAULTS[outcome.because], { detail: seal });
}

function readText(path: string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8');
  throw new UserError('bad-configuration', text('没有这个文件', 'there is no such file'), {
    detail: path,
  });
}

function readKey(path: string): SealKey {
  let content: unknown;
  try {
    content = JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof UserError) throw error;
  }
  const key = sealKeySchema.safeParse(content);
  if (key.success) return key.data;
  throw new UserError(
    'bad-configuration',
    text('不是公钥文件', 'the file is no public key of a seal'),
    {
      detail: path,
      hint: text('由 program key 打印并保存', 'Print it with program key and keep it.'),
    },
  );
}

function versionOf(root: string): string {
  const { version } = JSON.parse(readText(`${root}/package.json`)) as { version?: string };
  return version ?? '';
}
