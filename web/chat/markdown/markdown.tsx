import { Fragment, useMemo, type ReactNode } from 'react'
import { emojiOf } from '../../lib/shortcodes.ts'
import { classes } from '../../ui/classes.ts'
import { useFormatting } from './formatting.ts'
import { isOnlyEmoji } from './marks.ts'
import { mentioned, type Mentions } from './mentioned.tsx'
import { useShortcodes } from './use-shortcodes.ts'

interface Props {
  readonly text: string
  readonly mentions?: Mentions
  /** Stands behind the last word. */
  readonly end?: ReactNode
}

const noMentions: Mentions = new Map()

/** What somebody wrote, as elements. Until what reads the marks is there, and if it never comes, they are shown as written. */
export function Markdown({ text, mentions = noMentions, end }: Props) {
  const codes = useShortcodes(text)
  const formatting = useFormatting(text)
  const body = useMemo(() => {
    const words = (plain: string): ReactNode => mentioned(emojiOf(plain, codes), mentions)
    return formatting?.markedText(text, words, end) ?? lines(text, words, end)
  }, [formatting, text, mentions, codes, end])
  return (
    <div className={classes('prose', isOnlyEmoji(emojiOf(text, codes)) && 'only-emoji')} dir="auto">
      {body}
    </div>
  )
}

function lines(text: string, words: (text: string) => ReactNode, end: ReactNode): ReactNode {
  return (
    <p>
      {text.split('\n').map((line, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the lines of a text never move
        <Fragment key={index}>
          {index > 0 && <br />}
          {words(line)}
        </Fragment>
      ))}
      {end}
    </p>
  )
}
