import type { Outcome } from '../../lib/outcome.ts'
import { useModel, useRoute, useRouter } from '../context.ts'

/** Comes in; and who came by an invitation is in its room with that. */
export function useArrival(): (comingIn: () => Promise<Outcome>) => Promise<Outcome> {
  const { deeds } = useModel()
  const router = useRouter()
  const route = useRoute()
  return async (comingIn) => {
    const outcome = await comingIn()
    if (!outcome.ok || route.view !== 'invitation') return outcome
    const accepted = await deeds.accept(route.token)
    // Where it does not, the page of the invitation says why.
    if (accepted.ok) router.go({ view: 'room', at: { room: accepted.value.room } }, { replace: true })
    return outcome
  }
}
