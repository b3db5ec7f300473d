/**
 * Takes out of a picture what its sender may not know to be in there: where it
 * was taken, when, with which camera, what was in it before it was cut. What
 * draws it is kept byte for byte, so nothing is lost by it, and how the camera
 * was held is said again.
 *
 * This also ends a picture where it ends: an archive or a page hung onto it
 * does not pass.
 */
import { cleanGif } from './clean-gif.ts'
import { cleanJpeg } from './clean-jpeg.ts'
import { cleanPng } from './clean-png.ts'
import { cleanWebp } from './clean-webp.ts'
import type { Orientation } from './exif.ts'
import { countSteps, type Step } from './steps.ts'

export interface Cleaned {
  readonly parts: readonly Uint8Array[]
  readonly orientation: Orientation
}

/** For these types. */
export function isCleaned(type: string): boolean {
  return type in cleaners
}

/** Undefined for what cannot be taken apart, and so must not be shown. */
export function cleanPicture(type: string, bytes: Uint8Array): Cleaned | undefined {
  try {
    return cleaners[type]?.(bytes, countSteps())
  } catch (error) {
    if (error instanceof RangeError) return undefined // it leads out of its own bytes, or in circles
    throw error
  }
}

const cleaners: Readonly<Record<string, (bytes: Uint8Array, step: Step) => Cleaned | undefined>> = {
  'image/gif': cleanGif,
  'image/jpeg': cleanJpeg,
  'image/png': cleanPng,
  'image/webp': cleanWebp,
}
