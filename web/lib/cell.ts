/**
 * State outside React, as the screens see it: what is, and word when it changes.
 * It is what the chat client tells its own state by.
 */
export type { Observable as Source } from '../../src/chat-client/observable.ts'
/** A source that somebody sets; its value is never altered in place. */
export { Watched as Cell } from '../../src/chat-client/observable.ts'
