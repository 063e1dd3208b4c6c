// The switch for pushes to this device while no console is open: a subscription of this browser with its push
// service, told to the server, and taken back.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PushState } from '../../app/api/push.ts';
import { text, type Text } from '../../core/text.ts';
import { getJson, postJson, problemIn } from '../shared/api.ts';
import { useLanguage } from '../shared/language.tsx';

export type PushSwitch = {
  /** False where the server or the browser has no such thing: then there is no switch. */
  readonly offered: boolean;
  readonly on: boolean;
  readonly busy: boolean;
  readonly problem: Text | undefined;
  toggle(): void;
};

const WORKER = '/push-worker.js';

const isSupported = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;

export function usePush(): PushSwitch {
  const language = useLanguage();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Text>();
  const { data } = useQuery({
    queryKey: ['push'],
    queryFn: async ({ signal }) => {
      const state = await getJson<PushState>('/api/push', signal);
      return { ...state, on: state.key !== null && (await current()) !== undefined };
    },
    enabled: isSupported(),
    retry: false,
  });
  const [chosen, setChosen] = useState<boolean>();
  const on = chosen ?? data?.on ?? false;

  const run = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      if (on) await unsubscribe();
      else await subscribe(data?.key ?? '', language);
      setChosen(!on);
    } catch (cause) {
      setProblem(cause instanceof PushProblem ? cause.says : problemIn(cause).says);
    }
    setBusy(false);
  };

  return {
    offered: data !== undefined && data.key !== null && data.isOfficer,
    on,
    busy,
    problem,
    toggle: () => void run(),
  };
}

/** What the browser said, in words. */
class PushProblem extends Error {
  readonly says: Text;
  constructor(says: Text) {
    super(says.en);
    this.says = says;
  }
}

const DENIED = text(
  '浏览器不允许本站通知，请在浏览器设置中允许',
  'the browser does not allow notifications here',
);
const NO_SERVICE = text(
  '连不上浏览器的推送服务，离线推送未开启',
  'the browser’s push service cannot be reached; device push is off',
);

async function current(): Promise<PushSubscription | undefined> {
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  return (await registration?.pushManager.getSubscription()) ?? undefined;
}

async function subscribe(key: string, language: 'zh' | 'en'): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') throw new PushProblem(DENIED);
  await navigator.serviceWorker.register(WORKER);
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey: key })
    .catch(() => {
      throw new PushProblem(NO_SERVICE);
    });
  const { endpoint, keys } = subscription.toJSON();
  await postJson('/api/push/devices', {
    endpoint,
    p256dh: keys?.['p256dh'] ?? '',
    auth: keys?.['auth'] ?? '',
    device: deviceName(navigator.userAgent),
    language,
  });
}

async function unsubscribe(): Promise<void> {
  const subscription = await current();
  if (!subscription) return;
  const { endpoint } = subscription;
  await subscription.unsubscribe();
  await postJson('/api/push/devices/remove', { endpoint });
}

/** Enough to tell one's devices apart, and no more. */
function deviceName(userAgent: string): string {
  const system = /Android|iPhone|iPad|Windows|Macintosh|Linux/.exec(userAgent)?.[0] ?? '';
  const browser = /Firefox|Edg|Chrome|Safari/.exec(userAgent)?.[0] ?? '';
  return `${system} ${browser}`.trim();
}
