// The sheet in which a change is made: somebody takes over, two swap, an officer is on leave. A turn pressed in
// the table fills it in; what the server refuses stays in it with the reason.

import { useState } from 'react';
import type { AskChange } from '../../app/api/roster.ts';
import { Sheet } from '../console/sheet.tsx';
import { useSay } from '../shared/language.tsx';
import {
  Form,
  instantsOf,
  PeriodFields,
  periodOf,
  Person,
  Reason,
  type ChangeDraft,
  type FormProps,
} from './form-parts.tsx';
import { ProblemNote } from './problem-note.tsx';
import type { Turn } from './roster-table.tsx';
import { SwapForm } from './swap-form.tsx';
import { useRosterAct } from './use-roster-act.ts';
import { KIND_NAMES, LINE_NAMES, ROSTER_WORDS } from './words.ts';
import styles from './panels.module.css';

export function ChangeSheet({ draft, onClose }: { draft: ChangeDraft; onClose: () => void }) {
  const say = useSay();
  const [kind, setKind] = useState(draft.kind);
  const send = useRosterAct<AskChange>(() => '/api/roster/changes', onClose);
  const props = { draft, busy: send.isPending, onSend: send.mutate };
  return (
    <Sheet title={ROSTER_WORDS.record} onClose={onClose}>
      <fieldset className={`${styles.form} ${styles.kinds}`}>
        <legend className="visually-hidden">{say(ROSTER_WORDS.changes)}</legend>
        {(['override', 'swap', 'leave'] as const).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="kind"
              checked={kind === one}
              {...(kind === one ? { 'data-first-focus': true } : {})}
              onChange={() => {
                send.reset();
                setKind(one);
              }}
            />
            <span>{say(KIND_NAMES[one])}</span>
          </label>
        ))}
      </fieldset>
      {kind === 'override' && <OverrideForm {...props} />}
      {kind === 'swap' && <SwapForm {...props} />}
      {kind === 'leave' && <LeaveForm {...props} />}
      <ProblemNote error={send.error} />
    </Sheet>
  );
}

function OverrideForm({ draft: { page, turn }, busy, onSend }: FormProps) {
  const say = useSay();
  const [line, setLine] = useState(turn?.line ?? page.lines[0]?.name ?? 'duty');
  const [officer, setOfficer] = useState('');
  const [insteadOf, setInsteadOf] = useState(turn?.officer ?? '');
  const [period, setPeriod] = useState(periodOf(page, turn));
  const [reason, setReason] = useState('');
  return (
    <Form
      hint={say(ROSTER_WORDS.countsNow)}
      button={say(ROSTER_WORDS.send)}
      busy={busy}
      onSubmit={() =>
        onSend({
          kind: 'override',
          bureau: page.bureau,
          line,
          officer,
          ...(insteadOf === '' ? {} : { insteadOf }),
          ...instantsOf(period),
          reason,
        } as AskChange)
      }
    >
      <div className={styles.pair}>
        <label className={styles.field}>
          <span>{say(ROSTER_WORDS.line)}</span>
          <select value={line} onChange={({ target }) => setLine(target.value as Turn['line'])}>
            {page.lines.map(({ name }) => (
              <option key={name} value={name}>
                {say(LINE_NAMES[name])}
              </option>
            ))}
          </select>
        </label>
        <Person
          label={say(ROSTER_WORDS.insteadOf)}
          none={say(ROSTER_WORDS.everyone)}
          {...{ page, value: insteadOf, onChange: setInsteadOf }}
        />
      </div>
      <Person
        label={say(ROSTER_WORDS.who)}
        none={say(ROSTER_WORDS.choose)}
        required
        {...{ page, value: officer, onChange: setOfficer }}
      />
      <PeriodFields period={period} onChange={setPeriod} />
      <Reason value={reason} onChange={setReason} />
    </Form>
  );
}

function LeaveForm({ draft: { page, turn }, busy, onSend }: FormProps) {
  const say = useSay();
  const [officer, setOfficer] = useState(turn?.officer ?? page.me ?? '');
  const [standIn, setStandIn] = useState('');
  const [period, setPeriod] = useState(periodOf(page, turn));
  const [reason, setReason] = useState('');
  return (
    <Form
      hint={say(ROSTER_WORDS.countsNow)}
      button={say(ROSTER_WORDS.send)}
      busy={busy}
      onSubmit={() =>
        onSend({
          kind: 'leave',
          bureau: page.bureau,
          officer,
          ...(standIn === '' ? {} : { standIn }),
          ...instantsOf(period),
          reason,
        } as AskChange)
      }
    >
      <div className={styles.pair}>
        <Person
          label={say(ROSTER_WORDS.officer)}
          none={say(ROSTER_WORDS.choose)}
          required
          {...{ page, value: officer, onChange: setOfficer }}
        />
        <Person
          label={say(ROSTER_WORDS.standIn)}
          none={say(ROSTER_WORDS.noStandIn)}
          {...{ page, value: standIn, onChange: setStandIn }}
        />
      </div>
      <PeriodFields period={period} onChange={setPeriod} />
      <Reason value={reason} onChange={setReason} />
    </Form>
  );
}
