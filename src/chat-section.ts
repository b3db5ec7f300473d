/** The part of the table that says how the chat is. Without the chat it means nothing. */
import * as z from 'zod'
import { duration, flag, list, text, wholeNumber } from './option-kinds.ts'

export const chatSection = z.object({
  enabled: flag(true, 'Serve the chat, at `/`.'),
  guests: flag(true, 'A nickname is enough to come in.'),
  registration: flag(true, 'Anybody may claim a name with a password; otherwise accounts are made by administrators.'),
  lobby: text('Lobby', 'The name of the public room that everybody is in. Empty for none.'),
  message_size_limit: wholeNumber(8000, 'Characters that a message may have.', { min: 1, max: 100_000 }),
  recall_time: duration('24h', 'How long authors may take a message back; moderators always may.', {
    none: true,
    forever: true,
    timer: false,
  }),
  edit_time: duration('forever', 'How long authors may edit a message.', { none: true, forever: true, timer: false }),
  file_size_limit: wholeNumber(104_857_600, 'Bytes that a file may have. 0 for no files.'),
  session_ttl: duration('720h', 'How long somebody stays logged in who does not come.', { timer: false }),
  retention: duration('forever', 'How long messages are kept where a room says nothing of its own.', {
    forever: true,
    timer: false,
  }),
  link_previews: flag(true, 'Look at what links lead to, and show it below the message.'),
  webhook_networks: list('Addresses and ranges of the own network (`10.0.0.0/8`) that outgoing webhooks may call.'),
})
