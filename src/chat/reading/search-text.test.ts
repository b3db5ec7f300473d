import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { type Expression, phraseExpression, searchBody, wordExpression } from './search-text.ts'

/** Whether the index, as the chat has it, finds the text by this. */
function finds(text: string, expression: Expression | undefined): boolean {
  if (expression === undefined) return false
  const [match, ...needs] = [expression.match, ...expression.needs].map((each) => isIn(text, each))
  if (match === true) expect(needs).toEqual(needs.map(() => true))
  return match === true
}

function isIn(text: string, expression: string): boolean {
  using db = new Database(':memory:')
  db.run(`CREATE VIRTUAL TABLE t USING fts5 (body, tokenize = 'unicode61 remove_diacritics 2', prefix = '1')`)
  db.run('INSERT INTO t VALUES (?)', [searchBody(text)])
  return db.query('SELECT 1 FROM t WHERE t MATCH ?').get(`body : (${expression})`) !== null
}

const asWord = (text: string, typed: string) =>
  finds(
    text,
    wordExpression(typed, () => []),
  )
const asPhrase = (text: string, typed: string) => finds(text, phraseExpression(typed))

test.each<[text: string, typed: string]>([
  ['我在上海工作', '上海'],
  ['我在上海工作', '在上海工'],
  ['我在上海', '海'],
  ['我在上海', '上'],
  ['请说明具体情况。', '具体情况'],
  ['用Posthouse服务器', 'posthouse'],
  ['用Posthouse服务器', '服务器'],
  ['用Posthouse服务器', 'Posthouse服务'],
  ['Ｐｏｓｔｈｏｕｓｅ', 'posthouse'],
  ['Café au lait', 'cafe'],
  ['cafe', 'Café'],
  ['東京タワーへ', 'タワー'],
  ['한국어로 말해요', '한국어'],
  ['rev_2 of it', 'rev_2'],
  ['"quoted" AND NOT', 'and'],
])('%j is found by %j', (text, typed) => {
  expect(asWord(text, typed)).toBe(true)
})

test.each<[text: string, typed: string]>([
  ['上面的海', '上海'],
  ['海上', '上海'],
  ['上海。海人', '上海人'],
  ['hello', 'hell'],
  ['hello', '上'],
])('%j is not found by %j', (text, typed) => {
  expect(asWord(text, typed)).toBe(false)
})

test.each<[text: string, typed: string, found: boolean]>([
  ['the quick brown fox', 'quick brown', true],
  ['the quick brown fox', 'brown quick', false],
  ['the quick, brown fox', 'quick brown', true],
  ['用 Posthouse 服务器很好', 'posthouse 服务器', true],
  ['用 Posthouse 服务器很好', '用 posthouse 服务', true],
  ['用 Posthouse 服务器很好', 'posthouse 服', true],
  ['用 Posthouse 的服务器', 'posthouse 服务器', false],
  ['服务器 Posthouse', '服务 posthouse', false],
  ['"', '"', false],
])('%j has the phrase %j: %j', (text, typed, found) => {
  expect(asPhrase(text, typed)).toBe(found)
})

test.each(['', '   ', '!?', '"', '😀', '*', '()', '^'])('in %j there is nothing to look for', (typed) => {
  expect(wordExpression(typed, () => [])).toBeUndefined()
  expect(phraseExpression(typed)).toBeUndefined()
})

test('whatever is typed is no syntax', () => {
  for (const typed of ['a" OR "b', 'NEAR(a b)', 'scope : r1', 'a*', '-a', 'a\u0000b', '\ud800', 'body:x', "';--"])
    for (const expression of [wordExpression(typed, () => []), phraseExpression(typed)])
      expect(() => finds('a b', expression)).not.toThrow()
})
