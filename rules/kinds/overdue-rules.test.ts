// The ten overdue rules of case supervision and the notary's term as deadline rules, each with the law it
// rests on and the dates an officer would count on a calendar.

import { expect, test } from 'vitest';
import { createAreas } from '../../datasets/areas.ts';
import { createLocator } from '../../datasets/locator.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import { rulebookOf } from '../fact-world.fixture.ts';
import { ruleSchema } from '../rule.ts';
import { testRulebook } from '../test-rule.ts';
import { parseYaml } from '../../core/yaml-file.ts';

const headOf = (id: string, title: string, article: string) => `
id: ${id}
number: 1
status: active
title: { zh: ${title}, en: ${id} }
owner: 执法监督
who: [cc]
level: { cc: 2 }
article: { cc: ${article} }
duty: { zh: 核实办理进度并督促依法办结。, en: Verify the progress and see to it. }
kind: deadline
`;

const RULES: readonly [id: string, title: string, article: string, body: string][] = [
  [
    'arrest-custody',
    'R1 公安逮捕羁押超期',
    '《中华人民共和国刑事诉讼法》第一百五十六条',
    `
params:
  start: [arrest-executed]
  end: [transferred, released, measure-changed, withdrawn]
  period: { amount: 2, unit: month }
  rollOver: none
  extensions:
    - { milestone: extended-156, add: { amount: 1, unit: month } }
    - { milestone: extended-158, add: { amount: 2, unit: month } }
    - { milestone: extended-159, add: { amount: 2, unit: month } }
  restarts: [new-crime-found]
  suspensions: [{ from: evaluation-begun, to: evaluation-ended }]
  warnings: [{ left: 3d, level: 3 }]
  escalations: [{ after: 3d, level: 1 }]
tests:
  - name: 两个月，星期六届满也不顺延；提前三日提醒，届满报二级，超三日报一级，移送后全部解除
    firstDay: '2025-01-15'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-executed, authority: 测试, inCustody: true } }
      - { time: '+64d 09:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: transferred, authority: 测试 } }
      - { time: '+66d 00:00', nothing: true }
    expect:
      - { time: '+57d 00:00', raised: 3, values: { stage: 'left 3d', lastDay: '2025-03-15' } }
      - { time: '+60d 00:00', raised: 2, values: { stage: overdue } }
      - { time: '+63d 00:00', raised: 1, values: { stage: 'overdue by 3d' } }
      - { time: '+64d 09:00', cleared: true }
      - { time: '+64d 09:00', cleared: true }
      - { time: '+64d 09:00', cleared: true }
  - name: 年末逮捕，二月末届满
    firstDay: '2024-12-31'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-executed, authority: 测试, inCustody: true } }
      - { time: '+61d 09:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: released, authority: 测试 } }
      - { time: '+63d 00:00', nothing: true }
    expect:
      - { time: '+57d 00:00', raised: 3, values: { lastDay: '2025-02-28' } }
      - { time: '+60d 00:00', raised: 2 }
      - { time: '+61d 09:00', cleared: true }
      - { time: '+61d 09:00', cleared: true }
  - name: 提醒之后批准延长一个月，提醒解除，重新计算
    firstDay: '2025-01-15'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-executed, authority: 测试, inCustody: true } }
      - { time: '+58d 15:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: extended-156, authority: 测试 } }
      - { time: '+90d 09:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: transferred, authority: 测试 } }
      - { time: '+92d 00:00', nothing: true }
    expect:
      - { time: '+57d 00:00', raised: 3 }
      - { time: '+58d 15:00', cleared: true }
      - { time: '+88d 00:00', raised: 3, values: { lastDay: '2025-04-15', extensions: 1 } }
      - { time: '+90d 09:00', cleared: true }
  - name: 精神病鉴定十日不计入
    firstDay: '2025-01-15'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-executed, authority: 测试, inCustody: true } }
      - { time: '+17d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: evaluation-begun, authority: 测试 } }
      - { time: '+27d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: evaluation-ended, authority: 测试 } }
      - { time: '+69d 09:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: transferred, authority: 测试 } }
      - { time: '+71d 00:00', nothing: true }
    expect:
      - { time: '+67d 00:00', raised: 3, values: { lastDay: '2025-03-25', suspendedDays: 10 } }
      - { time: '+69d 09:00', cleared: true }
  - name: 发现另有重要罪行，重新计算
    firstDay: '2025-01-15'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-executed, authority: 测试, inCustody: true } }
      - { time: '+45d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: new-crime-found, authority: 测试, inCustody: true } }
      - { time: '+95d 09:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: transferred, authority: 测试 } }
      - { time: '+97d 00:00', nothing: true }
    expect: []
`,
  ],
  [
    'arrest-execution',
    'R2 公安执行逮捕超期',
    '《公安机关办理刑事案件程序规定》第一百四十二条',
    `
params:
  start: [arrest-approved-received]
  end: [arrest-executed, not-executed]
  period: { amount: 24, unit: hour }
  excludeFirstDay: false
  rollOver: none
tests:
  - name: 二十四小时未执行，报二级
    firstDay: '2025-03-03'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:30', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-approved-received, authority: 测试 } }
      - { time: '+3d 00:00', nothing: true }
    expect:
      - { time: '+1d 10:30', raised: 2 }
  - name: 当日执行，不报
    firstDay: '2025-03-03'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:30', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-approved-received, authority: 测试 } }
      - { time: '16:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-executed, authority: 测试 } }
      - { time: '+2d 00:00', nothing: true }
    expect: []
`,
  ],
  [
    'arrest-receipt',
    'R2 公安执行逮捕回执超期',
    '《公安机关办理刑事案件程序规定》第一百四十二条',
    `
params:
  start: [arrest-executed, not-executed]
  end: [receipt-delivered]
  period: { amount: 3, unit: day }
  rollOver: next-workday
tests:
  - name: 星期四执行，星期日届满，顺延至星期一
    firstDay: '2025-03-06'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-executed, authority: 测试 } }
      - { time: '+6d 00:00', nothing: true }
    expect:
      - { time: '+5d 00:00', raised: 2, values: { lastDay: '2025-03-10' } }
  - name: 三日内送达回执，不报
    firstDay: '2025-03-06'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-executed, authority: 测试 } }
      - { time: '+1d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: receipt-delivered, authority: 测试 } }
      - { time: '+3d 00:00', nothing: true }
    expect: []
`,
  ],
  [
    'supplement',
    'R3 公安补充侦查重报超期',
    '《中华人民共和国刑事诉讼法》第一百七十五条',
    `
params:
  start: [returned-for-supplement]
  end: [transferred-again, withdrawn, terminated]
  period: { amount: 1, unit: month }
  rollOver: next-workday-unless-in-custody
tests:
  - name: 一个月未重报
    firstDay: '2025-01-30'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: returned-for-supplement, authority: 测试, inCustody: true } }
      - { time: '+31d 00:00', nothing: true }
    expect:
      - { time: '+30d 00:00', raised: 2, values: { lastDay: '2025-02-28' } }
  - name: 二月末退回，三月末届满
    firstDay: '2025-02-28'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: returned-for-supplement, authority: 测试 } }
      - { time: '+33d 00:00', nothing: true }
    expect:
      - { time: '+32d 00:00', raised: 2, values: { lastDay: '2025-03-31' } }
  - name: 期内重报，不报
    firstDay: '2025-01-30'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: returned-for-supplement, authority: 测试 } }
      - { time: '+21d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: transferred-again, authority: 测试 } }
      - { time: '+23d 00:00', nothing: true }
    expect: []
`,
  ],
  [
    'arrest-review-detained',
    'R4 检察院审查逮捕超期(已拘留)',
    '《中华人民共和国刑事诉讼法》第九十一条',
    `
params:
  start: [arrest-requested]
  startWhen: fact.inCustody
  end: [arrest-approved, arrest-refused]
  period: { amount: 7, unit: day }
  rollOver: next-workday-unless-in-custody
tests:
  - name: 已拘留，七日，节假日不顺延
    firstDay: '2025-09-25'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-requested, authority: 测试, inCustody: true } }
      - { time: '+9d 00:00', nothing: true }
    expect:
      - { time: '+8d 00:00', raised: 2, values: { lastDay: '2025-10-02' } }
  - name: 未拘留的不适用
    firstDay: '2025-09-25'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-requested, authority: 测试 } }
      - { time: '+2d 00:00', nothing: true }
    expect: []
`,
  ],
  [
    'arrest-review-free',
    'R4 检察院审查逮捕超期(未拘留)',
    '《人民检察院刑事诉讼规则》第二百八十二条',
    `
params:
  start: [arrest-requested]
  startWhen: '!fact.inCustody'
  end: [arrest-approved, arrest-refused]
  period: { amount: 15, unit: day }
  rollOver: next-workday-unless-in-custody
  extensions: [{ milestone: found-complex, add: { amount: 5, unit: day } }]
tests:
  - name: 未拘留，十五日
    firstDay: '2025-09-25'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-requested, authority: 测试 } }
      - { time: '+17d 00:00', nothing: true }
    expect:
      - { time: '+16d 00:00', raised: 2, values: { lastDay: '2025-10-10' } }
  - name: 届满日是补班的星期六，不顺延
    firstDay: '2025-09-26'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-requested, authority: 测试 } }
      - { time: '+17d 00:00', nothing: true }
    expect:
      - { time: '+16d 00:00', raised: 2, values: { lastDay: '2025-10-11' } }
  - name: 重大复杂案件二十日
    firstDay: '2025-09-25'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-requested, authority: 测试 } }
      - { time: '+13d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: found-complex, authority: 测试 } }
      - { time: '+22d 00:00', nothing: true }
    expect:
      - { time: '+21d 00:00', raised: 2, values: { lastDay: '2025-10-15' } }
  - name: 期内作出决定，不报
    firstDay: '2025-09-25'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-requested, authority: 测试 } }
      - { time: '+15d 23:59', source: case, fact: { kind: case-milestone, caseId: A1, milestone: arrest-approved, authority: 测试 } }
      - { time: '+17d 00:00', nothing: true }
    expect: []
`,
  ],
  [
    'prosecution-review',
    'R5 检察院审查起诉超期',
    '《中华人民共和国刑事诉讼法》第一百七十二条',
    `
params:
  start: [file-received]
  end: [prosecuted, not-prosecuted, returned-for-supplement]
  period: { amount: 1, unit: month }
  rollOver: next-workday-unless-in-custody
  extensions: [{ milestone: found-complex, add: { amount: 15, unit: day } }]
  restarts: [transferred-again, jurisdiction-changed]
tests:
  - name: 五月三十一日收案，六月三十日届满
    firstDay: '2025-05-31'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: file-received, authority: 测试 } }
      - { time: '+32d 00:00', nothing: true }
    expect:
      - { time: '+31d 00:00', raised: 2, values: { lastDay: '2025-06-30' } }
  - name: 重大复杂延长十五日
    firstDay: '2025-05-31'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: file-received, authority: 测试 } }
      - { time: '+20d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: found-complex, authority: 测试 } }
      - { time: '+47d 00:00', nothing: true }
    expect:
      - { time: '+46d 00:00', raised: 2, values: { lastDay: '2025-07-15' } }
  - name: 退回补充侦查后重报，期限重新计算
    firstDay: '2025-05-31'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: file-received, authority: 测试 } }
      - { time: '+20d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: returned-for-supplement, authority: 测试 } }
      - { time: '+40d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: transferred-again, authority: 测试 } }
      - { time: '+74d 00:00', nothing: true }
    expect:
      - { time: '+73d 00:00', raised: 2, values: { lastDay: '2025-08-11' } }
  - name: 期内起诉，不报
    firstDay: '2025-05-31'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: file-received, authority: 测试 } }
      - { time: '+30d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: prosecuted, authority: 测试 } }
      - { time: '+32d 00:00', nothing: true }
    expect: []
`,
  ],
  [
    'extension-decision',
    'R6 检察院批准延长羁押期限超期',
    '《人民检察院刑事诉讼规则》第三百零九条',
    `
params:
  start: [extension-requested]
  end: [extension-granted, extension-refused]
  period: { amount: 0, unit: day }
  from: target
  direction: before
  rollOver: none
  warnings: [{ left: 3d, level: 3 }]
tests:
  - name: 羁押期限届满仍未决定，提前三日提醒
    firstDay: '2025-03-05'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: extension-requested, authority: 测试, targetAtMs: '+10d 00:00' } }
      - { time: '+13d 00:00', nothing: true }
    expect:
      - { time: '+8d 00:00', raised: 3, values: { lastDay: '2025-03-15' } }
      - { time: '+11d 00:00', raised: 2 }
  - name: 届满前决定，不报
    firstDay: '2025-03-05'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: extension-requested, authority: 测试, targetAtMs: '+10d 00:00' } }
      - { time: '+7d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: extension-granted, authority: 测试 } }
      - { time: '+9d 00:00', nothing: true }
    expect: []
`,
  ],
  [
    'extension-request',
    'R6 公安提请延长羁押期限过迟',
    '《人民检察院刑事诉讼规则》第三百零九条',
    `
params:
  start: [custody-until]
  end: [extension-requested, transferred, released]
  period: { amount: 7, unit: day }
  from: target
  direction: before
  rollOver: none
tests:
  - name: 届满七日前未提请
    firstDay: '2025-01-15'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: custody-until, authority: 测试, targetAtMs: '+59d 00:00' } }
      - { time: '+54d 00:00', nothing: true }
    expect:
      - { time: '+53d 00:00', raised: 2, values: { lastDay: '2025-03-08' } }
  - name: 届满七日前提请，不报
    firstDay: '2025-01-15'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: custody-until, authority: 测试, targetAtMs: '+59d 00:00' } }
      - { time: '+52d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: extension-requested, authority: 测试 } }
      - { time: '+54d 00:00', nothing: true }
    expect: []
`,
  ],
  [
    'court-acceptance',
    'R7 法院立案审查超期',
    '《最高人民法院关于适用〈中华人民共和国刑事诉讼法〉的解释》第二百一十九条',
    `
params:
  start: [indictment-received]
  end: [accepted, returned, supplement-asked]
  period: { amount: 7, unit: day }
  rollOver: next-workday-unless-in-custody
tests:
  - name: 国庆假期内届满，顺延至节后第一日
    firstDay: '2025-09-26'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: indictment-received, authority: 测试 } }
      - { time: '+15d 00:00', nothing: true }
    expect:
      - { time: '+14d 00:00', raised: 2, values: { lastDay: '2025-10-09' } }
  - name: 被告人在押，不顺延
    firstDay: '2025-09-26'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: indictment-received, authority: 测试, inCustody: true } }
      - { time: '+9d 00:00', nothing: true }
    expect:
      - { time: '+8d 00:00', raised: 2, values: { lastDay: '2025-10-03' } }
  - name: 期内受理，不报
    firstDay: '2025-09-26'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: indictment-received, authority: 测试 } }
      - { time: '+13d 17:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: accepted, authority: 测试 } }
      - { time: '+15d 00:00', nothing: true }
    expect: []
`,
  ],
  [
    'hearing-indictment',
    'R8 法院一审开庭前送达起诉书副本超期',
    '《中华人民共和国刑事诉讼法》第一百八十七条',
    `
params:
  start: [hearing-set]
  end: [indictment-served, hearing-cancelled]
  period: { amount: 10, unit: day }
  from: target
  direction: before
  rollOver: none
  restarts: [hearing-moved]
  warnings: [{ left: 1d, level: 3 }]
tests:
  - name: 开庭十日前未送达，前一日提醒
    firstDay: '2025-09-20'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: hearing-set, authority: 测试, targetAtMs: '+23d 09:00' } }
      - { time: '+16d 00:00', nothing: true }
    expect:
      - { time: '+13d 00:00', raised: 3, values: { lastDay: '2025-10-03' } }
      - { time: '+14d 00:00', raised: 2 }
  - name: 排期时已不足十日，当即报
    firstDay: '2025-10-08'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: hearing-set, authority: 测试, targetAtMs: '+5d 09:00' } }
      - { time: '+2d 00:00', nothing: true }
    expect:
      - { time: '10:00', raised: 2 }
  - name: 改期后重新计算
    firstDay: '2025-09-20'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: hearing-set, authority: 测试, targetAtMs: '+23d 09:00' } }
      - { time: '+14d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: hearing-moved, authority: 测试, targetAtMs: '+41d 09:00' } }
      - { time: '+31d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: indictment-served, authority: 测试 } }
      - { time: '+33d 00:00', nothing: true }
    expect:
      - { time: '+13d 00:00', raised: 3 }
      - { time: '+14d 00:00', raised: 2 }
      - { time: '+14d 10:00', cleared: true }
      - { time: '+14d 10:00', cleared: true }
      - { time: '+31d 00:00', raised: 3, values: { lastDay: '2025-10-21' } }
      - { time: '+31d 10:00', cleared: true }
  - name: 按期送达，不报
    firstDay: '2025-09-20'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: hearing-set, authority: 测试, targetAtMs: '+23d 09:00' } }
      - { time: '+10d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: indictment-served, authority: 测试 } }
      - { time: '+12d 00:00', nothing: true }
    expect: []
`,
  ],
  [
    'hearing-notice',
    'R8 法院一审开庭通知超期',
    '《中华人民共和国刑事诉讼法》第一百八十七条',
    `
params:
  start: [hearing-set]
  end: [notice-served, hearing-cancelled]
  period: { amount: 3, unit: day }
  from: target
  direction: before
  rollOver: none
  restarts: [hearing-moved]
tests:
  - name: 开庭三日前未通知
    firstDay: '2025-09-20'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: hearing-set, authority: 测试, targetAtMs: '+23d 09:00' } }
      - { time: '+22d 00:00', nothing: true }
    expect:
      - { time: '+21d 00:00', raised: 2, values: { lastDay: '2025-10-10' } }
  - name: 按期通知，不报
    firstDay: '2025-09-20'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: hearing-set, authority: 测试, targetAtMs: '+23d 09:00' } }
      - { time: '+20d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: notice-served, authority: 测试 } }
      - { time: '+22d 00:00', nothing: true }
    expect: []
`,
  ],
  [
    'execution-papers',
    'R9 法院执行材料送达超期',
    '《中华人民共和国刑事诉讼法》第二百六十四条',
    `
params:
  start: [judgment-effective]
  end: [papers-served]
  period: { amount: 10, unit: day }
  rollOver: next-workday-unless-in-custody
tests:
  - name: 劳动节最后一日届满，顺延一日
    firstDay: '2025-04-25'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '00:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: judgment-effective, authority: 测试 } }
      - { time: '+13d 00:00', nothing: true }
    expect:
      - { time: '+12d 00:00', raised: 2, values: { lastDay: '2025-05-06' } }
  - name: 按期送达，不报
    firstDay: '2025-04-25'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '00:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: judgment-effective, authority: 测试 } }
      - { time: '+11d 18:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: papers-served, authority: 测试 } }
      - { time: '+13d 00:00', nothing: true }
    expect: []
`,
  ],
  [
    'corrections-receipt',
    'R10 社区矫正机构接收入矫回执超期',
    '《中华人民共和国社区矫正法实施办法》第十六条',
    `
params:
  start: [papers-received]
  end: [receipt-delivered]
  period: { amount: 5, unit: day }
  rollOver: next-workday
tests:
  - name: 国庆假期内届满，顺延至节后第一日
    firstDay: '2025-09-28'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: papers-received, authority: 测试 } }
      - { time: '+13d 00:00', nothing: true }
    expect:
      - { time: '+12d 00:00', raised: 2, values: { lastDay: '2025-10-09' } }
  - name: 按期回执，不报
    firstDay: '2025-09-28'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: papers-received, authority: 测试 } }
      - { time: '+2d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: receipt-delivered, authority: 测试 } }
      - { time: '+4d 00:00', nothing: true }
    expect: []
  - name: 逾期后送达，解除
    firstDay: '2025-09-28'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: papers-received, authority: 测试 } }
      - { time: '+12d 10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: receipt-delivered, authority: 测试 } }
      - { time: '+14d 00:00', nothing: true }
    expect:
      - { time: '+12d 00:00', raised: 2 }
      - { time: '+12d 10:00', cleared: true }
`,
  ],
  [
    'notary-workdays',
    '公证出证超期(十五个工作日)',
    '《中华人民共和国公证法》第三十条',
    `
params:
  start: [accepted]
  end: [certificate-issued, terminated]
  period: { amount: 15, unit: workday }
  rollOver: none
tests:
  - name: 跨国庆和两个补班日
    firstDay: '2025-09-22'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: accepted, authority: 测试 } }
      - { time: '+27d 00:00', nothing: true }
    expect:
      - { time: '+26d 00:00', raised: 2, values: { lastDay: '2025-10-17' } }
  - name: 期内出证，不报
    firstDay: '2025-09-22'
    person: { class: cc, sources: [case] }
    steps:
      - { time: '10:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: accepted, authority: 测试 } }
      - { time: '+25d 17:00', source: case, fact: { kind: case-milestone, caseId: A1, milestone: certificate-issued, authority: 测试 } }
      - { time: '+27d 00:00', nothing: true }
    expect: []
`,
  ],
];

const mistakes: string[] = [];
const rules = RULES.flatMap(([id, title, article, body]) => {
  const yaml = parseYaml(`${id}.yaml`, headOf(id, title, article) + body, ruleSchema, mistakes);
  return yaml ? [yaml.value] : [];
});
const results = testRulebook(rulebookOf(...rules), {
  areas: createAreas(),
  locate: createLocator(),
  calendar: createChinaCalendar(),
});

test('every rule is well-formed', () => {
  expect(mistakes).toEqual([]);
  expect(rules).toHaveLength(RULES.length);
});

test.each(results.map((result) => [result.ruleId, result.name, result] as const))(
  '%s: %s',
  (_rule, _name, { wanted, got }) => {
    expect(got).toEqual(wanted);
  },
);
