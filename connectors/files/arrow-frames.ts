// Looks after an Arrow IPC stream before the Arrow library reads it: the library trusts the lengths it
// finds and would wait for gigabytes. Passes the bytes through frame by frame and refuses what is cut
// off or too large. The IPC file format is the same stream between a magic word and a footer.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { checkArrowMessage, damaged } from './arrow-message.ts';

/** The largest message, and the largest description of one. */
export const FRAME_BYTES_MAX = 32 * 1024 * 1024;
const METADATA_BYTES_MAX = 1024 * 1024;

const FILE_MAGIC = 'ARROW1';
const CONTINUATION = -1;

/**
 * The frames of an Arrow stream or file up to its end mark, what follows is left unread. Throws UserError
 * `bad-input` when it is neither, ends in the middle, or has a frame beyond FRAME_BYTES_MAX.
 */
export async function* guardArrowFrames(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const bytes = new ByteQueue(source);
  try {
    const start = await bytes.peek(8);
    if (start.length === 0) throw damaged(text('内容为空', 'it is empty'));
    if (Buffer.from(start.subarray(0, 6)).toString('latin1') === FILE_MAGIC) await bytes.take(8);
    for (let isFirst = true; yield* passFrame(bytes, isFirst); isFirst = false);
  } finally {
    await bytes.close();
  }
}

/** Passes one frame on; false once the stream is at its end. */
async function* passFrame(bytes: ByteQueue, isFirst: boolean): AsyncGenerator<Uint8Array, boolean> {
  const first = await bytes.take(4);
  // A stream may also end without its end mark.
  if (first.length === 0) return false;
  const isMarked = int32(first) === CONTINUATION;
  const length = isMarked ? await bytes.take(4) : first;
  const metadataBytes = int32(length);
  if (metadataBytes === 0) {
    yield endMark;
    return false;
  }
  if (metadataBytes < 8 || metadataBytes > METADATA_BYTES_MAX) throw damaged();
  const metadata = await bytes.take(metadataBytes);
  const { isSchema, bodyBytes } = checkArrowMessage(metadata);
  if (isFirst && !isSchema)
    throw damaged(text('不以 schema 消息开头', 'it does not begin with a schema message'));
  if (bodyBytes > FRAME_BYTES_MAX) throw tooLarge(bodyBytes);
  yield endMark.subarray(0, 4);
  yield length;
  yield metadata;
  yield* bytes.pass(bodyBytes);
  return true;
}

const endMark = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

const int32 = (bytes: Uint8Array): number => {
  if (bytes.length < 4) throw damaged();
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, true);
};

/** Bytes of a stream in portions asked for, holding no more than one portion. */
class ByteQueue {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #isEnded = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next `count` bytes, fewer only at the end of the stream; they stay to be taken. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#chunk.length < count && (await this.#pull()));
    return this.#chunk.subarray(0, count);
  }

  /** The next `count` bytes, none at the end of the stream. Throws UserError in the middle. */
  async take(count: number): Promise<Uint8Array> {
    const taken = await this.peek(count);
    if (taken.length > 0 && taken.length < count) throw damaged();
    this.#chunk = this.#chunk.subarray(taken.length);
    return taken;
  }

  async *pass(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      if (this.#chunk.length === 0 && !(await this.#pull())) throw damaged();
      const part = this.#chunk.subarray(0, left);
      this.#chunk = this.#chunk.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #pull(): Promise<boolean> {
    if (this.#isEnded) return false;
    const next = await this.#source.next();
    if (next.done) {
      this.#isEnded = true;
      return false;
    }
    this.#chunk = this.#chunk.length === 0 ? next.value : Buffer.concat([this.#chunk, next.value]);
    return true;
  }
}

const tooLarge = (bytes: number): UserError =>
  new UserError('too-large', text('Arrow 批次过大', 'an Arrow batch is too large'), {
    detail: `${bytes} bytes where ${FRAME_BYTES_MAX} are taken`,
    hint: text('请写成较小的批次。', 'Write smaller batches, for example of 100,000 rows.'),
  });
