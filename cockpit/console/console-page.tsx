// The duty officer's console: the list on one side, the alert on the other; on a phone one after the
// other. Made for somebody tired who has to be right.

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { LiveEvent } from '../../app/api/live.ts';
import type { Me } from '../../app/api/session.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useSay } from '../shared/language.tsx';
import { useLive } from '../shared/live/use-live.ts';
import { alertPath, CONSOLE_PATH, goBack, navigate, useQueryText } from '../shared/router.ts';
import { seesPersons } from '../shared/session.ts';
import { usePage } from '../shared/use-page.ts';
import { neighbourOf } from './alert-list.ts';
import type { AlertFilter } from './alert-list.ts';
import { AlertPane } from './alert-pane.tsx';
import { ConsoleHeader } from './console-header.tsx';
import { DutyStrip } from './duty-strip.tsx';
import { filterOf, queryOf } from './filter-query.ts';
import { GraveNotice } from './grave-notice.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { ListPane } from './list-pane.tsx';
import { NoPersons } from './no-persons.tsx';
import { useAlarm } from './use-alarm.ts';
import { useAlertList } from './use-alert-list.ts';
import { useKeys } from './use-keys.ts';
import { useSeen } from './use-seen.ts';
import { CONSOLE_WORDS } from './words.ts';
import styles from './console-page.module.css';

export function ConsolePage({ me, alertId }: { me: Me; alertId: string | undefined }) {
  return seesPersons(me.role) ? <Console me={me} alertId={alertId} /> : <NoPersons me={me} />;
}

function Console({ me, alertId }: { me: Me; alertId: string | undefined }) {
  const say = useSay();
  const address = useQueryText();
  const filter = useMemo(() => filterOf(address), [address]);
  const queries = useQueryClient();
  const alarm = useAlarm();
  const [keysShown, setKeysShown] = useState(false);
  const [alertReady, setAlertReady] = useState(false);
  const live = useLive('alerts', {
    onEvent(name, event) {
      if (name !== 'alerts') return;
      const { alerts } = event as LiveEvent<'alerts'>;
      alarm.take(alerts);
      data.take(alerts);
      for (const { id } of alerts) void queries.invalidateQueries({ queryKey: ['alert', id] });
      void queries.invalidateQueries({ queryKey: ['grave'] });
      void queries.invalidateQueries({ queryKey: ['my-tasks'] });
    },
    onSnapshotDue() {
      data.refresh();
      void queries.invalidateQueries({ queryKey: ['alert'] });
      void queries.invalidateQueries({ queryKey: ['grave'] });
    },
  });
  const data = useAlertList(filter, live);
  useEffect(() => alarm.know([...data.list.rows.values()]), [alarm, data.list.rows]);

  usePage('console', { ready: data.loaded && (alertId === undefined || alertReady) });

  const query = queryOf(filter);
  const open = useCallback(
    (id: string, replace = false) => navigate(alertPath(id), { query: queryOf(filter), replace }),
    [filter],
  );
  const toList = () => goBack(CONSOLE_PATH);
  const setFilter = (next: AlertFilter) =>
    navigate(alertId === undefined ? CONSOLE_PATH : alertPath(alertId), {
      query: queryOf(next),
      replace: true,
    });

  const rows = useRef<HTMLOListElement>(null);
  useSeen(rows, data.list.shown, alertReady ? alertId : undefined);
  const step = (steps: 1 | -1) => {
    data.touch();
    const focused = document.activeElement?.closest<HTMLElement>('[data-alert]')?.dataset['alert'];
    const next = neighbourOf(data.list, focused ?? alertId, steps);
    const link = next && rows.current?.querySelector<HTMLElement>(`[data-alert="${next}"]`);
    if (link) link.focus();
  };

  useKeys({
    j: () => step(1),
    k: () => step(-1),
    '.': data.letIn,
    '?': () => setKeysShown(true),
    Escape: () => {
      if (alertId !== undefined) toList();
    },
  });

  return (
    <div className={styles.console} data-alert-open={alertId !== undefined}>
      <ConsoleHeader
        me={me}
        status={live}
        open={data.open}
        silenced={data.silenced}
        alarm={alarm}
        onKeys={() => setKeysShown(true)}
      />
      <div>
        <GraveNotice openId={alertId} onOpen={open} live={live} />
        <DutyStrip />
      </div>
      <div className={styles.panes} onPointerDown={data.touch} onWheel={data.touch}>
        <ListPane
          ref={rows}
          {...{ me, data, filter, query, openId: alertId, onFilter: setFilter, onOpen: open }}
        />
        {alertId === undefined ? (
          <main className={styles.nothing}>
            <p>{say(CONSOLE_WORDS.choose)}</p>
            <p>{say(CONSOLE_WORDS.chooseKeys)}</p>
          </main>
        ) : (
          <AlertPane
            key={alertId}
            {...{ me, alertId, live, onBack: toList, onReady: setAlertReady }}
          />
        )}
      </div>
      {keysShown && <KeysDialog onClose={() => setKeysShown(false)} />}
    </div>
  );
}
