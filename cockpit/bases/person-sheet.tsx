// The sheet the person gets on paper: in plain Chinese whatever the screen speaks, for it is theirs. Seen in
// print only; one or two sheets of A4.

import type { Held } from '../../app/api/bases.ts';
import type { PrintedMark } from '../../app/api/exports.ts';
import { MONITORING_GROUNDS } from '../../core/recorded-basis.ts';
import { regionName } from '../../core/region.ts';
import { SOURCE_KINDS } from '../../core/source.ts';
import { dateText } from '../shared/format.ts';
import { daysText, HELD_TABLES, SOURCE_BECAUSE, termText } from './words.ts';
import styles from './person-sheet.module.css';

const RIGHTS = [
  '您有权知道对您采取了哪些措施、依据是什么、到哪一天为止，也有权查阅、复制有关您的信息。',
  '信息不准确、不完整的，您可以要求更正、补充；依据已届满或者目的已实现的，可以要求删除。',
  '电子定位装置每次使用不超过三个月，不再需要的应当及时解除；期满没有办理延长的，您可以要求拆除。',
  '对预警、处理结果或者本单所列措施有异议的，可以当面、书面或者电话提出，工作人员应当登记并在期限内答复。',
  '任何决定由工作人员作出，系统不会自动对您采取措施。',
] as const;

/** The closed sources by why they are. */
const closedText = (sources: Held['sources']): string => {
  const closed = sources.filter(({ open }) => !open);
  return [...new Set(closed.map(({ because }) => because))]
    .map((why) => {
      const names = closed.filter(({ because }) => because === why);
      return `${names.map(({ source }) => SOURCE_KINDS[source].zh).join('、')}（${SOURCE_BECAUSE[why].zh}）`;
    })
    .join('；');
};

const LAW =
  '《中华人民共和国社区矫正法》第二十九条、第三十四条；《中华人民共和国个人信息保护法》第四十四条至第五十条';

export function PersonSheet({ held, mark }: { held: Held; mark: PrintedMark | undefined }) {
  const { order, measures, sources, deleteAtMs } = held;
  const bureau = order ? `${regionName(order.county).zh}司法局` : '当地司法局';
  const running = measures.filter(({ state }) => state === 'running');
  const kept = held.held.filter(({ store, count }) => store !== 'log' && count > 0);
  return (
    <article className={styles.sheet} lang="zh-CN" data-sheet>
      <h1>监管措施与个人信息告知单</h1>
      <p className={styles.line}>
        <span>人员编号：{held.subject}</span>
        <span>出具单位：{bureau}</span>
        <span>出具日期：{dateText(held.nowMs).zh}</span>
      </p>
      <h2>一、对您采取的措施</h2>
      {running.length === 0 ? (
        <p>目前没有收集您信息的有效依据。</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">收集什么</th>
              <th scope="col">法律依据、文书</th>
              <th scope="col">期限</th>
            </tr>
          </thead>
          <tbody>
            {running.map((measure) => (
              <tr key={`${measure.kind} ${measure.basisId}`}>
                <td>{measure.sources.map((source) => SOURCE_KINDS[source].zh).join('、')}</td>
                <td>
                  {measure.article}
                  <br />
                  {measure.documentNumber}，{measure.approvedBy}批准
                  {measure.ground !== null && (
                    <>
                      <br />
                      使用情形：{MONITORING_GROUNDS[measure.ground].zh}
                    </>
                  )}
                </td>
                <td>
                  {termText(measure.fromMs, measure.untilMs).zh}
                  <br />
                  剩余：{daysText(measure.daysLeft ?? 0).zh}
                  {measure.kind === 'recorded' && measure.renewals > 0 && (
                    <>
                      <br />
                      已延长 {measure.renewals} 次
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h2>二、没有收集的信息</h2>
      <p>以下来源对您是关闭的，数据到达也会被拒收、不保存：{closedText(sources)}。</p>
      <h2>三、保存了您的哪些信息</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">内容</th>
            <th scope="col">条数</th>
            <th scope="col">起止日期</th>
          </tr>
        </thead>
        <tbody>
          {kept.map(({ store, table, count, fromMs, untilMs }) => (
            <tr key={`${store} ${table}`}>
              <td>{HELD_TABLES[table]?.zh ?? table}</td>
              <td className={styles.figure}>{count}</td>
              <td>
                {fromMs !== null && untilMs !== null
                  ? `${dateText(fromMs).zh} 至 ${dateText(untilMs).zh}`
                  : ''}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {deleteAtMs !== null && (
        <p>
          监管结束后继续保存一段时间，最迟 {dateText(deleteAtMs).zh}{' '}
          删除；依法须长期保存的档案除外。
        </p>
      )}
      <h2>四、您的权利</h2>
      <ol>
        {RIGHTS.map((right) => (
          <li key={right}>{right}</li>
        ))}
      </ol>
      <p>
        向谁提出：{bureau}
        （您所在的司法所）；对答复不服的，可以向达州市司法局申诉，也可以向人民检察院反映。
      </p>
      <p className={styles.law}>{LAW}</p>
      <p className={styles.sign}>
        <span>工作人员：</span>
        <span>本人签收：</span>
        <span>日期：</span>
      </p>
      {mark && (
        <p className={styles.law}>
          {mark.line.zh} {mark.digest}
        </p>
      )}
    </article>
  );
}
