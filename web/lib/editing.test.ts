import { expect, test } from 'bun:test'
import { bold, code, codeBlock, italic, link, linkTo, put, strike, type Edit, type Selected } from './editing.ts'

/** `[` and `]` stand around what is selected, `|` where nothing is. */
function selection(shown: string): Selected {
  const at = shown.indexOf('|')
  if (at >= 0) return { text: shown.replace('|', ''), from: at, to: at }
  const [from, to] = [shown.indexOf('⟨'), shown.indexOf('⟩') - 1]
  return { text: shown.replace('⟨', '').replace('⟩', ''), from, to }
}

function after({ text }: Selected, { from, to, insert, select: [start, end] }: Edit): string {
  const next = text.slice(0, from) + insert + text.slice(to)
  if (start === end) return `${next.slice(0, start)}|${next.slice(start)}`
  return `${next.slice(0, start)}⟨${next.slice(start, end)}⟩${next.slice(end)}`
}

const edits = { bold, italic, strike, code, codeBlock, link }

test.each<[name: keyof typeof edits, before: string, then: string]>([
  ['bold', 'a ⟨word⟩ here', 'a **⟨word⟩** here'],
  ['bold', 'a **⟨word⟩** here', 'a ⟨word⟩ here'],
  ['bold', 'a ⟨**word**⟩ here', 'a ⟨word⟩ here'],
  ['bold', 'a⟨ word ⟩here', 'a **⟨word⟩** here'],
  ['bold', 'a |', 'a **|**'],
  ['bold', 'a **|**', 'a |'],
  ['bold', '⟨一\n二⟩', '⟨**一**\n**二**⟩'],
  ['bold', '⟨**一**\n\n**二**⟩', '⟨一\n\n二⟩'],
  ['bold', '⟨**一**\n二⟩', '⟨**一**\n**二**⟩'],
  ['italic', '⟨word⟩', '*⟨word⟩*'],
  ['italic', '*⟨word⟩*', '⟨word⟩'],
  ['italic', '**⟨word⟩**', '***⟨word⟩***'],
  ['italic', '***⟨word⟩***', '**⟨word⟩**'],
  ['bold', '*⟨word⟩*', '***⟨word⟩***'],
  ['bold', '***⟨word⟩***', '*⟨word⟩*'],
  ['strike', '⟨gone⟩', '~~⟨gone⟩~~'],
  ['strike', '~~⟨gone⟩~~', '⟨gone⟩'],
  ['code', 'run ⟨make⟩', 'run `⟨make⟩`'],
  ['code', 'run `⟨make⟩`', 'run ⟨make⟩'],
  ['code', '⟨a`b⟩', '``⟨a`b⟩``'],
  ['code', '⟨one\ntwo⟩', '```\n⟨one\ntwo⟩\n```'],
  ['codeBlock', 'see: ⟨x⟩ there', 'see: \n```\n⟨x⟩\n```\n there'],
  ['codeBlock', '```ts\n⟨x⟩\n```', '⟨x⟩'],
  ['codeBlock', '⟨```\nx\n```⟩', '````\n⟨```\nx\n```⟩\n````'],
  ['codeBlock', '|', '```\n|\n```'],
  ['link', 'see ⟨this⟩', 'see [this](|)'],
  ['link', 'see ⟨https://a.example/⟩', 'see [|](https://a.example/)'],
  ['link', '[⟨this⟩](https://a.example)', '⟨this⟩'],
])('%s: %j becomes %j', (name, before, then) => {
  const selected = selection(before)
  expect(after(selected, edits[name](selected))).toBe(then)
})

test('an address over words makes them a link, and anything else is pasted as it is', () => {
  const paste = (shown: string, pasted: string) => {
    const selected = selection(shown)
    const edit = linkTo(selected, pasted)
    return edit && after(selected, edit)
  }
  expect(paste('see ⟨this⟩ now', 'https://a.example/x\n')).toBe('see [this](https://a.example/x)| now')
  expect(paste('⟨a [b]⟩', 'https://a.example/(x)')).toBe(String.raw`[a \[b\]](https://a.example/%28x%29)|`)
  expect(paste('see |', 'https://a.example')).toBeUndefined()
  expect(paste('⟨this⟩', 'two words')).toBeUndefined()
  expect(paste('⟨this⟩', 'javascript:alert(1)')).toBeUndefined()
  expect(paste('⟨https://b.example⟩', 'https://a.example')).toBeUndefined()
  expect(paste('⟨a\nb⟩', 'https://a.example')).toBeUndefined()
})

test('what is put in replaces what is selected', () => {
  const selected = selection('a ⟨b⟩ c')
  expect(after(selected, put(selected, '😀'))).toBe('a 😀| c')
})
