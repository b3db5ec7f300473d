import { Paperclip, SendHorizontal, Smile } from 'lucide-react'
import { useRef, useState, type DragEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { Draft, RoomModel } from '../../lib/room-model.ts'
import type { Room } from '../../lib/views.ts'
import { classes } from '../../ui/classes.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { later } from '../../ui/later.tsx'
import { useSource } from '../context.ts'
import { DraftFiles } from '../room/draft-files.tsx'
import type { EmojiPopoverProps } from '../room/emoji-popover.tsx'
import { useDeed } from '../use-deed.ts'
import { AboutBar } from './about-bar.tsx'
import { applyEdit } from './apply-edit.ts'
import { TextArea } from './text-area.tsx'
import { useCountdown } from './use-countdown.ts'

const EmojiPopover = later<EmojiPopoverProps>(async () => (await import('../room/emoji-popover.tsx')).EmojiPopover)

interface Props {
  readonly model: RoomModel
  readonly room: Room
  readonly waitUntil: number
}

export function WritingArea({ model, room, waitUntil }: Props) {
  const draft = useSource(model.draft)
  const area = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const [emojiAt, setEmojiAt] = useState<Element>()
  const [dragging, setDragging] = useState(false)
  const wait = useCountdown(waitUntil)
  const send = useSend(model)
  const t = useT()
  const { about, files } = draft

  const mayGo = (now: Draft): boolean => maySend(now) && (wait === 0 || now.about?.kind === 'edit')
  const canSend = mayGo(draft)
  const insert = (emoji: string): void => {
    const { current } = area
    if (current === null) return
    const { selectionStart: from, selectionEnd: to } = current
    applyEdit(current, { from, to, insert: emoji, select: [from + emoji.length, from + emoji.length] })
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
          'relative rounded-[1.375rem] border bg-sheet shadow-low transition-colors focus-within:border-edge',
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
          <TextArea area={area} model={model} room={room} send={() => mayGo(model.draft.value) && void send()} />
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

function useSend(model: RoomModel): () => Promise<void> {
  const deed = useDeed()
  return async () => {
    const { text, files, about } = model.draft.value
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
