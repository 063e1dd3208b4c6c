// Sound and desktop notification for new grave alerts, each only after the reader allowed it here. What
// leaves the window says level, county and reference, nothing about a person.

import { useMemo, useRef } from 'react';
import type { AlertSummary } from '../../app/api/alerts.ts';
import { regionName } from '../../core/region.ts';
import { useDeps } from '../shared/deps.tsx';
import { useSay } from '../shared/language.tsx';
import { LEVEL_NAMES, WORDS } from '../shared/words.ts';
import { createChime } from './chime.ts';
import { createNewcomers } from './newcomers.ts';

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
  const title = `${say(LEVEL_NAMES[alert.level])} · ${say(regionName(alert.region))}`;
  const body = `${say(WORDS.reference)} ${alert.reference}`;
  const notification = new Notification(title, { body, tag: alert.id });
  notification.addEventListener('click', () => focus());
}
