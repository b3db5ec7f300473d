/** What the actions of rooms are told, with its limits. */
import * as z from 'zod'
import { roomId } from '../messages/actions.ts'

const year = 366 * 24 * 3600 * 1000

export const personId = z.string().min(1).max(64).describe('of a person')
export const duration = z
  .int()
  .min(1000)
  .max(10 * year)
  .describe('milliseconds; without it, until it is lifted')
export const reason = z.string().trim().max(500).describe('shown to who is in the room')
export const after = z.string().max(500).describe('`next` of the page before')
export const pageSize = z.int().min(1).max(200).default(50)
export const next = z.string().optional().describe('ask for more with it as `after`; absent at the end')
export const inRoom = z.object({ room: roomId })
export const personInRoom = z.object({ room: roomId, person: personId })
