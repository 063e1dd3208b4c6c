// A network in memory: packets arrive in order at the next turn, unless a test loses them.

import type { Endpoint } from './address.ts';
import type { Datagrams, Network } from './datagrams.ts';

export type MemoryNetwork = Network & {
  /** Every packet that was sent, lost ones too. */
  readonly sent: { readonly from: Endpoint; readonly to: Endpoint; readonly bytes: Uint8Array }[];
  /** True loses the packet. */
  lose: (bytes: Uint8Array, to: Endpoint) => boolean;
  openPorts(): number;
};

export function createMemoryNetwork(): MemoryNetwork {
  const listeners = new Map<number, (bytes: Uint8Array, from: Endpoint) => void>();
  let nextPort = 10_000;
  const network: MemoryNetwork = {
    sent: [],
    lose: () => false,
    openPorts: () => listeners.size,
    addressTowards: () => Promise.resolve('127.0.0.1'),
    open({ host, port }) {
      const mine = port === 0 ? nextPort++ : port;
      if (listeners.has(mine)) {
        return Promise.reject(Object.assign(new Error('taken'), { code: 'EADDRINUSE' }));
      }
      listeners.set(mine, () => {});
      const datagrams: Datagrams = {
        port: mine,
        send(bytes, to) {
          if (to.host === 'nowhere.invalid') return Promise.resolve('ENOTFOUND');
          const from = { host, port: mine };
          network.sent.push({ from, to, bytes });
          if (!network.lose(bytes, to)) queueMicrotask(() => listeners.get(to.port)?.(bytes, from));
          return Promise.resolve(undefined);
        },
        onPacket: (listener) => void listeners.set(mine, listener),
        close: () => void listeners.delete(mine),
      };
      return Promise.resolve(datagrams);
    },
  };
  return network;
}
