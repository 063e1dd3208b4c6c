// Addresses as SIP headers write them: "name" <sip:user@host:port;parameter>;parameter (RFC 3261, section 20.10).

import { splitOutside } from './message.ts';

export type Endpoint = { readonly host: string; readonly port: number };

export const SIP_PORT = 5060;

export type NameAddress = {
  readonly uri: string;
  /** Of the header, not of the URI; names in lower case, quotes taken off. */
  readonly parameters: ReadonlyMap<string, string>;
};

export function parseNameAddress(value: string): NameAddress | undefined {
  const [address = '', ...rest] = splitOutside(value, ';');
  const bracketed = /<([^<>]*)>\s*$/.exec(address);
  const uri = (bracketed?.[1] ?? address).trim();
  return /^sips?:\S+$/i.test(uri) ? { uri, parameters: parametersOf(rest) } : undefined;
}

/** The parameters of a value such as a Via: everything behind the first semicolon. */
export const parametersBehind = (value: string): ReadonlyMap<string, string> =>
  parametersOf(splitOutside(value, ';').slice(1));

function parametersOf(parts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    parts.map((part) => {
      const equals = part.indexOf('=');
      const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
      const value = equals < 0 ? '' : part.slice(equals + 1).trim();
      return [name, value.replace(/^"(.*)"$/, '$1')] as const;
    }),
  );
}

/** Where a URI is reached over UDP; undefined when it names no host or asks for another transport. */
export function endpointOf(uri: string): Endpoint | undefined {
  const rest = /^sip:(.*)$/i.exec(uri)?.[1]?.split('?')[0];
  const [address = '', ...parameters] = rest?.split(';') ?? [];
  if (parameters.some((parameter) => /^transport=(?!udp$)/i.test(parameter))) return undefined;
  return parseEndpoint(address.slice(address.lastIndexOf('@') + 1));
}

/** "host", "host:port", "[v6]:port". */
export function parseEndpoint(value: string): Endpoint | undefined {
  const [, v6, name, port] =
    /^(?:\[([0-9a-f:.]+)\]|([A-Za-z0-9.\-_]+))(?::(\d{1,5}))?$/i.exec(value) ?? [];
  const host = v6 ?? name;
  if (host === undefined || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return undefined;
  return { host, port: port === undefined ? SIP_PORT : Number(port) };
}

/** For a URI or a Via: with brackets around an IPv6 address. */
export const formatEndpoint = ({ host, port }: Endpoint): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** How numbers of the roster are dialled over this trunk. */
export type DialPlan = {
  /** Dialled before every number, to get an outside line. */
  readonly prefix: string;
  /** Numbers of China without +86, landlines with the 0 of their area. */
  readonly isNational: boolean;
};

/** The digits a trunk dials, a leading + kept; undefined when there is nothing to dial. */
export function dialledNumber(
  number: string,
  { prefix, isNational }: DialPlan,
): string | undefined {
  const digits = number.replaceAll(/[\s()./-]/g, '');
  if (!/^\+?[0-9*#]{1,32}$/.test(digits)) return undefined;
  return `${prefix}${isNational ? nationalNumber(digits) : digits}`.replaceAll('#', '%23');
}

const MOBILE = /^1\d{10}$/;

function nationalNumber(digits: string): string {
  const rest = /^(?:\+|00)86(\d+)$/.exec(digits)?.[1];
  if (rest === undefined) return digits;
  return MOBILE.test(rest) || rest.startsWith('0') ? rest : `0${rest}`;
}
