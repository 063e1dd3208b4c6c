// The port to the network: sockets for datagrams. UDP in the product, a network in memory in tests.

import { createSocket } from 'node:dgram';
import type { Endpoint } from './address.ts';

export type Datagrams = {
  readonly port: number;
  /** Resolves with a code when the packet certainly did not leave. */
  send(bytes: Uint8Array, to: Endpoint): Promise<string | undefined>;
  /** One listener; packets before it is set are lost, as on any network. */
  onPacket(listener: (bytes: Uint8Array, from: Endpoint) => void): void;
  close(): void;
};

export type Network = {
  /** Port 0 takes any free one. Rejects with the system's error when the port cannot be had. */
  open(local: Endpoint): Promise<Datagrams>;
  /** The address of this machine that packets to `to` leave from. Rejects when there is no way. */
  addressTowards(to: Endpoint): Promise<string>;
};

export const udpNetwork: Network = {
  open: ({ host, port }) =>
    new Promise((resolve, reject) => {
      const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
      let listener: ((bytes: Uint8Array, from: Endpoint) => void) | undefined;
      let isOpen = true;
      socket.once('error', reject);
      socket.on('message', (bytes, { address, port: from }) =>
        listener?.(bytes, { host: address, port: from }),
      );
      socket.bind(port, host, () => {
        socket.off('error', reject);
        // An answer of the network to an earlier packet; whoever sent it finds out by time-out.
        socket.on('error', () => {});
        resolve({
          port: socket.address().port,
          send: (bytes, to) =>
            new Promise((sent) => {
              if (!isOpen) return sent('closed');
              return socket.send(bytes, to.port, to.host, (error) => sent(codeOf(error)));
            }),
          onPacket(given) {
            listener = given;
          },
          close() {
            if (isOpen) socket.close();
            isOpen = false;
          },
        });
      });
    }),
  addressTowards: ({ host, port }) =>
    new Promise((resolve, reject) => {
      const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
      socket.once('error', (error) => {
        socket.close();
        reject(error);
      });
      socket.connect(port, host, () => {
        const { address } = socket.address();
        socket.close();
        resolve(address);
      });
    }),
};

function codeOf(error: Error | null): string | undefined {
  if (!error) return undefined;
  return 'code' in error && typeof error.code === 'string' ? error.code : 'not-sent';
}
