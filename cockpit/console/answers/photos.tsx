// Photos of what was found: choosing and uploading them one by one, and showing what there is. A picture larger
// than a screen needs is made smaller before it is sent, for the telephone's sake.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Photo, UploadedPhoto } from '../../../app/api/answers.ts';
import { deletePath, postFile, problemIn } from '../../shared/api.ts';
import { useSay } from '../../shared/language.tsx';
import { ANSWER_WORDS as W } from './answer-words.ts';
import styles from './answers.module.css';

export const photoPath = (alertId: string, photoId: string): string =>
  `/api/alerts/${encodeURIComponent(alertId)}/photos/${encodeURIComponent(photoId)}`;

export function PhotoRow({
  alertId,
  photos,
  onRemove,
}: {
  alertId: string;
  photos: readonly Pick<Photo, 'id' | 'width' | 'height'>[];
  onRemove?: (id: string) => void;
}) {
  const say = useSay();
  return (
    <ul className={styles.photos}>
      {photos.map(({ id, width, height }, index) => (
        <li key={id}>
          <a href={photoPath(alertId, id)} target="_blank" rel="noreferrer">
            <img
              src={photoPath(alertId, id)}
              alt={`${say(W.photoOf)} ${index + 1}`}
              width={width}
              height={height}
            />
          </a>
          {onRemove && (
            <button
              type="button"
              aria-label={`${say(W.removePhoto)} ${index + 1}`}
              onClick={() => onRemove(id)}
            >
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d="M5 5l14 14M19 5L5 19" />
              </svg>
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

export type Chosen = Pick<Photo, 'id' | 'width' | 'height'>;

/** `photos` are those that go with the answer; taking one off deletes it where nothing was given with it yet. */
export function PhotoPicker({
  alertId,
  photos,
  isLoose,
  onChange,
}: {
  alertId: string;
  photos: readonly Chosen[];
  isLoose: (id: string) => boolean;
  onChange: (photos: readonly Chosen[]) => void;
}) {
  const say = useSay();
  const queries = useQueryClient();
  const [refused, setRefused] = useState<unknown>();
  const upload = useMutation({
    mutationFn: async (files: readonly File[]) => {
      const added: Chosen[] = [];
      for (const file of files) {
        const small = await shrunk(file);
        const path = `/api/alerts/${encodeURIComponent(alertId)}/photos`;
        try {
          added.push(await postFile<UploadedPhoto>(path, small));
        } catch (error) {
          // Those before it are uploaded and stay.
          setRefused(error);
          break;
        }
      }
      return added;
    },
    onMutate: () => setRefused(undefined),
    onSuccess: (added) => {
      const known = new Set(photos.map(({ id }) => id));
      onChange([...photos, ...added.filter(({ id }) => !known.has(id))]);
      return queries.invalidateQueries({ queryKey: ['alert', alertId] });
    },
  });
  const remove = (id: string) => {
    onChange(photos.filter((photo) => photo.id !== id));
    if (isLoose(id)) void deletePath(photoPath(alertId, id)).catch(setRefused);
  };
  const problem = refused === undefined ? undefined : problemIn(refused);
  return (
    <fieldset className={styles.picker}>
      <legend>{say(W.photos)}</legend>
      <p className={styles.quiet}>{say(W.photosHint)}</p>
      {photos.length > 0 && <PhotoRow alertId={alertId} photos={photos} onRemove={remove} />}
      <label className={styles.upload} data-busy={upload.isPending}>
        <input
          type="file"
          accept="image/jpeg,image/png,image/webp"
          multiple
          disabled={upload.isPending}
          onChange={({ target }) => {
            upload.mutate([...(target.files ?? [])]);
            target.value = '';
          }}
        />
        <span>{say(upload.isPending ? W.uploading : W.addPhoto)}</span>
      </label>
      <div role="alert">
        {problem && (
          <p className={styles.problem}>
            <b>{say(problem.says)}</b>
            {problem.hint && <span>{say(problem.hint)}</span>}
          </p>
        )}
      </div>
    </fieldset>
  );
}

const SIDE_MAX = 2_560;
const BYTES_ENOUGH = 2 * 1024 * 1024;
const QUALITY = 0.85;

/** The picture upright and no larger than needed; as it is when it is small, or the browser cannot read it. */
async function shrunk(file: File): Promise<Blob> {
  if (file.size <= BYTES_ENOUGH) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const scale = Math.min(1, SIDE_MAX / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(
      Math.round(picture.width * scale),
      Math.round(picture.height * scale),
    );
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  } catch {
    return file;
  }
}
