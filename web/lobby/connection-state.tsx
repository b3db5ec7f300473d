import { useWords } from '../i18n/language.ts'
import type { ConnectionState as State } from '../lib/lobby.ts'

export function ConnectionState({ state }: { state: State }) {
  const words = useWords()
  return (
    <output className="connection" data-state={state}>
      {words.connection[state]}
    </output>
  )
}
