// Sound and desktop notification for new grave alerts, each only after the reader allowed it here. What
// leaves the window is a reference and where to turn: others read a locked screen too.

import { useMemo, useRef } from 'react';
import type { AlertSummary } from '../../app/api/alerts.ts';
import { useDeps } from '../shared/deps.tsx';
import { useSay } from '../shared/language.tsx';
import { alertPath, navigate } from '../shared/router.ts';
import { WORDS } from '../shared/words.ts';
import { createChime } from './chime.ts';
import { createNewcomers } from './newcomers.ts';
import { CONSOLE_WORDS } from './words.ts';

export type Alarm = {
  take(alerts: readonly AlertSummary[]): void;
  know(alerts: readonly AlertSummary[]): void;
  setSound(on: boolean): void;
  setNotify(on: boolean): void;
};

export function useAlarm(): Alarm {
  const { settings } = useDeps();
  const say = useRef(useSay());
  say.current = useSay();
  return useMemo(() => {
    const chime = createChime();
    const newcomers = createNewcomers();
    return {
      know: (alerts) => newcomers.know(alerts),
      take(alerts) {
        const grave = newcomers.take(alerts);
        if (!grave) return;
        const { sound, notify } = settings.get();
        if (sound) chime.play(grave.level);
        if (notify) notifyOf(grave, say.current);
      },
      setSound(on) {
        settings.set({ sound: on });
        if (on) chime.allow();
      },
      setNotify(on) {
        settings.set({ notify: on });
        if (on && 'Notification' in globalThis) void Notification.requestPermission();
      },
    };
  }, [settings]);
}

function notifyOf(alert: AlertSummary, say: ReturnType<typeof useSay>): void {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
  const title = `${say(WORDS.product)} · ${say(WORDS.reference)} ${alert.reference}`;
  const body = say(CONSOLE_WORDS.notifyBody);
  const notification = new Notification(title, { body, tag: alert.id });
  notification.addEventListener('click', () => {
    focus();
    navigate(alertPath(alert.id), {});
    notification.close();
  });
}
