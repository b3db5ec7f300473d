import { Dialog } from '@base-ui/react/dialog'
import { ChevronLeft, ChevronRight, Download, X, ZoomIn, ZoomOut } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { downloadAddress, fileAddress } from '../../lib/file-address.ts'
import { classes } from '../../ui/classes.ts'
import type { ViewerProps } from './images.tsx'

/** Pictures, one at a time, as large as the window. */
export function ImageViewer({ images, first, onClose }: ViewerProps) {
  const [open, setOpen] = useState(true)
  const [at, setAt] = useState(first)
  const [zoomed, setZoomed] = useState(false)
  const t = useT()
  const image = images[at]
  if (image === undefined) return null
  const step = (by: number): void => {
    setAt((at + by + images.length) % images.length)
    setZoomed(false)
  }
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowLeft') step(-1)
    if (event.key === 'ArrowRight') step(1)
  }
  return (
    <Dialog.Root open={open} onOpenChange={setOpen} onOpenChangeComplete={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop fixed inset-0 z-30 bg-black/85" />
        <Dialog.Popup
          aria-label={image.name}
          className="rises fixed inset-0 z-30 grid grid-rows-[auto_minmax(0,1fr)] text-white outline-none"
          onKeyDown={keys}
        >
          <div className="safe-top flex items-center gap-1 p-2">
            <bdi className="min-w-0 flex-1 truncate px-2">{image.name}</bdi>
            {images.length > 1 && (
              <span className="px-2 text-small tabular-nums">
                {t('viewer.place', { at: at + 1, count: images.length })}
              </span>
            )}
            <button
              type="button"
              aria-label={zoomed ? t('viewer.fit') : t('viewer.zoom')}
              className={tool}
              onClick={() => setZoomed(!zoomed)}
            >
              {zoomed ? <ZoomOut aria-hidden /> : <ZoomIn aria-hidden />}
            </button>
            <a
              aria-label={t('message.download')}
              href={downloadAddress(image.id)}
              download={image.name}
              className={tool}
            >
              <Download aria-hidden />
            </a>
            <Dialog.Close aria-label={t('close')} className={tool}>
              <X aria-hidden />
            </Dialog.Close>
          </div>
          <div
            className={classes(
              'min-h-0',
              zoomed ? 'overflow-auto' : 'relative grid place-items-center overflow-hidden',
            )}
          >
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- the button above does the same */}
            <img
              src={fileAddress(image.id)}
              alt={image.name}
              width={image.width}
              height={image.height}
              className={
                zoomed
                  ? 'h-auto max-w-none cursor-zoom-out'
                  : 'max-h-full w-auto max-w-full cursor-zoom-in object-contain'
              }
              onClick={() => setZoomed(!zoomed)}
            />
            {images.length > 1 && !zoomed && (
              <>
                <button
                  type="button"
                  aria-label={t('viewer.previous')}
                  className={classes(tool, 'absolute start-2 bg-black/50')}
                  onClick={() => step(-1)}
                >
                  <ChevronLeft aria-hidden />
                </button>
                <button
                  type="button"
                  aria-label={t('viewer.next')}
                  className={classes(tool, 'absolute end-2 bg-black/50')}
                  onClick={() => step(1)}
                >
                  <ChevronRight aria-hidden />
                </button>
              </>
            )}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

const tool = 'grid size-11 flex-none place-content-center rounded-full hover:bg-white/15 [&>svg]:size-5'
