import { Download, FileText } from 'lucide-react'
import { bytes } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { downloadAddress } from '../../lib/file-address.ts'
import type { Attachment } from '../../lib/views.ts'
import { classes } from '../../ui/classes.ts'
import { AudioPlayer } from './later-audio.tsx'
import { Images } from './images.tsx'

/** What came with a message: pictures together, then sounds, then the rest. */
export function Files({ files, bare }: { files: readonly Attachment[]; bare: boolean }) {
  const images = files.filter(isImage)
  const sounds = files.filter(isSound)
  const others = files.filter((file) => !images.includes(file) && !sounds.includes(file))
  return (
    <div className={bare ? undefined : '-mx-1 my-1 grid grid-cols-1 gap-1.5'}>
      {images.length > 0 && <Images images={images} />}
      {sounds.map((sound) => (
        // As large as the player will be, which is fetched.
        <div key={sound.id} className={classes('w-72 max-w-full', sound.voice === true ? 'min-h-12' : 'min-h-16.5')}>
          <AudioPlayer sound={sound} />
        </div>
      ))}
      {others.map((file) => (
        <FileCard key={file.id} file={file} />
      ))}
    </div>
  )
}

/** What comes last: the lines of a sound and of a file by its name end early. */
export function lastOf(files: readonly Attachment[]): 'image' | 'sound' | 'card' {
  const others = files.filter((file) => !isImage(file))
  if (others.length === 0) return 'image'
  return others.every(isSound) ? 'sound' : 'card'
}

const isSound = ({ type }: Attachment): boolean => type.startsWith('audio/')

function isImage({ type, width }: Attachment): boolean {
  return type.startsWith('image/') && width !== undefined
}

/** A file by its name; a press saves it. */
export function FileCard({ file: { id, name, size } }: { file: Attachment }) {
  const t = useT()
  return (
    <a
      href={downloadAddress(id)}
      download={name}
      className="group/file flex w-64 max-w-full items-center gap-3 rounded-medium p-1.5 hover:bg-ink/5"
    >
      <span className="grid size-10 flex-none place-content-center rounded-medium bg-pine text-on-pine [&>svg]:size-5">
        <FileText aria-hidden className="group-hover/file:hidden" />
        <Download aria-hidden className="hidden group-hover/file:block" />
      </span>
      <span className="min-w-0 flex-1 text-small">
        <bdi className="block truncate font-semibold">{name}</bdi>
        <span className="text-soft">
          <span className="unseen">{t('message.download')} </span>
          {bytes(t.lang, size)}
        </span>
      </span>
    </a>
  )
}
