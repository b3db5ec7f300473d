import { AlertCircle, FileText, RotateCw, X } from 'lucide-react'
import { bytes } from '../../i18n/format.ts'
import type { Translate } from '../../i18n/translate.ts'
import { useT } from '../../i18n/use-translate.ts'
import type { DraftFile } from '../../lib/room-model.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { problemText } from '../use-deed.ts'
import { AudioPlayer } from './later-audio.tsx'

interface Props {
  readonly files: readonly DraftFile[]
  readonly retry: (id: string) => void
  readonly remove?: (id: string) => void
}

/** Files on their way: what they are, how far they have come, and how to stop or repeat it. */
export function DraftFiles({ files, retry, remove }: Props) {
  const t = useT()
  return (
    <ul aria-label={t('composer.files')} className="flex flex-wrap gap-2 py-1">
      {files.map((file) => (
        <li
          key={file.id}
          className="relative flex w-full wide:w-60 items-center gap-2 rounded-medium bg-raised p-1.5 shadow-low"
        >
          {file.voice === undefined && <Face file={file} />}
          <span className="min-w-0 flex-1 text-small">
            {file.voice === undefined ? (
              <bdi className="block truncate font-semibold">{file.name}</bdi>
            ) : (
              <AudioPlayer sound={{ id: file.id, name: file.name, voice: true, ...file.voice }} src={file.url} />
            )}
            {(file.voice === undefined || file.problem !== undefined) && (
              <span className="block truncate text-soft">
                {file.problem === undefined ? bytes(t.lang, file.size) : problemText(t, file.problem)}
              </span>
            )}
            {file.state === 'uploading' && (
              <progress
                aria-label={t('composer.uploading', { name: nameOf(t, file) })}
                className="upload mt-0.5 block h-1 w-full"
                value={file.progress}
              />
            )}
          </span>
          {file.state === 'failed' && (
            <IconButton small label={t('retry')} onClick={() => retry(file.id)}>
              <RotateCw aria-hidden />
            </IconButton>
          )}
          {remove !== undefined && (
            <IconButton
              small
              label={t('composer.removeFile', { name: nameOf(t, file) })}
              onClick={() => remove(file.id)}
            >
              <X aria-hidden />
            </IconButton>
          )}
        </li>
      ))}
    </ul>
  )
}

const nameOf = (t: Translate, { name, voice }: DraftFile): string => (voice === undefined ? name : t('voice.clip'))

function Face({ file: { state, url } }: { file: DraftFile }) {
  if (url !== undefined) return <img src={url} alt="" className="size-10 flex-none rounded-small object-cover" />
  return (
    <span className="grid size-10 flex-none place-content-center rounded-small bg-wash text-soft [&>svg]:size-5">
      {state === 'failed' ? <AlertCircle aria-hidden /> : <FileText aria-hidden />}
    </span>
  )
}
