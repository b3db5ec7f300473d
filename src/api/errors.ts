/** How what was thrown by a method is told to a backend. */
import { z } from 'zod'
import { ClientError, errors } from '../core/errors.ts'
import type { Node } from '../core/node.ts'
import { StoreError } from '../core/store.ts'

export interface ApiError {
  readonly code: number
  readonly message: string
}

export function toApiError(node: Node, error: unknown): ApiError {
  if (error instanceof ClientError) return { code: error.code, message: error.message }
  if (error instanceof z.ZodError) return { code: errors.badRequest().code, message: `bad request: ${describe(error)}` }
  if (!(error instanceof StoreError)) node.report(error)
  const { code, message } = errors.internal()
  return { code, message }
}

export function encodeError(node: Node, error: unknown): string {
  const { code, message } = toApiError(node, error)
  return JSON.stringify({ code, message })
}

/** In the error mode `transport`, the status tells already. */
export function statusOf({ code }: ApiError): number {
  return statuses.get(code) ?? 500
}

const statuses = new Map([
  [102, 404],
  [104, 404],
  [107, 400],
  [108, 400],
  [112, 416],
  [113, 409],
])

function describe(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ')
}
