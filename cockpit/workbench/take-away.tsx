// What is taken away from an answer: a link, or a file with its mark.

import { useState, type RefObject } from 'react';
import type { ExportView, VIEW_FORMATS } from '../../app/api/saved-views.ts';
import { queryOf, type View } from '../../models/workbench/view-state.ts';
import { postForFile, postJson } from '../shared/api.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import { ExportSheet } from './export-sheet.tsx';
import { BENCH_WORDS } from './words.ts';
import styles from './workbench-page.module.css';

type Format = (typeof VIEW_FORMATS)[number];

/** Gives chart or map as a PNG. */
export type Picture = () => Promise<Blob | undefined>;

type Given = {
  readonly view: View;
  /** A scheduled view, whose figures are fixed. */
  readonly report: string | undefined;
  readonly reason: string;
  readonly picture: RefObject<Picture | undefined>;
};

export function TakeAway(given: Given) {
  const say = useSay();
  const [copied, setCopied] = useState<'yes' | 'no'>();
  const [isOpen, setOpen] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(location.href).then(
      () => setCopied('yes'),
      () => setCopied('no'),
    );
  return (
    <span className={styles.acts}>
      <button type="button" onClick={() => setOpen(true)}>
        {say(BENCH_WORDS.export)}
      </button>
      <button type="button" onClick={() => void copy()}>
        {say(BENCH_WORDS.copyLink)}
      </button>
      <span role="status">
        {copied && say(copied === 'yes' ? BENCH_WORDS.copied : BENCH_WORDS.copyAway)}
      </span>
      {isOpen && <ViewSheet {...given} close={() => setOpen(false)} />}
    </span>
  );
}

function ViewSheet({ view, report, reason, picture, close }: Given & { close(): void }) {
  const language = useLanguage();
  const asked = (chosen: { format: Format; purpose: string }): Omit<ExportView, 'picture'> => ({
    query: `?${new URLSearchParams(queryOf(view))}`,
    ...(report === undefined ? {} : { report }),
    language,
    ...chosen,
  });
  return (
    <ExportSheet<Format>
      formats={view.chart === 'table' ? ['xlsx', 'csv', 'pdf'] : ['xlsx', 'csv', 'pdf', 'png']}
      purpose={reason}
      take={async (chosen) => {
        const drawn = chosen.format === 'png' ? await picture.current?.() : undefined;
        return postForFile('/api/views/export', {
          ...asked(chosen),
          ...(drawn ? { picture: await base64Of(drawn) } : {}),
        });
      }}
      ask={({ reason: because, ...chosen }) =>
        postJson('/api/views/export-requests', { ...asked(chosen), reason: because })
      }
      close={close}
    />
  );
}

async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
