/** Names in lines about what happened: oneself is "you". */
import { useT } from '../i18n/use-translate.ts'
import { useMe, useModel, useSource } from './context.ts'

export function useNameOf(): (id: string, to?: boolean) => string {
  const { byId } = useSource(useModel().people)
  const me = useMe()
  const t = useT()
  return (id, to = false) => {
    if (id === me.id) return t(to ? 'youToo' : 'you')
    const person = byId.get(id)
    return person?.name || t(person?.kind === 'gone' ? 'people.gone' : 'people.somebody')
  }
}
