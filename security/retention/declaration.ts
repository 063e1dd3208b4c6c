// Every place that holds data: whose it is, how long it stays, from when on that is counted, and how it goes.
// Deletion follows this list and nothing else; a test fails on a table, a topic or a file that is not in it.
// Periods are parameters (docs/retention.md says where each comes from). Within the records the order is the
// one rows go in: what refers to others comes first.

import { text, type Text } from '../../core/text.ts';

/** Lengths of the configuration. */
export type Periods = {
  /** After the end of a person's last order (解除矫正、安置帮教期满). */
  readonly person: number;
  /** After an alert was closed. */
  readonly alerts: number;
  /** After a position or fact, in the warehouse. */
  readonly tracks: number;
  /** After a record was appended to the log. */
  readonly log: number;
  /** After a message to an officer. */
  readonly messages: number;
  /** After an entry of the duty roster, a drill, a silence. */
  readonly duty: number;
  /** After a session ended. */
  readonly sessions: number;
  /** After a backtest ended. */
  readonly backtests: number;
  /** After an entry of the audit trail; whole segments go. */
  readonly audit: number;
};

export type PeriodName = keyof Periods;

export type Store = 'records' | 'warehouse' | 'log' | 'files';

/** How the rows about a person are found in the records. */
export type PersonRows =
  | { readonly by: 'subject'; readonly column: string }
  | { readonly by: 'alert'; readonly column: string }
  | { readonly by: 'notice'; readonly column: string };

export type Personal = {
  /** Whose: supervised persons, or people who work here. */
  readonly whose: 'supervised' | 'staff';
  readonly period: PeriodName | 'while-employed' | 'while-needed';
  readonly clock: Text;
  /** The instant the period of a row is counted from, in the records; rows go one by one by it. */
  readonly column?: string;
  /** Rows that go with those of another table they refer to. */
  readonly follows?: { readonly table: string; readonly column: string };
  readonly person?: PersonRows;
  /** JSON in which others are named: their key is overwritten. */
  readonly mentions?: readonly string[];
  /** JSON with items about several persons: those about one are taken out. */
  readonly pruned?: readonly string[];
  readonly deleted: Text;
};

export type Declared = {
  readonly store: Store;
  readonly name: string;
  readonly holds: Text;
  /** Undefined where nobody is named. */
  readonly personal?: Personal;
};

const ROWS = text('逐行删除并覆写', 'row by row, overwritten');
const WITH_ALERT = text('随预警办结时间', 'with the alert, from its closing');
const WITH_PERSON = text('最后一次监管措施结束', 'end of the last order');

const ofAlert = (
  name: string,
  holds: Text,
  { column = 'alertId', ...more }: { column?: string; mentions?: string[] } = {},
): Declared => ({
  store: 'records',
  name,
  holds,
  personal: {
    whose: 'supervised',
    period: 'alerts',
    clock: WITH_ALERT,
    person: { by: 'alert', column },
    deleted: ROWS,
    ...more,
  },
});

const ofPerson = (name: string, holds: Text, mentions?: readonly string[]): Declared => ({
  store: 'records',
  name,
  holds,
  personal: {
    whose: 'supervised',
    period: 'person',
    clock: WITH_PERSON,
    person: { by: 'subject', column: 'subject' },
    deleted: ROWS,
    ...(mentions ? { mentions } : {}),
  },
});

const ofStaff = (
  name: string,
  holds: Text,
  more: { period: Personal['period']; clock: Text } & Partial<Personal>,
): Declared => ({
  store: 'records',
  name,
  holds,
  personal: { whose: 'staff', deleted: ROWS, ...more },
});

const ofNobody = (store: Store, name: string, holds: Text): Declared => ({ store, name, holds });

const SENT = text('发出时间', 'when it was sent');

const EMPLOYED = { period: 'while-employed', clock: text('离岗', 'leaving the bureau') } as const;

const inTrail = (name: string, holds: Text): Declared => ({
  store: 'records',
  name,
  holds,
  personal: {
    whose: 'supervised',
    period: 'audit',
    clock: text('记入审计', 'the entry'),
    deleted: text(
      '整段归档后移出；编号在身份删除后不再指向任何人',
      'whole segments are archived; a key names nobody once the identity is gone',
    ),
  },
});

/** Nothing in the trail may be altered: persons stand in it by their key alone. */
const AUDIT: readonly Declared[] = [
  inTrail('auditPending', text('待封存的审计记录', 'audit entries to be sealed')),
  inTrail('auditRecord', text('审计记录', 'audit records')),
  inTrail('auditSubject', text('审计记录涉及的人员编号', 'whom audit records are about')),
  ...(
    [
      ['auditSegment', '审计分段', 'segments of the trail'],
      ['auditArchive', '审计归档', 'segments that were archived'],
      ['auditCheckpoint', '审计检查点', 'checkpoints'],
      ['auditWitnessed', '外部见证', 'what witnesses hold'],
      ['auditForeign', '其他系统的检查点', 'checkpoints of other instances'],
      ['auditVerification', '审计核验结果', 'verifications'],
    ] as const
  ).map(([name, zh, en]) => ofNobody('records', name, text(zh, en))),
  ofStaff(
    'auditNotice',
    text('审计提醒及处理结果', 'notices to the auditor and what became of them'),
    {
      period: 'while-needed',
      clock: text('作为查阅监督的记录长期保存', 'kept as evidence of how readers are watched'),
    },
  ),
  ofStaff(
    'readerWatch',
    text('异常查阅规则的计算状态', 'what the rules about readers remember of recent looks'),
    {
      period: 'while-needed',
      clock: text('随每次计算覆盖', 'overwritten as the rules read on'),
      deleted: text('由新状态覆盖', 'overwritten by the next state'),
    },
  ),
];

const RECORDS: readonly Declared[] = [
  ofAlert('noticeAttempt', text('通知发送过程', 'how a notice was sent')),
  {
    ...ofStaff('smsPart', text('短信分段及号码', 'parts of messages, with numbers'), {
      period: 'messages',
      clock: SENT,
      column: 'submittedAtMs',
      person: { by: 'notice', column: 'noticeId' },
    }),
  },
  ofStaff('smsReply', text('工作人员短信回复的处理结果', 'what a reply by SMS meant'), {
    period: 'messages',
    clock: text('收到时间', 'when it came'),
    column: 'receivedAtMs',
    person: { by: 'alert', column: 'alertId' },
  }),
  ofAlert('outbox', text('通知内容', 'notices')),
  ofAlert('escalation', text('逐级上报安排', 'the ladder of an alert')),
  ofAlert('alertEvent', text('预警处置时间线', 'the timeline of an alert'), { mentions: ['body'] }),
  ofAlert('alertRaise', text('预警的每次触发', 'each raise of an alert')),
  ofAlert('alertCorrection', text('预警更正', 'corrections'), { mentions: ['body'] }),
  ofAlert('alertTask', text('办理任务', 'the task of an alert')),
  ofAlert('alertPhoto', text('反馈照片', 'photos of feedback')),
  ofAlert('alertFeedback', text('核查反馈', 'feedback')),
  ofAlert('objection', text('异议及复核', 'objections')),
  ofAlert('silencedAlert', text('被静默的预警', 'alerts a silence hid')),
  ofStaff('stall', text('系统停滞告警', 'what stood still'), {
    period: 'duty',
    clock: text('发现时间', 'when it was found'),
    column: 'foundAtMs',
    person: { by: 'alert', column: 'alertId' },
  }),
  ofStaff('drill', text('演练', 'drills'), {
    period: 'duty',
    clock: text('演练开始', 'begin of the drill'),
    column: 'startedAtMs',
    person: { by: 'alert', column: 'alertId' },
  }),
  {
    store: 'records',
    name: 'alert',
    holds: text('预警及其证据', 'alerts with their evidence'),
    personal: {
      whose: 'supervised',
      period: 'alerts',
      clock: text('预警办结', 'closing of the alert'),
      column: 'closedAtMs',
      person: { by: 'subject', column: 'subject' },
      mentions: ['evidence', 'measured', 'checkedLeaves'],
      deleted: ROWS,
    },
  },
  {
    store: 'records',
    name: 'suppressedFinding',
    holds: text('未形成预警的判断', 'findings that became no alert'),
    personal: {
      whose: 'supervised',
      period: 'tracks',
      clock: text('发生时间', 'event time'),
      column: 'atMs',
      person: { by: 'subject', column: 'subject' },
      mentions: ['body'],
      deleted: ROWS,
    },
  },
  ofPerson('basisVersion', text('登记的法律依据', 'recorded legal bases'), ['body']),
  ofPerson('basisProposal', text('待确认的法律依据', 'legal bases to be confirmed'), ['paper']),
  ofPerson('voidProposal', text('监管令无效的登记', 'orders recorded as void')),
  ofPerson('leaveVersion', text('请假外出记录', 'leaves'), ['body']),
  ofPerson('supervisionOrder', text('监管措施及法律依据', 'orders and their bases'), ['body']),
  ofPerson('vaultIndex', text('身份信息检索摘要', 'blind indices of identities')),
  ofPerson('vaultValue', text('加密的身份信息', 'sealed identities')),
  ofPerson('vaultPerson', text('有身份信息的人员', 'persons with an identity')),
  {
    store: 'records',
    name: 'vaultRequest',
    holds: text('批量查看身份的申请', 'requests to see many identities'),
    personal: {
      whose: 'supervised',
      period: 'person',
      clock: WITH_PERSON,
      mentions: ['subjects'],
      deleted: text('覆写其中的个人标识', 'the key in it is overwritten'),
    },
  },
  {
    store: 'records',
    name: 'packageOrder',
    holds: text('离线包带来的监管措施', 'orders that came in a package'),
    personal: {
      whose: 'supervised',
      period: 'person',
      clock: WITH_PERSON,
      mentions: ['fact'],
      deleted: text('覆写其中的个人标识', 'the key in it is overwritten'),
    },
  },
  {
    store: 'records',
    name: 'packageImport',
    holds: text('离线包导入前的加密副本', 'what an import replaced, sealed'),
    personal: {
      whose: 'supervised',
      period: 'while-needed',
      clock: text('撤销导入之前', 'until it is undone'),
      deleted: text('撤销时删除', 'deleted when the import is undone'),
    },
  },
  ...AUDIT,
  ofPerson('alias', text('终端、号码的加密摘要', 'keyed hashes of terminals and numbers')),
  {
    store: 'records',
    name: 'snapshot',
    holds: text('规则运算状态', 'the state of the rules'),
    personal: {
      whose: 'supervised',
      period: 'person',
      clock: WITH_PERSON,
      deleted: text(
        '改写为不含此人的状态，旧状态删除',
        'rewritten without the person, older ones dropped',
      ),
    },
  },
  {
    store: 'records',
    name: 'backtestReport',
    holds: text('回测报告中的样本', 'samples in backtest reports'),
    personal: {
      whose: 'supervised',
      period: 'person',
      clock: WITH_PERSON,
      pruned: ['body'],
      deleted: text('从报告中移除此人的样本', 'samples about the person are taken out'),
    },
  },
  {
    store: 'records',
    name: 'silence',
    holds: text('静默设置，可能指明个人', 'silences, which may name persons'),
    personal: {
      whose: 'supervised',
      period: 'person',
      clock: WITH_PERSON,
      mentions: ['matcher'],
      deleted: text('覆写其中的个人标识', 'the key in it is overwritten'),
    },
  },
  {
    store: 'records',
    name: 'retentionHold',
    holds: text('暂停删除的决定', 'legal holds'),
    personal: {
      whose: 'supervised',
      period: 'person',
      clock: text('保全结束', 'end of the hold'),
      person: { by: 'subject', column: 'subject' },
      deleted: ROWS,
    },
  },
  {
    store: 'records',
    name: 'retentionTask',
    holds: text('正在执行的删除', 'deletions under way'),
    personal: {
      whose: 'supervised',
      period: 'while-needed',
      clock: text('删除完成', 'end of the deletion'),
      deleted: text('完成时清除个人标识', 'the key is cleared when it is done'),
    },
  },
  ofStaff('rosterNoteSeen', text('交接班阅知', 'who read a handover note'), {
    period: 'duty',
    clock: text('随留言', 'with the note'),
    follows: { table: 'rosterNote', column: 'noteId' },
  }),
  ofStaff('rosterNote', text('交接班留言', 'handover notes'), {
    period: 'duty',
    clock: text('留言时间', 'when it was written'),
    column: 'atMs',
  }),
  ofStaff('rosterAct', text('值班调整', 'changes of the duty roster'), {
    period: 'duty',
    clock: text('调整结束', 'end of the change'),
    column: 'untilMs',
  }),
  ofStaff('phoneCheck', text('号码核验', 'numbers being tried'), {
    period: 'sessions',
    clock: text('核验到期', 'when the code expired'),
    column: 'expiresAtMs',
  }),
  ofStaff('messageAttempt', text('消息发送过程', 'how a message was sent'), {
    period: 'messages',
    clock: text('随消息', 'with the message'),
    follows: { table: 'officerMessage', column: 'officerMessageId' },
  }),
  ofStaff('smsReplyPart', text('分段短信回复', 'parts of replies'), {
    period: 'messages',
    clock: text('收到时间', 'when it came'),
    column: 'receivedAtMs',
  }),
  ofStaff('officerMessage', text('发给工作人员的消息', 'messages to officers'), {
    period: 'messages',
    clock: text('生成时间', 'when it was written'),
    column: 'createdAtMs',
  }),
  ofStaff('session', text('登录会话', 'sessions'), {
    period: 'sessions',
    clock: text('会话到期', 'when it expired'),
    column: 'expiresAtMs',
  }),
  ofStaff('signInFailure', text('登录失败计数', 'failed sign-ins'), {
    period: 'sessions',
    clock: text('最近一次失败', 'the last one'),
    column: 'lastAtMs',
  }),
  ofStaff('certificateChallenge', text('证书登录挑战', 'challenges of certificates'), {
    period: 'sessions',
    clock: text('挑战到期', 'when it expired'),
    column: 'untilMs',
  }),
  ofStaff('vaultLook', text('查看身份的次数', 'how often identities were looked at'), {
    period: 'duty',
    clock: text('查看时间', 'when it was'),
    column: 'atMs',
  }),
  ofStaff('viewReport', text('定期分析的结果', 'what scheduled views counted'), EMPLOYED),
  ofStaff('savedView', text('分析工作台保存的视图', 'saved views of the workbench'), EMPLOYED),
  ofStaff('accountRecoveryCode', text('恢复码摘要', 'hashes of recovery codes'), EMPLOYED),
  ofStaff('accountAccess', text('账号安全设置', 'access of accounts'), EMPLOYED),
  ofStaff('accountSeal', text('账号权限校验值', 'seals of rights'), EMPLOYED),
  ofStaff('accountCertificate', text('账号证书', 'certificates of accounts'), EMPLOYED),
  ofStaff('accessGrant', text('授权记录', 'grants of rights'), {
    period: 'while-needed',
    clock: text('作为授权依据长期保存', 'kept as grounds of rights'),
  }),
  ofStaff('officer', text('工作人员', 'officers'), {
    period: 'while-employed',
    clock: text('离岗', 'leaving the bureau'),
  }),
  ofStaff('account', text('账号', 'accounts'), {
    period: 'while-employed',
    clock: text('离岗', 'leaving the bureau'),
  }),
  ofStaff('pushSubscription', text('推送设备', 'devices for push'), {
    period: 'while-employed',
    clock: text('注销设备', 'when the device is taken off'),
  }),
  ofStaff('silenceAct', text('静默的批准与结束', 'what became of a silence'), {
    period: 'while-needed',
    clock: text('作为处置依据长期保存', 'kept as grounds of handling'),
  }),
  ofNobody('records', 'indexReference', text('指数参照组', 'frozen references of indices')),
  ofStaff('indexPublication', text('指数发布及修订', 'published figures of indices'), {
    period: 'while-needed',
    clock: text('作为公布依据长期保存', 'kept as grounds of what was published'),
  }),
  ofStaff('dataImport', text('数据导入记录', 'imports into the warehouse'), {
    period: 'while-needed',
    clock: text('作为数据来源依据长期保存', 'kept as the origin of the data'),
  }),
  ofStaff('sqlStatement', text('分析查询语句', 'what analysts asked in SQL'), {
    period: 'while-needed',
    clock: text('作为查询依据长期保存', 'kept as grounds of the look'),
  }),
  ofStaff('exportFile', text('导出台账', 'the ledger of exports'), {
    period: 'while-needed',
    clock: text('作为导出依据长期保存', 'kept as grounds of what left'),
  }),
  ofStaff('exportSeal', text('导出文件的电子签章', 'seals of exported files'), {
    period: 'while-needed',
    clock: text('作为导出依据长期保存', 'kept as grounds of what left'),
  }),
  ofStaff('exportRequest', text('批量导出申请', 'requests for large exports'), {
    period: 'while-needed',
    clock: text('作为导出依据长期保存', 'kept as grounds of what left'),
  }),
  ofNobody('records', 'refusalHour', text('每小时拒收计数', 'refusals by the hour')),
  ofNobody('records', 'vaultKey', text('身份库密钥状态', 'states of the keys of the vault')),
  ofNobody('records', 'kioskDevice', text('大屏终端', 'wall kiosks')),
  ofNobody('records', 'packageExport', text('离线包导出记录', 'packages that were written')),
  ofNobody('records', 'consumerOffset', text('读取进度', 'how far consumers have come')),
  ofNobody('records', 'rollupDay', text('预计数各日状态', 'days of what is counted ahead')),
  ofNobody('records', 'rollupState', text('预计数次数', 'calculations of what is counted ahead')),
  ofNobody('records', 'cursor', text('外部数据源读取进度', 'how far polls have come')),
  ofNobody('records', 'partner', text('数据推送单位', 'partners that push')),
  ofNobody('records', 'report', text('统计报表', 'reports: counts')),
  ofNobody('records', 'reportFile', text('报表领取记录', 'who took a report')),
  ofNobody('records', 'ruleActivation', text('规则启用记录', 'rules put in force')),
  ofNobody('records', 'ruleProposal', text('规则变更申请', 'proposals of rules')),
  ofNobody('records', 'ruleVersion', text('规则文本', 'texts of rules')),
  ofNobody('records', 'retentionCertificate', text('删除证明', 'certificates of deletion')),
];

const inWarehouse = (name: string, holds: Text, clock: Text, mentions?: string[]): Declared => ({
  store: 'warehouse',
  name,
  holds,
  personal: {
    whose: 'supervised',
    period: 'tracks',
    clock,
    ...(mentions ? { mentions } : {}),
    deleted: text(
      '按月整体删除，个人数据改写数据块',
      'whole months dropped; persons by rewriting parts',
    ),
  },
});

const EVENT_MONTH = text('发生月份结束', 'end of the month of the event');

const WAREHOUSE: readonly Declared[] = [
  inWarehouse('position', text('定位轨迹', 'positions'), EVENT_MONTH),
  inWarehouse(
    'fact',
    text('其他事实', 'other facts'),
    text('接收月份结束', 'end of the month of receipt'),
    ['body'],
  ),
  inWarehouse('finding', text('规则判断', 'findings'), EVENT_MONTH, ['body']),
  inWarehouse('alert_event', text('预警事件', 'events of alerts'), EVENT_MONTH, ['body']),
  ofNobody('warehouse', 'tally', text('未采集数据计数', 'counts of what was refused')),
  ofNobody('warehouse', 'observation_record', text('日志记录次序', 'the order of the log')),
  ofNobody('warehouse', 'observation_minute', text('每分钟计数', 'counts by the minute')),
  ofNobody('warehouse', 'observation_day', text('每日预计数', 'counts by the day, made ahead')),
  ofNobody(
    'warehouse',
    'alert_day',
    text('预警每日预计数', 'alerts counted by the day, made ahead'),
  ),
  ofNobody('warehouse', 'writer_progress', text('写入进度', 'how far the writer has come')),
  ofNobody('warehouse', 'forgotten_rows', text('已删除行计数', 'counts of rows deleted')),
  ofNobody('warehouse', 'incident', text('案件和警情计数依据', 'incidents, which name nobody')),
  ofNobody('warehouse', 'index_measure', text('指数基础数据', 'measures of indices')),
  ofNobody('warehouse', 'schema_migration', text('结构版本', 'versions of the tables')),
  ofNobody('warehouse', 'position_to_observation_minute', text('计数视图', 'a view that counts')),
  ofNobody('warehouse', 'fact_to_observation_minute', text('计数视图', 'a view that counts')),
];

const inLog = (name: string, holds: Text): Declared => ({
  store: 'log',
  name,
  holds,
  personal: {
    whose: 'supervised',
    period: 'log',
    clock: text('写入时间', 'when it was appended'),
    deleted: text(
      '过期记录整条删除；提前删除时原位覆写',
      'old records dropped whole; a person early by overwriting in place',
    ),
  },
});

const LOG: readonly Declared[] = [
  inLog('observations', text('全部接收数据', 'everything received')),
  inLog('findings', text('规则判断', 'findings')),
  inLog('alert-events', text('预警事件', 'events of alerts')),
  inLog('dead-letters', text('无法处理的数据', 'what could not be used')),
];

const FILES: readonly Declared[] = [
  {
    store: 'files',
    name: 'backtests',
    holds: text('回测中间数据和结果', 'backtests: spools and results'),
    personal: {
      whose: 'supervised',
      period: 'backtests',
      clock: text('回测结束', 'end of the backtest'),
      deleted: text('整个目录删除', 'the whole folder'),
    },
  },
  ofNobody('files', 'records.sqlite', text('业务库，见上表', 'the records: see their tables')),
  ofNobody('files', 'log.sqlite', text('日志库，见上表', 'the log: see its topics')),
  ofNobody('files', 'warehouse', text('数据仓库，见上表', 'the warehouse: see its tables')),
  ofNobody('files', 'secret.key', text('密钥', 'the secret')),
  ofNobody('files', 'audit.key', text('审计签名密钥', 'the key checkpoints are signed with')),
  ofNobody('files', 'keys', text('身份库密钥', 'the keys of the vault')),
  ofNobody('files', 'push-keys.json', text('推送密钥', 'the keys of pushes')),
  {
    store: 'files',
    name: 'backup-work',
    holds: text('备份时的临时副本', 'copies while a backup is made'),
    personal: {
      whose: 'supervised',
      period: 'while-needed',
      clock: text('备份结束', 'end of the backup'),
      deleted: text('备份结束即删除', 'deleted when the backup ends'),
    },
  },
];

export const DECLARED: readonly Declared[] = [...RECORDS, ...WAREHOUSE, ...LOG, ...FILES];

export const declaredIn = (store: Store): readonly Declared[] =>
  DECLARED.filter((one) => one.store === store);

/** The rule by which everything about a person goes. */
export const PERSON_RULE = 'person';

/** The rule by which old rows of a place go. */
export const ageRule = ({ store, name }: Declared): string => `${store}.${name}`;
