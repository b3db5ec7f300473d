import { useCallback, useId, useState, type ChangeEvent, type FormEvent } from 'react'
import { useWords } from '../i18n/language.ts'
import { isComposing } from '../ui/composing.ts'
import { LanguageSwitch } from './language-switch.tsx'
import { Seal } from './seal.tsx'

interface Props {
  name: string
  refused: boolean
  enter: (name: string) => void
}

export function NameForm({ name, refused, enter }: Props) {
  const words = useWords()
  const [value, setValue] = useState(name)
  const hint = useId()
  const change = useCallback((event: ChangeEvent<HTMLInputElement>) => setValue(event.target.value), [])
  const submit = useCallback(
    (event: FormEvent) => {
      event.preventDefault()
      if (value.trim() !== '') enter(value.trim())
    },
    [enter, value],
  )
  return (
    <main className="door">
      <form className="door-sheet" onSubmit={submit}>
        <Seal />
        <h1>
          Posthouse <span lang="zh-Hans">驿站</span>
        </h1>
        <p>{words.tagline}</p>
        <label>
          {words.nickname}
          <input
            value={value}
            onChange={change}
            onKeyDown={keepComposing}
            maxLength={200}
            required
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the page has this one question
            autoFocus
            autoComplete="off"
            enterKeyHint="go"
            aria-describedby={hint}
            aria-invalid={refused}
          />
        </label>
        <small id={hint} className={refused ? 'refused' : undefined} role={refused ? 'alert' : undefined}>
          {refused ? words.nicknameRefused : words.nicknameHint}
        </small>
        <button type="submit" className="primary" disabled={value.trim() === ''}>
          {words.enter}
        </button>
      </form>
      <LanguageSwitch />
    </main>
  )
}

/** The Enter that takes a candidate of an input method must not submit the form. */
function keepComposing(event: React.KeyboardEvent): void {
  if (event.key === 'Enter' && isComposing(event)) event.preventDefault()
}
