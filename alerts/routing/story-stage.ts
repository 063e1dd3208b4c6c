// The stage of a routing story: the real pipeline over persons, silences and time, without records. It keeps
// what would have been sent, and which rungs would have been climbed.

import type { Finding } from '../../core/finding.ts';
import type { EpochMs } from '../../core/time.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';
import { termsOf } from '../grouping/group-terms.ts';
import { hide, type RouteContext } from '../decide-route.ts';
import type { Roster } from '../duty-officers.ts';
import { noticeTo, STEPS_OF_CORRECTION } from '../notify.ts';
import { PIPELINE_DEFAULTS, step } from '../pipeline.ts';
import { release } from '../silences/release.ts';
import { covers, type Silence } from '../silences/silence.ts';
import {
  applyEffects,
  EMPTY_STATE,
  type Effect,
  type NewNotice,
  type SubjectState,
} from '../subject-state.ts';
import type { Routing } from './choose-row.ts';
import { groupSaid, type Sending } from './story-groups.ts';

export type Line = { readonly atMs: number; readonly line: string };

export type StoryStage = {
  readonly silences: readonly Silence[];
  find(person: string, finding: Finding): void;
  begin(silence: Silence, atMs: EpochMs): void;
  end(silence: Silence, atMs: EpochMs): void;
  /** What went out, with the rungs that were due until then. */
  said(untilMs: number): readonly Line[];
};

/** Every bureau has an officer on duty and a leader. */
const ROSTER: Roster = {
  linesOf: (bureau) => [
    [{ id: `${bureau}-duty`, bureau, hasPhone: true }],
    [{ id: `${bureau}-leader`, bureau, hasPhone: true }],
  ],
  leadersOf: (bureau) => [{ id: `${bureau}-leader`, bureau, hasPhone: true }],
};

const ruleTexts = (ruleId: string) => {
  const name = { zh: ruleId, en: ruleId };
  return { title: name, duty: name };
};

/** A line that is not said when at its instant the alert is another one, or hidden. */
type Rung = Sending & { readonly alertId: string; readonly round: number };

export function createStage(routing: Routing, silences: readonly Silence[]): StoryStage {
  const states = new Map<string, SubjectState>();
  const rows = new Map<string, AlertTable & { readonly person: string }>();
  const lines: Line[] = [];
  const sendings: Sending[] = [];
  const rungs: Rung[] = [];
  const turns: { atMs: number; alertId: string; round: number; isHidden: boolean }[] = [];

  const contextAt = (nowAtMs: EpochMs) => ({
    nowAtMs,
    roster: ROSTER,
    routing,
    silences,
    ruleTexts,
    options: PIPELINE_DEFAULTS,
  });

  const take = (person: string, effects: readonly Effect[], atMs: number) => {
    for (const effect of effects) {
      if (effect.kind === 'open') rows.set(effect.alert.id, { ...effect.alert, person });
      if (effect.kind === 'change') {
        const row = rows.get(effect.alertId);
        if (row) rows.set(row.id, { ...row, ...effect.change });
      }
      if (effect.kind === 'rung') {
        const { alertId, step: at, dueAtMs, channel, recipients } = effect.rung;
        const round = Math.floor(at / STEPS_OF_CORRECTION);
        const row = rows.get(alertId);
        for (const recipient of row ? recipients : []) {
          const notice = noticeTo(recipient, row as AlertTable, {
            channel,
            step: at,
            atMs: dueAtMs,
          });
          rungs.push({ ...sendingOf(notice, row), alertId, round });
        }
      }
      if (effect.kind === 'notice') {
        sendings.push(sendingOf(effect.notice, rows.get(effect.notice.alertId)));
      }
      lines.push(...linesOf(effect));
    }
    for (const { id, corrections, silencedBy } of rows.values())
      turns.push({ atMs, alertId: id, round: corrections, isHidden: silencedBy !== null });
  };

  const isClimbed = ({ createdAtMs: atMs, alertId, round }: Rung): boolean => {
    const turn = turns.findLast((one) => one.alertId === alertId && one.atMs <= atMs);
    return turn?.round === round && !turn.isHidden;
  };

  return {
    silences,
    find(person, finding) {
      const context = contextAt(finding.atMs);
      const [next, effects] = step(states.get(person) ?? EMPTY_STATE, finding, context);
      states.set(person, next);
      take(person, effects, finding.atMs);
    },
    begin(silence, atMs) {
      if (!silence.coversOpen) return;
      for (const row of rows.values()) {
        if (row.silencedBy !== null || !covers(silence, row)) continue;
        const at = row.corrections * STEPS_OF_CORRECTION;
        const effects: Effect[] = [
          { kind: 'change', alertId: row.id, change: { silencedBy: silence.id } },
          ...hide(row, silence, { atMs, step: at, isUnderWay: true }),
        ];
        apply(row.person, effects, atMs);
      }
    },
    end(silence, atMs) {
      const context: RouteContext = contextAt(atMs);
      for (const row of rows.values()) {
        if (row.silencedBy !== silence.id) continue;
        const state = states.get(row.person) ?? EMPTY_STATE;
        apply(row.person, release(row, { ...context, silence, acknowledged: [], state }), atMs);
      }
    },
    said: (untilMs) => [
      ...lines,
      ...groupSaid([
        ...sendings,
        ...rungs.filter((rung) => rung.createdAtMs <= untilMs && isClimbed(rung)),
      ]),
    ],
  };

  function apply(person: string, effects: readonly Effect[], atMs: number): void {
    states.set(person, applyEffects(states.get(person) ?? EMPTY_STATE, effects));
    take(person, effects, atMs);
  }
}

const sendingOf = (notice: NewNotice, alert: AlertTable | undefined): Sending => ({
  ...notice,
  nextAttemptAtMs: notice.nextAttemptAtMs ?? notice.createdAtMs,
  groupKey: notice.groupKey ?? null,
  groupUntilMs: notice.groupUntilMs ?? null,
  terms: alert && termsOf(alert.groupTerms, alert.level),
});

function linesOf(effect: Effect): Line[] {
  if (effect.kind !== 'event') return [];
  const { kind, atMs, details } = effect.event;
  if (details['mutedBy'] !== undefined) return [{ atMs, line: `muted by ${details['mutedBy']}` }];
  if (kind === 'silenced') return [{ atMs, line: `silenced by ${details['silenceId']}` }];
  if (kind === 'regraded') return [{ atMs, line: `raised to level ${details['toLevel']}` }];
  return [];
}
