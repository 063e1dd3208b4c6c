// An exported file as an answer: the bytes as a stream, its name, and its number for whoever may not touch them.

import type { FastifyReply } from 'fastify';
import type { ExportedFile } from '../exports/export-content.ts';

export function sendExport(reply: FastifyReply, file: ExportedFile): never {
  void reply.headers({
    'content-type': file.type,
    'content-length': file.byteCount,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'x-export-number': file.number,
    'cache-control': 'no-store',
  });
  // Guarantee of the cast: what a handler gives back after `send` is the reply itself, whatever it answers.
  return reply.send(file.stream()) as never;
}
