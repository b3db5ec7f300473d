/** What the section `chat` of the configuration says, as the chat takes it. */
import type { ChatOptions } from '../chat/index.ts'
import type { Config } from '../config.ts'

export function chatOptions(section: Config['chat']): ChatOptions {
  return {
    guests: section.guests,
    registration: section.registration,
    lobby: section.lobby,
    messageLimit: section.message_size_limit,
    recallTime: section.recall_time,
    editTime: section.edit_time,
    fileLimit: section.file_size_limit,
    sessionTime: section.session_ttl,
    retention: section.retention,
    previews: section.link_previews,
    webhookNetworks: section.webhook_networks,
  }
}
