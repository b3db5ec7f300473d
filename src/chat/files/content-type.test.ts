import { expect, test } from 'bun:test'
import { isPicture, isShown, typeOf, unknownType } from './content-type.ts'

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
const mp3 = `\xff\xfb\x90\x00${'\0'.repeat(413)}\xff\xfb\x90\x00`

const known: readonly [type: string, head: string][] = [
  ['image/png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
  ['image/jpeg', '\xff\xd8\xff\xe1'],
  ['image/gif', 'GIF89a\x01\0\x01\0'],
  ['image/gif', 'GIF87a'],
  ['image/webp', 'RIFF\0\0\0\0WEBPVP8X'],
  ['image/avif', '\0\0\0\x20ftypavif\0\0\0\0'],
  ['image/heic', '\0\0\0\x20ftypheic\0\0\0\0'],
  ['video/mp4', '\0\0\0\x20ftypisom\0\0\x02\0'],
  ['video/mp4', '\0\0\0\x20ftypmp42\0\0\x02\0'],
  ['video/quicktime', '\0\0\0\x14ftypqt  \0\0\0\0'],
  ['audio/mp4', '\0\0\0\x20ftypM4A \0\0\0\0'],
  ['video/webm', '\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm'],
  [unknownType, '\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x88matroska'],
  ['audio/ogg', 'OggS\0\x02'],
  ['audio/wav', 'RIFF\0\0\0\0WAVEfmt '],
  ['audio/flac', 'fLaC\0\0\0\x22'],
  ['audio/mpeg', 'ID3\x04\0'],
  ['audio/mpeg', mp3],
  ['application/pdf', '%PDF-1.7'],
]

const dangerous = [
  '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
  '<?xml version="1.0"?><svg/>',
  '<!doctype html><script>alert(1)</script>',
  '\xef\xbb\xbf<html>',
  '%!PS-Adobe',
  'MZ\x90\0',
  'PK\x03\x04',
  'alert(1)',
  '#!/bin/sh',
  ' GIF89a', // a browser that looks closely would not take it for a picture either
  'BM<script>', // a bitmap of two letters is too little to go by
  '\xff\xfb<script>',
  'RIFF',
  '',
]

test.each(known)('%s is known by its first bytes', (type, head) => {
  expect(typeOf(bytes(head))).toBe(type)
})

test.each(dangerous)('%j is bytes, whatever its sender says', (head) => {
  for (const declared of ['', 'image/png', 'audio/mpeg', 'text/html', 'image/svg+xml'])
    expect(typeOf(bytes(head), declared)).toBe(unknownType)
})

test('no program and no document is ever shown', () => {
  for (const type of [
    unknownType,
    'application/pdf',
    'image/svg+xml',
    'text/html',
    'text/xml',
    'text/plain',
    'image/heic',
  ])
    expect(isShown(type)).toBe(false)
})

test('what is said of sound and film is believed where the bytes may be either', () => {
  const webm = bytes('\x1a\x45\xdf\xa3\x9fB\x82\x84webm')
  expect(typeOf(webm, 'audio/webm;codecs=opus')).toBe('audio/webm')
  expect(typeOf(bytes('\0\0\0\x20ftypiso5'), 'audio/mp4')).toBe('audio/mp4')
  expect(typeOf(bytes('GIF89a'), 'audio/mp4')).toBe('image/gif')
})

test('no beginning of a file is too short or too strange to look at', () => {
  for (let seed = 1; seed < 3000; seed++) {
    const [, head = ''] = known[seed % known.length] ?? []
    const cut = bytes(head).slice(0, seed % (head.length + 1))
    const type = typeOf(cut)
    expect(isPicture(type) || /^(audio|video|application)\//.test(type)).toBe(true)
  }
})
