import { expect, test } from 'vitest';
import { createBookings } from './bookings.ts';
import type { Feed } from './feed.ts';
import { createLodging } from './lodging.ts';
import { ITEM_REASONS, PULL_FAILURES } from './reasons.ts';
import { regionOfStation } from './stations.ts';

const AT = Date.UTC(2026, 10, 22, 0, 30);

const says = (feed: Feed, item: unknown) => {
  const outcome = feed.toArrival(item);
  return outcome.kind === 'ok' ? outcome.value : outcome.kind === 'drop' ? outcome.reason : outcome;
};

const bookings = createBookings({ feed: 'tickets', persons: 'references' });
const lodging = createLodging({ feed: 'register', persons: 'references' });

const ticket = {
  bookingId: 'E1',
  person: 'p-7',
  carrier: 'rail',
  status: 'booked',
  from: { code: 'RXW', name: '达州' },
  to: { name: '成都东站' },
  changedAt: '2026-11-22 08:30:00',
  departAt: '2026-11-23T09:00:00+08:00',
  service: 'K1234',
};

const booking = {
  kind: 'booking',
  subject: 'partner-person:p-7',
  source: 'rail/tickets',
  sequence: 0,
  atMs: AT,
  bookingId: 'E1',
  carrier: 'rail',
  status: 'booked',
  from: '511702',
  to: '510100',
  departAtMs: Date.UTC(2026, 10, 23, 1),
  service: 'K1234',
};

test('a ticket becomes a booking of its carrier', () => {
  expect(says(bookings, ticket)).toEqual(booking);
  const flight = {
    ...ticket,
    carrier: 'air',
    from: 'DZH',
    to: { name: '重庆江北国际机场' },
    service: '',
  };
  const { service: _service, ...unnamed } = booking;
  expect(says(bookings, flight)).toEqual({
    ...unnamed,
    source: 'air/tickets',
    carrier: 'air',
    from: '511703',
    to: '500000',
  });
});

test('our own words are understood as well, and our own keys where agreed', () => {
  const item = {
    ...ticket,
    person: 'DZ-1',
    from: '511702',
    to: '510100',
    atMs: AT,
    departAtMs: AT + 1,
  };
  const keys = createBookings({ feed: 'tickets', persons: 'keys' });
  expect(says(keys, item)).toMatchObject({ subject: 'DZ-1', atMs: AT, departAtMs: AT + 1 });
});

test.each([
  [{ ...ticket, person: undefined }, 'unreadable-item'],
  [{ ...ticket, carrier: 'boat' }, 'unreadable-item'],
  [{ ...ticket, bookingId: 'x'.repeat(65) }, 'unreadable-item'],
  [{ ...ticket, person: '110101199001011234' }, 'identity-as-subject'],
  [{ ...ticket, changedAt: '22.11.2026' }, 'bad-time'],
  [{ ...ticket, departAt: undefined }, 'bad-time'],
  [{ ...ticket, changedAt: AT / 1_000 }, 'unreadable-item'],
  [{ ...ticket, to: 'Atlantis' }, 'unknown-station'],
  [{ ...ticket, to: {} }, 'unknown-station'],
  [null, 'unreadable-item'],
  ['x', 'unreadable-item'],
])('a ticket nobody can use is told apart: %#', (item, reason) => {
  expect(says(bookings, item)).toBe(reason);
});

const stay = {
  lodgingId: 'L1',
  person: 'p-7',
  action: 'in',
  time: '2026-11-22 08:30',
  hotel: { code: '5101050021', name: '演示旅馆甲' },
};

const night = {
  kind: 'lodging',
  subject: 'partner-person:p-7',
  source: 'lodging/register',
  sequence: 0,
  atMs: AT,
  lodgingId: 'L1',
  action: 'in',
  place: '演示旅馆甲',
  at: '510105',
};

test('a stay lies where its hotel does', () => {
  expect(says(lodging, stay)).toEqual(night);
  expect(says(lodging, { ...stay, hotel: { code: 'x', name: '甲', region: '510105' } })).toEqual({
    ...night,
    place: '甲',
  });
  expect(says(lodging, { ...stay, hotel: undefined, at: '510105', place: '乙' })).toEqual({
    ...night,
    place: '乙',
  });
});

test.each([
  [{ ...stay, action: 'stay' }, 'unreadable-item'],
  [{ ...stay, hotel: { code: 'x' } }, 'unknown-region'],
  [{ ...stay, hotel: undefined, at: '510105' }, 'unreadable-item'],
  [{ ...stay, time: 'yesterday' }, 'bad-time'],
  [{ ...stay, person: '13800000001' }, 'identity-as-subject'],
])('a stay nobody can use is told apart: %#', (item, reason) => {
  expect(says(lodging, item)).toBe(reason);
});

test('names and numbers beside the reference are not read', () => {
  const item = { ...ticket, name: '某某', idCard: '110101199001011234', phone: '13800000001' };
  expect(JSON.stringify(says(bookings, item))).not.toMatch(/某某|1101|138/);
});

test.each([
  ['rail', 'RXW', '511702'],
  ['rail', '达州站', '511702'],
  ['rail', ' 宣汉 ', '511722'],
  ['coach', '大竹客运站', '511724'],
  ['coach', '达川汽车站', '511703'],
  ['air', '成都双流国际机场', '510100'],
  ['rail', 'CTU', undefined],
  ['coach', '站', undefined],
] as const)('%s %s lies in %s', (carrier, station, region) => {
  expect(regionOfStation(carrier, station)).toBe(region);
});

test('the reasons are in order', () => {
  expect(Object.keys(ITEM_REASONS)).toEqual(Object.keys(ITEM_REASONS).sort());
  expect(Object.keys(PULL_FAILURES)).toEqual(Object.keys(PULL_FAILURES).sort());
});
