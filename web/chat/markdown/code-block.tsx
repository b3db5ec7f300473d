import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { copyText } from '../../lib/clipboard.ts'
import { useT } from '../../i18n/use-translate.ts'
import { IconButton } from '../../ui/icon-button.tsx'

export function CodeBlock({ text, language }: { text: string; language: string }) {
  const [copied, setCopied] = useState(false)
  const t = useT()
  const copy = async (): Promise<void> => {
    setCopied(await copyText(text))
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <div className="group/code relative">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
      <pre tabIndex={0} aria-label={t('message.code')} data-language={language || undefined}>
        <code>{text}</code>
      </pre>
      <span className="absolute end-1 top-1 rounded-full bg-raised opacity-0 shadow-low transition-opacity group-focus-within/code:opacity-100 group-hover/code:opacity-100 coarse:opacity-100">
        <IconButton small label={copied ? t('copied') : t('message.copyCode')} onClick={() => void copy()}>
          {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
        </IconButton>
      </span>
    </div>
  )
}
