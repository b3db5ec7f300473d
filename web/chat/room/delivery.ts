/** How far a message of one's own has come. */
import type { Marks } from '../../lib/room-model.ts'

export type Delivery = 'waiting' | 'sending' | 'failed' | 'sent' | 'delivered' | 'read'

export function deliveryOf(offset: number, marks: Marks): Delivery {
  if (marks.read >= offset) return 'read'
  return marks.delivered >= offset ? 'delivered' : 'sent'
}
