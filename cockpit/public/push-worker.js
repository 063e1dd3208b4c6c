// The service worker of the console: shows a push on the device while no console is open, tells the server that
// it did, and opens the alert when it is pressed. It keeps nothing and serves no pages.

const CONSOLE = '/console';

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => event.waitUntil(show(event.data)));

async function show(data) {
  const notice = read(data);
  await self.registration.showNotification(notice.title, {
    body: notice.body,
    // Shown again it replaces itself, and says so aloud only when it is of level 1.
    tag: notice.alertId,
    renotify: notice.level === 1,
    requireInteraction: notice.level === 1,
    icon: '/push-icon.svg',
    data: { alertId: notice.alertId },
  });
  if (notice.noticeId) await post('/api/push/shown', { noticeId: notice.noticeId });
}

/** A browser demands that something is shown for every push, also for one that cannot be read. */
function read(data) {
  const otherwise = { title: '准绳预警', body: '请登录值守台查看。', alertId: '', level: 2 };
  try {
    return { ...otherwise, ...data.json() };
  } catch {
    return otherwise;
  }
}

/** Whoever is not signed in here any more shows the push all the same; nobody hears of it. */
const post = (path, body) =>
  fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => undefined);

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { alertId } = event.notification.data ?? {};
  event.waitUntil(open(alertId ? `${CONSOLE}/alerts/${encodeURIComponent(alertId)}` : CONSOLE));
});

async function open(path) {
  const windows = await self.clients.matchAll({ type: 'window' });
  const there = windows.find(({ url }) => new URL(url).pathname.startsWith(CONSOLE));
  if (!there) return self.clients.openWindow(path);
  await there.navigate(path);
  return there.focus();
}
