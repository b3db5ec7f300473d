/** What holds for the channels that the chat owns: only members read them, only the chat writes them. */
import type { Application } from '../index.ts'

const log = {
  history_size: -1,
  history_ttl: 'forever',
  force_recovery: true,
  force_positioning: true,
  allow_history_for_subscriber: true,
} as const

export const namespaces: NonNullable<Application['namespaces']> = [
  { name: 'room', ...log },
  { name: 'dm', ...log },
  { name: 'inbox', allow_user_limited_channels: true, presence: true },
]
