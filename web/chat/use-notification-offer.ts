/** Whether it is time to offer notifications: somebody has spoken here, or was mentioned, and the browser was never asked. */
import { useState } from 'react'
import { useMe, useModel, usePreferences, useSource } from './context.ts'

export function useNotificationOffer(): boolean {
  const { rooms } = useSource(useModel().rooms)
  const { notificationsOffered, systemNotifications } = usePreferences()
  const me = useMe()
  const [talks, setTalks] = useState(false)
  const isTalking = rooms.some(({ mentions, last }) => mentions > 0 || last?.from === me.id)
  if (isTalking && !talks) setTalks(true) // and stays so: what was offered does not go by itself
  return talks && !notificationsOffered && !systemNotifications && canAsk()
}

/** Takes a while: it is asked last. */
const canAsk = (): boolean => 'Notification' in globalThis && Notification.permission === 'default'
