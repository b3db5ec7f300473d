import { Paperclip, SendHorizontal, Smile } from 'lucide-react'
import { useEffect, useRef, useState, type ClipboardEvent, type DragEvent, type KeyboardEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { Draft, RoomModel } from '../../lib/room-model.ts'
import type { Room } from '../../lib/views.ts'
import { classes } from '../../ui/classes.ts'
import { isComposing } from '../../ui/composing.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { later } from '../../ui/later.tsx'
import { useMe, usePreferences, useSource } from '../context.ts'
import { DraftFiles } from '../room/draft-files.tsx'
import type { EmojiPopoverProps } from '../room/emoji-popover.tsx'
import { useDeed } from '../use-deed.ts'
import { AboutBar } from './about-bar.tsx'
import { composerAppeared } from './composer-focus.ts'
import { useCountdown } from './use-countdown.ts'

const EmojiPopover = later<EmojiPopoverProps>(async () => (await import('../room/emoji-popover.tsx')).EmojiPopover)

interface Props {
  readonly model: RoomModel
  readonly room: Room
  readonly waitUntil: number
}

export function WritingArea({ model, room, waitUntil }: Props) {
  const draft = useSource(model.draft)
  const { enterSends } = usePreferences()
  const area = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const [emojiAt, setEmojiAt] = useState<Element>()
  const [dragging, setDragging] = useState(false)
  const wait = useCountdown(waitUntil)
  const editLast = useEditLast(model)
  const send = useSend(model, draft)
  const t = useT()
  const { about, files, text } = draft
  useEffect(() => {
    if (about !== undefined) area.current?.focus()
  }, [about])
  useEffect(() => composerAppeared(area.current), [])

  const canSend = maySend(draft) && (wait === 0 || about?.kind === 'edit')
  const keys = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (isComposing(event)) return
    const sends = event.key === 'Enter' && (enterSends ? !event.shiftKey : event.metaKey || event.ctrlKey)
    if (sends) {
      event.preventDefault()
      if (canSend) void send()
    } else if (event.key === 'Escape' && about !== undefined) {
      event.preventDefault()
      model.deeds.setDraft({ about: undefined, ...(about.kind === 'edit' && { text: '' }) })
    } else if (event.key === 'ArrowUp' && text === '' && about === undefined) {
      if (editLast()) event.preventDefault()
    }
  }
  const insert = (emoji: string): void => {
    const { selectionStart = text.length, selectionEnd = text.length } = area.current ?? {}
    model.deeds.setDraft({ text: text.slice(0, selectionStart) + emoji + text.slice(selectionEnd) })
    area.current?.focus()
  }

  return (
    <section
      aria-label={t('composer.label')}
      className={classes(
        'safe-bottom bg-paper px-2 pt-1 [--safe:0.5rem] wide:px-[max(1rem,calc((100%-47rem)/2))] wide:[--safe:1rem]',
      )}
      {...dropping(setDragging, model)}
    >
      <div
        className={classes(
          'rounded-[1.375rem] border bg-sheet shadow-low transition-colors focus-within:border-edge',
          dragging ? 'border-pine-ink bg-pine-wash' : 'border-line',
        )}
      >
        {about !== undefined && <AboutBar about={about} model={model} />}
        {files.length > 0 && (
          <div className="px-2 pt-1">
            <DraftFiles
              files={files}
              retry={(id) => model.deeds.retryFile(id)}
              remove={(id) => model.deeds.removeFile(id)}
            />
          </div>
        )}
        <div className="flex items-end">
          <IconButton label={t('composer.attach')} onClick={() => picker.current?.click()}>
            <Paperclip aria-hidden />
          </IconButton>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label={t('composer.attach')}
            onChange={(event) => {
              model.deeds.addFiles(Array.from(event.target.files ?? []))
              event.target.value = ''
            }}
          />
          <label className="grid min-w-0 flex-1 py-2">
            <span className="unseen">{t('composer.write', { name: room.name })}</span>
            <textarea
              id="composer"
              ref={area}
              rows={1}
              dir="auto"
              value={text}
              placeholder={t('composer.placeholder')}
              enterKeyHint={enterSends ? 'send' : 'enter'}
              className="scrolls field-sizing-content max-h-[40dvh] w-full resize-none bg-transparent px-1 py-0.5 outline-none"
              onChange={(event) => {
                model.deeds.setDraft({ text: event.target.value })
                model.typing.touched()
              }}
              onKeyDown={keys}
              onPaste={(event) => pasted(event, model)}
            />
          </label>
          <IconButton
            label={t('emoji.title')}
            aria-haspopup="dialog"
            onClick={(event) => setEmojiAt(event.currentTarget)}
          >
            <Smile aria-hidden />
          </IconButton>
          <span className="p-0.5">
            {wait > 0 && about?.kind !== 'edit' ? (
              <span
                role="timer"
                aria-label={t('composer.slow', { count: wait })}
                data-tip={t('composer.slow', { count: wait })}
                className="grid size-10 place-content-center rounded-full bg-wash text-small font-semibold tabular-nums text-soft"
              >
                {wait}
              </span>
            ) : (
              <IconButton
                label={about?.kind === 'edit' ? t('save') : t('send')}
                tone={canSend ? 'primary' : 'plain'}
                disabled={!canSend}
                onClick={() => void send()}
              >
                <SendHorizontal aria-hidden />
              </IconButton>
            )}
          </span>
        </div>
      </div>
      {emojiAt !== undefined && <EmojiPopover anchor={emojiAt} choose={insert} onClose={() => setEmojiAt(undefined)} />}
    </section>
  )
}

/** There is something to say, and no file is still on its way in vain. */
function maySend({ text, files, about }: Draft): boolean {
  const isEmpty = text.trim() === '' && (files.length === 0 || about?.kind === 'edit')
  return !isEmpty && files.every(({ state }) => state !== 'failed')
}

function useSend(model: RoomModel, { text, files, about }: Draft): () => Promise<void> {
  const deed = useDeed()
  return async () => {
    if (about?.kind === 'edit') {
      if (text === about.message.text || (await deed(model.deeds.edit(about.message.offset, text))))
        model.deeds.setDraft({ text: '', about: undefined })
      return
    }
    model.pending.send(text, { reply: about?.message.offset, files })
    model.deeds.setDraft({ text: '', files: [], about: undefined })
    model.typing.stopped()
    model.scroll.toEnd()
  }
}

/** The last message of one's own that can be changed; answers whether there is one. */
function useEditLast(model: RoomModel): () => boolean {
  const me = useMe()
  return () => {
    const { messages } = model.paging.page.value
    const last = messages.findLast(({ from, removed, text }) => from === me.id && removed === undefined && text !== '')
    if (last === undefined) return false
    model.deeds.setDraft({ text: last.text, about: { kind: 'edit', message: last } })
    return true
  }
}

function pasted(event: ClipboardEvent, model: RoomModel): void {
  const files = Array.from(event.clipboardData.files)
  if (files.length === 0) return
  event.preventDefault()
  model.deeds.addFiles(files)
}

function dropping(setDragging: (is: boolean) => void, model: RoomModel) {
  return {
    onDragOver(event: DragEvent) {
      if (!event.dataTransfer.types.includes('Files')) return
      event.preventDefault()
      setDragging(true)
    },
    onDragLeave: () => setDragging(false),
    onDrop(event: DragEvent) {
      event.preventDefault()
      setDragging(false)
      model.deeds.addFiles(Array.from(event.dataTransfer.files))
    },
  }
}
