import { expect, test } from 'bun:test'
import { firstScripts, limit, pageSizes } from '../scripts/page-size.ts'

test('the first message can be read after less than 150 KB of script, however it is compressed', async () => {
  const sizes = await pageSizes()
  const first = firstScripts(sizes)
  expect(first.brotli).toBeGreaterThan(50_000) // React alone: else what is counted is not what is loaded
  expect(first.brotli).toBeLessThan(limit.brotli)
  expect(first.gzip).toBeLessThan(limit.gzip)
  // What floats, settings, emoji and what reads marks come later.
  expect(sizes.filter(({ first: isFirst, brotli }) => !isFirst && brotli > 5000).length).toBeGreaterThan(3)
})
