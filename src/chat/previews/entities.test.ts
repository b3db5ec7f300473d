import { expect, test } from 'bun:test'
import { decodeEntities } from './entities.ts'

test.each([
  ['a &amp; b &lt;i&gt; &quot;c&quot; &apos;d&apos;', 'a & b <i> "c" \'d\''],
  ['&#39;x&#x27; &#20320;&#x597D; &#128578;', "'x' 你好 🙂"],
  ['&nbsp;&iexcl;&eacute;&yuml;&szlig;&times;', '\u00a0¡éÿß×'],
  ['&Alpha;&Omega;&alpha;&rho;&sigmaf;&sigma;&omega;&Rho;&Sigma;', 'ΑΩαρςσωΡΣ'],
  ['&mdash;&hellip;&euro;&trade;&ldquo;&rdquo;&ensp;&zwj;&hearts;', '—…€™“”\u2002\u200d♥'],
  ['&#150;&#x80;&#133;', '–€…'], // as windows-1252 has them
  ['&copy 2026 &AMP &LT', '© 2026 & <'],
  ['&#0;&#xD800;&#x110000;&#99999999;', '\uFFFD\uFFFD\uFFFD\uFFFD'],
  ['&bogus; &; & &# &#x; AT&T &toolongtobeaname;', '&bogus; &; & &# &#x; AT&T &toolongtobeaname;'],
  ['&amp;lt;script&amp;gt;', '&lt;script&gt;'], // once
])('%j is %j', (written, read) => {
  expect(decodeEntities(written)).toBe(read)
})
