// What is taken away from an answer: a link, a file, paper.

import { useState, type RefObject } from 'react';
import type { MetricAnswerBody } from '../../app/api/metrics.ts';
import type { Me } from '../../app/api/session.ts';
import { localDateTime } from '../../core/local-time.ts';
import type { View } from '../../models/workbench/view-state.ts';
import { saveFile } from '../reports/save-file.ts';
import { useDeps } from '../shared/deps.tsx';
import { useLanguage, useSay } from '../shared/language.tsx';
import { WORDS } from '../shared/words.ts';
import { csvOf, type Namer } from './shape-result.ts';
import { BENCH_WORDS } from './words.ts';
import styles from './workbench-page.module.css';

/** Gives chart or map as a PNG. */
export type Picture = () => Promise<Blob | undefined>;

export function TakeAway({
  me,
  view,
  result,
  nameOf,
  title,
  picture,
}: {
  me: Me;
  view: View;
  result: MetricAnswerBody;
  nameOf: Namer;
  title: string;
  picture: RefObject<Picture | undefined>;
}) {
  const say = useSay();
  const language = useLanguage();
  const { serverClock } = useDeps();
  const [copied, setCopied] = useState<'yes' | 'no'>();
  const name = `plumbline-${view.from}-${view.to}`;
  const saveCsv = () => {
    const lead = [
      `${say(WORDS.product)} · ${title} · ${view.from} – ${view.to}`,
      `${say(BENCH_WORDS.exporter)} ${me.login} · ${say(BENCH_WORDS.exportedAt)} ${localDateTime(serverClock.now())} · ${say(BENCH_WORDS.dataVersion)} ${result.dataVersion}`,
    ];
    const csv = csvOf(result, nameOf, { language, suppressed: say(BENCH_WORDS.suppressed), lead });
    saveFile(new Blob([csv], { type: 'text/csv;charset=utf-8' }), `${name}.csv`);
  };
  const savePng = async () => {
    const file = await picture.current?.();
    if (file) saveFile(file, `${name}.png`);
  };
  return (
    <span className={styles.acts}>
      <button type="button" onClick={saveCsv}>
        {say(BENCH_WORDS.exportCsv)}
      </button>
      {view.chart !== 'table' && (
        <button type="button" onClick={() => void savePng()}>
          {say(BENCH_WORDS.exportPng)}
        </button>
      )}
      <button type="button" onClick={() => print()}>
        {say(BENCH_WORDS.print)}
      </button>
      <button
        type="button"
        onClick={() =>
          navigator.clipboard.writeText(location.href).then(
            () => setCopied('yes'),
            () => setCopied('no'),
          )
        }
      >
        {say(BENCH_WORDS.copyLink)}
      </button>
      <span role="status">
        {copied && say(copied === 'yes' ? BENCH_WORDS.copied : BENCH_WORDS.copyAway)}
      </span>
    </span>
  );
}
