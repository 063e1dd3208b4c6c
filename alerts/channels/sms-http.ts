// ⑦ SMS through an HTTP provider, which reports delivery and replies.

import { createHttpChannel, type HttpChannel, type HttpProviderOptions } from './http-provider.ts';

export const createSmsHttp = (options: HttpProviderOptions): HttpChannel =>
  createHttpChannel(options, { kind: 'sms', resource: '/messages', readAnswer: readReply });

/** A reply as typed on any keyboard: full-width digits, spaces and a full stop do not matter. */
const readReply = (reply: string): string =>
  reply
    .normalize('NFKC')
    .trim()
    .replace(/[。.!！]+$/, '');
