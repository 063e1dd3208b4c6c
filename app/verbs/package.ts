// plumbline package card|export|inspect|import|undo: packages between sites that share no network.

import { createAuditTrail } from '../../security/audit/trail.ts';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { UserError } from '../../core/errors.ts';
import { secretBytes } from '../../core/ids.ts';
import { localDateTime } from '../../core/local-time.ts';
import { createLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import { systemClock } from '../../core/time.ts';
import { cardOf, exportPackage, type PackageDeps } from '../../security/packages/export-package.ts';
import { applyPackage, lookThrough, undoPackage } from '../../security/packages/import-package.ts';
import {
  cardSchema,
  PACKAGE_FAULTS,
  type Card,
  type PackageFault,
} from '../../security/packages/package-form.ts';
import { inspectPackage } from '../../security/packages/read-package.ts';
import { openRecords } from '../../warehouse/records.ts';
import { inDataFolder, type Config } from '../config.ts';
import { recordsOptions } from '../foundation.ts';
import { openVault } from '../open-vault.ts';
import type { Print } from '../print.ts';
import { openSecrets } from '../secrets.ts';

/** Whoever has the command has the machine: the audit knows the verb, not a person. */
const ACTOR = 'system';

export const printCard = (config: Config, print: Print): Promise<void> =>
  withSite(config, async (deps) => print(JSON.stringify(await cardOf(deps), null, 2)));

export async function writePackageFile(
  config: Config,
  options: { file: string; to: string; region: string; purpose: string; what: string },
  print: Print,
): Promise<void> {
  const { file, to, purpose } = options;
  if (existsSync(file)) throw isThere(file);
  const region = regionCodeSchema.safeParse(options.region);
  const what = options.what.split(',').filter((word) => word === 'orders' || word === 'identities');
  if (!region.success || what.length === 0) {
    throw new UserError(
      'bad-input',
      text('地区代码或内容有误', 'the region or --what is not valid'),
      {
        hint: text(
          '例如 --region 511722 --what orders,identities',
          'For example --region 511722 --what orders,identities.',
        ),
      },
    );
  }
  const receiver = readCard(to);
  await withSite(config, async (deps) => {
    const asked = { receiver, region: region.data, what, purpose, actor: ACTOR };
    // Whole or not at all: half a package under its name would be carried to the other site.
    const draft = `${file}.draft`;
    await rm(draft, { force: true });
    const handle = await open(draft, 'wx', 0o600);
    try {
      const stream = exportPackage(deps, asked);
      for (;;) {
        const { done, value } = await stream.next();
        if (done) {
          await handle.sync();
          await link(draft, file);
          const { rows, bytes, hash } = value;
          print(
            `${file}  ${rows.order} orders, ${rows.identity} identities, ${bytes} bytes, ${hash}`,
          );
          return;
        }
        await handle.writeFile(value);
      }
    } finally {
      await handle.close();
      await rm(draft, { force: true });
    }
  });
}

export async function printPackage(file: string, print: Print): Promise<void> {
  const head = await inspectPackage(streamOf(file));
  if (typeof head === 'string') throw refusal(file, head);
  const { sender, receiver, sequence, madeAtMs, purpose } = head;
  print(`来自 from: ${sender.site} (${sender.suite}, ${sender.key})`);
  print(`发往 for: ${receiver.site} (${receiver.suite}, ${receiver.key})`);
  print(`序号 number: ${sequence}, ${localDateTime(madeAtMs)}`);
  print(`用途 purpose: ${purpose}`);
  print('以上未经验证，导入时验证签名 (not verified; import verifies the signature)');
}

/** Gives true when the package is sound and, where asked, taken in. Throws UserError. */
export async function importPackageFile(
  config: Config,
  { file, from, apply }: { file: string; from: string; apply: boolean },
  print: Print,
): Promise<boolean> {
  const sender = readCard(from);
  let isSound = false;
  await withSite(config, async (deps) => {
    const looked = await lookThrough(deps, streamOf(file), sender);
    if (looked.kind === 'refused') throw refusal(file, looked.fault);
    const { report } = looked;
    print(`package ${report.package.id}`);
    print(
      `${report.orders} orders, ${report.identities} identities (${report.known} known here), from ${sender.site}, number ${report.package.head.sequence}`,
    );
    for (const { line, says } of report.errors) print(`✗ line ${line}: ${says.zh} (${says.en})`);
    if (report.wrong > report.errors.length) {
      print(`✗ … ${report.wrong - report.errors.length} more`);
    }
    isSound = report.wrong === 0;
    if (!apply) {
      print(
        isSound
          ? '试导入通过，未作改动；加 --apply 正式导入 (sound; nothing was changed, --apply takes it in)'
          : '有误，未作改动 (rows are wrong; nothing was changed)',
      );
      return;
    }
    await applyPackage(deps, looked, ACTOR);
    print(
      `已导入，可用 package undo ${report.package.id} 撤销 (taken in; package undo takes it back)`,
    );
  });
  return isSound;
}

export const undoPackageById = (config: Config, id: string, print: Print): Promise<void> =>
  withSite(config, async (deps) => {
    await undoPackage(deps, id, ACTOR);
    print(`已撤销 (taken back): ${id}`);
  });

async function withSite(config: Config, run: (deps: PackageDeps) => Promise<void>): Promise<void> {
  const logger = createLogger(config.logLevel);
  const clock = systemClock;
  const records = await openRecords(
    { logger, random: createUnseededRandom() },
    recordsOptions(config),
  );
  try {
    const secrets = openSecrets(inDataFolder(config, 'secret.key'));
    const { vault, keys, suites } = openVault({ config, clock, records, secrets });
    const audit = createAuditTrail({ records });
    const { site } = config.crypto;
    await run({ records, vault, keys, suites, clock, audit, random: secretBytes, site });
  } finally {
    await records.close();
  }
}

const PIECE_BYTES = 1024 * 1024;

/** Throws UserError when there is no such file. */
function streamOf(file: string): AsyncIterable<Uint8Array> {
  if (!existsSync(file)) {
    throw new UserError('not-found', text('没有这个文件', 'there is no such file'), {
      detail: file,
    });
  }
  return createReadStream(file, { highWaterMark: PIECE_BYTES });
}

function readCard(file: string): Card {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    content = undefined;
  }
  const card = cardSchema.safeParse(content);
  if (card.success) return card.data;
  throw new UserError('bad-input', text('名片文件读不出', 'the card cannot be read'), {
    detail: file,
    hint: text(
      '请对方用 plumbline package card 重新出具，当面或经可靠渠道交接',
      'Ask them for the output of: plumbline package card.',
    ),
  });
}

const isThere = (file: string) =>
  new UserError('conflict', text('文件已存在，不覆盖', 'the file is there already'), {
    detail: file,
    hint: text('换一个文件名', 'Give another name.'),
  });

const refusal = (file: string, fault: PackageFault) =>
  new UserError('bad-input', PACKAGE_FAULTS[fault], {
    detail: `${file}: ${fault}`,
    hint: text(
      '没有作任何改动；请对方重新出包',
      'Nothing was changed; ask the sender for a new package.',
    ),
  });
