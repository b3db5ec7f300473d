/** Whether one takes nothing from somebody. Asked for when it matters first. */
import { useEffect } from 'react'
import { useModel, useSource } from './context.ts'

export function useBlocked(person: string | undefined): boolean {
  const { account, deeds } = useModel()
  const { blocked } = useSource(account)
  const isUnknown = person !== undefined && blocked === undefined
  useEffect(() => {
    if (isUnknown) deeds.look('blocked')
  }, [isUnknown, deeds])
  return blocked?.some(({ id }) => id === person) === true
}
