/** A published client of resumable uploads is the judge of ours: `tus-js-client`, as it speaks the draft of the IETF. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { Upload, type UploadOptions } from 'tus-js-client'
import { must } from '../src/core/must.ts'
import { dataOf } from './files-support.ts'
import { startFiles } from './files-server.ts'
import { temporaryFolder } from './stores-support.ts'

setDefaultTimeout(60_000) // against waiting for ever

const data = dataOf(60_000)

/** Resolves to the address of the upload when it is complete, or when `stopAt` bytes were accepted. */
function send(options: UploadOptions, stopAt = Infinity): Promise<string> {
  return new Promise((resolve, reject) => {
    const given = {
      protocol: 'ietf-draft-05', // its types have forgotten it
      headers: { 'x-user': 'alice' },
      retryDelays: [],
      ...options,
      onError: reject,
      onSuccess: () => resolve(must(upload.url ?? undefined)),
      onChunkComplete: (_size: number, accepted: number) => {
        if (accepted >= stopAt) void upload.abort().then(() => resolve(must(upload.url ?? undefined)))
      },
    }
    const upload: Upload = new Upload(Buffer.from(data), given)
    upload.start()
  })
}

test('sends a file in one piece and in many', async () => {
  using folder = temporaryFolder()
  await using server = await startFiles(folder.path)
  for (const options of [{}, { chunkSize: 7000 }, { chunkSize: 7000, uploadDataDuringCreation: true }]) {
    const url = await send({ endpoint: `${server.url}/api/chat/files?name=a.bin`, ...options })
    expect(await contentOf(server.url, url)).toEqual(Buffer.from(data))
  }
})

test('goes on with a file after a break', async () => {
  using folder = temporaryFolder()
  await using server = await startFiles(folder.path)
  const uploadUrl = await send({ endpoint: `${server.url}/api/chat/files`, chunkSize: 7000 }, 20_000)
  const { headers } = await fetch(uploadUrl, { method: 'HEAD', headers: { 'x-user': 'alice' } })
  expect(headers.get('upload-offset')).toBe('21000')
  await send({ uploadUrl })
  expect(await contentOf(server.url, uploadUrl)).toEqual(Buffer.from(data))
})

test('discards a file', async () => {
  using folder = temporaryFolder()
  await using server = await startFiles(folder.path)
  const url = await send({ endpoint: `${server.url}/api/chat/files`, chunkSize: 7000 }, 20_000)
  await Upload.terminate(url, { headers: { 'x-user': 'alice' } })
  expect((await fetch(url, { method: 'HEAD', headers: { 'x-user': 'alice' } })).status).toBe(404)
})

async function contentOf(server: string, upload: string): Promise<Buffer> {
  const response = await fetch(upload.replace(`${server}/api/chat`, server), { headers: { 'x-user': 'alice' } })
  return Buffer.from(await response.bytes())
}
