import { Popover } from '@base-ui/react/popover'
import { EmojiPicker, type EmojiPickerListComponents } from 'frimousse'
import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { emojiData } from '../../lib/emoji-data.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { returnTo } from '../../ui/focus-return.ts'
import type { Anchor } from '../../ui/menu.tsx'

export interface EmojiPopoverProps {
  readonly anchor: Anchor
  /** What has the focus afterwards, if it is not the anchor. */
  readonly back?: HTMLElement | undefined
  readonly choose: (emoji: string) => void
  readonly onClose: () => void
}

/** All emoji, to look through and to search. */
export function EmojiPopover({ anchor, back, choose, onClose }: EmojiPopoverProps) {
  const [open, setOpen] = useState(true)
  const t = useT()
  return (
    <Popover.Root open={open} onOpenChange={setOpen} onOpenChangeComplete={(next) => !next && onClose()}>
      <Popover.Portal>
        <Popover.Positioner
          anchor={
            anchor instanceof Element ? anchor : { getBoundingClientRect: () => new DOMRect(anchor.x, anchor.y, 0, 0) }
          }
          sideOffset={6}
          collisionPadding={8}
          className="z-40"
        >
          <Popover.Popup
            aria-label={t('emoji.title')}
            finalFocus={returnTo(back ?? (anchor instanceof HTMLElement ? anchor : undefined))}
            className="float rounded-large border border-line bg-raised shadow-float outline-none"
          >
            <EmojiPicker.Root
              locale={t.lang.slice(0, 2)}
              resolveEmojiData={(locale) => emojiData(locale === 'zh' ? 'zh' : 'en')}
              columns={8}
              className="flex h-80 w-80 max-w-[calc(100vw-1rem)] flex-col"
              onEmojiSelect={({ emoji }) => {
                choose(emoji)
                setOpen(false)
              }}
            >
              <EmojiPicker.Search
                aria-label={t('emoji.search')}
                placeholder={t('emoji.search')}
                className="m-2 h-10 rounded-medium border border-edge bg-sheet px-3 outline-offset-0"
              />
              <EmojiPicker.Viewport className="scrolls relative flex-1 px-1 outline-none">
                <EmojiPicker.Loading className="absolute inset-0 grid place-content-center text-soft">
                  <Spinner />
                </EmojiPicker.Loading>
                <EmojiPicker.Empty className="absolute inset-0 grid place-content-center text-soft">
                  {t('emoji.none')}
                </EmojiPicker.Empty>
                <EmojiPicker.List components={parts} />
              </EmojiPicker.Viewport>
            </EmojiPicker.Root>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

const parts: Partial<EmojiPickerListComponents> = {
  CategoryHeader: ({ category, ...rest }) => (
    <div {...rest} className="bg-raised px-2 py-1 text-tiny font-semibold text-soft">
      {category.label}
    </div>
  ),
  Row: (props) => (
    <div {...props} aria-rowindex={fromOne(props['aria-rowindex'])} className="flex justify-between px-1" />
  ),
  Emoji: ({ emoji, ...rest }) => (
    <button
      {...rest}
      type="button"
      role="gridcell"
      aria-colindex={fromOne(rest['aria-colindex'])}
      data-active={emoji.isActive || undefined}
      className="grid size-9 place-content-center rounded-small text-large data-active:bg-wash"
    >
      {emoji.emoji}
    </button>
  ),
}

/** The picker counts from 0, the standard from 1. */
function fromOne(index: number | undefined): number | undefined {
  return index === undefined ? undefined : index + 1
}
