import {
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type ChangeEvent,
  type FormEvent,
  type KeyboardEvent,
} from 'react'
import { useWords } from '../i18n/language.ts'
import { textLimit, type Outbox } from '../lib/outbox.ts'
import { isComposing } from '../ui/composing.ts'

const warnBelow = 200

export function Composer({ outbox }: { outbox: Outbox }) {
  const words = useWords()
  const [text, setText] = useState('')
  const [full, setFull] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const hint = useId()
  const left = textLimit - length(text)
  const ready = text.trim() !== '' && left >= 0

  useLayoutEffect(() => {
    const element = field.current
    if (element === null) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px` // the style sheet says how far it may grow
  })

  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) field.current?.focus() // on a phone it would bring up the keyboard
  }, [])

  const change = useCallback((event: ChangeEvent<HTMLTextAreaElement>) => setText(event.target.value), [])
  const submit = useCallback(
    (event?: FormEvent) => {
      event?.preventDefault()
      if (!ready) return
      const taken = outbox.add(text.trim())
      setFull(!taken)
      if (taken) setText('')
      field.current?.focus()
    },
    [outbox, ready, text],
  )
  const press = useCallback(
    (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return
      event.preventDefault()
      submit()
    },
    [submit],
  )

  return (
    <form className="composer" onSubmit={submit}>
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        value={text}
        onChange={change}
        onKeyDown={press}
        placeholder={words.write}
        aria-label={words.write}
        aria-describedby={hint}
        aria-invalid={left < 0}
        enterKeyHint="send"
        autoComplete="off"
      />
      <button type="submit" className="primary" disabled={!ready} aria-label={words.send} title={words.send}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M12 19V5M5.5 11.5 12 5l6.5 6.5" />
        </svg>
      </button>
      <small id={hint} className={left < 0 || full ? 'refused' : undefined} aria-live="polite">
        {full ? words.full : left < 0 ? words.tooLong(-left) : left < warnBelow && words.remaining(left)}
      </small>
    </form>
  )
}

/** Counting is needed only near the limit. */
function length(text: string): number {
  return text.length <= textLimit ? text.length : Array.from(text.trim()).length
}
