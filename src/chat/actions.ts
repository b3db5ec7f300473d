/** All that can be done. The typed client is made of this list. */
import { liveActions } from './live/actions.ts'
import { messageActions } from './messages/actions.ts'
import { owningActions } from './owning/actions.ts'
import { peopleActions } from './people/actions.ts'
import { readingActions } from './reading/actions.ts'
import { roomActions } from './rooms/actions.ts'
import { webhookActions } from './webhooks/actions.ts'

export const actions = {
  ...peopleActions,
  ...roomActions,
  ...messageActions,
  ...readingActions,
  ...liveActions,
  ...owningActions,
  ...webhookActions,
}

export type Actions = typeof actions
