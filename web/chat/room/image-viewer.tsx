import { Dialog } from '@base-ui/react/dialog'
import { ChevronLeft, ChevronRight, Download, X, ZoomIn, ZoomOut } from 'lucide-react'
import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { downloadAddress, fileAddress } from '../../lib/file-address.ts'
import type { Attachment } from '../../lib/views.ts'
import { classes } from '../../ui/classes.ts'
import { useSource } from '../context.ts'
import type { ViewerProps } from './images.tsx'
import { PictureStage } from './picture-stage.ts'

/** Pictures, one at a time, as large as the window; the ones beside it are there already when one turns to them. */
export function ImageViewer({ images, first, onClose }: ViewerProps) {
  const [open, setOpen] = useState(true)
  const [at, setAt] = useState(first)
  const [stage] = useState(() => new PictureStage())
  const isZoomed = useSource(stage.isZoomed)
  const t = useT()
  const image = images[at]
  const picture = useMemo(() => sizeOf(image), [image])
  const has = (direction: -1 | 1): boolean => images[at + direction] !== undefined
  const turn = (direction: -1 | 1): void => {
    if (has(direction)) setAt(at + direction)
  }
  useLayoutEffect(() => stage.show({ picture, has, turn, close: () => setOpen(false) }))
  if (image === undefined) return null
  const keys = ({ key }: KeyboardEvent): void => {
    if (key === 'ArrowLeft') turn(-1)
    if (key === 'ArrowRight') turn(1)
    if (key === '+' || key === '=') stage.zoom(1.5)
    if (key === '-') stage.zoom(1 / 1.5)
  }
  return (
    <Dialog.Root open={open} onOpenChange={setOpen} onOpenChangeComplete={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop fixed inset-0 z-30 bg-black/93" />
        <Dialog.Popup
          aria-label={image.name}
          className="rises fixed inset-0 z-30 grid grid-rows-[auto_minmax(0,1fr)] text-white outline-none"
          onKeyDown={keys}
        >
          <div className="safe-top z-10 flex items-center gap-1 p-2">
            <bdi className="min-w-0 flex-1 truncate px-2">{image.name}</bdi>
            {images.length > 1 && (
              <span role="status" className="px-2 text-small tabular-nums">
                {t('viewer.place', { at: at + 1, count: images.length })}
              </span>
            )}
            <button
              type="button"
              aria-label={isZoomed ? t('viewer.fit') : t('viewer.zoom')}
              className={tool}
              onClick={() => stage.toggle()}
            >
              {isZoomed ? <ZoomOut aria-hidden /> : <ZoomIn aria-hidden />}
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
          <Stage stage={stage}>
            <div data-strip="" className="absolute inset-0 transition-transform duration-200">
              {([-1, 0, 1] as const).map((place) => {
                const shown = images[at + place]
                return shown && <Page key={at + place} image={shown} place={place} isZoomed={isZoomed} />
              })}
            </div>
            {has(-1) && !isZoomed && (
              <button
                type="button"
                aria-label={t('viewer.previous')}
                className={classes(tool, beside, 'start-2')}
                onClick={() => turn(-1)}
              >
                <ChevronLeft aria-hidden />
              </button>
            )}
            {has(1) && !isZoomed && (
              <button
                type="button"
                aria-label={t('viewer.next')}
                className={classes(tool, beside, 'end-2')}
                onClick={() => turn(1)}
              >
                <ChevronRight aria-hidden />
              </button>
            )}
          </Stage>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** Listens for fingers as long as it is there: it comes and goes with the dialog. */
function Stage({ stage, children }: { stage: PictureStage; children: ReactNode }) {
  const element = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => (element.current === null ? undefined : stage.attach(element.current)), [stage])
  return (
    <div ref={element} className="relative min-h-0 touch-none overflow-hidden select-none">
      {children}
    </div>
  )
}

interface PageProps {
  readonly image: Attachment
  /** Where it is from the one that is looked at. */
  readonly place: -1 | 0 | 1
  readonly isZoomed: boolean
}

function Page({ image, place, isZoomed }: PageProps) {
  return (
    <div
      data-page={place}
      aria-hidden={place !== 0}
      className={classes('absolute inset-0 grid place-items-center overflow-hidden', places[place])}
    >
      <img
        src={fileAddress(image.id)}
        alt={place === 0 ? image.name : ''}
        width={image.width}
        height={image.height}
        draggable={false}
        className={classes(
          'h-auto max-h-full w-auto max-w-full object-contain transition-transform duration-200',
          isZoomed ? 'cursor-zoom-out' : 'cursor-zoom-in',
        )}
      />
    </div>
  )
}

function sizeOf({ width = 0, height = 0 }: Partial<Attachment> = {}): { width: number; height: number } {
  return { width: width || 1600, height: height || 1200 }
}

const places = { '-1': '-translate-x-full', '0': '', '1': 'translate-x-full' } as const
const tool = 'grid size-11 flex-none place-content-center rounded-full hover:bg-white/15 [&>svg]:size-5'
const beside = 'absolute top-1/2 -translate-y-1/2 bg-black/50'
