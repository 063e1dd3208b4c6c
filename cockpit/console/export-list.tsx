// The list as a file, with the filter it has: what for, which format; a large one is asked for with a reason.

import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import type { ExportAlerts } from '../../app/api/exports.ts';
import { text } from '../../core/text.ts';
import { saveFile } from '../reports/save-file.ts';
import { postForFile, postJson, problemIn } from '../shared/api.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import { EXPORTS_PATH } from '../shared/router.ts';
import type { AlertFilter } from './alert-list.ts';
import { Sheet } from './sheet.tsx';
import styles from './export-list.module.css';

const W = {
  open: text('导出清单', 'Export the list'),
  hint: text(
    '按当前筛选条件导出，仅含您数据范围内的预警。文件带有您的姓名、时间、用途和编号，并记入导出台账。',
    'Takes the list with its present filter, within what you may see. The file says who took it, when and what for, and is in the ledger.',
  ),
  purpose: text('用途', 'What for'),
  purposeHint: text('2 至 60 个字，如“周例会”', '2 to 60 characters, such as “weekly meeting”'),
  format: text('格式', 'Format'),
  csv: text('CSV', 'CSV'),
  xlsx: text('Excel（XLSX）', 'Excel (XLSX)'),
  take: text('导出', 'Export'),
  taking: text('正在导出', 'Exporting'),
  reason: text('申请理由', 'Reason'),
  ask: text('提交申请', 'Ask'),
  asked: text('申请已提交，批准后再次导出即可。', 'Asked for. Export again once it is approved.'),
  toRequests: text('查看申请', 'See the request'),
  done: text('已导出', 'Exported'),
} as const;

const REASON_MIN = 4;

export function ExportList({ filter }: { filter: AlertFilter }) {
  const say = useSay();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <p className={styles.bar}>
      <button type="button" onClick={() => setIsOpen(true)}>
        {say(W.open)}
      </button>
      {isOpen && (
        <Sheet title={W.open} onClose={() => setIsOpen(false)}>
          <ExportForm filter={filter} onDone={() => setIsOpen(false)} />
        </Sheet>
      )}
    </p>
  );
}

function ExportForm({ filter, onDone }: { filter: AlertFilter; onDone: () => void }) {
  const say = useSay();
  const language = useLanguage();
  const [purpose, setPurpose] = useState('');
  const [reason, setReason] = useState('');
  const [format, setFormat] = useState<ExportAlerts['format']>('xlsx');
  const body = (): ExportAlerts => ({
    status: filter.status,
    ...(filter.level === undefined ? {} : { level: filter.level }),
    ...(filter.region === undefined ? {} : { region: filter.region as never }),
    format,
    language,
    purpose,
  });
  const take = useMutation({
    mutationFn: () => postForFile('/api/alerts/export', body()),
    onSuccess({ file, name }) {
      saveFile(file, name);
      onDone();
    },
  });
  const ask = useMutation({
    mutationFn: () => postJson('/api/alerts/export-requests', { ...body(), reason }),
  });
  const problem = take.error ? problemIn(take.error) : undefined;
  const isLarge = problem?.code === 'approval-needed';
  const failed = ask.error ? problemIn(ask.error) : problem;
  const isBusy = take.isPending || ask.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    take.mutate();
  };
  if (ask.isSuccess) {
    return (
      <div className={styles.form}>
        <p role="status">{say(W.asked)}</p>
        <p>
          <a href={`${EXPORTS_PATH}?part=requests`}>{say(W.toRequests)}</a>
        </p>
      </div>
    );
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <p className={styles.hint}>{say(W.hint)}</p>
      <label>
        {say(W.purpose)}
        <input
          data-first-focus
          required
          minLength={2}
          maxLength={60}
          autoComplete="off"
          placeholder={say(W.purposeHint)}
          value={purpose}
          onChange={({ target }) => setPurpose(target.value)}
        />
      </label>
      <fieldset>
        <legend>{say(W.format)}</legend>
        {(['xlsx', 'csv'] as const).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="format"
              checked={format === one}
              onChange={() => setFormat(one)}
            />
            {say(W[one])}
          </label>
        ))}
      </fieldset>
      {failed && (
        <p className={styles.wrong} role="alert">
          {say(failed.says)}
          {failed.hint && <> · {say(failed.hint)}</>}
        </p>
      )}
      {isLarge && (
        <label>
          {say(W.reason)}
          <textarea
            rows={3}
            maxLength={300}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        </label>
      )}
      <p className={styles.acts}>
        {isLarge && (
          <button
            type="button"
            className={styles.go}
            disabled={isBusy || reason.trim().length < REASON_MIN}
            onClick={() => ask.mutate()}
          >
            {say(W.ask)}
          </button>
        )}
        <button type="submit" className={isLarge ? undefined : styles.go} disabled={isBusy}>
          {say(take.isPending ? W.taking : W.take)}
        </button>
      </p>
    </form>
  );
}
