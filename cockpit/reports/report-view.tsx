// A report as tables, calm and dense: what a reader must know first, then the numbers, then how they are
// counted. Looks the same on paper.

import type { ShownReportAnswer } from '../../app/api/reports.ts';
import { describeCell } from '../../models/report/describe-cell.ts';
import { isFigureColumn, type Cell } from '../../models/report/layout.ts';
import { useSay } from '../shared/language.tsx';
import { AuditMark } from './audit-mark.tsx';
import styles from './report-view.module.css';

type Document = ShownReportAnswer['document'];

/** Guarantee: the layout's own cells, sent over HTTP, where optional fields are left out. */
const cellOf = (cell: Document['tables'][number]['rows'][number]['cells'][number]): Cell =>
  cell as Cell;

export function ReportView({ document }: { document: Document }) {
  const say = useSay();
  return (
    <article className={styles.report}>
      <h1>{say(document.title)}</h1>
      <dl className={styles.facts}>
        {document.facts.map(({ name, value }) => (
          <div key={name.en}>
            <dt>{say(name)}</dt>
            <dd>{say(value)}</dd>
          </div>
        ))}
      </dl>
      {document.notices.map((notice) => (
        <p key={notice.en} className={styles.notice}>
          {say(notice)}
        </p>
      ))}
      {document.tables.map((table) => (
        <ReportTable key={table.id} table={table} />
      ))}
      <ul className={styles.footnotes}>
        {document.footnotes.map((note) => (
          <li key={note.en}>{say(note)}</li>
        ))}
      </ul>
      <AuditMark />
    </article>
  );
}

function ReportTable({ table }: { table: Document['tables'][number] }) {
  const say = useSay();
  const id = `report-${table.id}`;
  const figures = table.columns.map((_, index) =>
    isFigureColumn(
      { ...table, rows: table.rows.map(({ cells }) => ({ cells: cells.map(cellOf) })) } as never,
      index,
    ),
  );
  return (
    <section className={styles.section} aria-labelledby={id}>
      <header>
        <h2 id={id}>{say(table.title)}</h2>
        {table.note && <p>{say(table.note)}</p>}
      </header>
      {/* A wide table is scrolled, by keyboard too, and never widens the page. */}
      <div className={styles.scroll} role="region" aria-labelledby={id} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {table.columns.map(({ name }, index) => (
                <th key={name.en} scope="col" data-figure={figures[index]}>
                  {say(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map(({ cells, isTotal }, row) => (
              <tr key={row} data-total={isTotal}>
                {cells.map((cell, index) => (
                  <td
                    key={index}
                    data-figure={figures[index]}
                    data-unknown={isUnknown(cellOf(cell))}
                    data-change={changeOf(cellOf(cell))}
                  >
                    {say(describeCell(cellOf(cell)))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function isUnknown(cell: Cell): boolean {
  if (cell.kind === 'text') return cell.value.en === 'no data';
  return (cell.kind === 'span' ? cell.ms : cell.value) === null;
}

const changeOf = (cell: Cell): 'more' | 'fewer' | undefined =>
  cell.kind !== 'change' || !cell.value ? undefined : cell.value > 0 ? 'more' : 'fewer';
