import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { useState } from 'react'
import { useT } from '../i18n/use-translate.ts'
import { IconButton } from './icon-button.tsx'
import type { DialogProps } from './dialog.tsx'

export function DialogPopup({ title, text, children, buttons, urgent = false, onClose }: DialogProps) {
  const [open, setOpen] = useState(true)
  const t = useT()
  return (
    <Dialog.Root
      open={open}
      disablePointerDismissal={urgent}
      onOpenChange={setOpen}
      onOpenChangeComplete={(next) => !next && onClose()}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop fixed inset-0 z-30 bg-shade" />
        <Dialog.Popup
          role={urgent ? 'alertdialog' : 'dialog'}
          className="slides safe-bottom wide:rises fixed inset-x-0 bottom-0 z-30 flex max-h-[88dvh] flex-col gap-4 rounded-t-[1.25rem] bg-sheet p-5 shadow-float outline-none [--safe:1.25rem] wide:inset-auto wide:top-1/2 wide:left-1/2 wide:w-[26rem] wide:-translate-1/2 wide:rounded-[1.25rem]"
        >
          <div className="flex flex-none items-start gap-3">
            <Dialog.Title className="flex-1 pt-1 font-serif text-large font-semibold text-balance">
              {title}
            </Dialog.Title>
            {!urgent && (
              <Dialog.Close render={<IconButton small label={t('close')} />}>
                <X aria-hidden />
              </Dialog.Close>
            )}
          </div>
          {text !== undefined && (
            <Dialog.Description className="-mt-2 text-soft text-pretty">{text}</Dialog.Description>
          )}
          {children !== undefined && <div className="scrolls -mx-5 min-h-0 flex-auto px-5">{children}</div>}
          {buttons !== undefined && <div className="flex flex-none flex-wrap justify-end gap-2">{buttons}</div>}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
