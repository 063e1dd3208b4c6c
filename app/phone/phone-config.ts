// How calls of our own over SIP are configured.

import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { durationSchema } from '../../core/duration.ts';
import { providerTerms } from '../provider-terms.ts';

const port = z.number().int().min(0).max(65_535);

export const sipPhoneSchema = z
  .strictObject({
    kind: z.literal('sip'),
    /** The trunk or exchange: a name or an address. */
    host: z
      .string()
      .refine(
        (host) => isIPv6(host) || /^[A-Za-z0-9._-]+$/.test(host),
        'a host name or an address, without sip: and port',
      ),
    port: port.min(1).default(5060),
    /** Right of the @ in addresses; the host when left out. */
    domain: z.string().min(1).optional(),
    /** The number shown to the person, as the trunk allows it. */
    caller: z
      .string()
      .regex(/^\+?[0-9]{2,20}$/, 'digits, with a + in front where the trunk wants it'),
    dial: z
      .strictObject({
        /** Dialled before every number, to get an outside line. */
        prefix: z
          .string()
          .regex(/^[0-9*#]{0,8}$/, 'digits, * or #')
          .default(''),
        /** Without +86, landlines with the 0 of their area. */
        national: z.boolean().default(false),
      })
      .prefault({}),
    /** For a trunk that asks for a password; left out where it knows our address. */
    user: z.string().min(1).optional(),
    /** The password itself; better in a file or in PLUMBLINE_SIP_PASSWORD. */
    password: z.string().min(1).optional(),
    passwordFile: z.string().min(1).optional(),
    local: z
      .strictObject({
        /** Address of this machine that calls leave from; all by default. */
        host: z.string().min(1).optional(),
        /** Any free port by default; a firewall wants a fixed one. */
        port: port.default(0),
        /** Ports for sound, both included, each second one is used; any free ones by default. */
        soundPorts: z.tuple([port.min(1024), port.min(1024)]).optional(),
        /** What the trunk is told to send sound to, where an address translation stands between. */
        publicHost: z.string().min(1).optional(),
      })
      .prefault({}),
    /** The coding we like better; the trunk may choose the other one. */
    codec: z.enum(['pcma', 'pcmu']).default('pcma'),
    language: z.enum(['zh', 'en']).default('zh'),
    voice: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('espeak') }),
        /** WAV files named by the words that are heard in them. */
        z.strictObject({ kind: z.literal('recorded'), folder: z.string().min(1) }),
      ])
      .prefault({ kind: 'espeak' }),
    /** How long a telephone rings. */
    ring: durationSchema.prefault('45s'),
    /** Calls at once, as the trunk allows. */
    lines: z.number().int().min(1).max(100).default(4),
    ...providerTerms,
  })
  .superRefine((sip, context) => {
    const refuse = (path: readonly string[], message: string) =>
      context.addIssue({ code: 'custom', path: [...path], message });
    const hasPassword = sip.password !== undefined || sip.passwordFile !== undefined;
    if (sip.password !== undefined && sip.passwordFile !== undefined) {
      refuse(['passwordFile'], 'there are two passwords; leave out "password" or "passwordFile"');
    }
    if (sip.user !== undefined && !hasPassword) {
      refuse(['user'], 'a user needs a password: set passwordFile, or PLUMBLINE_SIP_PASSWORD');
    }
    if (sip.user === undefined && hasPassword) refuse(['password'], 'a password needs a user');
    if (sip.ring < RING_MS_MIN || sip.ring > RING_MS_MAX) {
      refuse(['ring'], 'a telephone rings between 10s and 2m');
    }
    const [first, last] = sip.local.soundPorts ?? [0, Infinity];
    if (last - first + 2 < 2 * sip.lines) {
      refuse(['local', 'soundPorts'], `${sip.lines} lines need ${2 * sip.lines - 1} ports or more`);
    }
  });

const RING_MS_MIN = 10_000;
const RING_MS_MAX = 120_000;

export type SipPhoneConfig = z.infer<typeof sipPhoneSchema>;
