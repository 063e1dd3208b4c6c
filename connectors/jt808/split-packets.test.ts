import { expect, test } from 'vitest';
import type { Frame } from './frame.ts';
import {
  createPacketAssembler,
  SPLIT_AGE_MS_MAX,
  SPLIT_BYTES_MAX,
  SPLIT_MESSAGES_MAX,
} from './split-packets.ts';

const packet = (serial: number, index: number, total = 3, body = Uint8Array.of(index)): Frame => ({
  messageId: 0x0704,
  version: 2013,
  phone: '013800000001',
  serial,
  split: { total, index },
  body,
  flags: [],
});

function createLogged() {
  const defects: string[] = [];
  return { defects, assembler: createPacketAssembler((reason) => defects.push(reason)) };
}

test('serials wrap inside a message', () => {
  const { assembler } = createLogged();
  expect(assembler.add(packet(0xffff, 1), 0)).toBeUndefined();
  expect(assembler.add(packet(1, 3), 0)).toBeUndefined();
  expect(assembler.add(packet(0, 2), 0)).toMatchObject({
    serial: 0xffff,
    packetSerials: [0xffff, 0, 1],
    body: Uint8Array.of(1, 2, 3),
  });
});

test('a packet sent twice counts once', () => {
  const { assembler } = createLogged();
  assembler.add(packet(1, 1), 0);
  assembler.add(packet(1, 1), 0);
  assembler.add(packet(2, 2), 0);
  expect(assembler.add(packet(3, 3), 0)?.body).toEqual(Uint8Array.of(1, 2, 3));
});

test('a message of one packet needs no waiting', () => {
  const { assembler } = createLogged();
  expect(assembler.add(packet(1, 1, 1), 0)?.body).toEqual(Uint8Array.of(1));
});

test('packets keep their bytes when the read buffer is used again', () => {
  const { assembler } = createLogged();
  const buffer = Uint8Array.of(7);
  assembler.add(packet(1, 1, 2, buffer), 0);
  buffer[0] = 9;
  expect(assembler.add(packet(2, 2, 2, buffer), 0)?.body).toEqual(Uint8Array.of(7, 9));
});

test('a message not complete in time is forgotten, counted, and its rest completes nothing', () => {
  const { assembler, defects } = createLogged();
  assembler.add(packet(1, 1), 0);
  assembler.expire(SPLIT_AGE_MS_MAX);
  expect(defects).toEqual([]);
  assembler.expire(SPLIT_AGE_MS_MAX + 1);
  expect(defects).toEqual(['split-timeout']);
  assembler.add(packet(2, 2), SPLIT_AGE_MS_MAX + 1);
  expect(assembler.add(packet(3, 3), SPLIT_AGE_MS_MAX + 1)).toBeUndefined();
});

test('with too many unfinished messages the oldest goes', () => {
  const { assembler, defects } = createLogged();
  for (let i = 0; i <= SPLIT_MESSAGES_MAX; i++) assembler.add(packet(i * 100, 1), 0);
  expect(defects).toEqual(['split-overflow']);
  assembler.add(packet(101, 2), 0);
  expect(assembler.add(packet(102, 3), 0)?.serial).toBe(100);
});

test('with too many bytes messages go until the rest fits', () => {
  const { assembler, defects } = createLogged();
  const big = new Uint8Array(1_000);
  for (let index = 1; index <= 60; index++) assembler.add(packet(index, index, 100, big), 0);
  for (let index = 1; index * 1_000 <= SPLIT_BYTES_MAX - 59_000; index++) {
    assembler.add(packet(1_000 + index, index, 100, big), 1);
  }
  expect(defects).toEqual(['split-overflow']);
});

test('one message longer than is kept is forgotten', () => {
  const { assembler, defects } = createLogged();
  const big = new Uint8Array(1_000);
  for (let index = 1; index <= 70; index++) assembler.add(packet(index, index, 70, big), 0);
  expect(defects).toEqual(['split-overflow']);
});
