// How the parts of the system are doing, asked of those that run in this process.

import { text, type Text } from '../core/text.ts';
import type { PartHealth } from './api/wall.ts';

export type PartReport = Pick<PartHealth, 'state' | 'behindMs'> & { readonly says?: Text };

export type Health = {
  /** Adds a part; `look` says how it is now. */
  add(part: PartHealth['part'], look: () => Promise<PartReport> | PartReport): void;
  parts(): Promise<PartHealth[]>;
};

const NAMES: Readonly<Record<PartHealth['part'], Text>> = {
  ingest: text('接入', 'ingest'),
  rules: text('规则', 'rules'),
  alerts: text('预警', 'alerts'),
  gateway: text('外呼短信', 'calls and SMS'),
  warehouse: text('数据仓库', 'warehouse'),
  live: text('实时推送', 'live stream'),
  watchdog: text('运行监视', 'watchdog'),
};

const SAYS: Readonly<Record<PartHealth['state'], Text>> = {
  ok: text('正常', 'running'),
  behind: text('积压', 'behind'),
  down: text('中断', 'down'),
};

/** A part is behind when its input has waited this long. */
export const BEHIND_MS = 5_000;

export const lagReport = (behindMs: number): PartReport => ({
  state: behindMs > BEHIND_MS ? 'behind' : 'ok',
  behindMs: Math.max(0, Math.round(behindMs)),
});

export function createHealth(): Health {
  const looks = new Map<PartHealth['part'], () => Promise<PartReport> | PartReport>();
  return {
    add: (part, look) => looks.set(part, look),
    parts: () =>
      Promise.all(
        (Object.keys(NAMES) as PartHealth['part'][])
          .filter((part) => looks.has(part))
          .map(async (part) => {
            const report = await lookSafely(looks.get(part));
            const { state, behindMs } = report;
            return { part, name: NAMES[part], state, behindMs, says: report.says ?? SAYS[state] };
          }),
      ),
  };
}

async function lookSafely(
  look: (() => Promise<PartReport> | PartReport) | undefined,
): Promise<PartReport> {
  try {
    return (await look?.()) ?? { state: 'down', behindMs: null };
  } catch {
    return { state: 'down', behindMs: null };
  }
}
