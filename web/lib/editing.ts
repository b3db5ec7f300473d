/**
 * Changes to a text with a selection, as the keys for bold, code and links make
 * them: which part goes, what comes, and what is selected then. Pressed again,
 * the marks go. Who applies it does so as one step that can be undone.
 */
export interface Selected {
  readonly text: string
  readonly from: number
  readonly to: number
}

export interface Edit {
  /** What is replaced. */
  readonly from: number
  readonly to: number
  readonly insert: string
  /** What is selected then. */
  readonly select: readonly [from: number, to: number]
}

export const bold = (selected: Selected): Edit => marked(selected, '**')
export const italic = (selected: Selected): Edit => marked(selected, '*')
export const strike = (selected: Selected): Edit => marked(selected, '~~')

/** Of one line, between as many signs as it takes; of several, a block. */
export function code(selected: Selected): Edit {
  const inside = selected.text.slice(selected.from, selected.to)
  if (inside.includes('\n')) return codeBlock(selected)
  const hasMarks = unmarked(trimmed(selected), '`') !== undefined
  return marked(selected, hasMarks ? '`' : '`'.repeat(longestRun(inside) + 1))
}

export function codeBlock({ text, from, to }: Selected): Edit {
  const before = /(^|\n)```[^\n`]*\n$/.exec(text.slice(0, from))
  const after = /^\n```(?=\n|$)/.exec(text.slice(to))
  const inside = text.slice(from, to)
  if (before !== null && after !== null) {
    const start = before.index + (before[1] ?? '').length
    return replacing(start, to + after[0].length, '', inside, '')
  }
  const fence = '`'.repeat(Math.max(3, longestRun(inside) + 1))
  const opens = from === 0 || text[from - 1] === '\n' ? `${fence}\n` : `\n${fence}\n`
  const closes = to === text.length || text[to] === '\n' ? `\n${fence}` : `\n${fence}\n`
  return replacing(from, to, opens, inside, closes)
}

/** Words wait for their address, an address for its words. */
export function link(selected: Selected): Edit {
  const { text, from, to } = trimmed(selected)
  const inside = text.slice(from, to)
  const address = /^\]\([^()\s]*\)/.exec(text.slice(to))
  if (text[from - 1] === '[' && address !== null) return replacing(from - 1, to + address[0].length, '', inside, '')
  if (isAddress(inside)) return { from, to, insert: `[](${inAddress(inside)})`, select: [from + 1, from + 1] }
  const insert = `[${inLinkText(inside)}]()`
  return { from, to, insert, select: [from + insert.length - 1, from + insert.length - 1] }
}

/** An address that is pasted over words makes them a link; undefined where it is to be pasted as it is. */
export function linkTo(selected: Selected, pasted: string): Edit | undefined {
  const { text, from, to } = trimmed(selected)
  const inside = text.slice(from, to)
  const address = pasted.trim()
  if (inside === '' || inside.includes('\n') || !isAddress(address) || isAddress(inside)) return undefined
  const insert = `[${inLinkText(inside)}](${inAddress(address)})`
  return { from, to, insert, select: [from + insert.length, from + insert.length] }
}

/** Puts something in the place of what is selected; one goes on behind it. */
export function put({ from, to }: Pick<Selected, 'from' | 'to'>, insert: string): Edit {
  return { from, to, insert, select: [from + insert.length, from + insert.length] }
}

/** Marks do not reach over lines, so each line has its own. */
function marked(selected: Selected, mark: string): Edit {
  const { text, from, to } = trimmed(selected)
  const inside = text.slice(from, to)
  if (!inside.includes('\n')) return unmarked({ text, from, to }, mark) ?? replacing(from, to, mark, inside, mark)
  const lines = inside.split('\n')
  const areAll = lines.every((line) => line.trim() === '' || isBetween(line.trim(), mark))
  const insert = lines.map((line) => (line.trim() === '' ? line : oneLine(line, mark, areAll))).join('\n')
  return { from, to, insert, select: [from, from + insert.length] }
}

function oneLine(line: string, mark: string, isMarked: boolean): string {
  const words = line.trim()
  if (isMarked) return line.replace(words, () => words.slice(mark.length, -mark.length))
  return isBetween(words, mark) ? line : line.replace(words, () => mark + words + mark)
}

/** Without the marks that stand around what is selected, or at its ends. */
function unmarked({ text, from, to }: Selected, mark: string): Edit | undefined {
  const inside = text.slice(from, to)
  const size = mark.length
  if (isBetween(inside, mark)) return replacing(from, to, '', inside.slice(size, -size), '')
  const [sign = ''] = mark
  const before = runAtEnd(text.slice(0, from), sign)
  const after = runAtStart(text.slice(to), sign)
  return isMark(Math.min(before, after), mark) ? replacing(from - size, to + size, '', inside, '') : undefined
}

function isBetween(text: string, mark: string): boolean {
  const [sign = ''] = mark
  if (text.length < 2 * mark.length + 1) return false
  return isMark(Math.min(runAtStart(text, sign), runAtEnd(text, sign)), mark)
}

/** Of stars, one is one thing, two are another, three are both. */
function isMark(run: number, mark: string): boolean {
  return mark === '*' ? run === 1 || run === 3 : run >= mark.length
}

function runAtEnd(text: string, sign: string): number {
  let run = 0
  while (run < text.length && text[text.length - 1 - run] === sign) run++
  return run
}

function runAtStart(text: string, sign: string): number {
  let run = 0
  while (run < text.length && text[run] === sign) run++
  return run
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length))
}

function replacing(from: number, to: number, before: string, inside: string, after: string): Edit {
  const start = from + before.length
  return { from, to, insert: before + inside + after, select: [start, start + inside.length] }
}

/** Blanks at the ends are not meant: between a mark and a word there is none. */
function trimmed({ text, from, to }: Selected): Selected {
  const inside = text.slice(from, to)
  if (inside.trim() === '') return { text, from, to }
  return {
    text,
    from: from + inside.length - inside.trimStart().length,
    to: to - inside.length + inside.trimEnd().length,
  }
}

function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text)
}

const inAddress = (address: string): string => address.replaceAll('(', '%28').replaceAll(')', '%29')
const inLinkText = (text: string): string => text.replaceAll(/[[\]]/g, String.raw`\$&`)
