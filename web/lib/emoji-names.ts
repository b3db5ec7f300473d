/** Emoji by what people call them: the short names of GitHub and Slack, and words of the reader's language. */
import { emojiData } from './emoji-data.ts'
import { loadShortcodes, shortcodes } from './shortcodes.ts'

export interface EmojiName {
  readonly emoji: string
  /** Without colons. */
  readonly codes: readonly string[]
  readonly label: string
  readonly tags: readonly string[]
}

const loading = new Map<string, Promise<readonly EmojiName[]>>()

/** Fetched once for each language. Where the network fails, the next one who asks tries again. */
export function emojiNames(language: 'en' | 'zh'): Promise<readonly EmojiName[]> {
  const known = loading.get(language)
  if (known !== undefined) return known
  const names = load(language)
  loading.set(language, names)
  names.catch(() => loading.delete(language))
  return names
}

async function load(language: 'en' | 'zh'): Promise<readonly EmojiName[]> {
  const [{ emojis }] = await Promise.all([emojiData(language), loadShortcodes()])
  const codes = new Map<string, string[]>()
  for (const [code, emoji] of shortcodes.value ?? []) {
    const key = bare(emoji)
    codes.set(key, [...(codes.get(key) ?? []), code])
  }
  return emojis.map(({ emoji, label, tags }) => ({
    emoji,
    codes: codes.get(bare(emoji)) ?? [],
    label: label.toLowerCase(),
    tags: tags.map((tag) => tag.toLowerCase()),
  }))
}

/** The tables differ in whether they say that an emoji is to be drawn in colour. */
const bare = (emoji: string): string => emoji.replaceAll('\uFE0F', '')
