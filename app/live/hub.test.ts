import { expect, test } from 'vitest';
import type { LiveEventName } from '../api/live.ts';
import { createLiveHub, type Connection } from './hub.ts';

const reader = (wants: LiveEventName[], regions: string[] = ['511722']) => {
  const pieces: string[] = [];
  const state = { pieces, full: false, closed: false };
  const connection: Connection = {
    wants: new Set<LiveEventName>([...wants, 'hello', 'reset']),
    sees: (region) => regions.includes(region),
    write: (piece) => {
      pieces.push(piece);
      return !state.full;
    },
    close: () => {
      state.closed = true;
    },
  };
  return {
    ...state,
    connection,
    state,
    names: () => pieces.map((piece) => /event: (.*)/.exec(piece)?.[1]),
  };
};

test('a connection gets a greeting and then what it wants, numbered', () => {
  const hub = createLiveHub('server-1');
  const wall = reader(['ping']);
  hub.connect(wall.connection, undefined, 5);
  hub.publish('ping', { atMs: 6 });
  hub.publish('reset', { atMs: 7 });
  expect(wall.pieces[0]).toBe(
    'event: hello\ndata: {"atMs":5,"serverId":"server-1","sequence":0}\n\n',
  );
  expect(wall.pieces[1]).toBe('id: 1\nevent: ping\ndata: {"atMs":6}\n\n');
});

test('one that comes back gets what it missed, in order', () => {
  const hub = createLiveHub('s');
  for (let i = 1; i <= 5; i++) hub.publish('ping', { atMs: i });
  const back = reader(['ping']);
  hub.connect(back.connection, 3, 9);
  expect(back.pieces.map((piece) => /"atMs":(\d+)/.exec(piece)?.[1])).toEqual(['9', '4', '5']);
});

test.each([
  ['from before what is kept', 1],
  ['from another server', 9_999],
])('one %s is told to read the snapshots', (_name, lastEventId) => {
  const hub = createLiveHub('s');
  for (let i = 0; i < 2_000; i++) hub.publish('ping', { atMs: i });
  const back = reader(['ping']);
  hub.connect(back.connection, lastEventId, 0);
  expect(back.names()).toEqual(['hello', 'reset']);
});

test('an event is narrowed to what a reader may see', () => {
  const hub = createLiveHub('s');
  const [county, other] = [reader(['ping']), reader(['ping'], ['511723'])];
  hub.connect(county.connection, undefined, 0);
  hub.connect(other.connection, undefined, 0);
  hub.publish('ping', { atMs: 1 }, (event, { sees }) => (sees('511722') ? event : undefined));
  expect(county.names()).toEqual(['hello', 'ping']);
  expect(other.names()).toEqual(['hello']);
});

test('a reader that does not keep up is cut, the others go on', () => {
  const hub = createLiveHub('s');
  const [slow, quick] = [reader(['ping']), reader(['ping'])];
  hub.connect(slow.connection, undefined, 0);
  hub.connect(quick.connection, undefined, 0);
  slow.state.full = true;
  for (let i = 0; i < 100; i++) hub.publish('ping', { atMs: i });
  expect(slow.state.closed).toBe(true);
  expect(hub.connections).toBe(1);
  expect(quick.pieces).toHaveLength(101);
});
