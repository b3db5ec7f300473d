import { Files as FilesIcon } from 'lucide-react'
import { useEffect } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { StateView } from '../../ui/state-view.tsx'
import { useSource } from '../context.ts'
import { AudioPlayer } from '../room/audio-player.tsx'
import { FileCard } from '../room/files.tsx'
import { Images } from '../room/images.tsx'
import type { PageProps } from './details-view.tsx'
import { ListSkeleton } from './list-skeleton.tsx'

export function RoomFiles({ model }: PageProps) {
  const { files } = useSource(model.details)
  const t = useT()
  useEffect(() => model.deeds.look('files'), [model])
  if (files === undefined) return <ListSkeleton />
  if (files.length === 0)
    return (
      <StateView icon={<FilesIcon />} title={t('files.none')}>
        {t('files.noneHint')}
      </StateView>
    )
  const all = files.map(({ file }) => file)
  const images = all.filter(({ type, width }) => type.startsWith('image/') && width !== undefined)
  const sounds = all.filter(({ type }) => type.startsWith('audio/'))
  const others = all.filter((file) => !images.includes(file) && !sounds.includes(file))
  return (
    <div className="grid gap-4 p-4">
      {images.length > 0 && <Images images={images} />}
      {sounds.map((sound) => (
        <AudioPlayer key={sound.id} sound={sound} />
      ))}
      {others.map((file) => (
        <FileCard key={file.id} file={file} />
      ))}
    </div>
  )
}
