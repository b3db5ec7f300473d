import type { ConnectionRequest, Identity } from '../../index.ts'
import type { Chat } from '../chat.ts'

export function identify(_chat: Chat, _request: ConnectionRequest): Identity | undefined {
  return undefined
}
