/**
 * What the store and its writer tell each other. Both sides talk in batches:
 * a message between threads costs more than what it carries. The writer
 * answers in the order in which it was asked, so nothing needs a number.
 */
import type { Appended, Erasure, Statement } from '../core/store.ts'
import type { StreamChange, StreamChanged } from '../core/stream.ts'

export interface AppendRequest {
  readonly kind: 'append'
  readonly channel: string
  readonly now: number
  readonly data: string | Uint8Array
  readonly user: string | null // null: no info
  readonly client: string | null
  readonly connInfo: string | Uint8Array | null
  readonly chanInfo: string | Uint8Array | null
  readonly tags: string | null
  readonly size: number
  readonly age: number
  readonly metaAge: number
  readonly key: string | undefined
  readonly version: number | undefined
  readonly versionEpoch: string
  readonly statements: readonly Statement[]
  readonly erase: readonly Erasure[]
}

interface RemoveRequest {
  readonly kind: 'remove'
  readonly channel: string
  readonly before: number // Infinity: all
  readonly statements: readonly Statement[]
}

interface WriteRequest {
  readonly kind: 'write'
  readonly statements: readonly Statement[]
}

export interface ChangeRequest {
  readonly kind: 'change'
  readonly channel: string
  readonly now: number
  readonly change: StreamChange
  readonly drafts: readonly AppendRequest[] // those of the change, as appends
  readonly size: number
  readonly age: number
  readonly metaAge: number
}

export type Request = AppendRequest | RemoveRequest | WriteRequest | ChangeRequest

/** Whether it may fail half-way, and so must be undone for itself. */
export function isCompound(request: Request): boolean {
  if (request.kind === 'change' || request.statements.length > 0) return true
  return request.kind === 'append' && request.erase.length > 0
}

/** undefined where there is nothing to say but that it is done. */
export type Answer = Appended | StreamChanged | undefined | Refusal

export interface Refusal {
  readonly refused: string // why; or the name of the guard that did not hold
  readonly because: 'guard' | 'constraint' | 'mistake' | 'disk'
  readonly temporary: boolean
}

export type ToWriter =
  | { readonly kind: 'open'; readonly file: string }
  | { readonly kind: 'requests'; readonly requests: readonly Request[] }
  | { readonly kind: 'tick'; readonly now: number }
  | { readonly kind: 'close' }

/** Why nothing can be written at present; `final`: not before a restart. */
export interface Trouble {
  readonly message: string
  readonly final: boolean
}

export type FromWriter =
  | { readonly kind: 'answers'; readonly answers: readonly Answer[]; readonly trouble: Trouble | undefined }
  | { readonly kind: 'opened' | 'ticked'; readonly trouble: Trouble | undefined }
  | { readonly kind: 'closed' }
