import { expect, test } from 'vitest';
import type { AlertEvent } from '../../core/alert-event.ts';
import { regionCode } from '../../core/region.ts';
import { subjectKey } from '../../core/subject.ts';
import { text } from '../../core/text.ts';
import { epochMs } from '../../core/time.ts';
import { timelineItems } from './timeline-items.ts';

const escalated = (details: AlertEvent['details']): AlertEvent => ({
  id: 'ev_1',
  alertId: 'al_1',
  kind: 'escalated',
  atMs: epochMs(0),
  actor: 'xuanhan',
  ruleId: 'offence',
  level: 1,
  subject: subjectKey('cc-000001'),
  subjectClass: 'cc',
  region: regionCode('511722'),
  openedAtMs: epochMs(0),
  details: { side: 'county', via: 'phone', ...details },
});

const lineOf = (details: AlertEvent['details']): string[] =>
  timelineItems({
    timeline: [escalated(details)],
    notices: [],
    actors: { xuanhan: text('李明', 'Li Ming'), leader: text('王芳', 'Wang Fang') },
  }).flatMap(({ title, more }) => [title.zh, ...more.map(({ zh }) => zh)]);

test.each<[AlertEvent['details'], string]>([
  [{ because: 'passed-on', to: 'leader' }, '按键转交，通知王芳'],
  [{ because: 'passed-on', to: '' }, '按键转交，已无下一责任人'],
  [{ because: 'unanswered', to: 'leader xuanhan' }, '无人确认，通知王芳、李明'],
])('an escalation because of %j says "%s"', (details, line) => {
  expect(lineOf(details)).toEqual(['升级', '李明', '县局', '电话', line]);
});
