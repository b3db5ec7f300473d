/** Reads what another server answers, as text and no more of it than is wanted: whoever answers decides how much it is. */
export async function boundedBody(response: Response, limit: number): Promise<string> {
  if (Number(response.headers.get('content-length')) > limit) {
    await response.body?.cancel()
    throw tooLarge(limit)
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > limit) throw tooLarge(limit) // leaving the loop cancels the rest
    chunks.push(chunk)
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
}

function tooLarge(limit: number): Error {
  return new Error(`the answer is larger than ${limit} bytes`)
}
