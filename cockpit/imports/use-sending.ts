// Files on their way to the server, one after the other: how far one is, and the way to end it. The server undoes
// what it has begun of one that is ended.

import { useRef, useState } from 'react';
import { IMPORT_MEDIA_TYPE } from '../../app/api/import-media-type.ts';
import { postLargeFile } from '../shared/api.ts';
import type { Mapping } from './draft-mapping.ts';
import type { Sent } from './how-far.tsx';
import type { Reading } from './reading-form.tsx';

export type Asked = {
  readonly given: File;
  readonly mapping: Mapping | undefined;
  readonly reading: Reading;
};

/** `sent` is undefined while none is on its way. */
export function useSending() {
  const [sent, setSent] = useState<Sent>();
  const ending = useRef<AbortController>(undefined);
  const send = async <Answer>(path: string, { given, mapping, reading }: Asked) => {
    const asked = new URLSearchParams({
      file: given.name,
      ...(mapping && { mapping: JSON.stringify(mapping) }),
      ...(reading.encoding && { encoding: reading.encoding }),
      ...(reading.delimiter && { delimiter: reading.delimiter }),
    });
    const own = new AbortController();
    ending.current = own;
    setSent({ bytes: 0, of: given.size });
    try {
      return await postLargeFile<Answer>(
        `${path}?${asked}`,
        new Blob([given], { type: IMPORT_MEDIA_TYPE }),
        { signal: own.signal, onSent: (bytes) => setSent({ bytes, of: given.size }) },
      );
    } finally {
      setSent(undefined);
    }
  };
  return { sent, send, cancel: () => ending.current?.abort(new Cancelled()) };
}

/** What sending rejects with when it was ended here. */
export class Cancelled extends Error {}
