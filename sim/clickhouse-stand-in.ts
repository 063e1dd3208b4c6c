// ClickHouse's HTTP interface in front of chDB, for testing the client side of the warehouse where no
// ClickHouse server is at hand: the engine and the client are real, the server between them is this file.
// It knows the requests @clickhouse/client makes and nothing more.

import { once } from 'node:events';
import { unlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Session } from 'chdb';

export type ClickHouseStandIn = { readonly url: string; stop(): Promise<void> };

/** Parts of a request's address that are not settings. */
const NOT_SETTINGS = new Set(['query', 'database', 'query_id', 'session_id', 'role']);
/** Settings of the HTTP server itself, which the engine does not have. */
const HTTP_SETTINGS = new Set(['wait_end_of_query', 'default_format']);

/** Serves the chDB data in `folder` on a free port of this machine. */
export async function startClickHouseStandIn(folder: string): Promise<ClickHouseStandIn> {
  // chDB lets its folder go when the last session closes; this one keeps it.
  const keeper = new Session(folder);
  let files = 0;
  const server = createServer((request, response) => {
    answer(request, folder, () => join(folder, `request-${files++}`)).then(
      (bytes) => response.end(bytes),
      (error: Error) => {
        const code = /Code: (\d+)\./.exec(error.message)?.[1] ?? '1002';
        response.writeHead(500, { 'X-ClickHouse-Exception-Code': code });
        response.end(error.message);
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      keeper.close();
    },
  };
}

async function answer(
  request: IncomingMessage,
  folder: string,
  nextFile: () => string,
): Promise<Uint8Array> {
  const address = new URL(request.url ?? '/', 'http://localhost').searchParams;
  const body = await bodyOf(request);
  const session = new Session(folder);
  try {
    for (const [name, value] of address) {
      if (!NOT_SETTINGS.has(name) && !HTTP_SETTINGS.has(name)) {
        await session.queryAsync(`SET ${name} = '${value.replaceAll(/[\\']/g, String.raw`\$&`)}'`);
      }
    }
    const query = address.get('query');
    if (query === null) return (await session.queryAsync(body.toString())).bytes();
    // An insert: the statement in the address, the rows in the body.
    const file = nextFile();
    await writeFile(file, body);
    const infile = query.replace(/\bFORMAT (\w+)\s*$/, `FROM INFILE '${file}' FORMAT $1`);
    try {
      return (await session.queryAsync(infile)).bytes();
    } finally {
      await unlink(file);
    }
  } finally {
    session.close();
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
