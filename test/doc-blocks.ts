/** The code blocks of a page of the documentation, each with the output that the page shows after it. */
export interface Block {
  readonly language: string
  readonly code: string
  readonly output: string | undefined
  readonly line: number
}

export function blocksOf(page: string): Block[] {
  const found = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
  return found.flatMap(({ 1: language = '', 2: code = '', index }, at) => {
    if (language === 'text') return []
    const next = found[at + 1]
    const output = next?.[1] === 'text' ? next[2] : undefined
    return [{ language, code, output, line: page.slice(0, index).split('\n').length }]
  })
}

/** Whether an output is the one that is shown; `…` stands for anything on a line. */
export function isShown(output: string, shown: string): boolean {
  const pattern = shown
    .trimEnd()
    .split('…')
    .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${pattern}$`).test(output.trimEnd())
}
