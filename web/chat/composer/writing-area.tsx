import { Paperclip, Smile } from 'lucide-react'
import { useEffect, useRef, useState, type RefObject } from 'react'
import { span } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { Cell } from '../../lib/cell.ts'
import type { Draft, RecordingState, RoomModel } from '../../lib/room-model.ts'
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
import type { RecordingBarProps } from './recording-bar.tsx'
import { RefusedBar } from './refused-bar.tsx'
import { SendButton } from './send-button.tsx'
import { TextArea } from './text-area.tsx'
import { composerAppeared } from './composer-focus.ts'
import { useCountdown } from './use-countdown.ts'
import { useDrop } from './use-drop.ts'

const EmojiPopover = later<EmojiPopoverProps>(async () => (await import('../room/emoji-popover.tsx')).EmojiPopover)
const RecordingBar = later<RecordingBarProps>(async () => (await import('./recording-bar.tsx')).RecordingBar)

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
  const dragging = useDrop(model)
  const voice = useSource(model.recording?.state ?? silence)
  const isSpeaking = voice.at === 'asking' || voice.at === 'recording'
  const end = useRef<HTMLSpanElement>(null)
  const wait = useCountdown(waitUntil)
  const send = useSend(model)
  const t = useT()
  const { about, files } = draft
  useEffect(() => composerAppeared(area.current), [])

  const mayGo = (now: Draft): boolean => maySend(now) && (wait === 0 || now.about?.kind === 'edit')
  const canSend = mayGo(draft)
  const mayRecord = model.recording !== undefined && isNothing(draft)
  // What came from another device while one spoke is not sent unseen.
  const sendIfAlone = (): void => void (model.draft.value.text === '' && send())
  useFocusAfter(isSpeaking, end)
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
    >
      <div
        className={classes(
          'relative rounded-[1.375rem] border bg-sheet shadow-low transition-colors focus-within:border-edge',
          dragging ? 'border-pine-ink' : 'border-line',
        )}
      >
        {dragging && (
          <p className="pointer-events-none absolute inset-0 z-10 grid place-content-center rounded-[1.3rem] bg-pine-wash font-semibold text-pine-ink">
            {t('composer.drop')}
          </p>
        )}
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
        {wait > 0 && maySend(draft) && about?.kind !== 'edit' && (
          <p role="status" className="border-b border-line px-4 py-1.5 text-small text-pretty text-soft">
            {t('composer.slowMode', { span: span(t.lang, room.slow * 1000) })}
          </p>
        )}
        {model.recording !== undefined && voice.at === 'refused' && (
          <RefusedBar why={voice.why} recording={model.recording} />
        )}
        {model.recording !== undefined && isSpeaking ? (
          <div className="min-h-11">
            <RecordingBar recording={model.recording} send={sendIfAlone} />
          </div>
        ) : (
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
            <span ref={end} className="p-0.5">
              <SendButton
                wait={wait}
                isEdit={about?.kind === 'edit'}
                canSend={canSend}
                send={() => void send()}
                record={mayRecord ? () => void model.recording?.begin() : undefined}
              />
            </span>
          </div>
        )}
      </div>
      <span role="status" className="unseen">
        {voice.at === 'recording' && t('voice.recording')}
      </span>
      {emojiAt !== undefined && <EmojiPopover anchor={emojiAt} choose={insert} onClose={() => setEmojiAt(undefined)} />}
    </section>
  )
}

/** There is something to say, and no file is still on its way in vain. */
function maySend({ text, files, about }: Draft): boolean {
  const isEmpty = text.trim() === '' && (files.length === 0 || about?.kind === 'edit')
  return !isEmpty && files.every(({ state }) => state !== 'failed')
}

function isNothing({ text, files, about }: Draft): boolean {
  return text === '' && files.length === 0 && about?.kind !== 'edit'
}

const silence = new Cell<RecordingState>({ at: 'idle' })

/** When what was there is over, the button at the end has the focus: it sends what was spoken, or begins again. */
function useFocusAfter(is: boolean, end: RefObject<HTMLElement | null>): void {
  const was = useRef(is)
  useEffect(() => {
    if (was.current && !is) end.current?.querySelector('button')?.focus()
    was.current = is
  }, [is, end])
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
