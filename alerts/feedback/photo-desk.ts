// Photos of what was found: uploaded to an alert, shown to those who may see it, and to nobody else.

import { UserError } from '../../core/errors.ts';
import { contentHash, contentId } from '../../core/ids.ts';
import { text, type Text } from '../../core/text.ts';
import type { AlertPhotoTable } from '../../warehouse/records-tasks.ts';
import { acknowledgedSides } from '../acknowledge.ts';
import { conflict, existing, runAct, type ActDeps, type DeskOfficer } from '../desk-act.ts';
import type { DeskScope } from '../desk-rows.ts';
import { ANSWER_DEFAULTS, type AnswerOptions } from '../tasks/task-options.ts';
import { cleanPhoto, type PhotoOutcome } from './photo.ts';
import { listPhotos, type ListedPhoto } from './photo-store.ts';

export type PhotoDesk = {
  /**
   * Keeps a photo without what the camera wrote into it; the same picture again is the same photo. Throws
   * UserError `bad-input` for what is no photo, `too-large`, and `conflict` before acknowledgement, after
   * closing, and when there are enough.
   */
  add(id: string, by: DeskOfficer, bytes: Uint8Array): Promise<ListedPhoto>;
  /** Throws UserError `not-found`, also for an alert the scope does not see. */
  read(
    id: string,
    photoId: string,
    scope: DeskScope,
  ): Promise<Pick<AlertPhotoTable, 'body' | 'mediaType' | 'contentHash'>>;
  /** Who uploaded it deletes it, until feedback was given with it. */
  remove(id: string, photoId: string, by: DeskOfficer): Promise<void>;
};

export type PhotoDeps = ActDeps & { readonly answers?: AnswerOptions };

export function createPhotoDesk(deps: PhotoDeps): PhotoDesk {
  const { records, clock, answers = ANSWER_DEFAULTS } = deps;
  return {
    async add(id, by, bytes) {
      if (bytes.length > answers.photoBytesMax) throw tooLarge(answers.photoBytesMax);
      const photo = cleanPhoto(bytes);
      if (photo.kind === 'refused') {
        throw new UserError('bad-input', REFUSED[photo.because], { hint: FORMATS_HINT });
      }
      const hash = contentHash(photo.body);
      const photoId = contentId('ph', [id, hash]);
      const found = await runAct(
        deps,
        { id, by },
        async (trx, alert) => {
          if (alert.status === 'closed') throw conflict(CLOSED);
          if ((await acknowledgedSides(trx, id)).length === 0) throw conflict(ACKNOWLEDGE_FIRST);
          const there = await listPhotos(trx, id);
          if (there.some((one) => one.id === photoId)) return;
          if (there.length >= answers.photosMax) throw enough(answers.photosMax);
          await trx
            .insertInto('alertPhoto')
            .values({
              id: photoId,
              alertId: id,
              contentHash: hash,
              mediaType: photo.mediaType,
              byteCount: photo.body.length,
              width: photo.width,
              height: photo.height,
              body: photo.body,
              uploadedBy: by.accountId,
              uploadedAtMs: clock.now(),
              feedbackId: null,
            })
            .execute();
        },
        (trx) => listPhotos(trx, id),
      );
      return found.find((one) => one.id === photoId) as ListedPhoto;
    },
    read: (id, photoId, scope) =>
      records.transaction(async (trx) => {
        await existing(trx, id, scope);
        const photo = await trx
          .selectFrom('alertPhoto')
          .select(['body', 'mediaType', 'contentHash'])
          .where('id', '=', photoId)
          .where('alertId', '=', id)
          .executeTakeFirst();
        if (!photo) throw noPhoto(photoId);
        return photo;
      }),
    remove: (id, photoId, by) =>
      runAct(
        deps,
        { id, by },
        async (trx) => {
          const photo = (await listPhotos(trx, id)).find((one) => one.id === photoId);
          if (!photo) throw noPhoto(photoId);
          if (photo.feedbackId !== null) throw conflict(IS_EVIDENCE);
          if (photo.uploadedBy !== by.accountId) throw new UserError('forbidden', NOT_YOURS);
          await trx.deleteFrom('alertPhoto').where('id', '=', photoId).execute();
        },
        () => Promise.resolve(),
      ),
  };
}

const megabytes = (bytes: number): string => String(Math.round((bytes / 1024 / 1024) * 10) / 10);

/** What is longer than photos may be. */
export const tooLarge = (bytesMax: number): UserError =>
  new UserError(
    'too-large',
    text(
      `照片超过 ${megabytes(bytesMax)} MB`,
      `the photo is larger than ${megabytes(bytesMax)} MB`,
    ),
    {
      hint: text(
        '请降低拍摄分辨率，或裁剪后再上传。',
        'Take it with a lower resolution, or crop it.',
      ),
    },
  );

const enough = (photosMax: number): UserError =>
  conflict(
    text(`一起预警最多 ${photosMax} 张照片`, `an alert has at most ${photosMax} photos`),
    text('请先删除未使用的照片。', 'Delete photos that are not used first.'),
  );

const noPhoto = (photoId: string): UserError =>
  new UserError('not-found', text('没有这张照片', 'there is no such photo'), {
    detail: `"${photoId}"`,
  });

const REFUSED: Readonly<Record<Extract<PhotoOutcome, { kind: 'refused' }>['because'], Text>> = {
  empty: text('上传的文件是空的', 'the file is empty'),
  'unknown-format': text('上传的文件不是照片', 'the file is no photo'),
  heic: text('暂不支持 HEIC 格式的照片', 'photos in HEIC are not supported'),
  animated: text('不支持动图', 'animations are not supported'),
  broken: text('照片文件已损坏或不完整', 'the photo is damaged or cut short'),
  'too-many-pixels': text('照片的像素过多', 'the photo has too many pixels'),
};

const FORMATS_HINT = text(
  '支持 JPEG、PNG、WebP。苹果手机请在“设置—相机—格式”中选择“兼容性最佳”后重拍。',
  'JPEG, PNG and WebP are taken. On an iPhone choose “Most Compatible” under Settings, Camera, Formats.',
);

const CLOSED = text('预警已经办结，不能再上传照片', 'the alert is closed: no photos any more');
const ACKNOWLEDGE_FIRST = text('预警尚未确认，请先确认收到', 'the alert is not acknowledged yet');
const IS_EVIDENCE = text(
  '照片已随反馈留存，不能删除',
  'the photo is kept with the feedback and cannot be deleted',
);
const NOT_YOURS = text('只能删除自己上传的照片', 'only who uploaded a photo deletes it');
