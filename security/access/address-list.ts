// Networks somebody may come from, written as "10.20.0.0/16" or a single address.

import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

const PREFIX_MAX = { 4: 32, 6: 128 } as const;

export const networkSchema = z.string().refine((network) => partsOf(network) !== undefined, {
  message: 'a network reads 10.20.0.0/16, a single address 10.20.0.7',
});

type Parts = {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
};

function partsOf(network: string): Parts | undefined {
  const [address = '', given, ...rest] = network.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return undefined;
  const most = PREFIX_MAX[version as 4 | 6];
  if (given !== undefined && !/^\d{1,3}$/.test(given)) return undefined;
  const prefix = given === undefined ? most : Number(given);
  if (prefix > most) return undefined;
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** Gives whether an address is in one of the networks. No network means every address. */
export function createAddressList(networks: readonly string[]): (address: string) => boolean {
  if (networks.length === 0) return () => true;
  const list = new BlockList();
  for (const network of networks) {
    const parts = partsOf(network);
    if (parts) list.addSubnet(parts.address, parts.prefix, parts.family);
  }
  return (given) => {
    // A server that listens on both sees an address of the old kind in the form of the new one.
    const address = given.replace(/^::ffff:(?=\d+\.)/i, '');
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
}
