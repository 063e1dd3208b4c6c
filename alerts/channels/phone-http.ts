// ⑦ Telephone calls through an HTTP voice provider, which speaks the text and reports the key pressed.

import { createHttpChannel, type HttpChannel, type HttpProviderOptions } from './http-provider.ts';

/** Several keys pressed count as the last one: who corrects a slip means the correction. */
export const createPhoneHttp = (options: HttpProviderOptions): HttpChannel =>
  createHttpChannel(options, {
    kind: 'phone',
    resource: '/calls',
    readAnswer: (keys) => keys.replaceAll(/[^0-9*#]/g, '').slice(-1),
  });
