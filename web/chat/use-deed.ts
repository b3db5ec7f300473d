/** Asks for something, and says it where it was refused. */
import { useCallback, useState } from 'react'
import type { Outcome, Problem } from '../lib/outcome.ts'
import { say } from '../ui/toast.ts'
import type { Key, Translate } from '../i18n/translate.ts'
import { useT } from '../i18n/use-translate.ts'
import { span } from '../i18n/format.ts'

/** In the reader's language where we know the error, else as the server says it. */
export function problemText(t: Translate, { name, message, retryAfter }: Problem): string {
  const key = `problem.${name}`
  const text = isPlain(t, key) ? t(key) : message
  return retryAfter === undefined ? text : `${text} ${t('problem.retry', { span: span(t.lang, retryAfter) })}`
}

type Plain = Exclude<Extract<Key, `problem.${string}`>, 'problem.retry'>
const isPlain = (t: Translate, key: string): key is Plain => t.has(key)

/** Runs a deed; a refusal becomes a toast. Answers whether it was done. */
export function useDeed(): (deed: Promise<Outcome<unknown>>) => Promise<boolean> {
  const t = useT()
  return useCallback(
    async (deed) => {
      const outcome = await deed
      if (!outcome.ok) say(problemText(t, outcome.problem), { kind: 'problem' })
      return outcome.ok
    },
    [t],
  )
}

interface Form {
  readonly busy: boolean
  readonly problem: Problem | undefined
  /** Answers whether it was done. */
  readonly submit: (deed: () => Promise<Outcome<unknown>>) => Promise<boolean>
}

/** A deed whose refusal stands beside what was filled in. */
export function useForm(): Form {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  return {
    busy,
    problem,
    async submit(deed) {
      setBusy(true)
      const outcome = await deed()
      setBusy(false)
      setProblem(outcome.ok ? undefined : outcome.problem)
      return outcome.ok
    },
  }
}
