import { useEffect, useRef, type ClipboardEvent, type KeyboardEvent, type RefObject } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import type { Room } from '../../lib/views.ts'
import { isComposing } from '../../ui/composing.ts'
import { later } from '../../ui/later.tsx'
import { useMe, usePreferences, useSource } from '../context.ts'
import type { CompletionListProps } from './completion-list.tsx'
import { fetchTools, tools } from './tools.ts'
import { useCompletion } from './use-completion.ts'

const CompletionList = later<CompletionListProps>(async () => (await import('./completion-list.tsx')).CompletionList)

interface Props {
  readonly area: RefObject<HTMLTextAreaElement | null>
  readonly model: RoomModel
  readonly room: Room
  readonly send: () => void
}

/** What is being written: a field that grows, and what its keys do. */
export function TextArea({ area, model, room, send }: Props) {
  const { text, about } = useSource(model.draft)
  const { enterSends } = usePreferences()
  const completion = useCompletion(area, { model, room })
  const composing = useRef(false)
  const editLast = useEditLast(model)
  const t = useT()
  useEffect(() => {
    if (about !== undefined) area.current?.focus()
  }, [about, area])

  const keys = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (isComposing(event) || completion.key(event)) return
    const sends = event.key === 'Enter' && (enterSends ? !event.shiftKey : event.metaKey || event.ctrlKey)
    if (sends) {
      event.preventDefault()
      completion.close()
      send()
    } else if (event.key === 'Escape' && about !== undefined) {
      event.preventDefault()
      model.deeds.setDraft({ about: undefined, ...(about.kind === 'edit' && { text: '' }) })
    } else if (event.key === 'ArrowUp' && text === '' && about === undefined) {
      if (editLast()) event.preventDefault()
    } else if (tools()?.format(event.currentTarget, event.nativeEvent) === true) event.preventDefault()
  }
  const look = (): void => {
    if (!composing.current) completion.look()
  }
  const { list } = completion
  return (
    <>
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
          // A field of several lines may be no combobox (ARIA in HTML); as a text field it tells of its list like this.
          aria-autocomplete="list"
          aria-haspopup={list && 'listbox'}
          aria-controls={list && completion.id}
          aria-activedescendant={list && list.active >= 0 ? `${completion.id}-${list.active}` : undefined}
          className="scrolls field-sizing-content max-h-[40dvh] w-full resize-none bg-transparent px-1 py-0.5 outline-none"
          onFocus={() => void fetchTools()}
          onBlur={completion.close}
          onChange={(event) => {
            model.deeds.setDraft({ text: event.target.value })
            model.typing.touched()
            look()
          }}
          onSelect={look}
          onCompositionStart={() => {
            composing.current = true
            completion.close()
          }}
          onCompositionEnd={() => {
            composing.current = false
            completion.look()
          }}
          onKeyDown={keys}
          onPaste={(event) => pasted(event, model)}
        />
      </label>
      <span role="status" className="unseen">
        {list !== undefined && t('completion.count', { count: list.suggestions.length })}
      </span>
      {list !== undefined && <CompletionList id={completion.id} list={list} take={completion.take} />}
    </>
  )
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

/** Files become attachments; an address over words that are selected makes them a link. */
function pasted(event: ClipboardEvent<HTMLTextAreaElement>, model: RoomModel): void {
  const files = Array.from(event.clipboardData.files)
  const text = event.clipboardData.getData('text/plain')
  if (files.length > 0) model.deeds.addFiles(files)
  else if (tools()?.pasteLink(event.currentTarget, text) !== true) return
  event.preventDefault()
}
