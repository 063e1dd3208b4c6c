// The last rungs: the condition was met, and the engine itself has put down why no alert came of it, or an
// alert raised before is still open.

import { never } from '../../core/errors.ts';
import type { Finding, RaisedFinding, SuppressedFinding } from '../../core/finding.ts';
import { text } from '../../core/text.ts';
import { ungradedGate } from './frame-gates.ts';
import type { Gate } from './gate.ts';
import { isWithin, nearest, withRule, type Question } from './question.ts';
import { instantText } from './say.ts';

/** What was suppressed within the window. */
export function suppressedGate(question: Question, findings: readonly Finding[]): Gate | undefined {
  const suppressed = findings.filter(
    (finding): finding is SuppressedFinding =>
      finding.kind === 'suppressed' && isWithin(question, finding.atMs),
  );
  const finding = nearest(question, suppressed);
  return finding && gateOf(finding, findings);
}

/** What was suppressed last before the end of the window, and may last. */
export function lastSuppressedGate(
  { untilMs }: Question,
  findings: readonly Finding[],
): Gate | undefined {
  const last = findings.findLast(({ kind, atMs }) => kind !== 'corrected' && atMs <= untilMs);
  return last?.kind === 'suppressed' ? gateOf(last, findings) : undefined;
}

function gateOf(finding: SuppressedFinding, findings: readonly Finding[]): Gate {
  const { atMs, because, reference } = finding;
  const at = instantText(atMs);
  switch (because) {
    case 'ungraded':
      return { ...ungradedGate([finding.subjectClass]), atMs };
    case 'leave':
      return leaveGate(atMs, reference ?? '');
    case 'cooldown':
      return {
        code: 'cooldown',
        says: text(
          `${at} 条件已满足，但上一次预警结束不久，规则仍在冷却期`,
          `the condition was met at ${at}, in the quiet after the last alert ended`,
        ),
        atMs,
        reference,
        relax: {
          says: text('规则没有冷却期', 'the rule had no cooldown'),
          apply: (question) => withRule(question, { cooldown: undefined }),
        },
      };
    case 'episode-open': {
      const alert = findings.find(
        (one): one is RaisedFinding => one.kind === 'raised' && one.alertId === reference,
      );
      return openGate(alert, { reference, metAtMs: atMs });
    }
    default:
      return never(because);
  }
}

export const leaveGate = (atMs: number, leaveId: string): Gate => ({
  code: 'leave',
  says: text(
    `${instantText(atMs)} 的情形在批准的外出（${leaveId}）范围内`,
    `what happened at ${instantText(atMs)} is covered by the leave ${leaveId}`,
  ),
  atMs,
  reference: leaveId,
  relax: {
    says: text('没有这次外出审批', 'there been no such leave'),
    apply: (question) => withRule(question, { exceptions: [] }),
  },
});

/** An alert of the rule about the person that was open at an instant, by the engine's own word. */
export function openAt(findings: readonly Finding[], instantMs: number): RaisedFinding | undefined {
  const raised = findings.filter(
    (one): one is RaisedFinding => one.kind === 'raised' && one.atMs <= instantMs,
  );
  const hasEnded = (alertId: string) =>
    findings.some(
      (one) =>
        one.atMs <= instantMs &&
        'alertId' in one &&
        one.alertId === alertId &&
        (one.kind === 'cleared' || (one.kind === 'corrected' && one.outcome === 'withdrawn')),
    );
  return raised.findLast(({ alertId }) => !hasEnded(alertId));
}

export function openGate(
  alert: RaisedFinding | undefined,
  { reference, metAtMs }: { reference?: string | undefined; metAtMs?: number } = {},
): Gate {
  const since = alert && instantText(alert.atMs);
  const met = metAtMs === undefined ? text('', '') : metText(metAtMs);
  const values = alert && { raisedAtMs: alert.atMs };
  return {
    code: 'episode-open',
    says: since
      ? text(
          `${met.zh}这一情形已在 ${since} 报警，预警尚未结束，不再另报`,
          `${met.en}it was raised at ${since} and that alert is still open`,
        )
      : text(`${met.zh}同一情形仍在持续，不再另报`, `${met.en}the same episode still lasts`),
    atMs: metAtMs ?? alert?.atMs,
    reference: alert?.alertId ?? reference,
    ...(values ? { values } : {}),
  };
}

const metText = (atMs: number) =>
  text(`${instantText(atMs)} 条件又一次满足，但`, `met again at ${instantText(atMs)}, but `);
