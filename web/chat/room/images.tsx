import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { fileAddress, thumbnailAddress } from '../../lib/file-address.ts'
import type { Attachment } from '../../lib/views.ts'
import { later } from '../../ui/later.tsx'

interface ViewerProps {
  readonly images: readonly Attachment[]
  readonly first: number
  readonly onClose: () => void
}
export type { ViewerProps }

const ImageViewer = later<ViewerProps>(async () => (await import('./image-viewer.tsx')).ImageViewer)
const widest = 360 // pixels
const highest = 420

/** Pictures take their final size before they are loaded, so that nothing moves when they come. */
export function Images({ images }: { images: readonly Attachment[] }) {
  const [viewed, setViewed] = useState<number>()
  const t = useT()
  return (
    <>
      <div
        className={
          images.length === 1 ? undefined : 'grid w-80 max-w-full grid-cols-2 gap-0.5 overflow-hidden rounded-large'
        }
      >
        {images.map((image, index) => (
          <button
            key={image.id}
            type="button"
            aria-label={t('message.openImage', { name: image.name })}
            className={
              images.length === 1 ? 'block max-w-full' : 'aspect-square odd:last:col-span-2 odd:last:aspect-video'
            }
            onClick={() => setViewed(index)}
          >
            <img
              src={image.thumbnail === true ? thumbnailAddress(image.id) : fileAddress(image.id)}
              alt={image.name}
              loading="lazy"
              decoding="async"
              {...(images.length === 1 ? sizeOf(image) : {})}
              className={
                images.length === 1 ? 'h-auto max-w-full rounded-large bg-wash' : 'size-full bg-wash object-cover'
              }
            />
          </button>
        ))}
      </div>
      {viewed !== undefined && <ImageViewer images={images} first={viewed} onClose={() => setViewed(undefined)} />}
    </>
  )
}

function sizeOf({ width = widest, height = widest }: Attachment): { width: number; height: number } {
  const scale = Math.min(1, widest / width, highest / height)
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) }
}
